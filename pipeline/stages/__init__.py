"""The order of the stages: poll → fetch → extract → enrich → score → draft.

Each stage is a plain function of the `App` and the `Run` that does everything pending of its
kind, may be killed anywhere and repeated, and returns a `StageReport`.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.stages.app import App, Run
from pipeline.stages.collect import fetch, poll
from pipeline.stages.read import enrich, extract
from pipeline.stages.write import draft, score
from pipeline.types import StageReport

Stage = Callable[[App, Run], StageReport]

ORDER: tuple[tuple[str, Stage], ...] = (
    ("poll", poll),
    ("fetch", fetch),
    ("extract", extract),
    ("enrich", enrich),
    ("score", score),
    ("draft", draft),
)
"""Every stage by name, in the order in which a run takes them."""

__all__ = ["ORDER", "App", "Run", "Stage"]
