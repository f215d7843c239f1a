"""Seeds in the profile: what they move, how they are named, and what they leave alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.ports import Taste
from pipeline.score import CachedEmbedder, RelevanceScorer, evaluate_history, open_embedder
from pipeline.score.metrics import auc
from pipeline.types import ArchiveItem, Seed
from tests.score.fakes import MemoryCache, WordEmbedder, candidate, past
from tests.score.test_history import START, a_reader

TODAY = date(2026, 9, 18)


def seed(title: str, day: date = date(2020, 7, 1), text: str = "", weight: float = 0.5) -> Seed:
    return Seed(
        day=day, position=0, title=title, url="", stars=0, text=text, weight=weight
    )  # fmt: skip


def relevance(taste: Taste, *titles: str) -> list[float]:
    scorer = RelevanceScorer(WordEmbedder(), taste, TODAY)
    return [s.relevance for s in scorer.score([candidate(t) for t in titles])]


def test_a_library_alone_tells_near_from_far() -> None:
    taste = Taste(seeds=tuple(seed(f"graph theory proof {n}") for n in range(6)))
    near, far = relevance(taste, "graph theory survey", "braised pork")
    cold = relevance(Taste(), "graph theory survey", "braised pork")
    assert near > far + 0.1
    assert cold[0] == cold[1]


def test_a_seed_is_named_as_one_of_the_library() -> None:
    taste = Taste(seeds=(seed("graph theory"),), archive=(past("face detection"),))
    scorer = RelevanceScorer(WordEmbedder(), taste, TODAY)
    like_seed, like_note = scorer.score([candidate("graph theory"), candidate("face detection")])
    assert "像你文献库里的《graph theory》" in like_seed.why
    assert "像你记过的 2022.5.1《face detection》" in like_note.why
    assert "文献库" not in like_note.why


def many(make: Callable[[str], ArchiveItem], words: str) -> tuple[Any, ...]:
    return tuple(make(f"{words} n{n}") for n in range(30))


def test_a_heavy_seed_counts_as_much_as_a_note_and_a_light_one_less() -> None:
    faces = many(partial(past, stars=0), "face detection")

    def of(make: Callable[[str], ArchiveItem]) -> float:
        graphs = many(make, "graph theory")
        is_seed = isinstance(graphs[0], Seed)
        known = Taste(archive=faces, seeds=graphs) if is_seed else Taste(archive=faces + graphs)
        return relevance(known, "graph of many other words here")[0]

    noted = of(partial(past, stars=0))
    heavy, light, lighter = (of(partial(seed, weight=w)) for w in (1, 0.5, 0.1))
    assert noted == pytest.approx(heavy, abs=0.002)
    assert heavy > light + 0.002 > lighter + 0.004


def test_seeds_age_more_slowly_than_notes_and_only_beside_seeds() -> None:
    old, new = date(2020, 1, 1), date(2022, 1, 1)

    def lost(make: Callable[..., ArchiveItem]) -> float:
        both = [
            many(partial(make, day=day), "graph theory") + many(partial(make, day=new), "face")
            for day in (new, old)
        ]
        tastes = [Taste(seeds=b) if isinstance(b[0], Seed) else Taste(archive=b) for b in both]
        fresh, aged = (relevance(t, "graph of many other words here")[0] for t in tastes)
        return fresh - aged

    assert lost(partial(past, stars=0)) > lost(seed) + 0.002 > 0.004
    beside = [Taste(seeds=(seed("graph"),), archive=(past("w", day=day),)) for day in (old, new)]
    assert relevance(beside[0], "graph of words") == relevance(beside[1], "graph of words")


def test_a_library_of_undated_papers_is_scored(tmp_path: Path) -> None:
    taste = Taste(seeds=(seed("graph theory", date.min), seed("pork", date.min)))
    assert relevance(taste, "graph theory")[0] > relevance(taste, "football")[0]
    scorer = RelevanceScorer(WordEmbedder(), taste, TODAY, tmp_path)
    assert [s.relevance for s in scorer.score([candidate("pork")])] == relevance(taste, "pork")


def test_seeds_never_teach_stars_and_never_push_out_the_notes_words() -> None:
    archive = tuple(past(f"note {n}", stars=3) for n in range(5))
    taste = Taste(archive=archive, seeds=tuple(seed(f"s {n}", TODAY) for n in range(2000)))
    scorer = RelevanceScorer(WordEmbedder(), taste, TODAY)
    assert len(scorer.starred[1]) == 5
    (found,) = scorer.score([candidate("note 3")])
    assert found.suggested_stars == 3
    assert any(r.kind == "word" and r.share > 0 for r in found.reasons)


def test_every_seed_and_its_weight_change_the_version() -> None:
    tastes = [
        Taste(),
        Taste(seeds=(seed("a"),)),
        Taste(archive=(past("a", stars=0),)),
        Taste(seeds=(seed("a", weight=0.6),)),
        Taste(seeds=(seed("a", date(2021, 1, 1)),)),
        Taste(seeds=(seed("a"), seed("b"))),
    ]
    versions = {RelevanceScorer(WordEmbedder(), t, TODAY).version() for t in tastes}
    assert len(versions) == len(tastes)


def test_a_backtest_knows_no_seed_that_gives_the_answer_away() -> None:
    reader = a_reader()
    before = evaluate_history(reader, WordEmbedder())
    answers = tuple(seed(i.title, date.min, weight=1) for i in reader.archive)
    later = tuple(seed(f"braised pork {n}", TODAY, weight=1) for n in range(9))
    after = evaluate_history(replace(reader, seeds=(*answers[-18:], *later)), WordEmbedder())
    assert before["ranking"][0]["auc"] == pytest.approx(after["ranking"][0]["auc"], abs=0.02)
    assert after["seeds"] == 27
    helped = replace(reader, seeds=(seed("detection transformer", START),))
    assert evaluate_history(helped, WordEmbedder())["seeds"] == 1


@pytest.mark.model
@pytest.mark.corpus
def test_a_real_readers_own_papers_as_seeds_beat_a_cold_start(corpus: Path, tmp_path: Path) -> None:
    """With nothing else known: .92 for three readers with the light model, a coin without seeds."""
    lines = (corpus / "relevance" / "reviewers_dev.jsonl").read_text("utf-8").splitlines()[:3]
    embedder = CachedEmbedder(open_embedder("use", tmp_path), MemoryCache())
    found = []
    for reader in map(json.loads, lines):
        liked = np.asarray([p["rating"] >= 4 for p in reader["rated"]])
        shown = [candidate(p["title"], abstract=p.get("abstract") or "") for p in reader["rated"]]
        own = tuple(seed(p["title"], text=p.get("abstract") or "") for p in reader["profile"])
        scorers = (RelevanceScorer(embedder, Taste(seeds=s), TODAY) for s in (own, ()))
        found.append(
            [auc(np.asarray([s.relevance for s in sc.score(shown)]), liked) for sc in scorers]
        )
    with_seeds, cold = np.nanmean(np.asarray(found), axis=0)
    assert cold == 0.5
    assert with_seeds >= 0.9
