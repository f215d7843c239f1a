"""`stardraft evaluate ranking`: ours beside peers' methods on people who rated papers.

A file has one JSON object a line: `user`; `profile`, papers of theirs (`title`, `abstract`,
`year`); `rated`, papers with a `rating` from 1 to 5 of how well each matches them. Every method
sees the same texts and, but for the one on words, the same vectors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import Issue, UsageError
from pipeline.ports import Taste
from pipeline.score import baselines
from pipeline.score.embed import CachedEmbedder
from pipeline.score.metrics import RELEVANT, auc, interval, kendall_loss, ndcg
from pipeline.score.scorer import RelevanceScorer
from pipeline.score.words import archive_text, candidate_text
from pipeline.types import ArchiveItem, Article, Candidate, PageState

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ports import Embedder
    from pipeline.score.embed import Told

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

OURS = "stardraft"
_NO_YEAR = 1990


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One line of the file, the profile newest first."""

    user: str
    profile: tuple[ArchiveItem, ...]
    rated: tuple[Candidate, ...]
    ratings: tuple[float, ...]


class _Vectors:
    """A `VectorCache` in memory, so that all methods share the vectors."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def get_vectors(self, model: str, hashes: Sequence[str]) -> Mapping[str, bytes]:
        return {h: self._known[h] for h in hashes if h in self._known}

    def put_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        self._known.update(vectors)


def evaluate_ranking(data: Path, embedder: Embedder, told: Told | None = None) -> dict[str, Any]:
    """Rank every reader's rated papers by every method.

    `scorers` holds, per method, the means over readers of `kendall_loss` (0 perfect, .5 chance),
    `auc` (rating at least 4) and `ndcg`, each with its 95 % bootstrap interval and, as
    `…_users`, over how many readers it could be told; for the peers also `ours_less`: our Kendall
    loss minus theirs, paired by reader, negative where ours is better (`ours_auc_more` likewise,
    positive where better). `issues` names the readers that were left out. `told` hears of every
    batch of texts that was embedded. Raises `UsageError` where no reader can be read.
    """
    readers, issues = read_readers(data)
    shared = CachedEmbedder(embedder, _Vectors(), told)
    # All texts in one call: the embedder sorts them by length.
    shared.embed([text for r in readers for text in (*_profile_texts(r), *_rated_texts(r))])
    measured = {
        name: np.asarray([_measure(rank(reader), reader) for reader in readers])
        for name, rank in _methods(readers, shared).items()
    }
    ours = measured[OURS]
    return {
        "data": data.name,
        "users": len(readers),
        "model": embedder.name,
        "scorers": [_row(name, values, ours) for name, values in measured.items()],
        "issues": (*issues, *_untold(readers, ours)),
    }


def _untold(readers: Sequence[Reader], measured: Doubles) -> Iterator[Issue]:
    """Readers whose ratings are all equal, or all on one side of what counts as relevant."""
    for reader, (loss, told, _) in zip(readers, measured, strict=True):
        lacking = "排序损失和 AUC" if np.isnan(loss) else "AUC" if np.isnan(told) else ""
        if lacking:
            side = "全都相同" if np.isnan(loss) else f"都在 {RELEVANT:g} 分的同一边"
            said = f"评分{side}，算不出{lacking}，不计入平均。"
            yield Issue(subject=f"读者 {reader.user}", code="evaluate.untold", sentence=said)


_Rank = Callable[[Reader], "NDArray[Any]"]
_METRICS = ("kendall_loss", "auc", "ndcg")


def _methods(readers: Sequence[Reader], embedder: Embedder) -> Mapping[str, _Rank]:
    def on_vectors(rank: Callable[[Floats, Floats], Floats]) -> _Rank:
        return lambda r: rank(embedder.embed(_profile_texts(r)), embedder.embed(_rated_texts(r)))

    def nearest(count: int) -> _Rank:
        return on_vectors(lambda p, c: baselines.nearest_mean(p, c, count))

    def words(reader: Reader) -> Floats:
        others = [t for r in readers if r is not reader for t in _profile_texts(r)]
        equal = np.zeros(len(reader.rated), np.float32)
        if not others:  # nobody to tell the reader from
            return equal
        try:
            return baselines.svm_on_words(_profile_texts(reader), _rated_texts(reader), others)
        except ValueError as error:
            if "empty vocabulary" not in str(error):  # else: not one word in all the profiles
                raise
            return equal

    return {
        OURS: lambda reader: _ours(reader, embedder),
        "time-decayed mean (zotero-arxiv-daily)": on_vectors(baselines.time_decayed_mean),
        "SVM on TF-IDF (arxiv-sanity-lite)": words,
        "nearest-two mean (auto-news)": nearest(2),
        "nearest neighbour (ZotWatch)": nearest(1),
        "kNN, k=5": nearest(5),
        "centroid": on_vectors(baselines.centroid),
    }


def _ours(reader: Reader, embedder: Embedder) -> Doubles:
    scorer = RelevanceScorer(embedder, Taste(archive=reader.profile), date.max)
    return np.asarray([s.relevance for s in scorer.score(reader.rated)])


def _profile_texts(reader: Reader) -> list[str]:
    return [archive_text(item) for item in reader.profile]


def _rated_texts(reader: Reader) -> list[str]:
    return [candidate_text(candidate) for candidate in reader.rated]


def _measure(scores: NDArray[Any], reader: Reader) -> tuple[float, float, float]:
    values, ratings = np.asarray(scores, np.float64), np.asarray(reader.ratings)
    relevant = ratings >= RELEVANT
    return kendall_loss(values, ratings), auc(values, relevant), ndcg(values, ratings)


def _row(name: str, values: Doubles, ours: Doubles) -> dict[str, Any]:
    row: dict[str, Any] = {"name": name}
    for metric, column in zip(_METRICS, values.T, strict=True):
        row[metric] = _mean(column)
        row[f"{metric}_interval"] = _rounded(interval(column))
        row[f"{metric}_users"] = int((~np.isnan(column)).sum())
    if name != OURS:
        gaps = ours - values
        for label, column in (("ours_less", gaps[:, 0]), ("ours_auc_more", gaps[:, 1])):
            row[label] = _mean(column)
            row[f"{label}_interval"] = _rounded(interval(column))
    return row


def _mean(values: Doubles) -> float | None:
    known = values[~np.isnan(values)]
    return round(float(known.mean()), 4) if len(known) else None


def _rounded(pair: tuple[float, float]) -> list[float] | None:
    return None if np.isnan(pair[0]) else [round(v, 4) for v in pair]


def read_readers(data: Path) -> tuple[tuple[Reader, ...], tuple[Issue, ...]]:
    """The readers of the file, and the lines that are none; raises `UsageError` naming those
    where nobody is left."""
    try:
        lines = data.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "不是 UTF-8 编码"
        raise UsageError(_issue(str(data), f"读不了这个文件：{why}。")) from error
    readers, issues = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            readers.append(_reader(json.loads(line), number))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            problem = f"没有算这一位：{_WRONG.get(str(error)) or _said(error)}。"
            issues.append(_issue(f"{data.name} 第 {number} 行", problem))
    if not readers and not issues:
        issues.append(_issue(data.name, "文件里没有一行数据。"))
    if not readers:
        raise UsageError(*issues[:20])
    return tuple(readers), tuple(issues)


_WRONG = {
    "no profile": "profile 是空的，没有可比的过去",
    "no rated": "rated 是空的，没有可排的论文",
}


def _said(error: Exception) -> str:
    return f"读不懂：{type(error).__name__} {str(error)[:80]}"


def _reader(line: Mapping[str, Any], number: int) -> Reader:
    papers = sorted(line["profile"], key=lambda p: -_year(p))
    rated = line["rated"]
    for name, there in (("profile", papers), ("rated", rated)):
        if not there:
            raise ValueError(f"no {name}")
    return Reader(
        user=str(line.get("user", number)),
        profile=tuple(_past(paper, place) for place, paper in enumerate(papers)),
        rated=tuple(_candidate(paper, place) for place, paper in enumerate(rated)),
        ratings=tuple(_rating(paper["rating"]) for paper in rated),
    )


def _year(paper: Mapping[str, Any]) -> int:
    """The paper's year; long ago where none is given or what is given is none."""
    try:
        year = int(paper.get("year") or _NO_YEAR)
    except (ValueError, OverflowError):
        return _NO_YEAR
    return year if 1 <= year <= 9999 else _NO_YEAR


def _rating(said: Any) -> float:
    rating = float(said)
    if not 0 <= rating <= 5:
        raise ValueError(f"rating {rating} is not 1 to 5")
    return rating


def _words(said: Any) -> str:
    """The text without halves of characters, which JSON can write and no model can read."""
    return str(said).encode("utf-8", "replace").decode("utf-8")


def _past(paper: Mapping[str, Any], place: int) -> ArchiveItem:
    day = date(_year(paper), 1, 1)
    text = _words(paper.get("abstract") or "")
    return ArchiveItem(
        day=day, position=place, title=_words(paper.get("title") or ""), url="", stars=2, text=text
    )


def _candidate(paper: Mapping[str, Any], place: int) -> Candidate:
    name = str(paper.get("id", place))
    article = Article(
        id=name,
        identity=name,
        url="",
        state=PageState.OK,
        title=_words(paper.get("title") or ""),
        text=_words(paper.get("abstract") or ""),
    )
    return Candidate(article=article)


def _issue(subject: str, sentence: str) -> Issue:
    remedy = (
        "每行应是一个 JSON 对象：profile（title、abstract、year）和 rated（另加 rating，1 到 5）。"
    )
    return Issue(subject=subject, code="evaluate.data", sentence=sentence, remedy=remedy)
