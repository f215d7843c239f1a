"""OPML (opml.org/spec2) in and out: the list of feeds, with nested folders as tags.

Beside the usual `text`, `title`, `type` and `xmlUrl` we read three plain attributes of our own:
`kind` (feed, wechat, arxiv, inbox, files), `account` (a WeChat account's name) and `fallbacks`
(further addresses, separated by spaces). Other readers ignore them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pipeline.errors import Issue
from pipeline.text import short_hash, squash
from pipeline.types import Feed, FeedKind
from pipeline.urls import canonical_url, host_of, is_web_url, redacted_url

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_BYTES = 20 * 1024 * 1024
_DEEPEST = 50
_KINDS = frozenset(get_args(FeedKind))
_ARXIV_HOSTS = ("rss.arxiv.org", "export.arxiv.org")
_BRIDGE = re.compile(
    r"wechat|weixin|wewe-?rss|we-?mp-?rss|werss|/feeds?/MP_WXS_|/feed/\d{8,}\.(?:xml|rss)",
    re.IGNORECASE,
)


def read_opml(source: Path | str | bytes) -> tuple[tuple[Feed, ...], tuple[Issue, ...]]:
    """The feeds of an OPML file (a `Path`) or text, and what was wrong with it; never raises
    for content.

    A feed listed twice is kept once with the tags of both. Damaged XML is read as far as it
    goes; a document with entity declarations is refused.
    """
    name = str(source) if isinstance(source, Path) else "OPML"
    try:
        body = _body(source)
    except OSError:
        return (), (_unreadable(name),)
    if len(body) > _MAX_BYTES:
        return (), (_too_large(name),)
    root, problem = _parse(body, name)
    if root is None:
        return (), (problem,) if problem else ()
    listed = _Listed()
    for outline, tags in _outlines(root):
        listed.add(outline, tags)
    return tuple(listed.feeds.values()), (*((problem,) if problem else ()), *listed.issues)


def _body(source: Path | str | bytes) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as file:
            return file.read(_MAX_BYTES + 1)
    if isinstance(source, bytes):
        return source
    return source.encode("utf-8", "replace")


def _parse(body: bytes, name: str) -> tuple[_Element | None, Issue | None]:
    """The root element, and a complaint where the XML was damaged or refused."""
    from lxml import etree

    from pipeline.sources.charset import decode

    text = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", decode(body).text)
    clean = "".join(c for c in text if c >= " " or c in "\t\n\r")
    if re.search(r"<!ENTITY", clean, re.IGNORECASE):
        return None, _refused(name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    try:
        root = etree.fromstring(clean.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None, _not_opml(name)
    if root is None or _local(root) != "opml":
        return None, _not_opml(name)
    errors = parser.error_log.filter_from_errors()
    return root, _damaged(name, errors[0].line) if len(errors) else None


def _local(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _outlines(root: _Element) -> Iterator[tuple[dict[str, str], tuple[str, ...]]]:
    """Every outline that names an address, with the names of the folders around it."""
    stack: list[tuple[Any, tuple[str, ...], int]] = [(root, (), 0)]
    while stack:
        element, tags, depth = stack.pop()
        below = tags
        if _local(element) == "outline":
            given = {str(k).rpartition("}")[2].lower(): str(v) for k, v in element.attrib.items()}
            if _address(given):
                yield given, tags
            else:
                folder = squash(given.get("text") or given.get("title") or "")
                below = (*tags, folder) if folder and folder not in tags else tags
        if depth < _DEEPEST:
            stack.extend((child, below, depth + 1) for child in reversed(element))


def _address(given: dict[str, str]) -> str:
    url = given.get("xmlurl") or ""
    if not url and given.get("type", "").lower() in ("rss", "atom", "feed", "link"):
        url = given.get("url") or ""
    return url.strip()


class _Listed:
    """Feeds by canonical address as they are read, and what was odd about them."""

    def __init__(self) -> None:
        self.feeds: dict[str, Feed] = {}
        self.issues: list[Issue] = []

    def add(self, given: dict[str, str], tags: tuple[str, ...]) -> None:
        """Take in one outline."""
        url = _address(given)
        if url.lower().startswith("feed:"):
            url = "http:" + url[5:] if url[5:7] == "//" else url[5:]
        title = squash(given.get("title") or given.get("text") or "")[:200]
        kind = self._kind(given, url, title)
        if kind not in ("inbox", "files") and not is_web_url(url):
            self.issues.append(_bad_address(title, url))
            return
        key = canonical_url(url)
        tags = (*tags, *_categories(given))
        if known := self.feeds.get(key):
            self.issues.append(_twice(title, known, url))
            self.feeds[key] = _with_tags(known, tags)
            return
        self.feeds[key] = Feed(
            id=feed_id(title, key),
            title=title or host_of(url) or url,
            url=url,
            kind=kind,
            account=squash(given.get("account", "")) or None,
            fallbacks=self._fallbacks(given, title),
            tags=tuple(dict.fromkeys(tags)),
        )

    def _kind(self, given: dict[str, str], url: str, title: str) -> FeedKind:
        wish = given.get("kind", "").strip().lower()
        if wish and wish not in _KINDS:
            self.issues.append(_bad_kind(title, wish))
        for kind in get_args(FeedKind):
            if wish == kind:
                return kind  # type: ignore[no-any-return]
        return guess_kind(url)

    def _fallbacks(self, given: dict[str, str], title: str) -> tuple[str, ...]:
        wishes = given.get("fallbacks", "").split()
        self.issues.extend(_bad_address(title, url) for url in wishes if not is_web_url(url))
        return tuple(dict.fromkeys(url for url in wishes if is_web_url(url)))


def guess_kind(url: str) -> FeedKind:
    """What an address without `kind` is: arXiv by its host, a WeChat bridge by its usual paths."""
    host = host_of(url)
    if host in _ARXIV_HOSTS:
        return "arxiv"
    return "wechat" if _BRIDGE.search(url) else "feed"


def feed_id(title: str, url: str) -> str:
    """A stable id: readable words of the title or host, and a hash of the address.

    Only the address decides the hash, so that a new title keeps the id's last part.
    """
    words = re.sub(r"[^a-z0-9]+", "-", (host_of(url) or title).lower().removeprefix("www."))
    return f"{words.strip('-')[:40] or 'feed'}-{short_hash(url)[:8]}"


def _categories(given: dict[str, str]) -> tuple[str, ...]:
    """OPML 2's comma-separated categories; the slashes are paths."""
    parts = re.split(r"[,/]", given.get("category", "")[:500])
    return tuple(tag for part in parts if (tag := squash(part)))


def _with_tags(feed: Feed, tags: tuple[str, ...]) -> Feed:
    from dataclasses import replace

    return replace(feed, tags=tuple(dict.fromkeys((*feed.tags, *tags))))


def write_opml(feeds: Sequence[Feed], title: str = "stardraft") -> str:
    """The feeds as OPML 2.0; each chain of tags becomes nested folders.

    `read_opml(write_opml(feeds))` gives the feeds of the network back.
    """
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _xml_text(title)
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], Any] = {(): body}
    for feed in feeds:
        for depth in range(1, len(feed.tags) + 1):
            path = feed.tags[:depth]
            if path not in folders:
                folders[path] = etree.SubElement(
                    folders[path[:-1]], "outline", text=_xml_text(path[-1])
                )
        etree.SubElement(folders[feed.tags], "outline", _attributes(feed))
    etree.indent(root)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document.decode("utf-8") + "\n"


def _attributes(feed: Feed) -> dict[str, str]:
    found = {
        "type": "rss",
        "text": feed.title,
        "title": feed.title,
        "xmlUrl": feed.url,
        "kind": feed.kind,
        "account": feed.account or "",
        "fallbacks": " ".join(feed.fallbacks),
    }
    return {name: _xml_text(value) for name, value in found.items() if value}


def _xml_text(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def _issue(subject: str, code: str, sentence: str, remedy: str) -> Issue:
    return Issue(subject=subject, code=f"opml.{code}", sentence=sentence, remedy=remedy)


def _unreadable(name: str) -> Issue:
    return _issue(name, "unreadable", "来源清单读不出来", "请检查文件是否存在、是否有读取权限")


def _too_large(name: str) -> Issue:
    return _issue(name, "too_large", "来源清单超过 20 MB，没有读取", "请检查是不是选错了文件")


def _not_opml(name: str) -> Issue:
    return _issue(
        name,
        "not_opml",
        "这不是 OPML 来源清单",
        "请从阅读器里重新导出 OPML，或者用自带的清单作样板",
    )


def _refused(name: str) -> Issue:
    return _issue(
        name,
        "entities",
        "清单里声明了 XML 实体，可能是恶意文件，没有读取",
        "请从可信的阅读器重新导出",
    )


def _damaged(name: str, line: int) -> Issue:
    return _issue(
        name,
        "damaged",
        f"清单第 {line} 行起 XML 有误，只读取了能读的部分",
        "请按 XML 规则改正这一行",
    )


def _bad_address(title: str, url: str) -> Issue:
    shown = redacted_url(url)[:200]
    return _issue(
        title or shown, "bad_url", f"网址无效：“{shown}”，已跳过", "请改成完整的 http(s) 网址"
    )


def _bad_kind(title: str, wish: str) -> Issue:
    return _issue(
        title,
        "bad_kind",
        f"不认识的 kind：“{wish[:40]}”",
        f"可用的是 {'、'.join(get_args(FeedKind))}",
    )


def _twice(title: str, known: Feed, url: str) -> Issue:
    return _issue(
        title or known.title,
        "twice",
        f"与“{known.title}”是同一个地址：{redacted_url(url)}，只保留一个",
        "请从清单里删掉重复的一行",
    )
