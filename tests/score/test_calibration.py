"""Bins of relevance and their intervals, held against SciPy and scikit-learn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pipeline.score.calibration import bins, brier, wilson


def test_bins_hold_equally_many_and_every_decision_once() -> None:
    rng = np.random.default_rng(1)
    relevance = rng.random(103) ** 4
    kept = rng.random(103) < relevance
    rows = bins(relevance, kept)
    assert len(rows) == 5
    assert sum(r["count"] for r in rows) == 103
    assert max(r["count"] for r in rows) - min(r["count"] for r in rows) <= 1
    assert all(a["to"] <= b["from"] for a, b in pairwise(rows))
    assert np.average([r["kept"] for r in rows], weights=[r["count"] for r in rows]) == (
        pytest.approx(kept.mean(), abs=1e-4)
    )
    inside = (relevance >= rows[2]["from"] - 1e-4) & (relevance <= rows[2]["to"] + 1e-4)
    assert rows[2]["kept"] == pytest.approx(kept[inside].mean(), abs=1e-4)


def test_few_decisions_make_few_bins_and_equal_relevance_makes_one() -> None:
    kept = np.arange(20) % 2 == 0
    assert [r["count"] for r in bins(np.linspace(0, 1, 20), kept)] == [10, 10]
    assert [r["count"] for r in bins(np.full(20, 0.3), kept)] == [20]
    assert [r["count"] for r in bins(np.asarray([0.2]), kept[:1])] == [1]
    clustered = np.asarray([0.1] * 15 + [0.2] * 5)
    assert [(r["count"], r["kept"]) for r in bins(clustered, clustered > 0.1)] == [(15, 0), (5, 1)]


@pytest.mark.parametrize(("hits", "count"), [(0, 8), (3, 9), (50, 100), (8, 8)])
def test_the_interval_is_wilsons_and_never_a_point(hits: int, count: int) -> None:
    from scipy.stats import binomtest

    theirs = binomtest(hits, count).proportion_ci(0.95, "wilson")
    assert wilson(hits, count) == pytest.approx((theirs.low, theirs.high), abs=1e-6)
    assert wilson(hits, count)[1] - wilson(hits, count)[0] > 0.1


def test_the_squared_distance_is_briers() -> None:
    from sklearn.metrics import brier_score_loss

    rng = np.random.default_rng(2)
    said, kept = rng.random(60), rng.random(60) < 0.4
    row = brier("ours", said, kept)
    assert row["brier"] == pytest.approx(brier_score_loss(kept, said), abs=1e-4)
    assert row["brier_interval"][0] < row["brier"] < row["brier_interval"][1]
