"""`stardraft evaluate`: a rolling backtest on the reader's own past, beside trivial methods.

Decisions (kept and dropped) and stars are cut into five parts by time; each part after the first
two is judged by what came before it. Nothing is learned from what is tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.ports import Taste
from pipeline.score import baselines, calibration
from pipeline.score.backtest import unseen_stars
from pipeline.score.learned import comparable
from pipeline.score.metrics import interval, rank_auc
from pipeline.score.scorer import RelevanceScorer
from pipeline.score.words import archive_text, as_candidate
from pipeline.text import normal_title
from pipeline.types import ArchiveItem, Seed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ports import Embedder

    Doubles = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_PARTS, _FIRST = 5, 2
_ENOUGH = 3
_DRAWS = 500
_NEIGHBOURS = 5
OURS, NEAREST, CHANCE = "stardraft", "kNN, k=5", "不排序"
USUAL = "总说平常的比例"


def evaluate_history(taste: Taste, embedder: Embedder) -> dict[str, Any]:
    """How well the past would have been foretold.

    `ranking`: per method `auc` and `recall` (of the kept, among as many at the top as were kept)
    on unseen decisions, with 95 % bootstrap intervals; empty where there are too few decisions,
    and `remarks` says so. `calibration`: bins of relevance with the share that was kept;
    `probabilities`: the mean squared distance of relevance from what was kept, beside the share
    kept before.
    `stars`: mean absolute error and its mean over star levels, of the mode and of similar notes,
    each with its interval.
    """
    scorer = RelevanceScorer(embedder, taste, date.max)
    tried = list(_tried(taste, embedder))
    ours = np.concatenate([part[0] for part in tried]) if tried else np.zeros(0)
    kept = np.concatenate([part[2] for part in tried]) if tried else np.zeros(0, bool)
    remarks = [scorer.lesson.sentence, scorer.star_evidence.sentence]
    return {
        "model": embedder.name,
        "profile": scorer.version(),
        "interests": len(taste.interests),
        "kept": len(taste.archive),
        "dropped": len(taste.dropped),
        "seeds": len(taste.seeds),
        "tried": len(kept),
        "ranking": _ranking(tried),
        "calibration": calibration.bins(ours, kept) if tried else [],
        "probabilities": _probabilities(tried),
        "stars": _stars(*scorer.starred),
        "remarks": remarks,
    }


_Part = tuple["Doubles", "Doubles", "Flags", "Doubles"]


def _tried(taste: Taste, embedder: Embedder) -> Iterator[_Part]:
    """Of each tested part: our relevance, the nearest neighbours' cosine, what was kept, and the
    share that was kept before."""
    decided = _decisions(taste)
    bounds = np.linspace(0, len(decided), _PARTS + 1).astype(int)
    for begin, end in zip(bounds[_FIRST:-1], bounds[_FIRST + 1 :], strict=True):
        part = decided[begin:end]
        kept = np.asarray([liked for _, liked in part], bool)
        if not kept.any() or kept.all():
            continue
        # Days, not items: what was decided on one day was decided knowing the days before.
        day = part[0][0].day
        past = tuple(i for i in taste.archive if i.day < day)
        before = Taste(
            interests=taste.interests,
            archive=past,
            dropped=tuple(i for i in taste.dropped if i.day < day),
            seeds=_unseen(taste.seeds, part),
        )
        items = [item for item, _ in part]
        found = RelevanceScorer(embedder, before, date.max).score([as_candidate(i) for i in items])
        usual = np.mean([float(liked) for item, liked in decided if item.day < day] or [0.5])
        yield (
            np.asarray([s.relevance for s in found]),
            _nearest(past, items, embedder),
            kept,
            np.full(len(kept), usual),
        )


def _unseen(seeds: Sequence[Seed], part: Sequence[tuple[ArchiveItem, bool]]) -> tuple[Seed, ...]:
    """The seeds older than the decisions tried, and about none of their papers."""
    ids = {paper for item, _ in part for paper in item.paper_ids}
    titles = {normal_title(item.title) for item, _ in part}
    return tuple(
        seed
        for seed in seeds
        if seed.day < part[0][0].day
        and ids.isdisjoint(seed.paper_ids)
        and normal_title(seed.title) not in titles
    )


def _decisions(taste: Taste) -> list[tuple[ArchiveItem, bool]]:
    """What was kept since the first drop, and what was dropped, oldest first."""
    if min(len(taste.archive), len(taste.dropped)) < _ENOUGH:
        return []
    kept = [(taste.archive[row], True) for row in comparable(taste.archive, taste.dropped)]
    dropped = [(item, False) for item in taste.dropped]
    return sorted([*kept, *dropped], key=lambda pair: (pair[0].day, pair[0].position))


def _nearest(
    past: Sequence[ArchiveItem], items: Sequence[ArchiveItem], embedder: Embedder
) -> Doubles:
    if not past:
        return np.zeros(len(items))
    known = embedder.embed([archive_text(i) for i in past])
    found = baselines.nearest_mean(
        known, embedder.embed([archive_text(i) for i in items]), _NEIGHBOURS
    )
    return found.astype(np.float64)


def _ranking(tried: Sequence[_Part]) -> list[dict[str, Any]]:
    if not tried:
        return []
    rows = []
    for name, column in ((OURS, 0), (NEAREST, 1), (CHANCE, 2)):
        # Ranks within each part: two parts' numbers need not compare.
        parts = [((p[0], p[1], np.zeros(len(p[2])))[column], p[2]) for p in tried]
        rows.append({"name": name, **_measured("auc", parts), **_measured("recall", parts)})
    return rows


def _measured(metric: str, parts: Sequence[tuple[Doubles, Flags]]) -> dict[str, Any]:
    measure = rank_auc if metric == "auc" else _recall
    value = _pooled(measure, parts)
    rng = np.random.default_rng(0)
    draws = []
    for _ in range(_DRAWS):
        picked = [rng.integers(0, len(k), len(k)) for _, k in parts]
        draws.append(
            _pooled(measure, [(s[r], k[r]) for (s, k), r in zip(parts, picked, strict=True)])
        )
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return {
        metric: round(value, 4),
        f"{metric}_interval": [round(float(low), 4), round(float(high), 4)],
    }


def _pooled(measure: Any, parts: Sequence[tuple[Doubles, Flags]]) -> float:
    values = [(measure(s, k), len(k)) for s, k in parts]
    known = [(v, n) for v, n in values if not np.isnan(v)]
    return (
        float(np.average([v for v, _ in known], weights=[n for _, n in known]))
        if known
        else float("nan")
    )


def _recall(scores: Doubles, kept: Flags) -> float:
    """The share of the kept among as many at the top; ties count by their chance."""
    wanted = int(kept.sum())
    if not wanted:
        return float("nan")
    edge = np.sort(scores)[-wanted]
    above, at = scores > edge, scores == edge
    room = wanted - above.sum()
    return float((kept[above].sum() + room * kept[at].mean()) / wanted)


def _probabilities(tried: Sequence[_Part]) -> list[dict[str, Any]]:
    """How far relevance is from what was done, beside always saying the share kept before."""
    if not tried:
        return []
    kept = np.concatenate([part[2] for part in tried])
    return [
        calibration.brier(name, np.concatenate([part[column] for part in tried]), kept)
        for name, column in ((OURS, 0), (USUAL, 3))
    ]


def _stars(topics: Any, stars: Doubles) -> list[dict[str, Any]]:
    found = unseen_stars(topics, stars)
    if found is None:
        return []
    truth, own, mode = found
    rows = []
    for name, guess in (("相近笔记", own), ("最常见的星数", mode)):
        wrong = np.abs(guess - truth)
        low, high = interval(wrong)
        rows.append(
            {
                "name": name,
                "tried": len(truth),
                "mae": round(float(wrong.mean()), 4),
                "mae_interval": [round(low, 4), round(high, 4)],
                "macro_mae": round(_macro(wrong, truth), 4),
                "macro_mae_interval": _macro_interval(wrong, truth),
            }
        )
    return rows


def _macro(wrong: Doubles, truth: Doubles) -> float:
    """The mean over star levels of their mean errors."""
    return float(np.mean([wrong[truth == level].mean() for level in np.unique(truth)]))


def _macro_interval(wrong: Doubles, truth: Doubles) -> list[float]:
    """The 95 % bootstrap interval, drawn within each level: a level of few notes keeps them."""
    rng = np.random.default_rng(0)
    means = []
    for level in np.unique(truth):
        errors = wrong[truth == level]
        means.append(errors[rng.integers(0, len(errors), (_DRAWS, len(errors)))].mean(axis=1))
    low, high = np.percentile(np.mean(means, axis=0), [2.5, 97.5])
    return [round(float(low), 4), round(float(high), 4)]
