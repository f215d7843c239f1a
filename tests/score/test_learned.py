"""What review decisions teach, and when a lesson is refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pipeline.ports import Taste
from pipeline.score import RelevanceScorer
from pipeline.score.learned import attempt, comparable, fit
from pipeline.score.metrics import auc
from tests.score.fakes import WordEmbedder, candidate, past

TODAY = date(2026, 9, 18)
LIKED, OTHER = ("speech", "audio", "voice"), ("pork", "football", "weather")


def titles(words: tuple[str, ...], count: int, seed: int) -> list[str]:
    """Titles of one telling word of `words` and five of no meaning."""
    rng = np.random.default_rng(seed)
    noise = [f"{a}{b}ing" for a in "klmnprst" for b in "aeiou"]
    return [
        f"{words[n % len(words)]} {' '.join(rng.choice(noise, 5))} {seed} {n}" for n in range(count)
    ]


def scorer(kept: list[str], dropped: list[str]) -> RelevanceScorer:
    taste = Taste(archive=tuple(map(past, kept)), dropped=tuple(past(t, stars=0) for t in dropped))
    return RelevanceScorer(WordEmbedder(), taste, TODAY)


def ranking(made: RelevanceScorer) -> float:
    tests = [*titles(LIKED, 60, 8), *titles(OTHER, 60, 9)]
    found = [s.relevance for s in made.score([candidate(t) for t in tests])]
    return auc(np.asarray(found), np.arange(120) < 60)


def test_decisions_teach_a_hidden_taste_and_more_of_them_more() -> None:
    none, some, many = (
        ranking(scorer(titles(LIKED, n, 1), titles(OTHER, n, 2))) for n in (0, 10, 50)
    )
    assert none == 0.5
    assert some > none + 0.1
    assert many > 0.9


def test_a_lesson_is_tried_and_says_so() -> None:
    lesson = scorer(titles(LIKED, 12, 1), titles(OTHER, 12, 2)).lesson
    assert lesson.used
    assert (lesson.kept, lesson.dropped) == (12, 12)
    assert "已学会" in lesson.sentence


@pytest.mark.parametrize(("kept", "dropped"), [(0, 9), (9, 0), (9, 1), (1, 9)])
def test_too_few_of_a_kind_change_nothing(kept: int, dropped: int) -> None:
    liked, others = titles(LIKED, kept, 1), titles(OTHER, dropped, 2)
    made, plain = scorer(liked, others), scorer(liked, [])
    assert not made.lesson.used
    assert made.score([candidate("speech")])[0].relevance == (
        plain.score([candidate("speech")])[0].relevance
    )


def test_a_lesson_that_ranks_left_out_decisions_worse_is_refused() -> None:
    rng = np.random.default_rng(0)
    # Both sides are the same but for noise, while the base knows the answer.
    kept, dropped = (rng.normal(size=(20, 64)).astype(np.float32) / 8 for _ in range(2))
    base = np.repeat([0.1, -0.1], 20).astype(np.float32)
    lesson = attempt(kept, dropped, base)
    assert lesson.before == 1.0
    assert lesson.after < 1.0
    assert not lesson.used
    assert "没有采用" in lesson.sentence


def test_one_decision_on_each_side_moves_little_and_fifty_much() -> None:
    rows = np.eye(2, 8, dtype=np.float32)
    few = fit(rows[:1], rows[1:])(rows)
    many = fit(np.repeat(rows[:1], 50, axis=0), np.repeat(rows[1:], 50, axis=0))(rows)
    assert few[0] == pytest.approx(-few[1])
    assert 0 < few[0] < 1.1 < 3 < many[0]
    assert fit(rows[:1], rows[1:])(np.zeros((1, 8), np.float32))[0] == 0


def test_kept_are_those_noted_since_the_first_drop() -> None:
    archive = [past(f"n{n}", day=date(2026, 1, n + 1)) for n in range(10)]
    assert comparable(archive, [past("d", day=date(2026, 1, 6))]) == [5, 6, 7, 8, 9]
    assert comparable(archive, [past("d", day=date(2026, 3, 1))]) == [7, 8, 9]
    assert comparable(archive, []) == []


def test_what_decisions_taught_is_named_and_adds_up() -> None:
    made = scorer(titles(LIKED, 20, 1), titles(OTHER, 20, 2))
    near, far = made.score([candidate("speech audio voice"), candidate("pork football weather")])
    assert "更像你留下过的文章" in near.why
    assert "更像你删掉过的文章" in far.why
    for score in (near, far):
        assert sum(r.share for r in score.reasons) == pytest.approx(score.relevance, abs=1e-9)
