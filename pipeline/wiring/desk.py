"""The desk on a workspace: for the review page and the commands, and for runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.settings import Workspace
from pipeline.wiring.clock import SystemClock
from pipeline.wiring.rooms import drafter, notebook, open_store

if TYPE_CHECKING:
    from pipeline.desk import Desk


@contextmanager
def open_desk(workspace: Workspace, clock: SystemClock) -> Iterator[Desk]:
    """Every day's draft, to look at and to change; the store is closed when the block ends.

    May be used from any thread.
    """
    from pipeline.desk import NoteDesk
    from pipeline.notes import FileLock

    store = open_store(workspace)
    try:
        yield NoteDesk(
            notebook(workspace),
            store,
            FileLock(workspace.state / "notes.lock", clock),
            clock,
            drafter(workspace),
            ZoneInfo(workspace.settings.reader.timezone),
        )
    finally:
        store.close()
