"""Embedding much: kept batch by batch, taken up where it was broken off, wherever it is computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from pipeline.score import CachedEmbedder
from pipeline.score.embed import _CHUNK

TEXTS = [f"第 {n} 篇" for n in range(3 * _CHUNK + 5)]


class Counting:
    """Vectors that tell their texts apart; breaks off at the batch of that number."""

    def __init__(self, name: str, breaks_at: int = -1) -> None:
        self.name, self._breaks_at = name, breaks_at
        self.batches: list[int] = []

    def embed(self, texts: Sequence[str]) -> Any:
        if len(self.batches) == self._breaks_at:
            raise KeyboardInterrupt
        if texts:
            self.batches.append(len(texts))
        return np.asarray([[len(t), sum(map(ord, t))] for t in texts], np.float32).reshape(-1, 2)


class Shelf:
    """`ports.VectorCache` in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    def get_vectors(self, model: str, hashes: Sequence[str]) -> Mapping[str, bytes]:
        return {h: self.kept[model, h] for h in hashes if (model, h) in self.kept}

    def put_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        self.kept |= {(model, h): raw for h, raw in vectors.items()}


def test_broken_off_and_repeated_it_does_only_the_rest_and_says_how_far_it_is() -> None:
    shelf, told = Shelf(), []
    with pytest.raises(KeyboardInterrupt):
        CachedEmbedder(Counting("new", breaks_at=2), shelf).embed(TEXTS)
    assert len(shelf.kept) == 2 * _CHUNK
    again = Counting("new")
    made = CachedEmbedder(again, shelf, lambda *far: told.append(far)).embed(TEXTS)
    assert again.batches == [_CHUNK, 5]
    assert told == [(_CHUNK, _CHUNK + 5), (_CHUNK + 5, _CHUNK + 5)]
    assert np.array_equal(made, Counting("").embed(TEXTS))


def test_another_model_is_embedded_anew_and_the_former_is_still_there() -> None:
    shelf, other = Shelf(), Counting("other")
    CachedEmbedder(Counting("new"), shelf).embed(TEXTS)
    CachedEmbedder(other, shelf).embed(TEXTS)
    assert sum(other.batches) == len(TEXTS)
    back = Counting("new")
    CachedEmbedder(back, shelf).embed(TEXTS)
    assert back.batches == []


def test_batches_may_be_computed_elsewhere_and_are_kept_as_they_come() -> None:
    shelf, here = Shelf(), Counting("m")
    seen: list[int] = []

    def elsewhere(batches: Sequence[Sequence[str]]) -> Iterator[Any]:
        for batch in batches:
            seen.append(len(shelf.kept))
            yield Counting("m").embed(batch)

    made = CachedEmbedder(here, shelf, many=elsewhere).embed(TEXTS)
    assert here.batches == []
    assert seen == [0, _CHUNK, 2 * _CHUNK, 3 * _CHUNK]
    assert np.array_equal(made, Counting("").embed(TEXTS))
    assert CachedEmbedder(here, shelf, many=elsewhere).embed(TEXTS[:3]).shape == (3, 2)
    assert len(seen) == 4, "nothing is asked for what is known"
