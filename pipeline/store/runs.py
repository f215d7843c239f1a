"""The run lock and the reports of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, RowMapping, delete, func, select, update

from pipeline.errors import Issue, RunLockedError
from pipeline.store import tables
from pipeline.store.codec import dump, load
from pipeline.store.database import Part, Row, hold, upsert
from pipeline.store.processes import Process, this_process
from pipeline.types import RunReport

FOREIGN_LEASE = timedelta(hours=6)
"""How long another machine's run is believed to live; far longer than any run takes."""

_NOBODY: Row = {
    "run_id": None,
    "owner": None,
    "host": None,
    "boot": None,
    "pid": None,
    "process_start": None,
    "since": None,
}


class RunRows(Part):
    """The part of the store that says who runs and what came of it."""

    def begin_run(self, run_id: str, day: date, now: datetime, owner: str) -> None:
        """Take the store's run lock; raises `RunLockedError` while a living run holds it.

        A dead process's lock is taken over; its run stays in `last_runs` without an end.
        """
        me = this_process()
        begun = RunReport(run_id=run_id, day=day, started_at=now)
        with self.database.write() as connection:
            lock = hold(connection, "run")
            if lock["run_id"] is not None and not _may_take(lock, run_id, me, now):
                raise _locked(self.database.subject, lock)
            values = {"run_id": run_id, "owner": owner, "since": now, **asdict(me)}
            _set_lock(connection, values)
            _keep(connection, begun)

    def end_run(self, report: RunReport) -> None:
        """Keep the report and give the lock back, unless another run has taken it over."""
        with self.database.write() as connection:
            if hold(connection, "run")["run_id"] == report.run_id:
                _set_lock(connection, _NOBODY)
            _keep(connection, report)

    def let_go(self, run_id: str) -> None:
        """Give the lock back without a report, unless another run has taken it over."""
        with self.database.write() as connection:
            if hold(connection, "run")["run_id"] == run_id:
                _set_lock(connection, _NOBODY)
            connection.execute(delete(tables.runs).where(tables.runs.c.id == run_id))

    def tidy(self, now: datetime) -> None:
        """Forget leases that have run out, and let the database look after its own files."""
        with self.database.write() as connection:
            connection.execute(delete(tables.leases).where(tables.leases.c.until < now))
        with self.database.alone() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA optimize")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                connection.exec_driver_sql("ANALYZE")

    def last_runs(self, count: int) -> Sequence[RunReport]:
        """The newest runs first; one that was broken off, or still runs, has no end."""
        statement = (
            select(tables.runs.c.doc)
            .order_by(tables.runs.c.started_at.desc(), tables.runs.c.id)
            .limit(count)
        )
        with self.database.read() as connection:
            return [load(RunReport, doc) for doc in connection.scalars(statement)]

    def last_noted_day(self, before: date) -> date | None:
        """The newest day earlier than `before` of which a note was drafted."""
        newest = select(func.max(tables.drafts.c.day)).where(tables.drafts.c.day < before)
        with self.database.read() as connection:
            found: date | None = connection.scalar(newest)
        return found


def _set_lock(connection: Connection, values: Row) -> None:
    connection.execute(update(tables.locks).where(tables.locks.c.name == "run").values(values))


def _keep(connection: Connection, report: RunReport) -> None:
    row: Row = {"id": report.run_id, "started_at": report.started_at, "doc": dump(report)}
    upsert(connection, tables.runs, [row])


def _may_take(lock: RowMapping, run_id: str, me: Process, now: datetime) -> bool:
    holder = Process(
        host=lock["host"], boot=lock["boot"], pid=lock["pid"], process_start=lock["process_start"]
    )
    if holder == me and lock["run_id"] == run_id:
        return True
    lives = holder.lives()
    return now - lock["since"] > FOREIGN_LEASE if lives is None else not lives


def _locked(subject: str, lock: RowMapping) -> RunLockedError:
    since = f"{lock['since'].astimezone():%Y-%m-%d %H:%M:%S}"
    where = "" if lock["host"] == this_process().host else f"（主机 {lock['host']}）"
    return RunLockedError(
        Issue(
            subject=subject,
            code="store.run_locked",
            sentence=f"另一个 stardraft 从 {since} 起正在运行，进程号 {lock['pid']}{where}。",
            remedy="等它结束再试，或先停掉它；它若意外中断，下次运行会自动接手。",
            temporary=True,
        )
    )
