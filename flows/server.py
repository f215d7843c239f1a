"""Prefect's own server as our child, which dies with its parent.

    python -m flows.server HOST PORT PARENT [lasting]

PARENT is the process id to end with; `lasting` is said to others that ask (`flows.neighbours`).
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flows.neighbours import CARD, card
from pipeline.store.processes import exists

if TYPE_CHECKING:
    from fastapi import FastAPI

_PR_SET_PDEATHSIG = 1  # linux/prctl.h

SERVED_BY = "STARDRAFT_SERVED_BY"
"""The environment variable in which `stardraft serve` tells its runs its process id."""


def die_with_parent(parent: int) -> None:
    """Ask the kernel (Linux) or a watching thread (elsewhere) to end us when `parent` is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def die_with_server() -> None:
    """In a process that `stardraft serve` started for a run: end with it, however it ends."""
    named = os.environ.get(SERVED_BY, "")
    if not named:
        return
    if os.getppid() == int(named):
        die_with_parent(int(named))
    elif not exists(int(named)):  # it died while this process was still importing
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


@contextmanager
def uncollected() -> Iterator[None]:
    """Hundreds of thousands of objects are made by importing and none of them dies: looking for
    dead ones meanwhile costs a seventh of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def main(host: str, port: int, parent: int, lasting: bool) -> None:
    """Serve Prefect's API and UI until told to stop."""
    die_with_parent(parent)
    with uncollected():
        import uvicorn
        from prefect.server.api.server import create_app

        app = create_app(final=True)  # as `prefect server start` does: no second one follows
        _say_whose(app, parent, lasting)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="error",
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
    )


def _say_whose(app: FastAPI, parent: int, lasting: bool) -> None:
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    said = card(Path(os.environ["PREFECT_HOME"]), parent, lasting)
    # Before all others: Prefect's page answers every path that nothing else does.
    app.router.routes.insert(0, Route(CARD, lambda request: JSONResponse(said)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), "lasting" in sys.argv[4:])
