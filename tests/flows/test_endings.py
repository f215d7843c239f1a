"""`stardraft serve` with a server of its own: however it ends, nothing of it lives on."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from demo.replay import ReplayServer
from flows.neighbours import any_free_port, api
from tests.flows import family
from tests.flows.prefect_house import until
from tests.flows.serving import client, running
from tests.flows.small import Small, SmallWeb

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(600)]


def test_the_server_and_the_run_in_hand_end_with_it(tmp_path: Path) -> None:
    """Killed, then asked to stop in the middle of a run: server, run and all that they started."""
    port, web, shared = any_free_port(), SmallWeb(), family.members()
    with ReplayServer(web) as replay:
        small = Small(tmp_path / "reader", replay)
        for number in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM):
            web.slow = 50.0
            web.asked.clear()
            serving = small.start(
                "serve", STARDRAFT_PREFECT__PORT=str(port), PREFECT_RUNNER_POLL_FREQUENCY="1"
            )
            assert serving.stdout is not None
            with serving.stdout as lines:
                assert lines.readline().startswith("开始了")
                with client(api(port)) as prefect:
                    earlier = [r for r in prefect.read_flow_runs() if not r.auto_scheduled]
                    assert all(r.state.is_final() for r in earlier), "buried by the next"
                    daily = prefect.read_deployment_by_name("daily/reader")
                    prefect.create_flow_run_from_deployment(daily.id)
                until(web.asked.is_set)
                assert running()
                serving.send_signal(number)
                lines.read()
            assert serving.wait(timeout=60) == (-number if number == signal.SIGKILL else 0)
            until(lambda: not family.strangers(shared), 30, lambda: family.strangers(shared))
        assert small.notes() == {}
        web.slow = 0.0
        small.run("run", "--no-prefect")
        assert len(small.notes()) == 1
