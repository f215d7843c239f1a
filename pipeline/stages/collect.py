"""Poll the feeds, fetch the pages: everything that asks the web for articles."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline.errors import Issue
from pipeline.ports import PendingEntry
from pipeline.stages.app import App, Run, Tally
from pipeline.types import (
    Entry,
    Feed,
    FeedMemory,
    Fetched,
    FetchRequest,
    Page,
    PageState,
    Poll,
    StageReport,
)
from pipeline.urls import host_of

MAX_PAGES_PER_RUN = 5000
PAGE_ATTEMPTS = 8
_FEED_BACKOFF = timedelta(minutes=15)
_PAGE_BACKOFF = timedelta(minutes=10)
_LONGEST = timedelta(hours=24)
CAPTCHA_PAUSE = timedelta(hours=6)

_STATE_WORDS: dict[PageState, tuple[str, str, bool]] = {
    PageState.DELETED: ("文章已被作者删除。", "不会再试；从笔记里去掉即可。", False),
    PageState.VIOLATION: ("文章因违规被平台屏蔽。", "不会再试。", False),
    PageState.UNAVAILABLE: ("平台说此内容暂时无法查看。", "稍后会自动再试。", True),
    PageState.CAPTCHA: (
        "微信要求验证（环境异常），已停止访问该主机。",
        "六小时后自动再试；也可在浏览器里打开文章，另存为网页放进 saved 文件夹。",
        True,
    ),
    PageState.EXPIRED: (
        "临时链接已过期。",
        "在微信里重新复制文章链接，用 stardraft add 加入。",
        False,
    ),
    PageState.MIGRATED: (
        "公众号已迁移，此链接失效。",
        "在新账号里找到文章，用 stardraft add 加入。",
        False,
    ),
    PageState.BRIDGE_FAILURE: ("微信桥没有取到全文。", "稍后会自动再试。", True),
    PageState.QUOTA: ("平台说访问过于频繁。", "稍后会自动再试。", True),
}


def poll(app: App, run: Run) -> StageReport:
    """Ask every feed that is due what is new, and remember its entries."""
    tally = Tally("poll", run, total=len(app.feeds))
    now = app.clock.now()
    app.store.sync_feeds(app.feeds, now)
    memories = app.store.memories([f.id for f in app.feeds])
    due: dict[str, Feed] = {}
    requests: list[FetchRequest] = []
    for feed in app.feeds:
        memory = memories[feed.id]
        if memory.next_poll_at and memory.next_poll_at > now:
            tally.step("skipped", _waiting(feed, memory))
            continue
        request = app.source.request(feed, memory)
        if request is None:
            _record(app, tally, feed, None, memory)
        else:
            due[feed.id] = feed
            requests.append(_marked(request, feed))
    tally.requests = len(requests)
    for fetched in app.fetcher.fetch_many(requests):
        feed = due[fetched.request.token]
        if fetched.issue:
            _poll_failed(app, tally, feed, memories[feed.id], fetched.issue, fetched.retry_after)
        else:
            _record(app, tally, feed, fetched, memories[feed.id])
    return tally.report()


def _marked(request: FetchRequest, feed: Feed) -> FetchRequest:
    return FetchRequest(
        url=request.url,
        token=feed.id,
        purpose="feed",
        etag=request.etag,
        last_modified=request.last_modified,
        referer=request.referer,
    )


def _record(
    app: App, tally: Tally, feed: Feed, fetched: Fetched | None, memory: FeedMemory
) -> None:
    """Read what the feed answered (or its file on disk) and store its new entries."""
    now = app.clock.now()
    if fetched and fetched.unchanged:
        app.store.record_poll(Poll(feed_id=feed.id, unchanged=True), now)
        tally.step("made", count=0)
        return
    read = app.source.read(feed, fetched.page if fetched else None, memory, now)
    fatal = next((i for i in read.issues if i.code.startswith("feed.not_")), None)
    if fatal:
        _poll_failed(app, tally, feed, memory, fatal, None)
        return
    new = app.store.record_poll(read, now)
    tally.step("made", *read.issues, count=new)


def _poll_failed(
    app: App, tally: Tally, feed: Feed, memory: FeedMemory, issue: Issue, retry_after: float | None
) -> None:
    now = app.clock.now()
    named = _about(f"{feed.title}", issue)
    wait = backoff(_FEED_BACKOFF, memory.failures, feed.id)
    if retry_after is not None:
        wait = max(wait, timedelta(seconds=min(retry_after, _LONGEST.total_seconds())))
    app.store.record_poll_failure(feed.id, named, now, now + wait)
    tally.step("failed", named)


def backoff(base: timedelta, failures: int, seed: str) -> timedelta:
    """Exponential back-off to 24 hours with a jitter of ±20 % that depends on `seed` only."""
    grown = base * (1 << min(failures, 12))
    jitter = int(hashlib.sha256(f"{seed}{failures}".encode()).hexdigest()[:4], 16) / 0xFFFF
    return min(grown * (0.8 + 0.4 * jitter), _LONGEST)


def _waiting(feed: Feed, memory: FeedMemory) -> Issue:
    assert memory.next_poll_at is not None
    return Issue(
        subject=feed.title,
        code="feed.backing_off",
        sentence=f"之前连续失败 {memory.failures} 次，这次先不问。",
        remedy=f"{memory.next_poll_at:%Y-%m-%d %H:%M} UTC 之后自动再试；stardraft sources 看原因。",
        temporary=True,
    )


def _about(subject: str, issue: Issue) -> Issue:
    return Issue(
        subject=subject,
        code=issue.code,
        sentence=issue.sentence,
        remedy=issue.remedy,
        temporary=issue.temporary,
    )


def fetch(app: App, run: Run) -> StageReport:
    """Get the page of every entry that has none; entries with full content need no request."""
    now = app.clock.now()
    pending = app.store.entries_to_fetch(now, MAX_PAGES_PER_RUN)
    tally = Tally("fetch", run, total=len(pending))
    waiting = {p.entry_id: p for p in pending}
    requests = _requests(app, tally, pending, now)
    tally.requests = len(requests)
    for fetched in app.fetcher.fetch_many(requests):
        item = waiting[fetched.request.token]
        if fetched.page is None:
            issue = fetched.issue
            assert issue is not None, "a page request is never conditional"
            _fetch_failed(app, tally, item, issue, fetched.retry_after)
        else:
            _keep(app, tally, item, fetched.page)
    return tally.report()


def _requests(
    app: App, tally: Tally, pending: Sequence[PendingEntry], now: datetime
) -> list[FetchRequest]:
    """What must be asked of the web; what the feeds carried in full is kept at once."""
    requests = []
    for item in pending:
        entry = item.entry
        if entry.content_is_full and entry.content:
            _keep(app, tally, item, _page_from_feed(entry, now))
        elif app.store.reserve(f"host:{host_of(entry.url)}", 0.0, now) > 0:
            tally.step("skipped", _state_issue(entry, PageState.CAPTCHA))
        else:
            requests.append(FetchRequest(url=entry.url, token=item.entry_id, purpose="page"))
    return requests


def _page_from_feed(entry: Entry, now: datetime) -> Page:
    """What the feed carried, or the whole page that the reader saved, as a page."""
    content = entry.content or ""
    kind = "text/html" if content.lstrip("\ufeff \t\r\n").startswith("<") else "text/plain"
    return Page(
        url=entry.url,
        final_url=entry.url,
        body=content.encode("utf-8", "replace"),
        fetched_at=now,
        content_type=f"{kind}; charset=utf-8",
        origin="file" if entry.url.startswith("file:") else "feed",
    )


def _keep(app: App, tally: Tally, item: PendingEntry, page: Page) -> None:
    """Store a readable page; a page that says why it is none is a failed fetch."""
    state = app.extractor.classify(page)
    if state not in _STATE_WORDS:
        app.store.save_page(item.entry_id, page)
        tally.step("made")
        return
    issue = _state_issue(item.entry, state)
    if state is PageState.CAPTCHA:
        host = host_of(page.final_url)
        app.store.push_back(f"host:{host}", app.clock.now() + CAPTCHA_PAUSE)
        app.fetcher.block_host(host, issue)
    _fetch_failed(app, tally, item, issue, None)


def _state_issue(entry: Entry, state: PageState) -> Issue:
    sentence, remedy, temporary = _STATE_WORDS[state]
    return Issue(
        subject=entry.title or entry.url,
        code=f"page.{state.value}",
        sentence=sentence,
        remedy=remedy,
        temporary=temporary,
    )


def _fetch_failed(
    app: App, tally: Tally, item: PendingEntry, issue: Issue, retry_after: float | None
) -> None:
    now = app.clock.now()
    named = _about(item.entry.title or item.entry.url, issue)
    next_at = None
    if issue.temporary and item.attempts + 1 < PAGE_ATTEMPTS:
        wait = (
            CAPTCHA_PAUSE
            if issue.code == "page.captcha"
            else backoff(_PAGE_BACKOFF, item.attempts, item.entry_id)
        )
        if retry_after is not None:
            wait = max(wait, timedelta(seconds=min(retry_after, _LONGEST.total_seconds())))
        next_at = now + wait
    app.store.fetch_failed(item.entry_id, named, now, next_at)
    tally.step("failed" if issue.temporary else "skipped", named)
