"""What review decisions teach: kept against shown-and-dropped, and whether that helps.

A ridge regression of +1 (kept) and -1 (dropped) on topics. Both sides weigh the same and no more
than the smaller one has items, so that a handful of decisions moves little. What it would add to
decisions it has not seen is tried in five folds; a lesson that ranks those worse than no lesson
is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.score.metrics import auc
from pipeline.types import ArchiveItem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Rule = Callable[[Floats], Floats]

_GAIN = 4.0
"""Log odds of something the rule is as sure of as of an item it was told: even to fifty to one."""
_RIDGE = 3.0
"""Decisions' worth of doubt: with one on each side a copy of it moves by half a unit of log odds,
with fifty by three."""
_FOLDS = 5
_ENOUGH = 2
"""Of each kind: fewer cannot be tried on one another."""
_ALIKE = 3
"""Notes since the first drop; where there are fewer, older ones are compared as well."""
_NEWEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """How the decisions were tried: AUC on decisions left out, without and with the lesson."""

    kept: int
    dropped: int
    before: float = float("nan")
    after: float = float("nan")

    @property
    def used(self) -> bool:
        """Whether the lesson counts: it was tried and ranks no worse."""
        return self.after >= self.before

    @property
    def sentence(self) -> str:
        """What came of it, for the reader."""
        if not self.dropped:
            return "还没有删掉过文章，没有可比的取舍。"
        seen = f"留下 {self.kept} 条、删掉 {self.dropped} 条"
        if np.isnan(self.after):
            return f"{seen}，还太少，先不据此调整。"
        figures = f"没见过的取舍上 AUC 从 {self.before:.2f} 到 {self.after:.2f}"
        if self.used:
            return f"{seen}，已学会：{figures}。"
        return f"{seen}，学了反而更差，没有采用：{figures}。"


def comparable(archive: Sequence[ArchiveItem], dropped: Sequence[ArchiveItem]) -> list[int]:
    """Rows of the archive to hold against the dropped: those noted since the first drop (the
    same articles, shown in the same way), else the newest; at most a thousand."""
    if not dropped:
        return []
    first = min(item.day for item in dropped)
    order = sorted(range(len(archive)), key=lambda i: (archive[i].day, i))[-_NEWEST:]
    since = [i for i in order if archive[i].day >= first]
    return since if len(since) >= _ALIKE else order[-max(_ALIKE, len(dropped)) :]


def fit(kept: Floats, dropped: Floats) -> Rule:
    """The rule that tells kept from dropped topics, as log odds per row."""
    count = min(len(kept), len(dropped))
    rows = np.concatenate([kept, dropped]).astype(np.float64)
    sides = np.repeat([1.0, -1.0], [len(kept), len(dropped)])
    weights = np.repeat([count / len(kept), count / len(dropped)], [len(kept), len(dropped)])
    # Half way between the two sides nothing is said.
    middle = (kept.mean(axis=0) + dropped.mean(axis=0)) / 2
    apart = rows - middle
    squares = (apart * weights[:, None]).T @ apart + _RIDGE * np.eye(rows.shape[1])
    slope = np.linalg.solve(squares, apart.T @ (weights * sides))

    def rule(vectors: Floats) -> Floats:
        said: Floats = (_GAIN * ((vectors - middle) @ slope)).astype(np.float32)
        # Of vectors without a topic (all zeros) nothing is said.
        spoken: Floats = np.where(np.any(vectors, axis=1), said, np.float32(0))
        return spoken

    return rule


def attempt(kept: Floats, dropped: Floats, base: Floats) -> Lesson:
    """Try the rule in five folds on top of `base`, the log odds without it (kept first)."""
    if min(len(kept), len(dropped)) < _ENOUGH:
        return Lesson(kept=len(kept), dropped=len(dropped))
    added = np.concatenate([_left_out(kept, dropped), -_left_out(dropped, kept)])
    liked = np.arange(len(added)) < len(kept)
    return Lesson(
        kept=len(kept),
        dropped=len(dropped),
        before=auc(base.astype(np.float64), liked),
        after=auc((base + added).astype(np.float64), liked),
    )


def _left_out(ours: Floats, theirs: Floats) -> Floats:
    """What the rule says for each of `ours`, fitted without its fold on both sides."""
    said = np.zeros(len(ours), np.float32)
    folds = min(_FOLDS, len(ours), len(theirs))
    mine, others = np.arange(len(ours)) % folds, np.arange(len(theirs)) % folds
    for fold in range(folds):
        rule = fit(ours[mine != fold], theirs[others != fold])
        said[mine == fold] = rule(ours[mine == fold])
    return said
