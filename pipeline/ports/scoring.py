"""The seams of scoring: vectors, their cache, scores, and what is known of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pipeline.errors import Issue
from pipeline.types import (
    ArchiveItem,
    Candidate,
    Interest,
    Score,
    Seed,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Embedder(Protocol):
    """score/: text to vectors."""

    @property
    def name(self) -> str:
        """Model, prompt and dtype, as one string: the cache key."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimensions), float32."""


class VectorCache(Protocol):
    """store/: embeddings by model name and content hash; values are raw float32 bytes."""

    def get_vectors(self, model: str, hashes: Sequence[str]) -> Mapping[str, bytes]:
        """The cached ones among `hashes`."""

    def put_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Keep them; the same key twice is not an error."""


class Scorer(Protocol):
    """score/: relevance and stars with reasons."""

    def version(self) -> str:
        """Changes when model, interests, archive or decisions do: scores are remade then."""

    def score(self, candidates: Sequence[Candidate]) -> tuple[Score, ...]:
        """One score per candidate, in the same order."""

    def twins(self, candidates: Sequence[Candidate]) -> Sequence[tuple[int, int]]:
        """Places of pairs that may be about the same paper, for a person to look at."""

    def remarks(self) -> tuple[Issue, ...]:
        """What the reader should know of how the scores were made; empty where all is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What the scorer knows of the reader."""

    interests: tuple[Interest, ...] = ()
    archive: tuple[ArchiveItem, ...] = ()
    dropped: tuple[ArchiveItem, ...] = ()
    """Candidates the reader was shown and dropped; `stars` is 0."""
    seeds: tuple[Seed, ...] = ()
    """Papers of the reader's own library: declared like interests, near like the archive."""
