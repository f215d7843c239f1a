"""flows/: Prefect at the edge. Comes in: a workspace and a day; goes out: a recorded run.

No logic lives here: the flow `daily` calls the pipeline's stages as coarse tasks, and
`engine` sees to it that a server is there to record them and gone afterwards.
"""

from __future__ import annotations

import importlib

_ROOMS = ("sources", "fetch", "extract", "enrich", "draft", "notes", "store.opening", "score")


def preload() -> None:
    """Import what a run needs anyway, while the server that records it is starting."""
    importlib.import_module("flows.daily")
    for room in _ROOMS:
        importlib.import_module(f"pipeline.{room}")
