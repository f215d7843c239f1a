"""The arithmetic of relevance: similarities read as evidence. Arrays in, arrays out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


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
