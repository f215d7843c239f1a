"""General pages: the article's element by its usual names, else trafilatura's opinion.

Links are read from the whole article element (trafilatura alone keeps one in six); metadata from
Open Graph, JSON-LD and `time` elements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract import dom
from pipeline.extract.document import Document
from pipeline.text import squash

_BODIES = (
    "[itemprop=articleBody]",
    ".post-content",
    ".entry-content",
    ".article-content",
    ".post-body",
    ".article-body",
    ".post__content",
    ".RichText.ztext",
    "#article_content",
    "#content_views",
    ".markdown-body",
    ".blog-post",
    ".prose",
    "article",
    "[role=main]",
    "main",
)
_AWAY = "nav, header, footer, aside, form, .sidebar, .comments, #comments, .related, .share, .breadcrumb, .toc, .navbar, .menu, .cookie"
MAX_ELEMENTS = 15_000
"""Elements up to which trafilatura is asked: it reads 50 pages of 100 KB a second."""
MIN_TEXT = 140
"""Characters below which a page has no article: the shortest real post of the feeds has 160."""
MAX_LINKED = 0.6
"""Share of linked text above which a page is a list: link round-ups reach 0.4, menus 0.8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An article on a general site."""

    document: Document
    title: str
    html: str
    site: str | None = None
    author: str | None = None
    published: datetime | None = None


def read(tree: LexborHTMLParser, html: str, url: str) -> Post | None:
    """The article of a page, None where there is none."""
    title = (
        _meta(tree, "citation_title", "og:title", "twitter:title")
        or _text(tree, "h1")
        or _text(tree, "title")
        or ""
    )
    title = re.sub(r"^title:\s*", "", title, flags=re.IGNORECASE)
    published = _published(tree)
    site, author = _meta(tree, "og:site_name"), _meta(tree, "author", "article:author")
    root = _root(tree)
    if root is None:
        return None
    for node in root.css(_AWAY):
        if node.mem_id != root.mem_id:
            node.decompose()
    document = dom.read(root, url)
    if len(document.text) < MIN_TEXT or _is_listing(document):
        return None
    return Post(
        document=document,
        title=title,
        html=root.html or "",
        site=site,
        author=author,
        published=published,
    )


def _is_listing(document: Document) -> bool:
    """True where nearly all text is links: a list of articles, a search result, a menu."""
    linked = sum(min(a.end - a.start, len(b.text)) for b in document.blocks for a in b.anchors)
    return linked > MAX_LINKED * len(document.text)


def _root(tree: LexborHTMLParser) -> LexborNode | None:
    """The article's element: by name, unless another holds far more running text."""
    dense = _densest(tree)
    enough = max(MIN_TEXT, _weight(dense) // 2 if dense is not None else 0)
    for selector in _BODIES:
        best = max(tree.css(selector)[:40], key=_weight, default=None)
        if best is not None and _weight(best) >= enough:
            return best
    return _by_trafilatura(tree) or dense


def _densest(tree: LexborHTMLParser) -> LexborNode | None:
    """The element whose own paragraphs hold the most text."""
    held: dict[int, int] = {}
    nodes: dict[int, LexborNode] = {}
    for paragraph in tree.css("p")[:5_000]:
        parent = paragraph.parent
        if parent is not None:
            nodes[parent.mem_id] = parent
            held[parent.mem_id] = held.get(parent.mem_id, 0) + len(
                paragraph.text(deep=True).strip()
            )
    best = max(held, key=lambda k: held[k], default=None)
    return nodes[best] if best is not None and held[best] >= MIN_TEXT else None


def _weight(node: LexborNode) -> int:
    return len(squash(node.text(deep=True)[:200_000]))


def _by_trafilatura(tree: LexborHTMLParser) -> LexborNode | None:
    """The smallest element that holds what trafilatura takes for the main text."""
    try:
        import trafilatura
    except ImportError:
        # Some installers drop the html_clean extra of lxml that it needs; `_densest` then decides.
        return None
    body = tree.body
    if body is None or len(tree.css("*")) > MAX_ELEMENTS:
        return body
    try:
        text = (
            trafilatura.extract(tree.html or "", include_comments=False, favor_precision=True) or ""
        )
    except (ValueError, TypeError, RecursionError):
        text = ""
    lines = [line.strip(" -|") for line in text.split("\n") if len(line) > 40]
    if len(text) < MIN_TEXT or not lines:
        return None
    return _holding(body, lines)


def _holding(body: LexborNode, lines: list[str]) -> LexborNode:
    probes = [_plain(line[:300])[:30] for line in (lines[0], lines[len(lines) // 2], lines[-1])]
    node = body
    for _ in range(60):
        inner = next((c for c in node.iter() if _has(c.text(deep=True), probes)), None)
        if inner is None:
            return node
        node = inner
    return node


def _has(text: str, probes: list[str]) -> bool:
    plain = _plain(text)
    return all(probe in plain for probe in probes)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _published(tree: LexborHTMLParser) -> datetime | None:
    stamp = _meta(
        tree,
        "article:published_time",
        "date",
        "pubdate",
        "datePublished",
        "citation_publication_date",
    )
    if stamp is None:
        node = tree.css_first("time[datetime]")
        stamp = node.attributes.get("datetime") if node is not None else None
    return parse_moment(stamp)


def parse_moment(stamp: str | None) -> datetime | None:
    """An ISO date or time in UTC; one without a zone is taken as UTC."""
    try:
        moment = datetime.fromisoformat((stamp or "").strip().replace("/", "-"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _meta(tree: LexborHTMLParser, *names: str) -> str | None:
    for name in names:
        for key in ("property", "name", "itemprop"):
            node = tree.css_first(f'meta[{key}="{name}"]')
            value = squash(node.attributes.get("content") or "") if node is not None else ""
            if value:
                return value
    return None


def _text(tree: LexborHTMLParser, selector: str) -> str | None:
    node = tree.css_first(selector)
    return squash(node.text(deep=True)) or None if node is not None else None
