"""The evaluation gate of link extraction: floors may only be raised.

The rules were written while looking at the articles with even numbers and at unlabelled ones, then
checked on the odd ones; the halves are gated apart so that neither carries the other.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract import PageExtractor, read_path
from tests.eval import peers, table

LABELS = "91c444e424a55120"
FLOORS = {
    "all": {"paper any": 0.99, "paper main": 0.98, "code any": 0.99, "code main": 0.95},
    "even": {"paper any": 0.99, "paper main": 0.98, "code any": 0.99, "code main": 0.92},
    "odd": {"paper any": 0.99, "paper main": 0.97, "code any": 0.99, "code main": 0.97},
}
HALVES = {"all": slice(None), "even": slice(0, None, 2), "odd": slice(1, None, 2)}

pytestmark = pytest.mark.corpus


@pytest.mark.parametrize("half", FLOORS)
def test_links_stay_above_their_floors(corpus: Path, half: str) -> None:
    assert table.labels_hash(corpus) == LABELS, (
        "the labels changed: measure again and set floors anew"
    )
    scores = table.measure(table.ours, corpus, table.labels_of(corpus)[HALVES[half]])
    short = {
        name: round(scores[name].f1, 3)
        for name, floor in FLOORS[half].items()
        if scores[name].f1 < floor
    }
    assert not short


def test_simpler_methods_stay_below(corpus: Path) -> None:
    """The table in the design notes holds: ours is ahead of both on the main links."""
    articles = table.labels_of(corpus)
    best = table.measure(table.ours, corpus, articles)
    for method in (peers.naive, peers.first_of_each, peers.first_github):
        theirs = table.measure(method, corpus, articles)
        assert all(best[name].f1 > theirs[name].f1 for name in ("paper main", "code main"))


def test_every_article_of_the_corpus_is_read(corpus: Path) -> None:
    """No crash, a title for each, evidence verbatim in the text, no exporter's footer."""
    folder = corpus / "wechat" / "articles_md"
    extractor = PageExtractor()
    bare = 0
    for path in sorted(folder.rglob("*.md"))[::5]:
        article = extractor.extract(read_path(path, table.NOW))
        bare += not article.title
        for link in article.links:
            assert "lucide-icons" not in link.id
            assert link.evidence in article.text or link.position == len(article.text)
    assert bare == 0
