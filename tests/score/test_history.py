"""The backtest on a reader's own past: what it measures, and what it says where it cannot."""

from __future__ import annotations

import json
from datetime import date, timedelta
from xml.etree import ElementTree

import numpy as np
import pytest

from pipeline.ports import Taste
from pipeline.score import RelevanceScorer, calibration_svg, evaluate_history
from pipeline.score.backtest import unseen_stars
from pipeline.score.history import _recall
from pipeline.score.metrics import auc, rank_auc
from pipeline.types import ArchiveItem
from tests.score.fakes import WordEmbedder, past

START = date(2026, 1, 1)


def a_reader(days: int = 30) -> Taste:
    """Keeps detection, drops cooking, one of each a day; three stars for faces."""
    kept: list[ArchiveItem] = []
    dropped: list[ArchiveItem] = []
    for n in range(days):
        day = START + timedelta(days=n)
        kind, stars = (("face", 4), ("object", 2))[n % 2]
        kept.append(past(f"{kind} detection transformer w{n}", stars=stars, day=day))
        dropped.append(past(f"braised pork with ginger v{n}", stars=0, day=day))
    return Taste(archive=tuple(kept), dropped=tuple(dropped))


def test_a_plain_taste_is_foretold_and_stars_that_can_be_told_beat_the_mode() -> None:
    found = evaluate_history(a_reader(), WordEmbedder())
    ours, nearest, chance = found["ranking"]
    assert ours["auc"] > 0.95
    assert ours["recall"] > 0.9
    assert nearest["auc"] > 0.9
    assert chance["auc"] == chance["recall"] == 0.5
    assert ours["auc_interval"][0] <= ours["auc"] <= ours["auc_interval"][1]
    similar, mode = found["stars"]
    assert similar["mae"] < mode["mae"]
    assert similar["macro_mae"] < mode["macro_mae"]
    low, high = similar["macro_mae_interval"]
    assert low <= similar["macro_mae"] <= high < mode["macro_mae_interval"][0]
    assert sum(b["count"] for b in found["calibration"]) == found["tried"]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_the_future_teaches_nothing() -> None:
    reader = a_reader()
    later = past("quantum chromodynamics", day=START + timedelta(days=400))
    more = Taste(archive=(*reader.archive, later), dropped=reader.dropped)
    embedder = WordEmbedder()
    scores = RelevanceScorer(embedder, more, START + timedelta(days=40))
    assert scores.version() == RelevanceScorer(embedder, reader, date.max).version()


@pytest.mark.parametrize("taste", [Taste(), Taste(archive=a_reader().archive)])
def test_without_drops_nothing_is_ranked_and_it_says_so(taste: Taste) -> None:
    found = evaluate_history(taste, WordEmbedder())
    assert found["ranking"] == found["calibration"] == []
    assert "还没有删掉过文章" in found["remarks"][0]
    json.dumps(found, allow_nan=False)


def test_equal_stars_make_the_run_say_that_there_is_no_evidence() -> None:
    archive = tuple(past(f"note {n}", stars=2, day=START + timedelta(days=n)) for n in range(60))
    remarks = RelevanceScorer(WordEmbedder(), Taste(archive=archive), date.max).remarks()
    assert [r.code for r in remarks] == ["score.stars"]
    assert "没有依据" in remarks[0].sentence
    assert RelevanceScorer(WordEmbedder(), Taste(), date.max).remarks() == ()


def test_a_lesson_that_ranks_worse_is_refused_and_the_run_says_so() -> None:
    """Decisions at random on top of an archive that tells them: there is nothing to learn."""
    rng = np.random.default_rng(3)
    words = [f"{a}{b}x" for a in "abcdefg" for b in "ijklmn"]
    draw = [" ".join(rng.choice(words, 6)) for _ in range(40)]
    kept = tuple(past(t, day=START + timedelta(days=n)) for n, t in enumerate(draw[:20]))
    near = tuple(past(" ".join(t.split()[:3]), day=START - timedelta(days=9)) for t in draw[:20])
    dropped = tuple(
        past(t, stars=0, day=START + timedelta(days=n)) for n, t in enumerate(draw[20:])
    )
    scorer = RelevanceScorer(WordEmbedder(), Taste(archive=near + kept, dropped=dropped), date.max)
    assert scorer.lesson.after < scorer.lesson.before
    assert "score.lesson" in [r.code for r in scorer.remarks()]


def test_recall_of_ties_is_what_chance_would_make_of_them() -> None:
    rng = np.random.default_rng(4)
    for _ in range(10):
        scores, kept = rng.integers(0, 4, 12).astype(np.float64), rng.random(12) < 0.5
        kept[0] = True
        top = int(kept.sum())
        drawn = [kept[np.lexsort((rng.random(12), -scores))[:top]].sum() / top for _ in range(4000)]
        assert _recall(scores, kept) == pytest.approx(np.mean(drawn), abs=0.02)


def test_macro_mae_is_the_mean_of_the_levels_own_errors() -> None:
    from sklearn.metrics import mean_absolute_error

    embedder, reader = WordEmbedder(), a_reader(60)
    scorer = RelevanceScorer(embedder, reader, date.max)
    tried = unseen_stars(*scorer.starred)
    assert tried is not None
    truth, *guesses = tried
    for row, guess in zip(evaluate_history(reader, embedder)["stars"], guesses, strict=True):
        levels = [truth == level for level in np.unique(truth)]
        errors = [mean_absolute_error(truth[at], guess[at]) for at in levels]
        assert row["macro_mae"] == pytest.approx(np.mean(errors), abs=1e-4)
        assert row["mae"] == pytest.approx(mean_absolute_error(truth, guess), abs=1e-4)


def test_auc_by_ranks_is_auc() -> None:
    rng = np.random.default_rng(0)
    scores, liked = rng.integers(0, 5, 60).astype(np.float64), rng.random(60) < 0.4
    assert rank_auc(scores, liked) == pytest.approx(auc(scores, liked))
    assert np.isnan(rank_auc(scores, np.ones(60, bool)))


def test_the_chart_is_well_formed_with_a_mark_per_bin() -> None:
    found = evaluate_history(a_reader(), WordEmbedder())
    root = ElementTree.fromstring(calibration_svg(found))
    marks = root.findall("{http://www.w3.org/2000/svg}circle")
    assert len(marks) == len(found["calibration"]) > 0
    empty = calibration_svg(evaluate_history(Taste(), WordEmbedder()))
    assert "取舍还太少" in empty
