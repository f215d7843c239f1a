"""One run: the stages in order under the store's run lock, ending in a report."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial

from pipeline.errors import RunLockedError
from pipeline.stages.app import App, Run
from pipeline.stages.collect import fetch
from pipeline.stages.enrich import enrich
from pipeline.stages.poll import poll
from pipeline.stages.read import extract
from pipeline.stages.write import draft, score
from pipeline.types import HostUse, RunReport, StageReport

Stage = Callable[[App, Run], StageReport]
Call = Callable[[str, Callable[[], StageReport]], StageReport]
Done = Callable[[StageReport], None]

ORDER: tuple[tuple[str, Stage], ...] = (
    ("poll", poll),
    ("fetch", fetch),
    ("extract", extract),
    ("enrich", enrich),
    ("score", score),
    ("draft", draft),
)
"""Every stage by name, in the order in which a run takes them."""

COLLECT = ("poll", "fetch", "extract", "enrich", "score")
"""What a run through the day does: everything but the note."""

WRITE = ("score", "draft")
"""What needs no network: the notes of days whose articles are there already."""

LOOK_AGAIN = 1.0
"""Seconds between two looks whether the other run has ended."""

_RECENT = 50
"""Newest runs among which one that did the same work is looked for."""


def directly(name: str, stage: Callable[[], StageReport]) -> StageReport:
    """Call a stage as it is; a flow calls it as a task instead."""
    return stage()


def run_stages(
    app: App,
    run: Run,
    *,
    call: Call = directly,
    done: Done = lambda report: None,
    only: Sequence[str] = (),
    days: Sequence[date] = (),
) -> RunReport:
    """Run every stage (or those named in `only`) in order; `done` hears of each as it ends.

    Notes are drafted of `days`, of days missed before `run.day`, and of `run.day` itself, oldest
    first. Where a run that began after `run.due` has done all this, its report is returned.
    Raises `RunLockedError` while another living run holds the store longer than `run.patience`,
    `RunLostError` where another one took it over because this one was not heard of for minutes,
    and whatever a stage raises; the report of the stages that ended is kept in any case, without an
    end where the run had none.
    """
    wanted = only or tuple(name for name, _ in ORDER)
    if joined := _take_turn(app, run, wanted):
        return joined
    run = replace(run, started_at=app.clock.now())
    stages: list[StageReport] = []
    missed, over = days, None
    try:
        with app.store.keep_run(run.run_id):
            missed = days or (_missed(app, run) if "draft" in wanted else ())
            for name, one in _steps(app, run, wanted, missed):
                app.store.check_run()
                stages.append(call(name, one))
                done(stages[-1])
        over = app.clock.now()
    finally:
        report = replace(_report(app, run, stages, missed), finished_at=over)
        app.store.end_run(report)
    return report


def _steps(
    app: App, run: Run, wanted: Sequence[str], missed: Sequence[date]
) -> list[tuple[str, Callable[[], StageReport]]]:
    steps: list[tuple[str, Callable[[], StageReport]]] = []
    for name, stage in ORDER:
        if name in wanted:
            if name == "draft":
                steps += [(name, partial(stage, app, _on(run, day))) for day in missed]
            steps.append((name, partial(stage, app, run)))
    return steps


def _on(run: Run, day: date) -> Run:
    """The run as of an earlier day: only what was there before that day ended."""
    return replace(run, day=day, until=midnight_after(day, run))


def midnight_after(day: date, run: Run) -> datetime:
    """The instant at which the reader's `day` ends, whatever the clocks do that night."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=run.zone)


def _missed(app: App, run: Run) -> tuple[date, ...]:
    """Days between the last note and this one, as many as the run may catch up."""
    last = app.store.last_noted_day(run.day)
    if last is None:
        return ()
    count = min((run.day - last).days - 1, run.catch_up)
    return tuple(run.day - timedelta(days=back) for back in range(count, 0, -1))


def _take_turn(app: App, run: Run, wanted: Sequence[str]) -> RunReport | None:
    """Take the run lock, waiting for it; or the report of a run that made this one needless.

    Whoever is not known to live is watched beyond `patience` until that is known: some minutes.
    """
    deadline = app.clock.now() + run.patience
    told = False
    while True:
        if joined := _same_work(app, run, wanted):
            return joined
        try:
            app.store.begin_run(run.run_id, run.day, app.clock.now(), f"pid {os.getpid()}")
            return None
        except RunLockedError as locked:
            if locked.certain and app.clock.now() >= deadline:
                raise
            if not told:
                run.waiting(locked.issues[0])
            told = True
            app.clock.sleep(LOOK_AGAIN)


def _same_work(app: App, run: Run, wanted: Sequence[str]) -> RunReport | None:
    if run.due is None:
        return None
    for past in app.store.last_runs(_RECENT):
        if (
            past.day == run.day
            and past.started_at >= run.due
            and past.finished_at
            and {s.stage for s in past.stages} >= set(wanted)
        ):
            return past
    return None


def _report(app: App, run: Run, stages: Sequence[StageReport], missed: Sequence[date]) -> RunReport:
    written = app.notebook.read(run.day) is not None
    drafts = [s for s in stages if s.stage == "draft"]
    drafted = drafts[len(missed)] if len(drafts) > len(missed) else None
    return RunReport(
        run_id=run.run_id,
        day=run.day,
        started_at=run.started_at,
        stages=tuple(stages),
        note_path=app.notebook.path(run.day) if written else None,
        items=drafted.made if drafted else 0,
        also_seen=drafted.skipped if drafted else 0,
        caught_up=tuple(d for d, s in zip(missed, drafts, strict=False) if s.made),
        hosts=_hosts(app),
        limits=app.limits(),
    )


def _hosts(app: App) -> tuple[HostUse, ...]:
    use = dict(app.fetcher.bytes_per_host())
    for host, (requests, size) in app.lookups().items():
        sent, came = use.get(host, (0, 0))
        use[host] = (sent + requests, came + size)
    used = [HostUse(host=host, requests=sent, bytes=came) for host, (sent, came) in use.items()]
    return tuple(sorted(used, key=lambda use: (-use.bytes, -use.requests, use.host)))
