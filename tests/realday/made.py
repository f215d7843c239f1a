"""Pages nobody recorded, made of what was recorded of them, and of nothing else.

A paper's page holds the facts of the paper in the shape of arXiv's own; a blog post's page
holds the title and the summary that the blog's feed carried.
"""

from __future__ import annotations

import re
from html import escape, unescape

from demo.world import PaperFacts

_ITEM = re.compile(r"<item>.*?</item>", re.DOTALL)


def abstract_page(facts: PaperFacts) -> bytes:
    """The page of a paper."""
    title = escape(facts.title)
    authors = "".join(
        f'<meta name="citation_author" content="{escape(a)}"/>' for a in facts.authors
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>[{facts.id}] {title}</title>'
        f'<meta name="citation_title" content="{title}"/>{authors}'
        f'<meta name="citation_arxiv_id" content="{facts.id}"/>'
        f'<meta property="og:title" content="{title}"/></head><body>'
        f'<h1 class="title"><span class="descriptor">Title:</span>{title}</h1>'
        '<blockquote class="abstract"><span class="descriptor">Abstract:</span>'
        f"{escape(facts.abstract)}</blockquote></body></html>"
    ).encode()


def blog_pages(feed: str) -> dict[str, bytes]:
    """A page per item of a blog's RSS feed, by its address."""
    return {_element(i, "link"): _post(i) for i in _ITEM.findall(feed)}


def _post(item: str) -> bytes:
    title, summary = escape(_element(item, "title")), escape(_element(item, "description"))
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{title}</title></head><body>'
        f"<article><h1>{title}</h1><p>{summary}</p></article></body></html>"
    ).encode()


def _element(item: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", item, re.DOTALL)
    return unescape(found.group(1)).strip() if found else ""
