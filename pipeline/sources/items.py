"""From a feed's raw items to entries: links made absolute, dates judged, keys chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from pipeline.errors import Issue
from pipeline.sources.dates import ImpossibleDateError, read_date
from pipeline.sources.markup import inline_plain, is_bridge_failure, is_full
from pipeline.text import short_hash, squash
from pipeline.types import Entry, Feed
from pipeline.urls import canonical_url, host_of, is_web_url, redacted_url

_LONGEST_TITLE = 500
_LONGEST_KEY = 400
_LONGEST_SUMMARY = 20_000
_LONGEST_CONTENT = 3_000_000
WECHAT_HOST = "mp.weixin.qq.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What any feed format says of one item, as text; `dates` in order of preference."""

    guid: str = ""
    link: str = ""
    title: str = ""
    title_is_html: bool = False
    author: str = ""
    dates: tuple[str, ...] = ()
    summary: str = ""
    content: str = ""
    announce_type: str = ""
    """arXiv's: new, cross, replace, replace-cross."""
    whole: bool = False
    """True where the format itself says that the content is all we want of the page."""


@dataclass(slots=True)
class Oddities:
    """What was wrong with items, counted: the reader gets one sentence a kind, not hundreds."""

    bad_dates: int = 0
    date_example: str = ""
    no_address: int = 0
    left_out: int = 0

    def issues(self, feed: Feed) -> tuple[Issue, ...]:
        """One issue per kind that occurred."""
        found = []
        if self.bad_dates:
            found.append(_bad_dates(feed, self))
        if self.no_address:
            found.append(_no_address(feed, self))
        if self.left_out:
            found.append(_left_out(feed, self))
        return tuple(found)


def _bad_dates(feed: Feed, odd: Oddities) -> Issue:
    example = squash(odd.date_example)[:40]
    return Issue(
        subject=feed.title,
        code="feed.bad_date",
        sentence=f"{odd.bad_dates} 条的日期不存在或在未来（例如“{example}”），按没有日期处理",
        remedy="不用处理；文章照常收录",
    )


def _no_address(feed: Feed, odd: Oddities) -> Issue:
    return Issue(
        subject=feed.title,
        code="feed.no_address",
        sentence=f"{odd.no_address} 条没有可用的网址，已跳过",
        remedy="如果总是这样，请给这个来源换一个订阅地址",
    )


def _left_out(feed: Feed, odd: Oddities) -> Issue:
    return Issue(
        subject=feed.title,
        code="feed.too_many_entries",
        sentence=f"条目太多，只收录最新的一部分，另有 {odd.left_out} 条没有收录",
        remedy="如果需要更早的条目，请调大设置里每个来源的条目上限",
    )


def entries_of(
    feed: Feed, items: Iterable[Item], base: str, now: datetime, limit: int, odd: Oddities
) -> tuple[Entry, ...]:
    """The items as entries, newest first, each key once, at most `limit` of them."""
    found: dict[str, Entry] = {}
    for item in items:
        entry = _entry(feed, item, base, now, odd)
        if entry is None:
            odd.no_address += 1
        else:
            _put(found, entry)
    ordered = _newest_first(list(found.values()))
    odd.left_out += max(0, len(ordered) - limit)
    return tuple(ordered[:limit])


def _put(found: dict[str, Entry], entry: Entry) -> None:
    """Each key once; another article under a guid that was given twice keeps its address as key."""
    known = found.setdefault(entry.key, entry)
    same = known.title == entry.title or canonical_url(known.url) == canonical_url(entry.url)
    if not same:
        key = canonical_url(entry.url)
        found.setdefault(
            key, replace(entry, key=key if len(key) <= _LONGEST_KEY else short_hash(key))
        )


def _entry(feed: Feed, item: Item, base: str, now: datetime, odd: Oddities) -> Entry | None:
    url = address(item.link or item.guid, base)
    if url is None:
        return None
    wechat = feed.kind == "wechat" or host_of(url) == WECHAT_HOST
    title = inline_plain(item.title) if item.title_is_html else squash(item.title)
    published = _published(item.dates, now, odd, local=wechat)
    content = item.content[:_LONGEST_CONTENT]
    if wechat and is_full(item.summary, title) and not is_full(content, title):
        content = item.summary[:_LONGEST_CONTENT]
    failed = is_bridge_failure(content)
    return Entry(
        feed_id=feed.id,
        key=_key(item, url, title, published),
        url=url,
        title=title[:_LONGEST_TITLE],
        author=inline_plain(item.author)[:200] or None,
        account=_account(feed, item) if wechat else feed.account,
        published=published,
        summary=_summary(item),
        content=None if failed else content or None,
        content_is_full=not failed and (item.whole or is_full(content, title)),
    )


def _summary(item: Item) -> str | None:
    """The feed's own; feedparser also gives the content where there is none."""
    return item.summary[:_LONGEST_SUMMARY] or None if item.summary != item.content else None


def address(link: str, base: str) -> str | None:
    """The absolute http(s) address of a link, None where it has none.

    WeChat's long http links become canonical, and a bridge that gives out `localhost` links
    because nobody told it its own name is asked under the name that we know it by.
    """
    link = "".join(link.split())
    if not link:
        return None
    try:
        url = urljoin(base, link)
    except ValueError:
        return None
    if not is_web_url(url):
        return None
    host = host_of(url)
    if host == WECHAT_HOST:
        return canonical_url(url)
    if host in ("localhost", "127.0.0.1") and host_of(base) not in (host, ""):
        rest = url.split("/", 3)
        return urljoin(base, "/" + (rest[3] if len(rest) > 3 else ""))
    return url


def _key(item: Item, url: str, title: str, published: datetime | None) -> str:
    """What the item is known by: for WeChat its address, which every bridge shares."""
    if host_of(url) == WECHAT_HOST:
        return canonical_url(url)
    key = squash(item.guid) or canonical_url(url)
    if not item.guid and not url:
        key = f"{title} {published:%Y-%m-%d}" if published else title
    return key if len(key) <= _LONGEST_KEY else short_hash(key)


def _account(feed: Feed, item: Item) -> str | None:
    """The account's name: as configured, else as the bridge names it per item, else the title."""
    return feed.account or inline_plain(item.author)[:100] or feed.title or None


def _published(
    dates: Sequence[str], now: datetime, odd: Oddities, *, local: bool
) -> datetime | None:
    wrong = ""
    for text in dates:
        if not text.strip():
            continue
        try:
            return read_date(text, now, local=local)
        except ImpossibleDateError:
            wrong = wrong or text
    if wrong:
        odd.bad_dates += 1
        odd.date_example = odd.date_example or wrong
    return None


def _newest_first(entries: list[Entry]) -> list[Entry]:
    """By date; an entry without one stays behind the entry it stood behind in the feed."""
    stamps: list[float] = []
    for entry in entries:
        known = stamps[-1] if stamps else float("inf")
        stamps.append(entry.published.timestamp() if entry.published else known)
    order = sorted(range(len(entries)), key=lambda i: (-stamps[i], i))
    return [entries[i] for i in order]


def not_a_feed(feed: Feed, url: str, what: str) -> Issue:
    """The answer was no feed; `what` says what it looks like instead."""
    return Issue(
        subject=feed.title or redacted_url(url),
        code="feed.not_a_feed",
        sentence=f"{redacted_url(url)} 返回的不是订阅内容，{what}",
        remedy="请在浏览器里打开这个地址核对；如果是登录页或桥接已失效，请换一个订阅地址",
        temporary=True,
    )
