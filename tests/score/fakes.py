"""A hash-based embedder and a cache in memory: words are directions, languages a shift."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from pipeline.types import ArchiveItem, Article, Candidate, PageState, Paper

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOKEN = re.compile(r"[A-Za-z]+|[\u4e00-\u9fff]")


class WordEmbedder:
    """Every word (or Chinese character) is a fixed random direction; a text is their sum.

    The same for all texts is a large common part, as in real models.
    """

    name = "words|test|fp32"

    def __init__(self, dimensions: int = 96) -> None:
        self.dimensions = dimensions
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        rows = [self._row(t) for t in texts]
        return np.asarray(rows, np.float32).reshape(len(texts), self.dimensions)

    def _row(self, text: str) -> NDArray[np.float64]:
        words = [w.casefold() for w in _TOKEN.findall(text)] or ["empty"]
        total = 6.0 * _direction("common", self.dimensions)
        total = total + sum(_direction(w, self.dimensions) for w in words) / len(words) ** 0.5 * 6
        return total / np.linalg.norm(total)


def _direction(word: str, dimensions: int) -> NDArray[np.float64]:
    vector = np.random.default_rng(crc32(word.encode())).normal(size=dimensions)
    return vector / np.linalg.norm(vector)


class MemoryCache:
    """A `VectorCache` in a dict that counts its writes."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}
        self.writes = 0

    def get_vectors(self, model: str, hashes: Sequence[str]) -> Mapping[str, bytes]:
        return {h: self.kept[model, h] for h in hashes if (model, h) in self.kept}

    def put_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        self.writes += 1
        self.kept.update({(model, h): v for h, v in vectors.items()})


def candidate(title: str, text: str = "", abstract: str | None = None) -> Candidate:
    article = Article(
        id=f"id-{title}", identity=title, url="https://e.example/a", state=PageState.OK,
        title=title, text=text,
    )  # fmt: skip
    papers = () if abstract is None else (Paper(id="arxiv:1", title="", url="", abstract=abstract),)
    return Candidate(article=article, papers=papers)


def past(title: str, stars: int = 2, day: date = date(2022, 5, 1), text: str = "") -> ArchiveItem:
    return ArchiveItem(day=day, position=1, title=title, url="", stars=stars, text=text)
