"""The recorded papers as a world that the demo's arXiv server answers from."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from demo.arxiv_api import ArxivApi
from demo.world import Answer, PaperFacts
from tests.enrich.loopback import Asked, Says

_FILES = ("metadata_2021-05_to_2021-08.jsonl.gz", "metadata_popular_2020-2022.jsonl.gz")


@dataclass(frozen=True)
class Noted:
    """A paper link of the owner's notes; `title` is the true one where it is known."""

    id: str
    written: str
    title: str | None


class Library:
    """Some 18,000 real papers by id."""

    def __init__(self, corpus: Path) -> None:
        self.noted = tuple(_noted(corpus))
        self._papers = {p.id: p for p in _recorded(corpus)}
        for noted in self.noted:
            if noted.title and noted.id not in self._papers:
                self._papers[noted.id] = PaperFacts(id=noted.id, title=noted.title)

    def paper(self, arxiv_id: str) -> PaperFacts | None:
        return self._papers.get(arxiv_id)

    def papers(self) -> Iterable[PaperFacts]:
        return self._papers.values()

    def arxiv_faults(self) -> Iterable[Answer]:
        return ()

    def serve(self, *without: str) -> Callable[[Asked], Says]:
        """The API over the library, some papers left out."""
        for arxiv_id in without:
            self._papers.pop(arxiv_id, None)
        world: Any = self
        api = ArxivApi(world, interval=0.0, monotonic=time.monotonic, now=lambda: datetime.now(UTC))

        def answer(asked: Asked) -> Says:
            said = api.answer(asked.query)
            return Says(said.body, said.status, dict(said.headers))

        return answer


def _recorded(corpus: Path) -> Iterator[PaperFacts]:
    for name in _FILES:
        with gzip.open(corpus / "arxiv" / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield PaperFacts(
                    id=row["id"],
                    title=" ".join(row["title"].split()),
                    abstract=row.get("abstract") or "",
                    authors=tuple((row.get("authors") or ())[:20]),
                )


def _noted(corpus: Path) -> Iterator[Noted]:
    text = (corpus / "arxiv" / "notes_coverage.jsonl").read_text("utf-8")
    for row in map(json.loads, text.splitlines()):
        if row["note_link_text"]:
            yield Noted(row["id"], row["note_link_text"], row["title"])
