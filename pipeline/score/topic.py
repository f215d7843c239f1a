"""What a vector says about the topic: the language and the common parts taken out.

Cosines of a model mean little by themselves: e5 gives two unrelated texts .78, USE .05, and a
Chinese phrase lies nearer to any Chinese text than to any English one. Texts about everything
else (`background`), which say the same in both languages, show what is common: their mean in
each language, and the ten directions in which they differ most, which tell cooking from banking
but nothing within a reader's field. With both removed unrelated texts have cosine 0.0 ± 0.07 in
e5 and USE alike, and one set of constants reads both. On 26 readers' rated papers this lowers
the ranking loss of the five nearest from .278 to .25; 8 to 14 directions do about equally well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline.score.background import PAIRS
from pipeline.text import language

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ports import Embedder

    Floats = NDArray[np.float32]

_DIRECTIONS = 10


class TopicSpace:
    """Embeds texts and keeps only the topic, as unit vectors of the model's dimensions."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        both = embedder.embed([text for pair in PAIRS for text in pair])
        chinese, english = both[0::2], both[1::2]
        self._means = np.stack([chinese.mean(axis=0), english.mean(axis=0)])
        apart = np.concatenate([chinese - self._means[0], english - self._means[1]])
        self._common = np.linalg.svd(apart, full_matrices=False)[2][:_DIRECTIONS]

    def vectors(self, texts: Sequence[str]) -> Floats:
        """The topics of the texts, shape (len(texts), dimensions); nothing left is all zeros."""
        raw = self._embedder.embed(texts)
        # In place and in one pass: an archive may have 100,000 rows.
        apart: Floats = raw - self._means[[int(language(t) == "en") for t in texts]]
        apart -= (apart @ self._common.T) @ self._common
        lengths = np.linalg.norm(apart, axis=1, keepdims=True)
        np.divide(apart, np.maximum(lengths, 1e-6), out=apart)
        return apart
