"""Embedding on a Dask cluster, where `[run] task_runner` asks for it: batches as mapped tasks.

A cluster is made, or one that is there is joined, when the first text without a vector is met;
on a morning with nothing new to embed none is. What it computed is kept by the run itself, batch
by batch, as everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import task, unmapped
from prefect.cache_policies import NO_CACHE

from pipeline.errors import ConfigError, Issue
from pipeline.settings import Workspace, find_config, load_workspace

if TYPE_CHECKING:
    from pipeline.ports import Embedder
    from pipeline.score.embed import Many, Vectors


@contextmanager
def spreading(config: Path | None) -> Iterator[Many | None]:
    """Who computes vectors in place of the run's own process, None where nobody does.

    Raises `ConfigError` where Dask is asked for and not installed.
    """
    workspace = load_workspace(find_config(config, Path.cwd()))
    if workspace.settings.run.task_runner != "dask":
        yield None
        return
    with ExitStack() as stack:
        yield _Cluster(workspace, stack)


@task(name="embed", cache_policy=NO_CACHE, persist_result=False, tags={"stardraft", "embed"})
def embed(texts: Sequence[str], model: str, cache: str) -> Vectors:
    """The unit vectors of one batch, on whichever worker this runs."""
    return _embedder(model, cache).embed(texts)


@lru_cache(maxsize=1)
def _embedder(model: str, cache: str) -> Embedder:
    """Loaded once in each worker's life."""
    from pipeline.score import open_embedder

    return open_embedder(model, Path(cache))


class _Cluster:
    """`Many`: the batches as tasks of a runner that is started at the first of them.

    They are tasks of the flow: what surrounds it goes to the workers, and a stage, which holds
    the whole house, could not.
    """

    def __init__(self, workspace: Workspace, stack: ExitStack) -> None:
        self._model = workspace.settings.model.name
        self._cache = str(workspace.model_cache)
        self._flow = copy_context()
        self._runner = stack.enter_context(_dask(workspace.settings.run.dask_address))

    def __call__(self, batches: Sequence[Sequence[str]]) -> Iterable[Vectors]:
        futures = self._flow.run(
            self._runner.map,
            embed,
            {
                "texts": list(batches),
                "model": unmapped(self._model),
                "cache": unmapped(self._cache),
            },
        )
        for future in futures:
            yield future.result()


def _dask(address: str) -> Any:
    """Prefect's runner on Dask; without an address one process for each core of this machine.

    Dask gives each process one thread to compute with (`OMP_NUM_THREADS`).
    """
    try:
        runner = import_module("prefect_dask").DaskTaskRunner
    except ImportError as error:
        raise ConfigError(_missing(error)) from error
    if address:
        return runner(address=address)
    here = {
        "n_workers": os.cpu_count() or 1,
        "threads_per_worker": 1,
        "dashboard_address": None,
        "host": "127.0.0.1",
    }
    return runner(cluster_kwargs=here)


def _missing(error: ImportError) -> Issue:
    return Issue(
        subject="settings.toml: run.task_runner",
        code="run.no_dask",
        sentence=f"要用 Dask，但没有装好：{error}。",
        remedy='安装 prefect-dask（pip install "stardraft[dask]"），或把 task_runner 留空。',
    )
