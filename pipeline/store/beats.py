"""How a run shows that it lives, and how one who cannot look at its process tells.

A run counts its beats in the row of its lock. Who waits compares no clocks, which differ between
machines and jump: it watches whether the count moves.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import RunLostError, StoreError

BEAT = 30.0
"""Seconds between two beats."""

AGAIN = 5.0
"""Seconds until a beat that did not reach the database is tried again."""

SILENT = timedelta(minutes=3)
"""Without a beat for so long, watched all the while, a run is taken for dead. Six beats: more than
the 30 seconds for which a beat waits for a busy SQLite file, or than a PostgreSQL server needs to
start again or to hand over to another; and a morning's note is late by no more than that."""

_GLANCE = timedelta(seconds=5)
"""The most that one look counts for. So a clock that jumps, a lid that was closed or a database
that was away for an hour makes no hour of silence: nobody watched then."""

_LEAVE = 5.0
"""Seconds that a beat in hand may take when the run ends; after that it is left to itself."""


class Watch:
    """What somebody who waits has seen of a holder, by its name and the count of its beats."""

    def __init__(self) -> None:
        self._name: object = None
        self._count: object = None
        self._looked_at: datetime | None = None
        self.silence = timedelta()
        self.moved = False

    def look(self, name: object, count: object, now: datetime) -> None:
        """Look once more: `silence` is for how long it was seen not to beat, `moved` whether
        it was ever seen to."""
        if name != self._name or self._looked_at is None:
            self.silence, self.moved = timedelta(), False
        elif count != self._count:
            self.silence, self.moved = timedelta(), True
        else:
            self.silence += min(max(now - self._looked_at, timedelta()), _GLANCE)
        self._name, self._count, self._looked_at = name, count, now


@contextmanager
def beating(beat: Callable[[], None]) -> Iterator[None]:
    """Call `beat` now and then while the block runs, whatever the block is busy with."""
    over = threading.Event()
    thread = threading.Thread(target=keep_on, args=(beat, over.wait), name="beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(_LEAVE)


def keep_on(beat: Callable[[], None], over: Callable[[float], bool]) -> None:
    """Beat until `over` says, asked to wait so many seconds, that the run has ended.

    A database that is busy or away is asked again soon; what that means for the run is told by the
    run's own next question, as is a lock that is lost.
    """
    pause = BEAT
    while not over(pause):
        try:
            beat()
            pause = BEAT
        except RunLostError:
            return
        except (StoreError, SQLAlchemyError):
            pause = AGAIN
