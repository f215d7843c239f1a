"""Metrics on rankings worked out by hand, the peers' methods, and the evaluation of a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.errors import UsageError
from pipeline.score import baselines, evaluate_ranking, open_embedder
from pipeline.score.metrics import auc, interval, kendall_loss, ndcg
from pipeline.score.topic import TopicSpace
from tests.score.fakes import WordEmbedder


def test_kendall_loss_weighs_pairs_by_how_far_apart_they_were_rated() -> None:
    ratings = np.asarray([5.0, 3.0, 1.0])
    assert kendall_loss(np.asarray([3.0, 2.0, 1.0]), ratings) == 0
    assert kendall_loss(np.asarray([1.0, 2.0, 3.0]), ratings) == 1
    assert kendall_loss(np.zeros(3), ratings) == 0.5
    # Only the pair (5, 3) is wrong: 2 of 2 + 2 + 4.
    assert kendall_loss(np.asarray([2.0, 3.0, 1.0]), ratings) == 0.25
    assert np.isnan(kendall_loss(np.asarray([1.0, 2.0]), np.asarray([4.0, 4.0])))


def test_auc_counts_ties_half_and_knows_when_there_is_nothing_to_tell() -> None:
    relevant = np.asarray([True, False, False])
    assert auc(np.asarray([2.0, 1.0, 2.0]), relevant) == 0.75
    assert np.isnan(auc(np.zeros(2), np.asarray([True, True])))


def test_ndcg_of_the_best_order_is_one() -> None:
    ratings = np.asarray([1.0, 5.0, 3.0])
    assert ndcg(ratings, ratings) == pytest.approx(1.0)
    assert ndcg(-ratings, ratings) < 0.8


def test_the_interval_holds_the_mean_and_leaves_out_nan() -> None:
    low, high = interval(np.asarray([0.0, 1.0, np.nan, 0.0, 1.0]))
    assert 0 <= low < 0.5 < high <= 1
    assert np.isnan(interval(np.asarray([np.nan]))[0])


def test_topics_of_unrelated_texts_are_apart_where_raw_cosines_are_not() -> None:
    embedder = WordEmbedder()
    texts = ["object detection", "object detection transformer", "braised pork"]
    raw, topics = embedder.embed(texts), TopicSpace(embedder).vectors(texts)
    assert (raw @ raw.T)[0, 2] > 0.3
    assert abs((topics @ topics.T)[0, 2]) < 0.3
    assert (topics @ topics.T)[0, 1] > 0.6


def test_the_peers_prefer_what_the_profile_is_about() -> None:
    texts = ["object detection", "object detector"], ["object detection here", "braised pork"]
    embedder = WordEmbedder()
    profile, candidates = (embedder.embed(t) for t in texts)
    for ranked in (
        baselines.time_decayed_mean(profile, candidates),
        baselines.centroid(profile, candidates),
        baselines.nearest_mean(profile, candidates, 1),
        baselines.nearest_mean(profile, candidates, 5),
        baselines.svm_on_words(*texts, ["cooking pork", "football"]),
    ):
        assert ranked.shape == (2,)
        assert ranked[0] > ranked[1]


def line(user: str, liked: str, disliked: str) -> dict[str, Any]:
    def paper(title: str) -> dict[str, Any]:
        return {"title": title, "abstract": None, "year": 2020}

    rated = [{**paper(f"{liked} three"), "rating": 5}, {**paper(f"{disliked} x"), "rating": 1}]
    return {"user": user, "profile": [paper(f"{liked} one"), paper(liked)], "rated": rated}


def write(folder: Path, *lines: str) -> Path:
    path = folder / "readers.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_file_is_evaluated_for_ours_and_every_peer(tmp_path: Path) -> None:
    lines = (line("a", "object detection", "pork"), line("b", "braised pork", "graph theory"))
    found = evaluate_ranking(write(tmp_path, *map(json.dumps, lines)), WordEmbedder())
    assert found["users"] == 2
    assert found["scorers"][0]["name"] == "stardraft"
    assert len(found["scorers"]) == 7
    assert found["scorers"][0]["kendall_loss"] == 0
    assert found["scorers"][0]["auc"] == 1
    assert json.loads(json.dumps(found["scorers"], allow_nan=False)) == found["scorers"]
    assert found["issues"] == ()


def test_one_paper_ties_and_broken_characters_are_ranked_or_left_unsaid(tmp_path: Path) -> None:
    rated = [{"title": "\ud800 b", "rating": 3}, {"title": "c\0", "rating": 3}]
    lone = {"profile": [{"title": "a"}], "rated": rated}
    found = evaluate_ranking(write(tmp_path, json.dumps(lone)), WordEmbedder())
    assert len(found["scorers"]) == 7
    assert found["scorers"][0]["kendall_loss"] is None
    assert found["scorers"][0]["auc_interval"] is None
    assert found["scorers"][0]["kendall_loss_users"] == 0
    assert ["排序损失和 AUC" in i.sentence for i in found["issues"]] == [True]


def test_an_odd_reader_is_left_out_by_name_and_the_others_are_ranked(tmp_path: Path) -> None:
    plain = line("a", "object detection", "pork")
    high = {**line("high", "pork", "beef"), "user": "high"}
    high["rated"] = [{**p, "rating": 4 + n} for n, p in enumerate(high["rated"])]
    odd = [
        {**plain, "profile": []},
        {**plain, "rated": [{"title": "b"}]},
        {**plain, "profile": [{"title": None, "abstract": 7, "year": "soon"}, {"year": 99999}]},
    ]
    lines = [*map(json.dumps, [plain, high, *odd]), "not json", ""]
    found = evaluate_ranking(write(tmp_path, *lines), WordEmbedder())
    assert found["users"] == 3
    ours = found["scorers"][0]
    assert (ours["kendall_loss_users"], ours["auc_users"]) == (3, 2)
    said = [(i.subject, i.sentence) for i in found["issues"]]
    assert [subject for subject, _ in said] == [
        "readers.jsonl 第 3 行", "readers.jsonl 第 4 行", "readers.jsonl 第 6 行", "读者 high",
    ]  # fmt: skip
    assert "profile 是空的" in said[0][1]
    assert "AUC" in said[3][1]


def test_progress_is_told_for_all_texts_at_once(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    path = write(tmp_path, json.dumps(line("a", "object detection", "pork")))
    evaluate_ranking(path, WordEmbedder(), lambda done, total: heard.append((done, total)))
    assert heard[0] == (4, 4)


def test_the_figures_are_those_of_others_arithmetic() -> None:
    """AUC and NDCG as scikit-learn has them, Kendall's loss pair by pair, the interval as SciPy."""
    from scipy.stats import bootstrap
    from sklearn.metrics import ndcg_score, roc_auc_score

    rng = np.random.default_rng(5)
    for _ in range(20):
        ratings = rng.integers(1, 6, 12).astype(np.float64)
        ratings[:2] = 1, 5
        tied, untied = rng.integers(0, 4, 12).astype(np.float64), rng.random(12)
        pairs = [(a, b) for a in range(12) for b in range(12) if ratings[a] > ratings[b]]
        weights = [ratings[a] - ratings[b] for a, b in pairs]
        wrong = [float(np.heaviside(tied[b] - tied[a], 0.5)) for a, b in pairs]
        assert kendall_loss(tied, ratings) == pytest.approx(np.average(wrong, weights=weights))
        assert auc(tied, ratings >= 4) == pytest.approx(roc_auc_score(ratings >= 4, tied))
        gains = np.exp2(ratings) - 1
        assert ndcg(untied, ratings) == pytest.approx(ndcg_score([gains], [untied]))
    values = rng.random(26)
    theirs = bootstrap(
        (values,), np.mean, method="percentile", n_resamples=10_000, rng=rng
    ).confidence_interval  # fmt: skip
    assert interval(values) == pytest.approx(tuple(theirs), abs=0.01)


_ODD = '{"profile": [{"title": "a"}], "rated": [{"title": "b", "rating": NaN}]}'


@pytest.mark.parametrize(
    "text", ["", "not json", "[]", '{"profile": [], "rated": []}', "{}", "[" * 100_000, _ODD]
)
def test_a_file_of_another_shape_is_refused_with_the_shape(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        evaluate_ranking(write(tmp_path, text), WordEmbedder())
    assert "profile" in caught.value.issues[0].remedy


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        evaluate_ranking(tmp_path / "none.jsonl", WordEmbedder())


@pytest.mark.model
@pytest.mark.corpus
def test_ours_ranks_real_readers_papers_better_than_the_peers(corpus: Path, tmp_path: Path) -> None:
    """On ten of the readers with the light model, which takes seconds; all of them with e5 are
    `stardraft evaluate ranking`."""
    lines = (corpus / "relevance" / "reviewers_dev.jsonl").read_text("utf-8").splitlines()[:10]
    found = evaluate_ranking(write(tmp_path, *lines), open_embedder("use", tmp_path))
    ours, *peers = (s["kendall_loss"] for s in found["scorers"])
    assert ours < 0.5
    assert ours < sum(peers) / len(peers)
