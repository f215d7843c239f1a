"""From an entry of the arXiv API to a `Paper`.

Field meanings: https://info.arxiv.org/help/api/user-manual.html, "Details of Atom Results".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Protocol

from pipeline.enrich.venue import venue_of
from pipeline.identifiers import paper_url
from pipeline.text import squash
from pipeline.types import Paper

_ENTRY_ID = re.compile(
    r"arxiv\.org/abs/((?:\d{4}\.\d{4,5})|(?:[a-z][a-z-]{1,20}(?:\.[A-Za-z]{2})?/\d{7}))(?:v(\d{1,4}))?$"
)
_WITHDRAWN_COMMENT = re.compile(r"(?<![a-z])withdrawn(?! (?:from|version))", re.IGNORECASE)
_NOT_THIS_VERSION = re.compile(r"(?:version|v\d)\b.{0,40}withdrawn", re.IGNORECASE)
_WITHDRAWN_ABSTRACT = re.compile(
    r"^\W*(?:this|the) (?:paper|article|submission|manuscript|preprint|work)"
    r" (?:has been|is|was) (?:temporarily )?withdrawn",
    re.IGNORECASE,
)
_MAX_ABSTRACT, _MAX_LINE, _MAX_AUTHORS = 8000, 1000, 3000


class _Author(Protocol):
    name: str


class Entry(Protocol):
    """What is read of `arxiv.Result`."""

    entry_id: str
    title: str
    summary: str
    comment: str | None
    journal_ref: str | None
    doi: str | None
    primary_category: str
    categories: list[str]
    published: datetime

    @property
    def authors(self) -> list[_Author]:
        """In the order of the paper."""


def bare_key(arxiv_id: str) -> str:
    """An id for comparing: no version, lower case, old-style ids without subject class."""
    text = re.sub(r"v\d{1,4}$", "", arxiv_id.strip().lower().removeprefix("arxiv:"))
    archive, slash, number = text.partition("/")
    return f"{archive.partition('.')[0]}/{number}" if slash else text


def paper_of(entry: Entry) -> Paper | None:
    """The paper, None for an entry that is not one (arXiv tells errors as entries)."""
    found = _ENTRY_ID.search(entry.entry_id.strip()[-80:])
    title = squash(entry.title)[:_MAX_LINE]
    if not found or not title:
        return None
    comment, journal = _line(entry.comment), _line(entry.journal_ref)
    abstract = squash(entry.summary[:_MAX_ABSTRACT])
    paper_id = f"arxiv:{found.group(1)}"
    return Paper(
        id=paper_id,
        title=title,
        url=paper_url(paper_id),
        authors=tuple(squash(a.name)[:200] for a in entry.authors[:_MAX_AUTHORS]),
        abstract=abstract,
        categories=_categories(entry),
        comment=comment,
        journal_ref=journal,
        doi=_line(entry.doi),
        venue=venue_of(comment, journal),
        version=int(found.group(2)) if found.group(2) else None,
        published=_in_utc(entry.published),
        withdrawn=_withdrawn(comment, abstract),
    )


def _line(text: str | None) -> str | None:
    return squash(text[:_MAX_LINE]) or None if text else None


def _categories(entry: Entry) -> tuple[str, ...]:
    given = (entry.primary_category, *entry.categories[:50])
    return tuple(dict.fromkeys(squash(c)[:40] for c in given if c))


def _in_utc(moment: datetime) -> datetime | None:
    return moment.astimezone(UTC) if moment.tzinfo else None


def _withdrawn(comment: str | None, abstract: str) -> bool:
    if _WITHDRAWN_ABSTRACT.match(abstract):
        return True
    said = comment and _WITHDRAWN_COMMENT.search(comment)
    return bool(said) and not _NOT_THIS_VERSION.search(comment or "")
