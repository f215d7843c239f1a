"""Embedding on Dask: the same vectors as in the run's own process, each computed once."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from demo.replay import ReplayServer
from pipeline.errors import Exit
from pipeline.store import open_store
from tests.flows.prefect_house import House
from tests.flows.small import Small, SmallWeb

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(600)]

DASK = {"STARDRAFT_RUN__TASK_RUNNER": "dask"}


def vectors(small: Small) -> dict[str, object]:
    store = open_store(f"sqlite:///{small.folder / '.stardraft' / 'state.db'}")
    try:
        return {row["hash"]: row["value"] for row in store.dump()["vectors"]}  # type: ignore[attr-defined]
    finally:
        store.close()


def embed_tasks() -> int:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        return sum("embed" in run.tags for run in client.read_task_runs(limit=200))


@pytest.mark.skipif(find_spec("prefect_dask") is None, reason="prefect-dask is not installed")
def test_the_vectors_and_the_note_are_those_of_the_plain_way(house: House, tmp_path: Path) -> None:
    with ReplayServer(SmallWeb(articles=5)) as replay:
        plain, spread = Small(tmp_path / "plain", replay), Small(tmp_path / "spread", replay)
        plain.run("run", "--no-prefect")
        spread.run("run", STARDRAFT_PREFECT__API_URL=house.api, **DASK)
    assert vectors(plain)
    assert vectors(spread) == vectors(plain)
    assert spread.notes() == plain.notes()
    assert embed_tasks() > 0, "they were tasks of the run"


@pytest.mark.skipif(find_spec("prefect_dask") is not None, reason="prefect-dask is installed")
def test_without_the_package_the_run_says_what_to_install(house: House, tmp_path: Path) -> None:
    with ReplayServer(SmallWeb()) as replay:
        small = Small(tmp_path / "reader", replay)
        process = small.start("run", STARDRAFT_PREFECT__API_URL=house.api, **DASK)
        said, _ = process.communicate(timeout=120)
    assert process.returncode == Exit.USAGE
    assert "prefect-dask" in said
    assert "Traceback" not in said
