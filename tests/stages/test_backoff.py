"""Back-off grows, jitters by subject only, and never exceeds a day."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.collect import backoff

BASE = timedelta(minutes=15)


@given(failures=st.integers(0, 10_000), seed=st.text(max_size=40))
def test_back_off_stays_between_its_base_and_a_day(failures: int, seed: str) -> None:
    wait = backoff(BASE, failures, seed)
    assert BASE * 0.8 <= wait <= timedelta(hours=24)


@given(seed=st.text(max_size=40))
def test_back_off_doubles_within_its_jitter(seed: str) -> None:
    first, fourth = backoff(BASE, 0, seed), backoff(BASE, 3, seed)
    assert fourth >= first * (8 * 0.8 / 1.2)
    assert backoff(BASE, 3, seed) == fourth


def test_different_feeds_do_not_come_back_in_step() -> None:
    assert len({backoff(BASE, 2, f"feed {n}") for n in range(50)}) > 40
