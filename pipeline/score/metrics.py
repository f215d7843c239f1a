"""How good a ranking is: weighted Kendall loss, AUC, NDCG, and intervals by bootstrap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]

RELEVANT = 4.0
"""Ratings from here on count as relevant for AUC."""
_TIE = 1e-12
_DRAWS = 10_000


def kendall_loss(scores: Doubles, ratings: Doubles) -> float:
    """Σ|Δrating| over wrongly ordered pairs, ties half, divided by Σ|Δrating|; 0 is perfect, .5
    chance; NaN where all ratings are equal."""
    gap = ratings[:, None] - ratings[None, :]
    order = scores[:, None] - scores[None, :]
    counted = gap > 0
    wrong = np.where(order < -_TIE, 1.0, np.where(order <= _TIE, 0.5, 0.0))
    total = gap[counted].sum()
    return float((gap * wrong)[counted].sum() / total) if total else float("nan")


def auc(scores: Doubles, relevant: NDArray[np.bool_]) -> float:
    """The probability that a relevant one is ranked above another; NaN where one kind is missing."""
    above = scores[relevant][:, None] - scores[~relevant][None, :]
    if not above.size:
        return float("nan")
    return float(np.mean((above > _TIE) + 0.5 * (np.abs(above) <= _TIE)))


def rank_auc(scores: Doubles, relevant: NDArray[np.bool_]) -> float:
    """`auc` by ranks, for many draws: n log n instead of n squared; equal scores count half."""
    positive = int(relevant.sum())
    negative = len(relevant) - positive
    if not positive or not negative:
        return float("nan")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    above = float(ranks[relevant].sum()) - positive * (positive + 1) / 2
    return above / (positive * negative)


def ndcg(scores: Doubles, ratings: Doubles) -> float:
    """Discounted cumulative gain with gains 2^rating - 1, of the best possible; ties by place."""
    gains = np.exp2(ratings) - 1.0
    discounts = 1.0 / np.log2(np.arange(len(gains)) + 2.0)
    best = float((np.sort(gains)[::-1] * discounts).sum())
    order = np.argsort(-scores, kind="stable")
    return float((gains[order] * discounts).sum() / best) if best else float("nan")


def interval(values: Doubles, seed: int = 0, draws: int = _DRAWS) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean of per-user values, NaN left out."""
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    rows = np.random.default_rng(seed).integers(0, len(known), (draws, len(known)))
    low, high = np.percentile(known[rows].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
