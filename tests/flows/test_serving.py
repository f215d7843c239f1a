"""`stardraft serve` on a real Prefect server: schedules, lateness, overlap, cancelling, crashes."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from demo.replay import ReplayServer
from tests.flows.prefect_house import House, until
from tests.flows.small import Small, SmallWeb

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(600)]

ZONE = ZoneInfo("Asia/Shanghai")


class Served:
    """A workspace and the process that serves it."""

    def __init__(self, house: House, small: Small, web: SmallWeb) -> None:
        self.small, self.web, self._house = small, web, house
        self.process: subprocess.Popen[str] | None = None

    def env(self, **extra: str) -> dict[str, str]:
        named = {"STARDRAFT_PREFECT__API_URL": self._house.api} | extra
        return named | ({"STARDRAFT_STORE__URL": self._house.store} if self._house.store else {})

    def start(self, **schedule: str) -> None:
        """Serve, with nothing scheduled but what is named; ready when it says so."""
        empty = dict.fromkeys(("draft", "collect", "retry", "housekeeping"), "") | schedule
        lines = {f"STARDRAFT_SCHEDULE__{k.upper()}": v for k, v in empty.items()}
        polling = {"PREFECT_RUNNER_POLL_FREQUENCY": "1"}
        self.process = self.small.start("serve", **self.env(**lines, **polling))
        assert self.process.stdout is not None
        said = [self.process.stdout.readline() for _ in range(2)]
        assert said[0].startswith("开始了"), said

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it; its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.communicate(timeout=60)
        code, self.process = self.process.returncode, None
        return code

    def reports(self) -> list[Any]:
        return self.small.reports(self._house.store)


@pytest.fixture
def served(house: House, tmp_path: Path) -> Iterator[Served]:
    web = SmallWeb()
    with ReplayServer(web) as replay:
        (tmp_path / "public").mkdir()
        public = f'[publish]\ntarget = "folder"\nrepository = "{tmp_path}/public"\n'
        made = Served(house, Small(tmp_path / "reader", replay, public), web)
        yield made
        if made.process is not None:
            made.stop(signal.SIGKILL)


def client() -> Any:
    from prefect.client.orchestration import SyncPrefectClient

    return SyncPrefectClient(os.environ["PREFECT_API_URL"])  # its settings know the first only


def trigger(name: str, at: datetime | None = None, **parameters: Any) -> UUID:
    """A run of a deployment, due at some time, perhaps past; its id."""
    from prefect.states import Scheduled

    with client() as prefect:
        deployment = prefect.read_deployment_by_name(f"{name}/reader")
        made = prefect.create_flow_run_from_deployment(
            deployment.id, parameters=parameters, state=Scheduled(scheduled_time=at)
        )
    return UUID(str(made.id))


def state_of(run: UUID) -> str:
    with client() as prefect:
        found = prefect.read_flow_run(run)
    return str(found.state.name)


def finish(run: UUID) -> None:
    """Wait until a run has ended; it must not have failed, and says why where it has."""
    with client() as prefect:
        state = until(lambda: _ended(prefect, run), 240)
    assert state.is_completed(), f"{state.name}: {state.message}"


def _ended(prefect: Any, run: UUID) -> Any:
    state = prefect.read_flow_run(run).state
    return state if state.is_final() else None


def scheduled_runs() -> list[Any]:
    with client() as prefect:
        return [run for run in prefect.read_flow_runs() if run.auto_scheduled]


def only_note(served: Served) -> str:
    """The text of the single note, which has every article once."""
    (text,) = served.small.notes().values()
    for n in range(served.web.articles):
        assert text.count(f"(https://small.example.org/{n})") == 1, text
    return text


@pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True)
def test_scheduled_late_and_manual_runs_end_in_one_right_note(served: Served) -> None:
    served.start()
    late = datetime.now(UTC) - timedelta(hours=1)
    served.stop()
    burst = [trigger("daily", late - timedelta(days=n)) for n in range(3)]
    served.start(draft="* * * * *")
    for run in burst:
        finish(run)
    whole = [r for r in served.reports() if len(r.stages) == 6]
    assert len(whole) == 1, "the first of the late runs did everything"
    text = only_note(served)
    (row,) = until(lambda: [r for r in scheduled_runs() if r.state.is_final()][:1], 150)
    assert row.state_name == "Completed"
    day = datetime.now(ZONE).date() - timedelta(days=3)
    by_hand = trigger("daily", date=day.isoformat())
    finish(by_hand)
    assert any(r.day == day and r.finished_at for r in served.reports())
    assert only_note(served) == text, "nothing was there yet on that day, nothing is written"
    assert served.stop() == 0


def test_a_run_that_is_triggered_twice_writes_one_note(served: Served) -> None:
    served.web.slow = 4.0
    served.start()
    run = trigger("daily")
    until(served.web.asked.is_set)
    served.web.slow = 0.0
    said = served.small.run("run", "--no-prefect", **served.env())
    assert state_of(run) == "Completed", said
    only_note(served)
    assert [bool(r.finished_at) for r in served.reports()] == [True, True]
    assert served.stop() == 0


def test_cancelled_then_killed_then_taken_over(served: Served) -> None:
    from prefect.states import Cancelling

    served.web.slow = 50.0
    served.start()
    first = trigger("daily")
    until(served.web.asked.is_set)
    with client() as prefect:
        prefect.set_flow_run_state(first, Cancelling(), force=True)
    until(lambda: state_of(first) == "Cancelled")
    served.web.asked.clear()
    second = trigger("daily")
    until(served.web.asked.is_set)
    assert served.stop(signal.SIGKILL) == -signal.SIGKILL
    served.web.slow = 0.0
    assert served.small.notes() == {}
    served.start()
    third = trigger("daily")
    finish(third)
    only_note(served)
    assert state_of(second) == "Running", "Prefect does not notice; our store does"
    assert served.stop() == 0


def test_every_smaller_flow_runs_once_and_is_not_needed_twice(served: Served) -> None:
    served.start()
    for name in ("daily", "retry", "collect", "publish", "publish", "housekeeping"):
        finish(trigger(name))
    assert len(served.reports()) == 2, "nothing to retry; one collection"
    assert len(list((served.small.folder / ".stardraft" / "backups").iterdir())) == 1
    assert len(list((served.small.folder.parent / "public").rglob("????.md"))) == 1
    assert served.stop() == 0
