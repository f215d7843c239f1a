"""What a vector says about the topic: what is common to everything taken out.

Cosines of a model mean little by themselves: e5 gives two unrelated texts .81, USE .08, and a
Chinese phrase lies nearer to any Chinese text than to any English one. Texts about everything
else (`background`), which say the same in both languages, show what is common: the mean in each
language, the ten directions in which everyday topics differ most, and how far unrelated cosines
spread, which is the unit that similarities are counted in, so that one set of constants reads
both models. Texts about any research (`research`) show how near all of it is to a phrase.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from pipeline.score.background import PAIRS
from pipeline.score.research import RESEARCH
from pipeline.text import language

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ports import Embedder

    Floats = NDArray[np.float32]
    Ints = NDArray[np.intp]

_DIRECTIONS = 10
EVERYDAY: tuple[str, ...] = tuple(text for pair in PAIRS for text in pair)


class TopicSpace:
    """Embeds texts, plainly or with only the topic kept; unit vectors of the model's dimensions."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.everyday = embedder.embed(EVERYDAY)
        chinese, english = self.everyday[0::2], self.everyday[1::2]
        self.means = np.stack([chinese.mean(axis=0), english.mean(axis=0)])
        apart = np.concatenate([chinese - self.means[0], english - self.means[1]])
        self._common = np.linalg.svd(apart, full_matrices=False)[2][:_DIRECTIONS]

    @cached_property
    def spread(self) -> tuple[float, float]:
        """The standard deviation of unrelated texts' cosines, plain and centred by language."""
        centred = self.centred(self.everyday, languages(EVERYDAY))
        found = []
        for rows in (self.everyday, centred):
            pairs = [rows[n::2] @ rows[n::2].T for n in (0, 1)]
            upper = np.triu_indices(len(PAIRS), 1)
            found.append(float(np.concatenate([p[upper] for p in pairs]).std()) or 1.0)
        return found[0], found[1]

    @cached_property
    def research(self) -> tuple[Floats, Floats]:
        """The mean vectors of research in Chinese and in English, plain and centred; each of
        shape (2, dimensions)."""
        texts = [text for pair in RESEARCH for text in pair]
        raw = self.embedder.embed(texts)
        centred = self.centred(raw, languages(texts))
        plain, apart = (np.stack([v[n::2].mean(axis=0) for n in (0, 1)]) for v in (raw, centred))
        return plain, apart

    def centred(self, raw: Floats, language_of: Ints) -> Floats:
        """Vectors with the mean of their language taken out, of length 1."""
        return _unit(raw - self.means[language_of])

    def topics(self, raw: Floats, language_of: Ints) -> Floats:
        """Vectors with mean and common directions taken out; nothing left is all zeros."""
        apart: Floats = raw - self.means[language_of]
        apart -= (apart @ self._common.T) @ self._common
        return _unit(apart)

    def vectors(self, texts: Sequence[str]) -> Floats:
        """The topics of the texts, shape (len(texts), dimensions)."""
        return self.topics(self.embedder.embed(texts), languages(texts))


def languages(texts: Sequence[str]) -> Ints:
    """0 for Chinese, 1 for English, one per text."""
    return np.asarray([int(language(t) == "en") for t in texts], np.intp)


def _unit(rows: Floats) -> Floats:
    # In place and in one pass: there may be 100,000 rows.
    np.divide(rows, np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), out=rows)
    return rows
