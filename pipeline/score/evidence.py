"""The arithmetic of relevance: similarities read as evidence. Arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.intp]

NEIGHBOURS = 5
_BLOCK = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The nearest past items of each query, nearest first; both of shape (queries, k)."""

    index: Ints
    similarity: Floats


def nearest(queries: Floats, past: Floats, bonus: Floats, k: int = NEIGHBOURS) -> Neighbours:
    """The `k` past rows of the highest cosine + bonus for each query (fewer where there are
    fewer); works in blocks, so that memory does not grow with the archive."""
    k = min(k, len(past))
    best = np.full((len(queries), 0), -np.inf, np.float32)
    where = np.zeros((len(queries), 0), np.intp)
    for start in range(0, len(past), _BLOCK):
        block = queries @ past[start : start + _BLOCK].T + bonus[start : start + _BLOCK]
        index, values = _top(block, min(k, block.shape[1]))
        best = np.concatenate([best, values], axis=1)
        where = np.concatenate([where, index + start], axis=1)
    index, values = _top(best, k)
    return Neighbours(index=np.take_along_axis(where, index, axis=1), similarity=values)


def _top(values: Floats, k: int) -> tuple[Ints, Floats]:
    """Indices and values of the k largest per row, largest first, ties by position."""
    if k < values.shape[1]:
        some = np.sort(np.argpartition(values, -k, axis=1)[:, -k:], axis=1)
    else:
        some = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    chosen = np.take_along_axis(values, some, axis=1)
    order = np.argsort(-chosen, axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1), np.take_along_axis(chosen, order, axis=1)


def soft_weights(evidence: Floats, sharpness: float) -> Floats:
    """Softmax along the last axis: how much each part counts in the pooled evidence."""
    shifted = sharpness * (evidence - evidence.max(axis=-1, keepdims=True))
    weights = np.exp(shifted)
    pooled: Floats = weights / weights.sum(axis=-1, keepdims=True)
    return pooled


def shares(start: float, parts: Floats) -> tuple[Floats, Floats]:
    """Relevance sigmoid(start + sum of parts) and each part's share of it.

    `parts` has shape (n, m); the shares are integrated along the straight path from `start`
    (Aumann-Shapley), so that sigmoid(start) + their sum is the relevance exactly.
    """
    total = parts.sum(axis=1, dtype=np.float64)
    relevance = sigmoid(start + total)
    base = sigmoid(np.asarray(start, np.float64))
    small = np.abs(total) < 1e-6
    slope = np.where(small, base * (1 - base), (relevance - base) / np.where(small, 1.0, total))
    return relevance.astype(np.float32), (parts * slope[:, None]).astype(np.float32)


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + exp(-x)) without overflow."""
    result: NDArray[np.float64] = 0.5 * (1.0 + np.tanh(0.5 * x))
    return result
