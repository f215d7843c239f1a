"""Floors for pairs that may be one paper, on the owner's notes and the abstracts of their papers.

The articles are the notes' Chinese titles and texts; of a random half of them the paper is among
the candidates, of the others not; a further hundred abstracts on computer vision are about neither.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.notes import read_archive
from pipeline.score import CachedEmbedder, archive_text, open_embedder
from pipeline.score.topic import TopicSpace
from pipeline.score.twins import likeness, pairs
from pipeline.text import language, squash
from tests.score.fakes import MemoryCache

MIN_PRECISION, MIN_RECALL = 0.97, 0.5
"""Over ten draws with the light model: 187 told, all right, of 320; see docs/scoring.md."""
ARTICLES, OTHERS, DRAWS = 64, 100, 10
TEXTS_HASH = "ea8050ad2b49050f"
"""Of all the texts that are compared."""


def _abstract(paper: dict[str, Any]) -> str:
    return f"{paper['title']}\n{squash(paper['abstract'])}"[:1600]


def _known(corpus: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((corpus / "arxiv").glob("metadata*.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            found |= {f"arxiv:{p['id']}": p for p in map(json.loads, file)}
    lines = (corpus / "arxiv" / "notes_coverage.jsonl").read_text("utf-8").splitlines()
    for paper in map(json.loads, lines):
        found.setdefault(f"arxiv:{paper['id']}", paper)
    return {key: p for key, p in found.items() if p.get("title") and p.get("abstract")}


@pytest.mark.corpus
@pytest.mark.model
def test_few_pairs_told_are_wrong(corpus: Path, tmp_path: Path) -> None:
    papers = _known(corpus)
    archive, _ = read_archive(str(corpus / "notes"))
    articles = {
        item.paper_ids[0]: archive_text(item)
        for item in reversed(archive)
        if len(item.paper_ids) == 1 and item.paper_ids[0] in papers and language(item.title) == "zh"
    }
    noted = {paper for item in archive for paper in item.paper_ids}
    rest = [k for k in papers if k not in noted and papers[k].get("primary_category") == "cs.CV"]
    names = list(articles)[:ARTICLES]
    others = [_abstract(papers[k]) for k in sorted(rest)[:: len(rest) // OTHERS][:OTHERS]]
    every = [*(articles[n] for n in names), *(_abstract(papers[n]) for n in names), *others]
    assert hashlib.sha256("\n".join(every).encode()).hexdigest()[:16] == TEXTS_HASH
    space = TopicSpace(CachedEmbedder(open_embedder("use", tmp_path), MemoryCache()))
    rng = np.random.default_rng(0)
    told = right = 0
    for _ in range(DRAWS):
        half = [names[n] for n in rng.permutation(ARTICLES)[: ARTICLES // 2]]
        about = [*names, *half, *([""] * OTHERS)]
        texts = [*every[:ARTICLES], *(_abstract(papers[n]) for n in half), *others]
        found = pairs(likeness(texts, space))
        told += len(found)
        right += sum(about[one] == about[other] for one, other in found)
    assert right / told >= MIN_PRECISION, (told, right)
    assert right / (DRAWS * ARTICLES // 2) >= MIN_RECALL, (told, right)
