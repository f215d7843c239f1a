"""The main job on a workspace: what the command and the flow both do."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.errors import Issue
from pipeline.settings import Workspace, find_config, load_workspace
from pipeline.stages import App, Run, directly, run_stages
from pipeline.stages.run import Call, Done, midnight_after
from pipeline.types import RunReport, StageReport
from pipeline.wiring.clock import SystemClock, today
from pipeline.wiring.notices import tell_of_run, wants_notices
from pipeline.wiring.rooms import build

if TYPE_CHECKING:
    from pipeline.ports import Progress
    from pipeline.score.embed import Many


def _patient(other: Issue) -> None:
    """Nobody wants to hear of the other run."""


def _unmoved(what: object) -> None:
    """Nobody wants to hear that a run begins or ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who wants to hear of a run: of each step, of each stage that ends, of another run that
    has to end first, and of its beginning and end."""

    progress: Progress
    done: Callable[[StageReport], None]
    waiting: Callable[[Issue], None] = _patient
    began: Callable[[date], None] = _unmoved
    ended: Callable[[RunReport], None] = _unmoved


def run_day(
    config: Path | None,
    day: date | None,
    *,
    call: Call = directly,
    watch: Watch | None = None,
    due: datetime | None = None,
    only: Sequence[str] = (),
    days: Sequence[date] = (),
    since: date | None = None,
    many: Many | None = None,
) -> RunReport:
    """Draft one day of the workspace that `config` names: what the command and the flow do.

    Without `day` it is today, after the days missed before it. A day that is over is drafted from
    what had appeared by its end; `since` leaves out what appeared before that day began. `due`,
    `only` and `days` as in `stages.run_stages`; `many` as in `rooms.embedder`. Raises `ConfigError` for a broken workspace, `RunLockedError` where
    another run lives longer than `schedule.patience` minutes.
    """
    clock = SystemClock()
    workspace = load_workspace(find_config(config, Path.cwd()))
    told = partial(watch.progress, "embed") if watch else None
    with build(workspace, clock, told, many) as app:
        now_is = today(workspace, clock)
        run = Run(
            run_id=uuid.uuid4().hex,
            day=day or now_is,
            started_at=clock.now(),
            due=due,
            patience=timedelta(minutes=workspace.settings.schedule.patience),
            catch_up=0 if day else workspace.settings.schedule.catch_up,
            zone=ZoneInfo(workspace.settings.reader.timezone),
        )
        run = replace(
            run,
            since=midnight_after(since - timedelta(days=1), run) if since else None,
            until=midnight_after(run.day, run) if run.day < now_is else None,
        )
        if watch:
            run = replace(run, progress=watch.progress, waiting=watch.waiting)
            watch.began(run.day)
        done = watch.done if watch else lambda report: None
        report = run_stages(app, run, call=call, done=done, only=only, days=days)
        report = _told(workspace, app, report, call, done)
        if watch:
            watch.ended(report)
        return report


def _told(workspace: Workspace, app: App, report: RunReport, call: Call, done: Done) -> RunReport:
    """The report with what became of the messages about it, where the reader wants any."""
    if not wants_notices(workspace) or any(s.stage == "notify" for s in report.stages):
        return report
    told = call("notify", lambda: tell_of_run(workspace, app.store, app.clock, report))
    if not told.seen:
        return report
    done(told)
    report = replace(report, stages=(*report.stages, told))
    app.store.end_run(report)
    return report
