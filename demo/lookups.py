"""Hugging Face's papers, Crossref's works and OpenReview's notes, as a client asks for them.

Shapes as seen in recorded replies: Hugging Face answers 404 with `error` for papers it does not
know; Crossref wraps one work or a list of them in `message`; OpenReview wraps each value of a
note in `value`. A world that knows none of these answers as they do for the unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable
from urllib.parse import parse_qsl, unquote

from demo.world import Answer, WorkFacts

_WORD = re.compile(r"[^\W_]+")


@runtime_checkable
class NamesCode(Protocol):
    """A world in which papers have pages that name a repository."""

    def code_of(self, arxiv_id: str) -> tuple[str, str] | None:
        """The repository's address and who entered it (`user` or `auto`)."""


@runtime_checkable
class ListsWorks(Protocol):
    """A world with papers beyond arXiv."""

    def works(self) -> Iterable[WorkFacts]:
        """All of them."""


class LookupApi:
    """Answers for the three services from one world."""

    def __init__(self, world: object) -> None:
        self._world = world

    def answer(self, service: str, path: str, query: str) -> Answer:
        """`service` is the first step of the address, `path` what follows, with a slash."""
        asked = dict(parse_qsl(query))
        if service == "huggingface" and path.startswith("/api/papers/"):
            return self._paper_page(path.removeprefix("/api/papers/"))
        if service == "crossref" and path.startswith("/works/"):
            return self._work(unquote(path.removeprefix("/works/")))
        if service == "crossref" and path == "/works":
            return self._works(asked.get("query.title", ""), asked.get("rows", "20"))
        if service == "openreview" and path == "/notes":
            return _notes(w for w in self._of("openreview") if w.id == asked.get("id"))
        if service == "openreview" and path == "/notes/search":
            return _notes(self._matching("openreview", asked.get("term", "")))
        return _json(404, {"error": "Not Found"})

    def _of(self, scheme: str) -> Iterable[WorkFacts]:
        works = self._world.works() if isinstance(self._world, ListsWorks) else ()
        return (w for w in works if w.scheme == scheme)

    def _matching(self, scheme: str, asked: str) -> list[WorkFacts]:
        """Those that share most words with the question; both services are that generous."""
        wanted = set(_WORD.findall(asked.lower()))
        scored = [
            (len(wanted & set(_WORD.findall(w.title.lower()))), n, w)
            for n, w in enumerate(self._of(scheme))
        ]
        return [w for score, _, w in sorted(scored, key=lambda s: (-s[0], s[1])) if score]

    def _paper_page(self, arxiv_id: str) -> Answer:
        named = self._world.code_of(arxiv_id) if isinstance(self._world, NamesCode) else None
        if named is None:
            return _json(404, {"error": "Paper not found"})
        page = {"id": arxiv_id, "upvotes": 1, "githubRepo": named[0], "githubRepoAddedBy": named[1]}
        return _json(200, page)

    def _work(self, doi: str) -> Answer:
        found = next((w for w in self._of("doi") if w.id.lower() == doi.lower()), None)
        if found is None:
            return Answer(
                status=404, headers={"Content-Type": "text/plain"}, body=b"Resource not found."
            )
        return _json(200, {"status": "ok", "message-type": "work", "message": _work_json(found)})

    def _works(self, title: str, rows: str) -> Answer:
        hits = self._matching("doi", title)
        shown = [_work_json(w) for w in hits[: int(rows) if rows.isdigit() else 20]]
        message = {"total-results": len(hits), "items": shown, "items-per-page": len(shown)}
        return _json(200, {"status": "ok", "message-type": "work-list", "message": message})


def _work_json(work: WorkFacts) -> dict[str, Any]:
    people = [dict(zip(("given", "family"), a.rsplit(" ", 1), strict=False)) for a in work.authors]
    return {
        "DOI": work.id,
        "type": work.kind,
        "title": [work.title],
        "author": people,
        "container-title": [work.venue] if work.venue else [],
        "issued": {"date-parts": [[work.year]]},
    }


def _notes(works: Iterable[WorkFacts]) -> Answer:
    notes = [_note(w) for w in works]
    return _json(200, {"notes": notes, "count": len(notes)})


def _note(work: WorkFacts) -> dict[str, Any]:
    content = {"title": work.title, "authors": list(work.authors), "venue": work.venue}
    stamp = int(datetime(work.year, 1, 1, tzinfo=UTC).timestamp() * 1000)
    return {
        "id": work.id,
        "forum": work.id,
        "cdate": stamp,
        "content": {key: {"value": value} for key, value in content.items()},
    }


def _json(status: int, said: Mapping[str, Any]) -> Answer:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Answer(status=status, headers=headers, body=json.dumps(said).encode())
