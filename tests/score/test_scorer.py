"""The scorer on a fake embedder: what pulls, what pushes, what is said."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pipeline.ports import Taste
from pipeline.score import RelevanceScorer
from pipeline.score.evidence import shares
from pipeline.score.near import Past
from pipeline.score.profile import PastProfile
from pipeline.score.stars import habit
from pipeline.score.topic import TopicSpace, languages
from pipeline.score.words import archive_text
from pipeline.types import Interest, Score
from tests.score.fakes import WordEmbedder, candidate, past

TODAY = date(2026, 9, 18)
DETECTION = Interest(phrase="object detection transformer")
NEAR = candidate("A detection transformer for object detection")
FAR = candidate("Braised pork with sugar and ginger")


def scores(taste: Taste, *candidates: object) -> tuple[Score, ...]:
    return RelevanceScorer(WordEmbedder(), taste, TODAY).score(candidates)  # type: ignore[arg-type]


def test_interests_alone_rank_the_near_above_the_far_and_name_why() -> None:
    near, far = scores(Taste(interests=(DETECTION,)), NEAR, FAR)
    assert near.relevance > 0.6 > 0.3 > far.relevance
    assert "「object detection transformer」" in near.why
    assert "不太接近" in far.why


def test_archive_alone_ranks_and_names_at_most_two_past_notes() -> None:
    archive = tuple(past(f"object detection transformer {w}") for w in "one two three four".split())
    near, far = scores(Taste(archive=archive), NEAR, FAR)
    assert near.relevance > far.relevance + 0.2
    assert near.why.count("2022.5.1《") == 2


def test_without_any_taste_all_get_the_start_and_it_says_so() -> None:
    near, far = scores(Taste(), NEAR, FAR)
    assert near.relevance == far.relevance < 0.2
    assert "还没有填写关注方向" in near.why


def test_a_mute_pushes_down_and_is_named() -> None:
    mute = Interest(phrase="object detection", weight=-1.0)
    plain = scores(Taste(interests=(DETECTION,)), NEAR)[0]
    muted = scores(Taste(interests=(DETECTION, mute)), NEAR)[0]
    assert muted.relevance < plain.relevance
    assert "不想看的「object detection」" in muted.why


@pytest.mark.parametrize("candidates", [(NEAR,), (NEAR, FAR)])
def test_shares_add_up_to_the_relevance(candidates: tuple[object, ...]) -> None:
    interests = (DETECTION, Interest(phrase="cooking pork", weight=-2.0))
    taste = Taste(
        interests=interests, archive=(past("detection transformer"), past("segmentation"))
    )
    for score in scores(taste, *candidates):
        assert sum(r.share for r in score.reasons) == pytest.approx(score.relevance, abs=1e-9)


def test_a_score_does_not_depend_on_the_company() -> None:
    taste = Taste(interests=(DETECTION,), archive=(past("detection transformer"),))
    assert scores(taste, NEAR)[0] == scores(taste, FAR, NEAR)[1]


def test_nothing_to_score_asks_the_model_nothing() -> None:
    embedder = WordEmbedder()
    assert RelevanceScorer(embedder, Taste(interests=(DETECTION,)), TODAY).score(()) == ()
    assert embedder.asked == []


def test_version_changes_with_every_part_of_the_taste() -> None:
    tastes = [
        Taste(),
        Taste(interests=(DETECTION,)),
        Taste(interests=(Interest(phrase=DETECTION.phrase, weight=2.0),)),
        Taste(archive=(past("a"),)),
        Taste(archive=(past("a", stars=3),)),
        Taste(dropped=(past("a"),)),
    ]
    versions = {RelevanceScorer(WordEmbedder(), t, TODAY).version() for t in tastes}
    assert len(versions) == len(tastes)
    again = RelevanceScorer(WordEmbedder(), Taste(), date(2027, 1, 1)).version()
    assert again in versions, "a new day alone remakes nothing"


def test_notes_of_the_future_are_no_past() -> None:
    taste = Taste(archive=(past("detection transformer", day=date(2030, 1, 1)),))
    assert scores(taste, NEAR)[0].relevance == scores(Taste(), NEAR)[0].relevance


def test_stars_stay_at_the_habit_unless_a_strong_interest_is_very_close() -> None:
    strong = Interest(phrase="A detection transformer for object detection", weight=3.0)
    weak = Interest(phrase=strong.phrase, weight=1.0)
    assert [s.suggested_stars for s in scores(Taste(interests=(strong,)), NEAR, FAR)] == [3, 2]
    assert scores(Taste(interests=(weak,)), NEAR)[0].suggested_stars == 2
    threes = tuple(past(f"note {n}", stars=3) for n in range(9))
    assert scores(Taste(archive=threes), FAR)[0].suggested_stars == 3


def test_a_strong_mute_takes_one_star() -> None:
    mute = Interest(phrase=NEAR.article.title, weight=-3.0)
    assert scores(Taste(interests=(mute,)), NEAR)[0].suggested_stars == 1


def test_the_spread_shrinks_as_the_habit_becomes_known() -> None:
    none, few, many = (habit([past("x")] * n).spread for n in (0, 10, 500))
    assert none > few > many > 0
    assert habit([]).mode == 2


def test_nearest_in_blocks_equals_nearest_at_once() -> None:
    rng = np.random.default_rng(0)
    space = TopicSpace(WordEmbedder(16))
    raw = rng.normal(size=(9_000, 16)).astype(np.float32)
    raw /= np.linalg.norm(raw, axis=1, keepdims=True)
    language_of = rng.integers(0, 2, 9_000)
    bonus = rng.normal(size=9_000).astype(np.float32)
    rows = np.asarray([3, 4_095, 4_096, 8_999])
    found = Past(space, raw, language_of, bonus).nearest(raw[rows], language_of[rows], 5, rows)
    apart = space.centred(raw, language_of)
    for near, vectors, spread in zip(found, (raw, apart), space.spread, strict=True):
        whole = vectors[rows] @ vectors.T + np.float32(spread) * bonus
        whole[np.arange(4), rows] = -9
        order = np.argsort(-whole, axis=1)[:, :5]
        assert np.array_equal(near.index, order)
        np.testing.assert_allclose(
            near.similarity, np.take_along_axis(whole, order, axis=1), atol=1e-5
        )


def test_shares_survive_parts_that_cancel() -> None:
    relevance, portions = shares(-2.0, np.asarray([[3.0, -3.0], [0.0, 0.0]], np.float32))
    assert relevance[0] == pytest.approx(relevance[1])
    assert portions[0].sum() == pytest.approx(0.0, abs=1e-6)
    assert portions[0, 0] > 0.2


def test_stars_follow_similar_notes_where_the_backtest_says_they_can_be_told() -> None:
    notes = [("object detection transformer", 4), ("braised pork ginger", 1)]
    archive = tuple(
        past(f"{notes[n % 2][0]} {n}", stars=notes[n % 2][1], day=date(2026, 1, 1 + n // 2))
        for n in range(60)
    )
    taste = Taste(archive=archive)
    assert RelevanceScorer(WordEmbedder(), taste, TODAY).star_evidence.informative
    assert [s.suggested_stars for s in scores(taste, NEAR, FAR)] == [4, 1]


@pytest.mark.parametrize("count", [2, 4, 20])
def test_what_is_left_out_of_a_small_archive_is_nobodys_neighbour(count: int) -> None:
    archive = [past(f"speech audio voice {n}") for n in range(count)]
    profile = PastProfile(archive, TopicSpace(WordEmbedder()))
    own = profile.own(np.arange(count))
    rest = PastProfile(archive[1:], TopicSpace(WordEmbedder()))
    text = archive_text(archive[0])
    alone = rest.near(TopicSpace(WordEmbedder()).embedder.embed([text]), [text], languages([text]))
    assert own.total[0] == pytest.approx(alone.total[0], rel=0.2)
