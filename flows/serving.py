"""`stardraft serve`: one process that schedules everything and runs it, one thing at a time."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from flows.engine import Engine, engine
from flows.page import keep_page
from flows.pausing import was_paused
from flows.server import SERVED_BY
from pipeline.errors import ConfigError, Issue
from pipeline.settings import Workspace

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.deployments.runner import RunnerDeployment
    from prefect.runner import Runner

NAME = "reader"
"""Of every deployment: `daily/reader`, `publish/reader`, …"""


def serve(workspace: Workspace, ready: Callable[[Engine], None], *, page: bool = False) -> None:
    """Have a server, register the deployments, and run what is due until SIGTERM or Ctrl+C.

    `ready` hears where the server is; with `page` the review page is open as long. Nothing of ours
    is left running afterwards. Raises
    `ConfigError` for a cron line that is none.
    """
    prefect = workspace.settings.prefect
    home = workspace.state / "prefect"
    with engine(home, prefect.port, prefect.api_url, host=prefect.host, lasting=True) as made:
        os.environ[SERVED_BY] = str(os.getpid())
        if sys.stderr.isatty():  # the runs write to a pipe of ours
            os.environ.setdefault("STARDRAFT_RUN__LOG", "text")
        try:
            if made.kind == "started":
                _bury_the_dead()
            beside = partial(keep_page, workspace.config) if page else None
            asyncio.run(_run(deployments(workspace), lambda: ready(made), beside))
        finally:
            del os.environ[SERVED_BY]


def deployments(workspace: Workspace) -> list[RunnerDeployment]:
    """Every flow with its schedule; those without one wait for a trigger.

    Raises `ConfigError` for a cron line that Prefect does not understand.
    """
    from flows.chores import backfill, collect, housekeeping, publish, retry
    from flows.daily import daily

    timed: tuple[tuple[Flow[..., Any], str], ...] = (
        (daily, "draft"),
        (collect, "collect"),
        (retry, "retry"),
        (housekeeping, "housekeeping"),
        (publish, ""),
        (backfill, ""),
    )
    return [_deployment(workspace, flow, key) for flow, key in timed]


def _deployment(workspace: Workspace, flow: Flow[..., Any], key: str) -> RunnerDeployment:
    """`key` is the setting with its cron line; empty where it has none."""
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    schedule = workspace.settings.schedule
    zone = schedule.timezone or workspace.settings.reader.timezone
    cron = getattr(schedule, key) if key else ""
    try:
        when = [Cron(cron, timezone=zone)] if cron else []
        made = flow.to_deployment(
            name=NAME,
            schedules=when,
            parameters={"config": str(workspace.config)},
            tags=["stardraft"],
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
    except ValueError as error:
        raise ConfigError(
            Issue(
                subject=f"settings.toml: schedule.{key}",
                code="config.bad_value",
                sentence=f"看不懂这一行 cron：{cron}。",
                remedy="写成五段：分 时 日 月 星期，例如 0 7 * * *。",
            )
        ) from error
    assert not asyncio.iscoroutine(made), "called outside of an event loop"
    return made


async def _run(
    wanted: list[RunnerDeployment],
    ready: Callable[[], None],
    beside: Callable[[asyncio.Event], Coroutine[Any, Any, None]] | None,
) -> None:
    """One run at a time: the store allows no more, and this way none has to wait for its lock.

    Schedules stay active when we stop: what comes due meanwhile is late when we are back, and
    the first of the late runs makes the others needless.
    """
    from prefect.runner import Runner

    runner = Runner(name="stardraft", pause_on_shutdown=False, limit=1)
    for deployment in wanted:
        # Registering it anew would wake what the reader had put to sleep.
        deployment.paused = await was_paused(f"{deployment.flow_name}/{deployment.name}")
        await runner.aadd_deployment(deployment)
    stop = asyncio.Event()
    running = asyncio.create_task(runner.start())
    await _started(runner, running)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    ready()
    page = asyncio.create_task(beside(stop) if beside else stop.wait())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopping, page}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    if not running.done():
        await runner.astop()
    await page
    await running


async def _started(runner: Runner, running: asyncio.Task[None]) -> None:
    while not runner.started:
        if running.done():
            await running
            raise AssertionError("the runner ended before it began")
        await asyncio.sleep(0.05)


def _bury_the_dead() -> None:
    """Say of runs that our last life left running that they crashed: nobody else works here."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    unfinished = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    open_runs = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=unfinished))
    )
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=open_runs):
            client.set_flow_run_state(
                run.id, Crashed(message="stardraft serve had ended"), force=True
            )
