"""Looking after a workspace: what is unfinished, past days, backups, announcing publications."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import Issue, UsageError
from pipeline.settings import Workspace, find_config, load_workspace
from pipeline.stages import Run, directly
from pipeline.stages.run import ORDER, Call, Done
from pipeline.types import RunReport, StageReport
from pipeline.wiring.clock import SystemClock, today
from pipeline.wiring.day import Watch, run_day
from pipeline.wiring.notices import tell_of_publication
from pipeline.wiring.rooms import build, open_store

if TYPE_CHECKING:
    from pipeline.ports import Clock
    from pipeline.publish.publisher import Published

MOST_DAYS = 366
SHARED = ("extract", "score")
"""The stages that cost CPU; several workers may share them."""
BACKUPS = "backups"


def unfinished(workspace: Workspace, clock: Clock) -> bool:
    """Whether a run of today was broken off or left something out for a later one.

    A day on which nothing ran yet is not unfinished: its time has not come.
    """
    day = today(workspace, clock)
    store = open_store(workspace)
    try:
        runs = [run for run in store.last_runs(50) if run.day == day]
    finally:
        store.close()
    drafted = [r for r in runs if "draft" in {s.stage for s in r.stages} or not r.finished_at]
    if not drafted:
        return False
    newest = drafted[0]
    whole = {s.stage for s in newest.stages} >= {name for name, _ in ORDER}
    return newest.partly_failed or not newest.finished_at or not whole


def write_past_days(
    config: Path | None,
    first: date,
    last: date,
    *,
    call: Call = directly,
    watch: Watch | None = None,
) -> RunReport:
    """Write the notes of the days from `first` to `last` that have none, oldest first.

    Each day is kept as it is written, so a run that is broken off goes on where it was; where none
    is missing, nothing runs. Raises
    `UsageError` where the days are in the wrong order, in the future or more than a year.
    """
    workspace, clock = load_workspace(find_config(config, Path.cwd())), SystemClock()
    _check(first, last, today(workspace, clock))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    store = open_store(workspace)
    try:
        missing = tuple(day for day in days if store.last_draft(day) is None)
    finally:
        store.close()
    if not missing:
        return RunReport(run_id="", day=last, started_at=clock.now(), finished_at=clock.now())
    return run_day(config, missing[-1], call=call, watch=watch, days=missing[:-1])


def _check(first: date, last: date, now: date) -> None:
    if first <= last <= now and (last - first).days < MOST_DAYS:
        return
    raise UsageError(
        Issue(
            subject=f"{first} … {last}",
            code="backfill.bad_days",
            sentence="这段日子不对：要从早到晚，不晚于今天，最多一年。",
            remedy="写成 --from 2026-09-14 --to 2026-09-18 这样。",
        )
    )


def assist(
    config: Path | None, *, call: Call = directly, done: Done = lambda report: None
) -> tuple[StageReport, ...]:
    """Read pages and score candidates beside whoever is running, until none are left.

    Needs no run lock: what is leased here nobody else does. Worth it on PostgreSQL, with more
    machines or cores than one run uses.
    """
    clock = SystemClock()
    workspace = load_workspace(find_config(config, Path.cwd()))
    made = []
    with build(workspace, clock) as app:
        day, now = today(workspace, clock), clock.now()
        run = Run(run_id=uuid.uuid4().hex, day=day, started_at=now)
        for name, stage in ORDER:
            if name in SHARED:
                made.append(call(name, partial(stage, app, run)))
                done(made[-1])
    return tuple(made)


def keep_house(workspace: Workspace, clock: Clock) -> Path | None:
    """Back up, forget the oldest backups, tidy the database; the backup made, if any."""
    from pipeline.wiring.backups import back_up

    store = open_store(workspace)
    try:
        store.tidy(clock.now())
    finally:
        store.close()
    kept = workspace.settings.schedule.backups
    if not kept:
        return None
    folder = workspace.state / BACKUPS
    folder.mkdir(parents=True, exist_ok=True)
    made = back_up(workspace, folder / backup_name(clock.now()))
    for old in sorted(folder.glob("stardraft-*.tar.gz"))[:-kept]:
        old.unlink()
    return made


def backup_name(now: datetime) -> str:
    """The file name of a backup; sorted by name they are sorted by time."""
    return f"stardraft-{now:%Y%m%dT%H%M%SZ}.tar.gz"


def announce_publication(
    workspace: Workspace, clock: Clock, day: date, done: Published
) -> tuple[Issue, ...]:
    """Tell the reader, where wanted, that the day's note was published; what went wrong."""
    if not done.made:
        return ()
    store = open_store(workspace)
    try:
        return tell_of_publication(workspace, store, clock, day, done.sent.address or "")
    finally:
        store.close()
