"""`stardraft serve` for several workspaces, and what a test does with its runs."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from demo.replay import ReplayServer
from pipeline.types import RunReport
from tests.flows import family
from tests.flows.prefect_house import House, until
from tests.flows.small import ZONE, Small, SmallWeb


class Case:
    """A workspace with a store of its own, and the web that it reads."""

    def __init__(self, small: Small, web: SmallWeb, store: str) -> None:
        self.small, self.web, self._store = small, web, store

    def reports(self) -> list[RunReport]:
        """The runs that its store remembers, newest first."""
        return self.small.reports(self._store)

    def note(self, *articles: int) -> str:
        """The text of the single note, which has these articles once each and no others."""
        (text,) = self.small.notes().values()
        self.right(text, *articles)
        return text

    def right(self, text: str, *articles: int) -> None:
        """Fails where a note has other articles, or one of them twice."""
        for n in range(self.web.articles):
            wanted = 1 if n in articles else 0
            assert text.count(f"(https://small.example.org/{n})") == wanted, (n, text)


@contextmanager
def case(house: House, folder: Path, web: SmallWeb | None = None) -> Iterator[Case]:
    """A workspace in that folder, with a store of the kind that the house has."""
    web = web or SmallWeb()
    with ReplayServer(web) as replay, house.store() as store:
        (folder / "public").mkdir(parents=True)
        more = f'[publish]\ntarget = "folder"\nrepository = "{folder}/public"\n'
        if store:
            more += f'[store]\nurl = "{store}"\n'
        yield Case(Small(folder / "reader", replay, more), web, store)


class Serving:
    """The process that serves; the runs of other workspaces are triggered with their `config`."""

    def __init__(self, api: str, base: Case) -> None:
        self.api, self.base = api, base
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []
        self.soon = _in_a_minute()
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        """Serve, with the base's draft scheduled for the next minute and nothing else; ready when
        it says so."""
        empty = dict.fromkeys(("COLLECT", "RETRY", "HOUSEKEEPING"), "")
        times = empty | {"DRAFT": f"{self.soon.minute} {self.soon.hour} * * *"}
        lines = {f"STARDRAFT_SCHEDULE__{k}": v for k, v in times.items()}
        polling = {"PREFECT_RUNNER_POLL_FREQUENCY": "1", "STARDRAFT_PREFECT__API_URL": self.api}
        process = self.base.small.start("serve", **lines, **polling)
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("开始了"), first + process.stdout.read()
        self.process = process
        self._reader = threading.Thread(target=self._listen, args=(process,), daemon=True)
        self._reader.start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            self.said += lines

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it; its exit code."""
        assert self.process is not None
        assert self._reader is not None
        self.process.send_signal(number)
        code = self.process.wait(timeout=60)
        self._reader.join()
        self.process = None
        return code

    def trigger(
        self, flow: str, at: Case, due: datetime | None = None, where: str = "reader", **more: Any
    ) -> UUID:
        """A run of a deployment on that workspace, due at some time, perhaps past; its id."""
        from prefect.states import Scheduled

        with client(self.api) as prefect:
            deployment = prefect.read_deployment_by_name(f"{flow}/{where}")
            made = prefect.create_flow_run_from_deployment(
                deployment.id,
                parameters={"config": str(at.small.folder), **more},
                state=Scheduled(scheduled_time=due),
            )
        return UUID(str(made.id))

    def state(self, run: UUID) -> str:
        """The name of a run's state, such as Completed."""
        with client(self.api) as prefect:
            return str(prefect.read_flow_run(run).state.name)

    def finish(self, *runs: UUID) -> None:
        """Wait until they have ended; none may have failed, and it says why where one has."""
        for run in runs:
            with client(self.api) as prefect:
                state = until(partial(_ended, prefect, run), 240)
            assert state.is_completed(), f"{state.name}: {state.message}"

    def scheduled(self) -> list[Any]:
        """The runs that nobody triggered, of what is served now."""
        with client(self.api) as prefect:
            ours = {deployment.id for deployment in prefect.read_deployments()}
            runs = prefect.read_flow_runs(limit=200)
            return [r for r in runs if r.auto_scheduled and r.deployment_id in ours]


def client(api: str) -> Any:
    """Prefect's client at that server, whatever its settings say."""
    from prefect.client.orchestration import SyncPrefectClient

    return SyncPrefectClient(api)


def _ended(prefect: Any, run: UUID) -> Any:
    state = prefect.read_flow_run(run).state
    return state if state.is_final() else None


def _in_a_minute() -> datetime:
    """The full minute of the reader's clock that is at least half a minute away."""
    return (datetime.now(ZONE) + timedelta(seconds=90)).replace(second=0, microsecond=0)


def running() -> dict[int, str]:
    """The processes of flow runs: as `serve` starts them, and as a worker does."""
    ways = ("multiprocessing.spawn", "-m prefect.engine", "-m prefect.flow_engine")
    return {p: said for p, said in family.members().items() if any(way in said for way in ways)}


def today() -> date:
    """The reader's day."""
    return datetime.now(ZONE).date()
