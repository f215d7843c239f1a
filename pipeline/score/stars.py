"""How many stars to suggest: the reader's own habit, and when to leave it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.types import ArchiveItem

NO_HABIT = 2
"""Suggested with an empty archive: in the middle of what "worth noting" means."""
_STRONG_WEIGHT = 2.0
_VERY_CLOSE = 7.0
"""Spreads above any research: one in thirty of the owner's own papers is this close to any of ten
interests, and every other title right on the subject."""
_COVERAGE = 0.8
_PRIOR = {1: 0.5, 2: 2.0, 3: 1.5, 4: 0.7, 5: 0.3}


@dataclass(frozen=True, slots=True, kw_only=True)
class StarHabit:
    """The reader's usual stars: the mode, and the half-width that covers 80 % of their past."""

    mode: int
    spread: float
    known: int

    def suggest(
        self, closeness: Sequence[float], weights: Sequence[float], muted: bool, told: int
    ) -> int:
        """`told`, the mode or what similar notes say; one more for something very close to an interest of weight 2 or more, one
        less for something muted as strongly. `closeness` is in spreads (`wishes`), one
        per interest."""
        if muted:
            return max(1, told - 1)
        lifted = any(
            near >= _VERY_CLOSE and weight >= _STRONG_WEIGHT
            for near, weight in zip(closeness, weights, strict=False)
        )
        return min(5, told + lifted)


def habit(archive: Sequence[ArchiveItem]) -> StarHabit:
    """Read the habit from the archive's starred items (0 stars say nothing)."""
    seen = Counter(item.stars for item in archive if 1 <= item.stars <= 5)
    known = sum(seen.values())
    mode = max(seen, key=lambda s: (seen[s], -abs(s - NO_HABIT))) if seen else NO_HABIT
    # A few invented items of an ordinary reader, so that three equal stars are not certainty.
    weights = {s: seen[s] + _PRIOR[s] for s in range(1, 6)}
    return StarHabit(mode=mode, spread=_half_width(mode, weights), known=known)


def _half_width(mode: int, weights: dict[int, float]) -> float:
    """The distance from the mode that covers 80 % of the weight; each star fills the half steps
    on both its sides."""
    total = sum(weights.values())
    covered, reached = weights[mode] / total, 0.5
    if covered >= _COVERAGE:
        return round(reached * _COVERAGE / covered, 2)
    for step in range(1, 5):
        ring = sum(w for s, w in weights.items() if abs(s - mode) == step) / total
        if covered + ring >= _COVERAGE:
            return round(reached + (_COVERAGE - covered) / ring, 2)
        covered, reached = covered + ring, step + 0.5
    return reached
