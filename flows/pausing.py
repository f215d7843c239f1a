"""Which flows the running server has scheduled, and holding them back for a while.

What is paused is Prefect's own mark on a deployment: its page shows and changes the same one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flows.engine import Engine, engine, found
from pipeline.errors import Issue, StardraftError, UsageError
from pipeline.settings import Workspace

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.responses import DeploymentResponse

TAG = "stardraft"
"""Every deployment of ours has it."""
_MOST = 200
"""Runs (and deployments) in one answer of Prefect's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A deployment with a schedule: its flow's name, its cron lines, whether it is held back,
    and when it runs next (UTC; None while it is paused, or before that is planned)."""

    name: str
    deployment: str
    cron: tuple[str, ...]
    paused: bool
    next_at: datetime | None


def schedules(workspace: Workspace) -> tuple[Scheduled, ...]:
    """What the running server has scheduled, by name.

    Raises `StardraftError` where no server runs or it does not answer.
    """
    with _client(workspace) as client:
        ours = _timed(client)
        soonest = _next(client, [d.id for d in ours])
        return tuple(_scheduled(d, client, soonest.get(d.id)) for d in ours)


def set_paused(workspace: Workspace, name: str | None, *, paused: bool) -> tuple[str, ...]:
    """Hold back what is scheduled, or let it run again; which flows changed.

    `name` is the flow's (`daily`) or the deployment's (`daily/reader`); None means all. Raises
    `UsageError` for a name that nothing scheduled has, and as `schedules` does.
    """
    with _client(workspace) as client:
        ours = {_name(d, client): d for d in _timed(client)}
        wanted = {n: d for n, d in ours.items() if name in (None, n, n.partition("/")[0])}
        if not wanted:
            raise UsageError(_unknown(name, list(ours)))
        changed = {n: d for n, d in wanted.items() if d.paused != paused}
        for deployment in changed.values():
            change = client.pause_deployment if paused else client.resume_deployment
            change(deployment.id)
        return tuple(changed)


async def was_paused(name: str) -> bool:
    """Whether a deployment (`daily/reader`) is there already and held back."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    async with get_client() as client:
        try:
            return (await client.read_deployment_by_name(name)).paused
        except ObjectNotFound:
            return False


@contextmanager
def _client(workspace: Workspace) -> Iterator[SyncPrefectClient]:
    """Prefect's client at the server that runs, which is never started for this."""
    prefect = workspace.settings.prefect
    if not found(prefect.port, prefect.api_url):
        raise StardraftError(_no_server(prefect.port))
    with engine(workspace.state / "prefect", prefect.port, prefect.api_url) as made:
        from httpx import HTTPError
        from prefect.client.orchestration import get_client

        try:
            with get_client(sync_client=True) as client:
                yield client
        except HTTPError as error:
            raise StardraftError(_no_answer(made, error)) from error


def _timed(client: SyncPrefectClient) -> list[DeploymentResponse]:
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

    tagged = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    some = client.read_deployments(deployment_filter=tagged, limit=_MOST)
    return sorted((d for d in some if d.schedules), key=lambda d: _name(d, client))


def _name(deployment: DeploymentResponse, client: SyncPrefectClient) -> str:
    """The name Prefect's commands know it by. The entrypoint ends in the flow's name."""
    flow = (deployment.entrypoint or "").replace(":", ".").rpartition(".")[2]
    return f"{flow or client.read_flow(deployment.flow_id).name}/{deployment.name}"


def _scheduled(
    deployment: DeploymentResponse, client: SyncPrefectClient, next_at: datetime | None
) -> Scheduled:
    name = _name(deployment, client)
    return Scheduled(
        name=name.partition("/")[0],
        deployment=name,
        cron=tuple(str(getattr(s.schedule, "cron", "?")) for s in deployment.schedules),
        paused=deployment.paused,
        next_at=None if deployment.paused else next_at,
    )


def _next(client: SyncPrefectClient, deployments: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each deployment runs next, as far as the newest plans say."""
    from prefect.client.schemas.filters import (
        DeploymentFilter,
        DeploymentFilterId,
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType
    from prefect.client.schemas.sorting import FlowRunSort

    soonest: dict[UUID, datetime] = {}
    planned = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
    for key in deployments:
        runs = client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[key])),
            flow_run_filter=FlowRunFilter(state=planned),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=1,
        )
        if runs and runs[0].expected_start_time:
            soonest[key] = runs[0].expected_start_time
    return soonest


def _no_server(port: int) -> Issue:
    return Issue(
        subject=f"127.0.0.1:{port}",
        code="prefect.not_running",
        sentence="没有正在运行的 stardraft serve，没有安排可以暂停或恢复。",
        remedy="先运行 stardraft serve；用 cron 的话在 crontab 里注释掉那一行。",
    )


def _no_answer(made: Engine, error: Exception) -> Issue:
    return Issue(
        subject=made.api_url,
        code="prefect.no_answer",
        sentence=f"Prefect 服务器没有好好回答（{type(error).__name__}）。",
        remedy="检查 PREFECT_API_URL 和服务器是否在运行，然后再试。",
        temporary=True,
    )


def _unknown(name: str | None, known: Sequence[str]) -> Issue:
    listed = "、".join(n.partition("/")[0] for n in known)
    return Issue(
        subject=name or "schedule",
        code="schedule.unknown",
        sentence="没有这个名字的安排。" if name else "服务器上没有任何安排。",
        remedy=f"有的是：{listed}。" if listed else "在 settings.toml 的 [schedule] 里写上时间。",
    )
