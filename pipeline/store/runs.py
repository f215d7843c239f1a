"""The run lock and the reports of runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, RowMapping, delete, func, select, update

from pipeline.errors import Issue, RunLockedError
from pipeline.store import tables
from pipeline.store.beats import SILENT, Watch, beating
from pipeline.store.codec import dump, load
from pipeline.store.database import Database, Part, Row, hold, upsert
from pipeline.store.processes import Process, this_process
from pipeline.types import RunReport

UNBEATEN = timedelta(hours=6)
"""How long another machine's run of a version that does not beat yet is believed to live, as
that version itself believed it."""

_MINUTE = timedelta(minutes=1)

_NOBODY: Row = {
    "run_id": None,
    "owner": None,
    "host": None,
    "boot": None,
    "pid": None,
    "process_start": None,
    "since": None,
    "namespace": None,
    "beats": None,
}


class RunRows(Part):
    """The part of the store that says who runs and what came of it."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._watch = Watch()

    def begin_run(self, run_id: str, day: date, now: datetime, owner: str) -> None:
        """Take the store's run lock; raises `RunLockedError` while a living run holds it.

        A dead process's lock is taken over; its run stays in `last_runs` without an end. Of a
        process that cannot be looked at (on another machine, in another container) only time
        tells: the error is not `certain`, and who asks again every few seconds, of the same
        store, either sees it beat or gets the lock after `SILENT`.
        """
        me = this_process()
        begun = RunReport(run_id=run_id, day=day, started_at=now)
        ours, self.database.run = self.database.run, None
        try:
            with self.database.write() as connection:
                self._check_holder(hold(connection, "run"), run_id, me, now)
                values = {"run_id": run_id, "owner": owner, "since": now, "beats": 0, **asdict(me)}
                _set_lock(connection, values)
                _keep(connection, begun)
            ours = run_id
        finally:
            self.database.run = ours

    def _check_holder(self, lock: RowMapping, run_id: str, me: Process, now: datetime) -> None:
        """Raise `RunLockedError` unless the lock is free, ours or a dead run's."""
        if lock["run_id"] is None:
            return
        holder = _holder(lock)
        if holder == me and lock["run_id"] == run_id:
            return
        lives = holder.lives(local=self.database.local)
        certain = lives is True
        if lives is None and lock["beats"] is None:
            lives = certain = now - lock["since"] <= UNBEATEN
        elif lives is None:
            self._watch.look((lock["run_id"], lock["since"]), lock["beats"], now)
            lives, certain = self._watch.silence < SILENT, self._watch.moved
        if lives:
            raise _locked(self.database, lock, holder, certain=certain)

    def keep_run(self, run_id: str) -> AbstractContextManager[None]:
        """Show while the block runs that this run lives, also through long work: a thread
        counts its beats, which neither fails it nor keeps the process from ending."""
        return beating(lambda: self.beat(run_id))

    def beat(self, run_id: str) -> None:
        """Count one beat; raises `RunLostError` where another run has taken over."""
        mine = tables.locks.c.name == "run", tables.locks.c.run_id == run_id
        with self.database.write() as connection:
            values = {"beats": tables.locks.c.beats + 1}
            connection.execute(update(tables.locks).where(*mine).values(values))

    def check_run(self) -> None:
        """Raise `RunLostError` where another run has taken over the lock that we held."""
        with self.database.read() as connection:
            self.database.check_run(connection)

    def end_run(self, report: RunReport) -> None:
        """Keep the report and give the lock back, unless another run has taken it over."""
        with self._ended(report.run_id) as connection:
            _keep(connection, report)

    def let_go(self, run_id: str) -> None:
        """Give the lock back without a report, unless another run has taken it over."""
        with self._ended(run_id) as connection:
            connection.execute(delete(tables.runs).where(tables.runs.c.id == run_id))

    @contextmanager
    def _ended(self, run_id: str) -> Iterator[Connection]:
        """A last transaction, which a run that was taken over may write as well."""
        if self.database.run == run_id:
            self.database.run = None
        with self.database.write() as connection:
            if hold(connection, "run")["run_id"] == run_id:
                _set_lock(connection, _NOBODY)
            yield connection

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


def _holder(lock: RowMapping) -> Process:
    return Process(
        host=lock["host"],
        boot=lock["boot"],
        namespace=lock["namespace"] or "",
        pid=lock["pid"],
        process_start=lock["process_start"],
    )


def _locked(
    database: Database, lock: RowMapping, holder: Process, *, certain: bool
) -> RunLockedError:
    since = f"{lock['since'].astimezone(database.zone):%Y-%m-%d %H:%M:%S}"
    dead = "下次运行会自动接手" if certain else f"等 {SILENT // _MINUTE} 分钟没有动静就会自动接手"
    return RunLockedError(
        Issue(
            subject=database.subject,
            code="store.run_locked",
            sentence=f"另一个 stardraft 从 {since} 起正在运行，进程号 {lock['pid']}{_where(holder)}。",
            remedy=f"等它结束再试，或先停掉它；它若意外中断，{dead}。",
            temporary=True,
        ),
        certain=certain,
    )


def _where(holder: Process) -> str:
    """What else it takes to find the process; nothing where its id alone says it."""
    here = this_process()
    if holder.host != here.host:
        return f"（主机 {holder.host}）"
    return "（另一个容器）" if holder.namespace not in ("", here.namespace) else ""
