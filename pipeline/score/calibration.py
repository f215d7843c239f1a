"""Whether relevance means what it says: how much of what was given a number was kept.

Bins hold equally many decisions, not equal widths: most of a morning is given a relevance below
one in five, and bins of two decisions say nothing. Their intervals are Wilson's, for the bootstrap
of a bin in which all was kept is a point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.score.metrics import interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_BINS, _LEAST = 5, 8
_Z = 1.959964


def bins(relevance: Doubles, kept: Flags) -> list[dict[str, Any]]:
    """Up to five bins of at least eight decisions, lowest relevance first; equal numbers share one.

    Each has `from` and `to`, the `count`, the mean `relevance`, the share that was `kept` and its
    95 % interval.
    """
    order = np.argsort(relevance, kind="stable")
    number = max(1, min(_BINS, len(order) // _LEAST))
    rows: list[dict[str, Any]] = []
    begin = 0
    for bound in np.linspace(0, len(order), number + 1).astype(int)[1:]:
        end = max(int(bound), begin)
        while 0 < end < len(order) and relevance[order[end]] == relevance[order[end - 1]]:
            end += 1
        if end > begin:
            rows.append(_row(relevance[order[begin:end]], kept[order[begin:end]]))
        begin = end
    return rows


def _row(relevance: Doubles, kept: Flags) -> dict[str, Any]:
    return {
        "from": round(float(relevance[0]), 4),
        "to": round(float(relevance[-1]), 4),
        "count": len(kept),
        "relevance": round(float(relevance.mean()), 4),
        "kept": round(float(kept.mean()), 4),
        "kept_interval": [round(v, 4) for v in wilson(int(kept.sum()), len(kept))],
    }


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score (1927)."""
    share, spread = hits / count, _Z**2 / count
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * float(np.sqrt(share * (1 - share) / count + spread / 4 / count))
    return max(0.0, middle - half), min(1.0, middle + half)


def brier(name: str, said: Doubles, kept: Flags) -> dict[str, Any]:
    """The mean squared distance of what was said from what was done (0 or 1), with its interval."""
    wrong = (said - kept) ** 2
    low, high = interval(wrong)
    return {
        "name": name,
        "brier": round(float(wrong.mean()), 4),
        "brier_interval": [round(low, 4), round(high, 4)],
    }
