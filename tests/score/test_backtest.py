"""Stars leave the mode only where the reader's past says that they can be told."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.score.backtest import predict, try_stars


def topics(kinds: np.ndarray, seed: int = 0) -> np.ndarray:
    """Noisy unit vectors around one direction per kind."""
    rng = np.random.default_rng(seed)
    rows = np.eye(8)[kinds] + rng.normal(size=(len(kinds), 8)) / 8
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_informative_stars_beat_the_mode_clearly() -> None:
    kinds = np.random.default_rng(1).integers(0, 4, 300)
    found = try_stars(topics(kinds), (kinds + 1).astype(float))
    assert found.informative
    assert found.own_error < 0.1 < 0.5 < found.mode_error
    assert "按相近笔记估计。" in found.sentence


def test_stars_that_say_nothing_stay_at_the_mode_and_it_says_so() -> None:
    rng = np.random.default_rng(2)
    stars = rng.choice([1.0, 2.0, 3.0, 4.0], 500, p=[0.03, 0.92, 0.03, 0.02])
    found = try_stars(topics(rng.integers(0, 4, 500)), stars)
    assert not found.informative
    assert "没有依据离开" in found.sentence


@pytest.mark.parametrize("count", [0, 1, 29])
def test_too_few_stars_are_not_tried(count: int) -> None:
    found = try_stars(topics(np.zeros(count, int)), np.full(count, 2.0))
    assert found.tried == 0
    assert not found.informative
    assert "太少" in found.sentence


def test_the_prediction_is_the_weighted_median_of_the_nearest() -> None:
    similarity = np.asarray([[0.9, 0.9, 0.9, -0.9], [0.0, 0.0, 0.0, 1.0]], np.float32)
    assert predict(similarity, np.asarray([2.0, 2.0, 5.0, 4.0])).tolist() == [2.0, 4.0]
