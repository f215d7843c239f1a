"""The review page beside `stardraft serve`: a child that comes back when it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds before it is started again, doubled each time that it ended soon."""

_LONG_LIFE = 60.0
_LEAVE_WITHIN = 20.0


async def keep_page(config: Path, stop: asyncio.Event) -> None:
    """Have the review page of that workspace until `stop`; a run begun on it ends with it."""
    stopping = asyncio.create_task(stop.wait())
    pause = FIRST_PAUSE
    while not stopping.done():
        began = time.monotonic()
        child = await _start(config)
        living = asyncio.create_task(child.wait())
        await asyncio.wait({living, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await _end(child, living)
        if time.monotonic() - began > _LONG_LIFE:
            pause = FIRST_PAUSE
        await asyncio.wait({stopping}, timeout=pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def _start(config: Path) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pipeline.cli.main", "review", "--no-open"),
        *("--served-by", str(os.getpid()), "--config", str(config)),
        stdin=DEVNULL,
        start_new_session=True,  # Ctrl+C is ours, and its group is all that it started
    )


async def _end(child: Process, living: asyncio.Task[int]) -> None:
    """Ask it and all that it started to leave, and see to it that they do."""
    deadline = time.monotonic() + _LEAVE_WITHIN
    number: int = signal.SIGTERM
    while _signal(child.pid, number):
        await asyncio.wait({living}, timeout=0.1)
        await asyncio.sleep(0.05)
        number = signal.SIGKILL if time.monotonic() > deadline else 0
    await living


def _signal(group: int, number: int) -> bool:
    """Send it to a group of processes; False where none is left."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True
