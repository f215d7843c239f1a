"""One run: the stages in order under the store's run lock, ending in a report."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from pipeline.stages.app import App, Run
from pipeline.stages.collect import fetch
from pipeline.stages.poll import poll
from pipeline.stages.read import enrich, extract
from pipeline.stages.write import draft, score
from pipeline.types import RunReport, StageReport

Stage = Callable[[App, Run], StageReport]
Call = Callable[[str, Callable[[], StageReport]], StageReport]

ORDER: tuple[tuple[str, Stage], ...] = (
    ("poll", poll),
    ("fetch", fetch),
    ("extract", extract),
    ("enrich", enrich),
    ("score", score),
    ("draft", draft),
)
"""Every stage by name, in the order in which a run takes them."""


def directly(name: str, stage: Callable[[], StageReport]) -> StageReport:
    """Call a stage as it is; a flow calls it as a task instead."""
    return stage()


def run_stages(
    app: App,
    run: Run,
    *,
    call: Call = directly,
    done: Callable[[StageReport], None] = lambda report: None,
) -> RunReport:
    """Run every stage in order; `done` hears of each as it ends.

    Raises `RunLockedError` while another living run holds the store, and whatever a stage
    raises; the report of the stages that ended is kept in any case.
    """
    app.store.begin_run(run.run_id, run.day, run.started_at, f"pid {os.getpid()}")
    stages: list[StageReport] = []
    try:
        for name, stage in ORDER:
            stages.append(call(name, partial(stage, app, run)))
            done(stages[-1])
    finally:
        report = _report(app, run, stages)
        app.store.end_run(report)
    return report


def _report(app: App, run: Run, stages: list[StageReport]) -> RunReport:
    written = app.notebook.read(run.day) is not None
    drafted = next((s for s in stages if s.stage == "draft"), None)
    return RunReport(
        run_id=run.run_id,
        day=run.day,
        started_at=run.started_at,
        finished_at=app.clock.now(),
        stages=tuple(stages),
        note_path=app.notebook.path(run.day) if written else None,
        items=drafted.made if drafted else 0,
        also_seen=drafted.skipped if drafted else 0,
    )
