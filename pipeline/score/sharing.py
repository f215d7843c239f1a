"""Several processes that need vectors of the same texts: each text is embedded by one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.ports import Clock, Embedder, Leases, VectorCache

    Vectors = NDArray[np.float32]

LOOK_AGAIN = 0.5
"""Seconds between two looks whether the others have finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Who says which texts are ours, and the clock by which we wait for the others."""

    leases: Leases
    clock: Clock


def in_turns(
    sharing: Sharing,
    embedder: Embedder,
    cache: VectorCache,
    texts: Mapping[str, str],
    size: int,
) -> Iterator[dict[str, Vectors]]:
    """Vectors by content hash, in batches of up to `size`, ours and those that others kept.

    `texts` are by content hash, in the order in which they are taken. What a worker that died had
    in hand comes back and is done here.
    """
    left = dict(texts)
    try:
        while left:
            ours = sharing.leases.lease_texts(embedder.name, list(left), size, sharing.clock.now())
            # Also of ours some may have been kept before the lease was free.
            found = _kept(cache, embedder.name, ours or list(left))
            if fresh := [h for h in ours if h not in found]:
                vectors = embedder.embed([left[h] for h in fresh])
                made = dict(zip(fresh, vectors, strict=True))
                cache.put_vectors(embedder.name, {h: v.tobytes() for h, v in made.items()})
                found |= made
            sharing.leases.release("embed")
            for key in found:
                del left[key]
            if found:
                yield found
            elif not ours:
                sharing.clock.sleep(LOOK_AGAIN)
    finally:
        sharing.leases.release("embed")


def _kept(cache: VectorCache, model: str, hashes: Sequence[str]) -> dict[str, Vectors]:
    import numpy as np

    found = cache.get_vectors(model, hashes)
    return {key: np.frombuffer(raw, np.float32) for key, raw in found.items()}
