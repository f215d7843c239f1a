"""Scores of link extraction against hand labels, beside simpler methods.

Run `python -m tests.eval.table` with STARDRAFT_CORPUS set to print the table.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.extract import PageExtractor, as_json, read_path
from tests.eval import peers

NOW = datetime(2026, 9, 18, tzinfo=UTC)
Links = Iterable[tuple[str, str, str]]
"""(id, kind, role) of every link a method finds."""
Method = Callable[[Path], Links]
MEASURES = ("paper any", "paper main", "code any", "code main")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Right, extra and missed links."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where there is nothing to find or miss."""
        total = 2 * self.right + self.extra + self.missed
        return 2 * self.right / total if total else 1.0


def labels_of(corpus: Path) -> list[dict[str, Any]]:
    """The labelled articles."""
    lines = (corpus / "labels" / "wechat_links_dev.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def labels_hash(corpus: Path) -> str:
    """SHA-256 of the label file, first 16 digits."""
    return hashlib.sha256((corpus / "labels" / "wechat_links_dev.jsonl").read_bytes()).hexdigest()[
        :16
    ]


def ours(path: Path) -> Links:
    """This project's extraction, through the form `stardraft extract --json` prints."""
    found = as_json(PageExtractor().extract(read_path(path, NOW)))
    return [(link["id"], link["kind"], link["role"]) for link in found["links"]]


def measure(method: Method, corpus: Path, articles: Iterable[dict[str, Any]]) -> dict[str, Score]:
    """The four scores of a method over labelled articles."""
    totals = dict.fromkeys(MEASURES, (0, 0, 0))
    for article in articles:
        found = list(method(corpus / "wechat" / "articles_md" / article["path"]))
        for name in MEASURES:
            kind, which = name.split()
            ours_ = {_key(i) for i, k, r in found if k == kind and which in ("any", r)}
            theirs = {
                _key(x["id"])
                for x in article["papers" if kind == "paper" else "code"]
                if which in ("any", x["role"])
            }
            right, extra, missed = totals[name]
            totals[name] = (
                right + len(ours_ & theirs),
                extra + len(ours_ - theirs),
                missed + len(theirs - ours_),
            )
    return {name: Score(right=r, extra=e, missed=m) for name, (r, e, m) in totals.items()}


def _key(link_id: str) -> str:
    """Titles are compared by their words, everything else as it is."""
    if link_id.startswith("title:"):
        return "title:" + re.sub(r"\W+", "", link_id[6:].casefold())
    return link_id


def main() -> None:
    """Print the table."""
    corpus = Path(
        os.environ.get("STARDRAFT_CORPUS", Path(__file__).parents[3] / "shared" / "corpus")
    )
    articles = labels_of(corpus)
    print(f"{'F1':<17}" + "".join(f"{name:>12}" for name in MEASURES))
    rows: dict[str, Method] = {
        "stardraft": ours,
        "naive regex": peers.naive,
        "linkify-it-py": peers.linkify,
        "first GitHub URL": peers.first_github,
        "first of each": peers.first_of_each,
    }
    for label, method in rows.items():
        scores = measure(method, corpus, articles)
        print(f"{label:<17}" + "".join(f"{scores[name].f1:>12.3f}" for name in MEASURES))


if __name__ == "__main__":
    main()
