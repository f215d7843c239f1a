"""flows/: Prefect at the edge. Comes in: a workspace and a day; goes out: a recorded run.

No logic lives here: the flow `daily` calls the pipeline's stages as coarse tasks, and
`engine` sees to it that a server is there to record them and gone afterwards.
"""

from __future__ import annotations

import importlib

_NEEDED = (
    "flows.daily",
    "fastapi.encoders",  # reads a flow's parameters
    "prefect.artifacts",
    "prefect.events.worker",
    "prefect.flow_engine",
    "prefect.task_engine",
    "pipeline.desk.note_desk",
    "pipeline.draft",
    "pipeline.enrich",
    "pipeline.extract.extractor",
    "pipeline.fetch",
    "pipeline.notes.sandbox",
    "pipeline.score.scorer",
    "pipeline.sources.opml",
    "pipeline.store.opening",
)
"""Modules that every run imports sooner or later, the slow ones by name."""


def preload() -> None:
    """Import what a run needs anyway, while the server that records it is starting."""
    for module in _NEEDED:
        importlib.import_module(module)
