"""600 candidates against an archive of 100,000 after embedding, and how fast texts are embedded.

    ./run.sh bench scoring [--items 100000] [--candidates 600] [--texts 64]

The first part runs in fresh processes: without the archive's file, with it, and with it after ten
more items were noted. The second encodes the same texts by ours and by plain
`SentenceTransformer.encode` in float32, in one process and with its threads, in turn; it fails
where a vector is not plain's within a tolerance, and where plain was faster in every turn, in
seconds of the processor.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from pipeline.ports import Taste
from pipeline.score import RelevanceScorer, open_embedder
from pipeline.types import ArchiveItem, Article, Candidate, PageState

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORDS = (
    "detection segmentation transformer attention graph speech language robot depth point cloud "
    "video retrieval diffusion contrastive pruning quantization distillation tracking pose"
).split()


class ReadyEmbedder:
    """Vectors as if from a cache that holds them all: a row of random numbers per text."""

    name = "ready|384"

    def __init__(self) -> None:
        rows = np.random.default_rng(0).normal(size=(4096, 384)).astype(np.float32)
        self._rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), 384)."""
        found: NDArray[np.float32] = self._rows[[crc32(text.encode()) % 4096 for text in texts]]
        return found


def _text(rng: np.random.Generator, words: int) -> str:
    return " ".join(f"{_WORDS[a]}{b}" for a, b in rng.integers(0, len(_WORDS), (words, 2)))


def _archive(count: int) -> tuple[ArchiveItem, ...]:
    rng = np.random.default_rng(1)
    start = date(2000, 1, 1)
    return tuple(
        ArchiveItem(
            day=start + timedelta(days=n // 10),
            position=n % 10,
            title=_text(rng, 6),
            url="",
            stars=2,
            text=_text(rng, 40),
        )
        for n in range(count)
    )


def _candidates(count: int) -> list[Candidate]:
    rng = np.random.default_rng(2)
    return [
        Candidate(
            article=Article(
                id=str(n),
                identity=str(n),
                url="",
                state=PageState.OK,
                title=_text(rng, 8),
                text=_text(rng, 120),
            )
        )
        for n in range(count)
    ]


def _score(items: int, candidates: int, folder: Path) -> None:
    taste, offered = Taste(archive=_archive(items)), _candidates(candidates)
    embedder = ReadyEmbedder()
    for call in ("first call", "second call"):
        scorer = RelevanceScorer(embedder, taste, date.max, folder)
        began, cpu = time.perf_counter(), time.process_time()
        scorer.version()
        scorer.score(offered)
        wall, spent = time.perf_counter() - began, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(f"  {call}: {wall:.2f} s wall, {spent:.2f} s CPU, peak {peak:.0f} MB\n")


_KINDS = {"titles": (5, 12), "abstracts": (60, 90), "mixed": (5, 90)}
"""Words of the texts of each kind, from and to."""
_TOLERANCE = 1e-4
"""How far a cosine of ours with plain's vector of the same text may be from 1."""


def _throughput(count: int) -> list[str]:
    """What is wrong: vectors that are not plain's within the tolerance, and kinds of text that
    plain encodes faster in both turns."""
    import torch
    from sentence_transformers import SentenceTransformer

    from pipeline.score import convert_e5

    rng = np.random.default_rng(3)
    wrong = []
    with tempfile.TemporaryDirectory() as cache:
        # The folder holds halves; plain reads them as the float32 that the model was made in.
        folder, dtype = str(convert_e5(Path(cache))), {"dtype": torch.float32}
        plain = SentenceTransformer(folder, device="cpu", model_kwargs=dtype)
        ours = {p: open_embedder("e5-small", Path(cache), p) for p in ("fp32", "bf16")}
        for kind, (least, most) in _KINDS.items():
            texts = [_text(rng, int(n)) for n in rng.integers(least, most, count)]
            for model in ours.values():
                model.embed(texts[:4])
            quicker: Counter[str] = Counter()
            for turn in (1, 2):
                took = _Took()
                known = plain.encode(texts, prompt="query: ", normalize_embeddings=True)
                spent = took.cpu
                sys.stdout.write(f"  {kind}, turn {turn}: plain {took.said(count)}")
                for name, model in ours.items():
                    took = _Took()
                    vectors = model.embed(texts)
                    quicker[name] += took.cpu < spent
                    apart = 1 - float((vectors * known).sum(axis=1).min())
                    sys.stdout.write(f"; {name} {took.said(count)}, cosine off by {apart:.6f}")
                    if apart > _TOLERANCE:
                        wrong.append(f"{kind} in {name}: cosine off by {apart:.6f}")
                sys.stdout.write("\n")
                sys.stdout.flush()
            wrong += [f"{kind} in {name}: slower than plain" for name in ours if not quicker[name]]
    return wrong


class _Took:
    """Time since it was made."""

    def __init__(self) -> None:
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    @property
    def cpu(self) -> float:
        """Seconds of the processors."""
        return time.process_time() - self._cpu

    def said(self, count: int) -> str:
        """Texts a second of the processors' time, and of the clock's."""
        spent, wall = self.cpu, time.perf_counter() - self._wall
        return f"{count / spent:.1f}/CPU s {count / wall:.1f}/s"


def main(arguments: list[str]) -> int:
    """Print both measurements; 1 where a vector of ours is not plain's or plain is faster."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--candidates", type=int, default=600)
    parser.add_argument("--texts", type=int, default=64)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args(arguments)
    if asked.folder:
        _score(asked.items, asked.candidates, asked.folder)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        cases = ("without the archive's file", 0), ("with it", 0), ("with it, ten items more", 10)
        for told, more in cases:
            items = asked.items + more
            sys.stdout.write(f"{asked.candidates} x {items}, {told}\n")
            sys.stdout.flush()
            command = [sys.executable, "-m", "benchmarks", "scoring", "--folder", folder]
            command += ["--items", str(items), "--candidates", str(asked.candidates)]
            subprocess.run(command, check=True)
    if asked.texts:
        sys.stdout.write("embedding\n")
        wrong = _throughput(asked.texts)
        sys.stdout.write("".join(f"  {sentence}\n" for sentence in wrong))
        return bool(wrong)
    return 0
