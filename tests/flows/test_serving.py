"""A real Prefect server, a real `stardraft serve` and a real Prefect worker: one right note.

Each case runs with everything on SQLite and with everything on PostgreSQL: `sqlite` means that
Prefect's own database is its SQLite file and each workspace's store another; `postgresql` that
Prefect's own database and each workspace's store are databases of one PostgreSQL server. The two
know nothing of each other, so the mixed pairs are left out.

| case                                   | sqlite | postgresql | who runs it     |
|----------------------------------------|--------|------------|-----------------|
| a scheduled row appears and runs       | yes    | yes        | `serve`         |
| late runs after an outage, mid-run     | yes    | yes        | `serve`, anew   |
| a manual run with a date, twice        | yes    | yes        | `serve`         |
| overlap: two triggers and the command  | yes    | yes        | `serve`, `run`  |
| cancelled in the middle                | yes    | yes        | `serve`         |
| a worker killed mid-run, taken over    | yes    | yes        | worker, `serve` |

After each no process is left but the shared server and `serve` (conftest).
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.flows.prefect_house import House, until
from tests.flows.serving import Case, Serving, case, client, running, today
from tests.flows.small import SmallWeb

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(600)]

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="module")
def serving(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One `stardraft serve` for all cases of a kind of database; it ends well."""
    with case(house, tmp_path_factory.mktemp("base")) as base:
        made = Serving(house.api, base)
        made.start()
        yield made
        assert made.stop() == 0


@pytest.fixture
def one(house: House, tmp_path: Path) -> Iterator[Case]:
    with case(house, tmp_path) as made:
        yield made


def test_a_manual_run_with_a_date_and_the_same_again(
    house: House, serving: Serving, tmp_path: Path
) -> None:
    with case(house, tmp_path, SmallWeb(daily=True)) as one:
        day = today() - timedelta(days=1)
        runs = [serving.trigger("daily", one, date=day.isoformat()) for _ in range(2)]
        serving.finish(*runs)
        one.note(1, 2)
        assert list(one.small.notes()) == [f"{day:%Y%m/%m%d}.md"]
        assert [r.day for r in one.reports()] == [day], "the second saw that it was done"


def test_triggers_and_the_command_at_once_take_turns(serving: Serving, one: Case) -> None:
    one.web.slow = 3.0
    first = serving.trigger("daily", one)
    until(one.web.asked.is_set)
    second = serving.trigger("daily", one)
    command = one.small.start("run", "--no-prefect")
    one.web.slow = 0.0
    said, _ = command.communicate(timeout=240)
    assert command.returncode == 0, said
    serving.finish(first, second)
    one.note(0, 1, 2)
    runs = sorted(one.reports(), key=lambda r: r.started_at)
    assert len(runs) in (2, 3), "the last to come may see that it was done"
    for before, after in pairwise(runs):
        assert before.finished_at
        assert before.finished_at <= after.started_at


def test_cancelled_in_the_middle_then_run_again(serving: Serving, one: Case) -> None:
    from prefect.states import Cancelling

    one.web.slow = 50.0
    first = serving.trigger("daily", one)
    until(one.web.asked.is_set)
    assert running()
    with client(serving.api) as prefect:
        prefect.set_flow_run_state(first, Cancelling(), force=True)
    until(lambda: serving.state(first) == "Cancelled")
    until(lambda: not running())
    assert one.small.notes() == {}
    one.web.slow = 0.0
    serving.finish(serving.trigger("daily", one))
    one.note(0, 1, 2)


def test_killed_in_the_middle_and_back_after_days(
    house: House, serving: Serving, tmp_path: Path
) -> None:
    """The process that serves is killed in the middle of a run, runs come due while it is away,
    and all of them arrive at once when it is back: a note for each day that was missed."""
    with case(house, tmp_path, SmallWeb(4, daily=True)) as one:
        before = today() - timedelta(days=3)
        one.small.run("run", "--no-prefect", "--date", before.isoformat())
        one.note(3)
        one.web.slow = 50.0
        one.web.asked.clear()
        broken = serving.trigger("daily", one)
        until(one.web.asked.is_set)
        assert running()
        assert serving.stop(signal.SIGKILL) == -signal.SIGKILL
        until(lambda: not running(), 20)
        one.web.slow = 0.0
        due = datetime.now(UTC) - timedelta(hours=1)
        burst = [serving.trigger("daily", one, due=due - timedelta(days=n)) for n in (0, 2, 1)]
        until(lambda: [serving.state(run) for run in burst] == ["Late"] * 3)
        assert len(one.small.notes()) == 1
        serving.start()
        serving.finish(*burst)
        notes = one.small.notes()
        days = [today() - timedelta(days=n) for n in (3, 2, 1, 0)]
        assert sorted(notes) == [f"{day:%Y%m/%m%d}.md" for day in days]
        for n, path in zip((3, 2, 1, 0), sorted(notes), strict=True):
            one.right(notes[path], n)
        whole = [r for r in one.reports() if r.day == today() and r.finished_at]
        assert len(whole) == 1, "the first of the late runs did everything"
        assert serving.state(broken) == "Running", "Prefect does not notice; our store does"


def test_a_worker_killed_in_the_middle_and_taken_over(serving: Serving, one: Case) -> None:
    """A worker of a set-up of the reader's own. What it had begun goes on without it, and whoever
    comes next waits for that and sees that it is done."""
    with client(serving.api) as prefect:
        _deploy(prefect, pool := f"pool-{one.small.folder.parent.name}")
    one.web.slow = 8.0
    worker = subprocess.Popen(
        [sys.executable, "-m", "prefect", "worker", "start", "--pool", pool, "--type", "process"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        first = serving.trigger("daily", one, where=pool)
        until(one.web.asked.is_set)
    finally:
        worker.kill()
        worker.wait(timeout=30)
    assert running()
    second = serving.trigger("daily", one)
    serving.finish(second)
    one.note(0, 1, 2)
    serving.finish(first)
    assert [bool(r.finished_at) for r in one.reports()][-1]
    until(lambda: not running())


def _deploy(prefect: object, pool: str) -> None:
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.types.entrypoint import EntrypointType

    from flows.daily import daily

    prefect.create_work_pool(WorkPoolCreate(name=pool, type="process"))  # type: ignore[attr-defined]
    made = daily.to_deployment(
        name=pool, work_pool_name=pool, entrypoint_type=EntrypointType.MODULE_PATH
    )
    made.apply()  # type: ignore[union-attr, unused-ignore]


def test_every_smaller_flow_runs_once_and_is_not_needed_twice(serving: Serving, one: Case) -> None:
    for name in ("daily", "retry", "collect", "publish", "publish", "housekeeping"):
        serving.finish(serving.trigger(name, one))
    assert len(one.reports()) == 2, "nothing to retry; one collection"
    assert len(list((one.small.folder / ".stardraft" / "backups").iterdir())) == 1
    assert len(list((one.small.folder.parent / "public").rglob("????.md"))) == 1


def test_the_scheduled_row_appeared_and_ran_at_its_time(serving: Serving) -> None:
    """The schedule was set when the first case began: by now its time has come, or soon will."""
    rows = until(lambda: [r for r in serving.scheduled() if r.state.is_final()], 150)
    (row,) = rows
    assert row.state_name == "Completed", row.state.message
    assert row.expected_start_time.astimezone(UTC) == serving.soon.astimezone(UTC)
    serving.base.note(0, 1, 2)
    (report,) = serving.base.reports()
    assert report.started_at >= serving.soon.astimezone(UTC)
