"""600 candidates against an archive of 100,000 after embedding, and how fast texts are embedded.

    ./run.sh bench scoring [--items 100000] [--candidates 600] [--texts 64]

The first part runs twice in fresh processes, with and without the archive's file; the second
encodes the same texts by ours and by plain `SentenceTransformer.encode`, in one process, in turn.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

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
        found: NDArray[np.float32] = self._rows[[hash(text) % 4096 for text in texts]]
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


def _throughput(count: int) -> None:
    from sentence_transformers import SentenceTransformer

    from pipeline.score import convert_e5

    rng = np.random.default_rng(3)
    texts = [_text(rng, int(n)) for n in rng.integers(5, 120, count)]
    with tempfile.TemporaryDirectory() as cache:
        plain = SentenceTransformer(str(convert_e5(Path(cache))), device="cpu")
        ours = {p: open_embedder("e5-small", Path(cache), p) for p in ("fp32", "bf16")}
        known = plain.encode(texts[:8], prompt="query: ", normalize_embeddings=True)
        for model in ours.values():
            model.embed(texts[:8])
        for turn in (1, 2):
            began = time.process_time()
            known = plain.encode(texts, prompt="query: ", normalize_embeddings=True)
            spent = time.process_time() - began
            sys.stdout.write(f"  turn {turn}: plain {count / spent:.1f} texts/CPU s")
            for name, model in ours.items():
                began = time.process_time()
                vectors = model.embed(texts)
                spent = time.process_time() - began
                apart = 1 - float((vectors * known).sum(axis=1).min())
                sys.stdout.write(f"; {name} {count / spent:.1f} (cosine off by {apart:.5f})")
            sys.stdout.write("\n")


def main(arguments: list[str]) -> int:
    """Print both measurements."""
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
        for told in ("without the archive's file", "with it, a new process"):
            sys.stdout.write(f"{asked.candidates} x {asked.items}, {told}\n")
            sys.stdout.flush()
            command = [sys.executable, "-m", "benchmarks", "scoring", "--folder", folder]
            command += ["--items", str(asked.items), "--candidates", str(asked.candidates)]
            subprocess.run(command, check=True)
    if asked.texts:
        sys.stdout.write("embedding\n")
        _throughput(asked.texts)
    return 0
