"""Prefect's own server as our child: `python -m flows.server PORT`, dies with its parent."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
import time

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
    parent = os.environ.get(SERVED_BY, "")
    if parent and os.getppid() == int(parent):
        die_with_parent(int(parent))


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def main(port: int, parent: int) -> None:
    """Serve Prefect's API and UI on loopback until told to stop."""
    die_with_parent(parent)
    # Hundreds of thousands of objects are made by importing and none of them dies: looking for
    # dead ones meanwhile costs a seventh of the start.
    gc.disable()
    import uvicorn
    from prefect.server.api.server import create_app

    app = create_app()
    gc.freeze()
    gc.enable()
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        log_level="error",
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
