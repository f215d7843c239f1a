"""Whether stars can be told from relevance at all: a rolling backtest against the reader's mode.

Each fifth of the archive after the first two is predicted from what came before it, once as the
mode and once as the stars of the most similar past notes. Stars leave the mode only where that
was clearly better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.score.metrics import interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

NEIGHBOURS = 15
_PARTS, _FIRST = 5, 2
_ENOUGH = 30
"""Starred notes below which nothing is tried."""
_NEWEST = 2000
_RESAMPLED = 1000
_SHARPNESS = 12.0
"""Weight of a neighbour: e to this times its cosine of topics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StarEvidence:
    """Mean absolute errors of the mode and of the neighbours on unseen notes, in stars, and the
    95 % interval of the difference (negative where the neighbours are better)."""

    tried: int = 0
    mode_error: float = float("nan")
    own_error: float = float("nan")
    difference: tuple[float, float] = (float("nan"), float("nan"))

    @property
    def informative(self) -> bool:
        """Whether leaving the mode was clearly better: the whole interval below nought."""
        return self.difference[1] < 0

    @property
    def sentence(self) -> str:
        """What the past says, for the reader."""
        if not self.tried:
            return "有星的往期笔记还太少，建议的星数就用最常见的那个。"
        errors = f"往期回测 {self.tried} 条：总给最常见的星数平均差 {self.mode_error:.2f} 颗，按相近笔记估计差 {self.own_error:.2f} 颗"
        if self.informative:
            return f"{errors}，所以按相近笔记估计。"
        return f"{errors}，没有依据离开最常见的星数。"


def predict(similarity: Floats, stars: Doubles) -> Doubles:
    """The weighted median of the nearest notes' stars per row; `similarity` has shape
    (rows, notes). The median errs least in stars and stays at the mode where most agree."""
    count = min(NEIGHBOURS, similarity.shape[1])
    order = np.argsort(-similarity, axis=1, kind="stable")[:, :count]
    near = np.take_along_axis(similarity, order, axis=1).astype(np.float64)
    weights = np.exp(_SHARPNESS * (near - near.max(axis=1, keepdims=True)))
    values = stars[order]
    ascending = np.argsort(values, axis=1, kind="stable")
    values = np.take_along_axis(values, ascending, axis=1)
    reached = np.cumsum(np.take_along_axis(weights, ascending, axis=1), axis=1)
    middle = np.argmax(reached >= reached[:, -1:] / 2, axis=1)
    median: Doubles = np.take_along_axis(values, middle[:, None], axis=1)[:, 0]
    return median


def unseen_stars(topics: Floats, stars: Doubles) -> tuple[Doubles, Doubles, Doubles] | None:
    """Stars of unseen notes, as similar notes and as the mode of what came before tell them.

    Notes in order of time, oldest first; None where there are too few.
    """
    topics, stars = topics[-_NEWEST:], stars[-_NEWEST:]
    if len(stars) < _ENOUGH:
        return None
    bounds = np.linspace(0, len(stars), _PARTS + 1).astype(int)
    ours, modes = [], []
    for begin, end in zip(bounds[_FIRST:-1], bounds[_FIRST + 1 :], strict=True):
        known = stars[:begin]
        ours.append(predict(topics[begin:end] @ topics[:begin].T, known))
        modes.append(np.full(end - begin, mode_of(known)))
    return stars[bounds[_FIRST] :], np.concatenate(ours), np.concatenate(modes)


def try_stars(topics: Floats, stars: Doubles) -> StarEvidence:
    """Backtest on notes in order of time, oldest first; both of the same length."""
    found = unseen_stars(topics, stars)
    if found is None:
        return StarEvidence()
    truth, ours, modes = found
    own, mode = np.abs(ours - truth), np.abs(modes - truth)
    return StarEvidence(
        tried=len(own),
        mode_error=float(mode.mean()),
        own_error=float(own.mean()),
        difference=interval(own - mode, draws=_RESAMPLED),
    )


def mode_of(stars: Doubles) -> float:
    """The commonest number of stars, the lowest of equals."""
    values, counts = np.unique(stars, return_counts=True)
    return float(values[np.argmax(counts)])
