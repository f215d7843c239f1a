"""The only place that picks implementations: settings in, furnished rooms out."""

from __future__ import annotations

from pipeline.wiring.clock import SystemClock, today
from pipeline.wiring.day import Watch, run_day
from pipeline.wiring.desk import open_desk
from pipeline.wiring.library import library_of, seeds_of
from pipeline.wiring.notices import (
    review_address,
    tell_of_publication,
    tell_of_run,
    wants_notices,
)
from pipeline.wiring.publication import exported, publishing
from pipeline.wiring.rooms import (
    build,
    embedder,
    feeds_of,
    fetcher,
    notebook,
    open_store,
    taste_of,
    token,
    vector_size,
)

__all__ = [
    "SystemClock",
    "Watch",
    "build",
    "embedder",
    "exported",
    "feeds_of",
    "fetcher",
    "library_of",
    "notebook",
    "open_desk",
    "open_store",
    "publishing",
    "review_address",
    "run_day",
    "seeds_of",
    "taste_of",
    "tell_of_publication",
    "tell_of_run",
    "today",
    "token",
    "vector_size",
    "wants_notices",
]
