"""arXiv's announcements: rss.arxiv.org since 2024, its RDF before, and the API's Atom.

An entry carries the abstract, which is all we want of the page: it counts as full and arXiv's
pages are never asked for. On weekends and holidays the feed is empty, which is fine.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace

from pipeline.identifiers import arxiv_id, paper_url
from pipeline.sources.items import Item
from pipeline.sources.markup import inline_plain, plain

_HEAD = re.compile(
    r"^\s*arXiv:\S{4,40}\s+Announce Type:\s*([a-z-]{1,20})\s*(?:Abstract:\s*)?", re.IGNORECASE
)
_TAIL = re.compile(
    r"\.?\s*\(arXiv:[^()\s]{4,40}\s*\[[^\]]{1,40}\]\s*(?:CROSS LISTED|(UPDATED))?\)\s*$"
)
_ABSTRACT_LABEL = re.compile(r"^\s*Abstract:\s*", re.IGNORECASE)
_OLD_NEWS = ("replace", "replace-cross")


def new_papers(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The new and cross-listed papers; new versions of old ones are left out."""
    return tuple(paper for item in items if (paper := _paper(item)))


def complaint(items: tuple[Item, ...]) -> str | None:
    """What the API says of a query it does not understand, which looks like an entry."""
    for item in items[:1]:
        if "arxiv.org/api/errors" in f"{item.guid} {item.link}":
            return inline_plain(item.summary or item.title)[:200]
    return None


def _paper(item: Item) -> Item | None:
    abstract = plain(item.summary or item.content)
    head = _HEAD.match(abstract)
    tail = _TAIL.search(inline_plain(item.title))
    kind = item.announce_type or (head.group(1) if head else "")
    if kind.lower() in _OLD_NEWS or (tail and tail.group(1)):
        return None
    number = arxiv_id(item.link) or arxiv_id(item.guid.rpartition(":")[2])
    if number is None:
        return item
    abstract = _ABSTRACT_LABEL.sub("", abstract[head.end() :] if head else abstract)
    return replace(
        item,
        guid=f"arxiv:{number}",
        link=paper_url(f"arxiv:{number}"),
        title=_TAIL.sub("", inline_plain(item.title)),
        title_is_html=False,
        author=plain(item.author).replace(" ,", ","),
        summary=abstract,
        whole=bool(abstract),
        content=f"<p>{html.escape(abstract, quote=False)}</p>" if abstract else "",
    )
