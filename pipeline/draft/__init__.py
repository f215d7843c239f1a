"""draft/: which articles, in what order, with what words. Pure and deterministic.

In: candidates with their scores, and the ids already in the day's draft. Out: a `Note` whose
words are quoted or cut from the sources, never invented. Touches: nothing.
"""

from __future__ import annotations

from pipeline.draft.abstract import abstract_of
from pipeline.draft.drafter import DayDrafter, DraftConfig

__all__ = ["DayDrafter", "DraftConfig", "abstract_of"]
