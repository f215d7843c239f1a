"""Work in batches that several workers may share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Literal, TypeVar

from pipeline.stages.app import App

T = TypeVar("T")

LOOK_AGAIN = 0.5
"""Seconds between two looks whether the other workers have finished."""


def in_batches(
    app: App, kind: Literal["extract", "score"], lease: Callable[[datetime], Sequence[T]]
) -> Iterator[Sequence[T]]:
    """One leased batch after the other until all work is done, also what others have in hand.

    What a worker that died had in hand comes back and is done here.
    """
    store = app.store
    try:
        while True:
            if batch := lease(app.clock.now()):
                yield batch
                store.release(kind)
            elif store.leased_elsewhere(kind, app.clock.now()):
                app.clock.sleep(LOOK_AGAIN)
            else:
                return
    finally:
        store.release(kind)
