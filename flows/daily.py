"""The main job as a Prefect flow: six coarse tasks, one per stage, no subflows."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import date as Date  # noqa: N812  (the parameter is called `date` in Prefect's UI)
from pathlib import Path
from uuid import UUID

from prefect import Task, flow
from prefect.cache_policies import NO_CACHE

from flows.server import die_with_server
from flows.showing import due, logged, show_run
from flows.spreading import spreading
from pipeline.stages import ORDER
from pipeline.types import RunReport, StageReport
from pipeline.wiring import Watch, run_day

_WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)
"""Who watches a run that was started in this very process (the command line)."""

RECORDED_WITHIN = 5.0
"""How long, in seconds, to wait for the server to have written the last task run."""


def as_task(name: str, stage: Callable[[], StageReport]) -> StageReport:
    """Run a stage as a task of the flow; the closure keeps the rooms out of its parameters."""
    named: Task[[], StageReport] = Task(
        stage, name=name, cache_policy=NO_CACHE, persist_result=False, tags={"stardraft", name}
    )
    return named()


@flow(name="daily", persist_result=False)
def daily(
    date: Date | None = None, config: Path | None = None, since: Date | None = None
) -> RunReport:
    """Draft the note of one day from everything that is new.

    Args:
        date: The note's day, such as 2026-09-18. Left out: today in the reader's time zone,
            after the days that were missed before it.
        config: The folder with settings.toml. Left out: the current folder.
        since: Leave out what was published before this day. Left out: nothing is.
    """
    die_with_server()
    watch = _watcher()
    with spreading(config) as many:
        report = run_day(
            config,
            date,
            since=since,
            call=as_task,
            watch=watch or logged(config),
            due=None if watch else due(),
            many=many,
        )
    show_run(config, report)
    return report


def run_watched(
    date: Date | None, config: Path, watch: Watch | None, since: Date | None = None
) -> RunReport:
    """Run the flow in this process while `watch` looks on, and see it recorded to the end.

    Raises whatever a stage raises, as the flow itself does.
    """
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    token = _WATCH.set(watch or Watch(progress=_unseen, done=_unheard))
    try:
        # Heartbeats tell a server of a worker that died; here they cost a second at the end.
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            state = daily(date=date, since=since, config=config, return_state=True)
    finally:
        _WATCH.reset(token)
    if run_id := state.state_details.flow_run_id:
        _drain(run_id, expected=len(ORDER) if state.is_completed() else 0)
    report: RunReport = state.result()
    return report


def _watcher() -> Watch | None:
    """Who watches. The flow names only this: what it names itself must be picklable for Dask."""
    return _WATCH.get()


def _unseen(stage: str, done: int, total: int) -> None:
    """Nobody looks at the progress."""


def _unheard(report: StageReport) -> None:
    """Nobody hears of the stages."""


def _drain(flow_run_id: UUID, expected: int) -> None:
    """Send what the client still holds, then wait until the server has written every task run.

    A server stopped before that loses the tail of the history.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    EventsWorker.drain_all(timeout=RECORDED_WITHIN)
    APILogWorker.drain_all(timeout=RECORDED_WITHIN)
    ours = FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id]))
    deadline = time.monotonic() + RECORDED_WITHIN
    with get_client(sync_client=True) as client:
        while time.monotonic() < deadline:
            tasks = client.read_task_runs(flow_run_filter=ours)
            if len(tasks) >= expected and all(t.state and t.state.is_final() for t in tasks):
                return
            time.sleep(0.05)
