"""`stardraft pause` and `resume` on a real Prefect server, and what `status` says of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from demo.replay import ReplayServer
from pipeline.errors import Exit
from tests.flows.prefect_house import House, until
from tests.flows.serving import client
from tests.flows.small import Small, SmallWeb

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(600)]

TIMES = {"STARDRAFT_SCHEDULE__DRAFT": "* * * * *", "STARDRAFT_SCHEDULE__RETRY": ""}


class Reader:
    """A workspace whose `serve` runs on the shared server."""

    def __init__(self, small: Small, house: House) -> None:
        self.small = small
        self._env = {
            "STARDRAFT_PREFECT__API_URL": house.api,
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
            **TIMES,
        }
        self.serving: subprocess.Popen[str] | None = None

    def serve(self) -> None:
        self.serving = self.small.start("serve", **self._env)
        assert self.serving.stdout is not None
        assert self.serving.stdout.readline().startswith("开始了")

    def stop(self) -> str:
        """End it; what it said since it was ready."""
        if self.serving is None:
            return ""
        self.serving.terminate()
        said, _ = self.serving.communicate(timeout=60)
        self.serving = None
        return said

    def say(self, *arguments: str) -> str:
        return self.small.run(*arguments, **self._env)

    def schedules(self) -> dict[str, Any]:
        return {s["deployment"]: s for s in json.loads(self.say("status", "--json"))["schedules"]}

    def refused(self, *arguments: str) -> str:
        process = self.small.start(*arguments, **self._env)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == Exit.USAGE
        return said


@pytest.fixture
def reader(house: House, tmp_path: Path) -> Iterator[Reader]:
    _forget_all(house.api)
    with ReplayServer(SmallWeb()) as replay:
        made = Reader(Small(tmp_path / "reader", replay), house)
        made.serve()
        yield made
        made.stop()
    _forget_all(house.api)


def _forget_all(api: str) -> None:
    """What this and other tests have scheduled on the shared server."""
    with client(api) as prefect:
        for deployment in prefect.read_deployments():
            prefect.delete_deployment(deployment.id)


def planned() -> int:
    """Runs of `daily` that the schedule has put before us."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.objects import StateType

    with get_client(sync_client=True) as client:
        ours = client.read_deployment_by_name("daily/reader").id
        return sum(
            run.deployment_id == ours
            and run.auto_scheduled
            and run.state_type is StateType.SCHEDULED
            for run in client.read_flow_runs(limit=200)
        )


def test_what_is_paused_is_not_scheduled_until_it_is_resumed_not_even_after_a_restart(
    reader: Reader,
) -> None:
    from prefect.client.orchestration import get_client

    until(lambda: planned() > 0)
    before = reader.schedules()
    assert set(before) == {"daily/reader", "collect/reader", "housekeeping/reader"}
    assert before["daily/reader"]["cron"] == ["* * * * *"]
    assert datetime.fromisoformat(before["daily/reader"]["next_at"]).tzinfo
    assert "daily/reader" in reader.say("pause", "daily")
    assert planned() == 0
    assert reader.say("pause", "daily").strip() == "已经是暂停的。"
    reader.stop()
    reader.serve()
    paused = reader.schedules()
    assert [name for name, s in paused.items() if s["paused"]] == ["daily/reader"]
    assert paused["daily/reader"]["next_at"] is None
    again = f"暂停中，恢复：stardraft resume --config {reader.small.folder}"
    assert f"安排 daily/reader（* * * * *）：{again}" in reader.say("status")
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("daily/reader")
        run = client.create_flow_run_from_deployment(deployment.id)
        until(lambda: client.read_flow_run(run.id).state.is_final())
        assert client.read_flow_run(run.id).state.is_completed(), "by hand it still runs"
    assert planned() == 0
    assert json.loads(reader.say("resume", "--json")) == {"resumed": ["daily/reader"]}
    until(lambda: planned() > 0)
    rows = [json.loads(line) for line in reader.stop().splitlines() if line.startswith("{")]
    assert [r["event"] for r in rows if r["event"].startswith("run.")][:2] == [
        *("run.start", "run.end")
    ], "serve passes on what its runs say"
    assert "有的是：collect、daily、housekeeping" in reader.refused("pause", "dayly")
