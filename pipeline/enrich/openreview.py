"""OpenReview's answers: https://docs.openreview.net/reference/api-v2, the entity `note`."""

from __future__ import annotations

import re
from typing import Any

from pipeline.enrich.catalogue import Question
from pipeline.enrich.plain import inside, items, line, of_milliseconds
from pipeline.enrich.venue import find_venue
from pipeline.identifiers import paper_url
from pipeline.types import Paper

_ID = re.compile(r"[\w-]{6,40}", re.ASCII)
_ROWS = 25
_RECORD = re.compile(r"^dblp\.org", re.IGNORECASE)


class OpenReview:
    """Submissions by the id of their forum, and by title."""

    name = "openreview"
    shown = "OpenReview"
    schemes: tuple[str, ...] = ("openreview",)

    def by_id(self, bare: str) -> Question | None:
        """`/notes?id=…`."""
        return ("/notes", {"id": bare}) if _ID.fullmatch(bare) else None

    def by_title(self, title: str) -> Question:
        """The submissions in which the words of the title stand."""
        return "/notes/search", {
            "term": title,
            "type": "terms",
            "content": "all",
            "group": "all",
            "source": "forum",
            "limit": str(_ROWS),
        }

    def papers(self, data: Any) -> list[Paper] | None:
        """Submissions only: no reviews, and no copies of bibliographies (`dblp.org`)."""
        notes = inside(data, "notes")
        if not isinstance(notes, list) or inside(data, "searchUnavailable") is True:
            return None
        return [p for note in items(notes, _ROWS) if (p := _paper(note))]


def _paper(note: Any) -> Paper | None:
    forum, title = inside(note, "forum") or inside(note, "id"), line(_content(note, "title"))
    if not isinstance(forum, str) or not _ID.fullmatch(forum) or not title:
        return None
    if inside(note, "id") not in (None, forum) or _RECORD.match(line(_content(note, "venueid"))):
        return None
    people = (line(a, 200) for a in items(_content(note, "authors"), 3000))
    return Paper(
        id=f"openreview:{forum}",
        title=title,
        url=paper_url(f"openreview:{forum}"),
        authors=tuple(a for a in people if a),
        abstract=line(_content(note, "abstract"), 8000),
        venue=find_venue(line(_content(note, "venue"))),
        published=of_milliseconds(inside(note, "pdate") or inside(note, "cdate")),
        withdrawn="withdrawn" in line(_content(note, "venue")).lower(),
    )


def _content(note: Any, key: str) -> Any:
    """Version 2 wraps each value, version 1 did not."""
    value = inside(note, "content", key)
    return inside(value, "value") if isinstance(value, dict) else value
