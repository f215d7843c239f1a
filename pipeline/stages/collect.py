"""Fetch the pages of entries, and how long to wait after a failure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.errors import Issue
from pipeline.ports import PendingEntry
from pipeline.stages.app import App, Run, Tally
from pipeline.types import (
    Entry,
    FetchRequest,
    Page,
    PageState,
    StageReport,
)
from pipeline.urls import host_of, redacted_url

MAX_PAGES_PER_RUN = 5000
PAGE_ATTEMPTS = 20
"""After which a page is given up; with a run a day and the waits between, about three weeks."""
_PAGE_BACKOFF = timedelta(minutes=10)
LONGEST = timedelta(hours=24)
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


def backoff(base: timedelta, failures: int, seed: str) -> timedelta:
    """Exponential back-off to 24 hours with a jitter of ±20 % that depends on `seed` only."""
    grown = base * (1 << min(failures, 12))
    jitter = int(hashlib.sha256(f"{seed}{failures}".encode()).hexdigest()[:4], 16) / 0xFFFF
    return min(grown * (0.8 + 0.4 * jitter), LONGEST)


def about(subject: str, issue: Issue) -> Issue:
    """The issue under the name by which the reader knows what it concerns."""
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
    pending = app.store.entries_to_fetch(now, MAX_PAGES_PER_RUN, run.since, run.until)
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
        subject=entry.title or redacted_url(entry.url),
        code=f"page.{state.value}",
        sentence=sentence,
        remedy=remedy,
        temporary=temporary,
    )


def _fetch_failed(
    app: App, tally: Tally, item: PendingEntry, issue: Issue, retry_after: float | None
) -> None:
    now = app.clock.now()
    named = about(item.entry.title or redacted_url(item.entry.url), issue)
    captcha = issue.code == "page.captcha"
    next_at = None
    # A captcha is about us and not about the page: however often it comes, the article is there.
    if captcha or (issue.temporary and item.attempts + 1 < PAGE_ATTEMPTS):
        wait = CAPTCHA_PAUSE if captcha else backoff(_PAGE_BACKOFF, item.attempts, item.entry_id)
        if retry_after is not None:
            wait = max(wait, timedelta(seconds=min(retry_after, LONGEST.total_seconds())))
        next_at = now + wait
    elif issue.temporary:
        named = _given_up(named)
    app.store.fetch_failed(item.entry_id, named, now, next_at)
    tally.step("failed" if issue.temporary else "skipped", named)


def _given_up(issue: Issue) -> Issue:
    """The last failure of a page, without the promise to try again."""
    return replace(
        issue,
        sentence=f"{issue.sentence.rstrip('。')}；已试 {PAGE_ATTEMPTS} 次，不再试。",
        remedy="请在浏览器里打开；读得到的话，另存为网页放进 saved 文件夹，下次运行会读。",
        temporary=False,
    )
