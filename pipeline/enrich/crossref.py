"""Crossref's answers: https://api.crossref.org/swagger-ui/index.html, the message type `work`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pipeline.enrich.catalogue import Question
from pipeline.enrich.plain import inside, items, line, of_date_parts
from pipeline.enrich.venue import find_venue
from pipeline.identifiers import paper_url
from pipeline.types import Paper

_ROWS = 8
_PAPERS = frozenset(
    "journal-article proceedings-article posted-content book-chapter report dissertation".split()
)
_FIELDS = "DOI,type,title,subtitle,author,container-title,event,issued,abstract"


class Crossref:
    """DOIs, and titles of what publishers registered."""

    name = "crossref"
    shown = "Crossref"
    schemes: tuple[str, ...] = ("doi",)

    def by_id(self, bare: str) -> Question | None:
        """`/works/DOI`; quoted whole, so that no DOI can name another path."""
        if not bare.startswith("10.") or len(bare) > 200:
            return None
        return f"/works/{quote(bare, safe='')}", {}

    def by_title(self, title: str) -> Question:
        """The works whose titles are nearest."""
        return "/works", {"query.title": title, "rows": str(_ROWS), "select": _FIELDS}

    def papers(self, data: Any) -> list[Paper] | None:
        """Of a `work` or a `work-list`; other kinds of works (components, reviews) left out."""
        message = inside(data, "message")
        if not isinstance(message, Mapping):
            return None
        works = message.get("items", [message])
        if not isinstance(works, list):
            return None
        return [p for work in items(works, _ROWS) if (p := _paper(work))]


def _paper(work: Any) -> Paper | None:
    doi, title = line(inside(work, "DOI"), 200).lower(), _title(work)
    if not doi.startswith("10.") or not title or inside(work, "type") not in _PAPERS:
        return None
    published = of_date_parts(inside(work, "issued", "date-parts"))
    return Paper(
        id=f"doi:{doi}",
        title=title,
        url=paper_url(f"doi:{quote(doi, safe='/:;()')}"),
        authors=tuple(_people(inside(work, "author"))),
        abstract=line(inside(work, "abstract"), 8000),
        doi=doi,
        venue=_venue(work, published.year if published else None),
        published=published,
    )


def _title(work: Any) -> str:
    """Title and subtitle, which Crossref keeps apart."""
    title = line((items(inside(work, "title"), 1) or [""])[0])
    subtitle = line((items(inside(work, "subtitle"), 1) or [""])[0])
    if not subtitle or subtitle.casefold() in title.casefold():
        return title
    return f"{title}: {subtitle}"


def _people(authors: Any) -> list[str]:
    made = (line(f"{_name(a, 'given')} {_name(a, 'family')}", 200) for a in items(authors, 3000))
    return [name for name in made if name]


def _name(author: Any, part: str) -> str:
    return line(inside(author, part), 100)


def _venue(work: Any, year: int | None) -> str | None:
    named = [
        line(inside(work, "event", "name")),
        line((items(inside(work, "container-title"), 1) or [""])[0]),
    ]
    for text in named:
        if text and (venue := find_venue(text)):
            return venue if any(c.isdigit() for c in venue) or not year else f"{venue} {year}"
    return None
