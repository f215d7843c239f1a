"""The one `Source`: asks each feed in its own way and reads what it answered."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from pipeline.errors import Issue
from pipeline.sources import arxiv, disk
from pipeline.sources.charset import decode
from pipeline.sources.items import Oddities, entries_of, not_a_feed
from pipeline.sources.jsonfeed import looks_like_json, parse_json
from pipeline.sources.xmlfeed import Parsed, parse_xml
from pipeline.types import Feed, FeedMemory, FetchRequest, Page, Poll

_ON_DISK = ("inbox", "files")


class Sources:
    """`ports.Source` for every kind of feed.

    `max_entries` is how many of a feed's newest entries are kept; `max_bytes` bounds files on
    disk (the fetcher bounds what comes from the network).
    """

    def __init__(self, max_entries: int = 500, max_bytes: int = 15 * 1024 * 1024) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes

    def request(self, feed: Feed, memory: FeedMemory) -> FetchRequest | None:
        """What to ask the network for, None for sources on disk.

        After a failure the next of the feed's addresses takes its turn. Marks of change mean
        nothing across servers, so only the first address gives and gets them.
        """
        if feed.kind in _ON_DISK:
            return None
        addresses = (feed.url, *feed.fallbacks)
        url = addresses[memory.failures % len(addresses)]
        first = url == feed.url
        return FetchRequest(
            url=url,
            token=feed.id,
            purpose="feed",
            etag=memory.etag if first else None,
            last_modified=memory.last_modified if first else None,
        )

    def read(self, feed: Feed, page: Page | None, memory: FeedMemory, now: datetime) -> Poll:
        """The feed's entries, newest first; a body that is no feed is an issue in the poll."""
        if feed.kind == "inbox":
            return disk.read_inbox(feed, memory, self._max_entries, self._max_bytes)
        if feed.kind == "files":
            return disk.read_folder(feed, memory, self._max_entries, self._max_bytes)
        if page is None:
            raise ValueError(f"feed {feed.id} lives on the network and needs a page")
        return self._read_page(feed, page, memory, now)

    def _read_page(self, feed: Feed, page: Page, memory: FeedMemory, now: datetime) -> Poll:
        mark = hashlib.sha256(page.body).hexdigest()
        if page.url != feed.url:
            page = replace(page, etag=None, last_modified=None)
        if mark == memory.body_hash:
            return Poll(
                feed_id=feed.id,
                etag=page.etag,
                last_modified=page.last_modified,
                body_hash=mark,
                unchanged=True,
            )
        decoded = decode(page.body, page.content_type)
        parsed = parse(decoded.text)
        if not parsed.version and not parsed.items:
            issue = not_a_feed(feed, page.url, _what_instead(decoded.text))
            return Poll(feed_id=feed.id, issues=(issue,))
        if said := arxiv.complaint(parsed.items):
            return Poll(feed_id=feed.id, issues=(_not_understood(feed, said),))
        items = arxiv.new_papers(parsed.items) if feed.kind == "arxiv" else parsed.items
        odd = Oddities()
        entries = entries_of(feed, items, page.final_url, now, self._max_entries, odd)
        doubts = (
            *((_doubtful_charset(feed),) if decoded.doubtful else ()),
            *((_damaged(feed),) if parsed.damaged else ()),
        )
        return Poll(
            feed_id=feed.id,
            entries=entries,
            etag=page.etag,
            last_modified=page.last_modified,
            body_hash=mark,
            issues=(*doubts, *odd.issues(feed)),
        )


def parse(text: str) -> Parsed:
    """The items of a decoded feed in any format."""
    return parse_json(text) if looks_like_json(text) else parse_xml(text)


def _what_instead(text: str) -> str:
    """A guess, in words, at what came instead of a feed."""
    head = text.lstrip("\ufeff \t\r\n")[:4000].lower()
    if not head:
        return "内容是空的"
    if "<html" in head or head.startswith("<!doctype html"):
        login = any(word in head for word in ("login", "登录", "password", "passwd"))
        return "而是一个登录页" if login else "而是一个网页"
    if looks_like_json(head):
        return "而是别的 JSON 数据（可能是桥接的报错）"
    return "格式无法识别"


def _not_understood(feed: Feed, said: str) -> Issue:
    return Issue(
        subject=feed.title,
        code="feed.not_understood",
        sentence=f"arXiv 看不懂这个查询：{said}",
        remedy="请在 feeds.opml 里改正查询地址里的 search_query 或 id_list",
        temporary=True,
    )


def _doubtful_charset(feed: Feed) -> Issue:
    return Issue(
        subject=feed.title,
        code="feed.bad_charset",
        sentence="文字编码声明有误或内容损坏，部分文字可能是乱码",
        remedy="请核对标题；如果总是乱码，请给这个来源换一个订阅地址",
    )


def _damaged(feed: Feed) -> Issue:
    return Issue(
        subject=feed.title,
        code="feed.damaged",
        sentence="订阅内容的 XML 损坏严重，只读取了能修复的部分",
        remedy="文章可能不全；如果总是这样，请给这个来源换一个订阅地址",
    )
