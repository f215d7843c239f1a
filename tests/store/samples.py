"""Small documents for the tests of the store."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pipeline.errors import Issue
from pipeline.types import Article, Candidate, Entry, Feed, Page, PageState, Paper, Repo

NOW = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)
DAY = NOW.date()
HOUR = timedelta(hours=1)
ISSUE = Issue(subject="feed", code="fetch.timeout", sentence="超时。", remedy="稍后再试。")


def feed(name: str = "a") -> Feed:
    return Feed(id=name, title=f"账号 {name}", url=f"https://{name}.example.org/feed")


def entry(key: str, feed_id: str = "a", url: str | None = None, content: str = "") -> Entry:
    return Entry(
        feed_id=feed_id,
        key=key,
        url=f"https://example.org/{key}" if url is None else url,
        title=f"文章 {key}",
        content=content or None,
        content_is_full=bool(content),
    )


def page(body: bytes = b"<p>\xff\x00</p>") -> Page:
    return Page(url="https://e.org/1", final_url="https://e.org/2", body=body, fetched_at=NOW)


def article(name: str, state: PageState = PageState.OK) -> Article:
    return Article(
        id=name,
        identity=f"https://example.org/{name}",
        url=f"https://example.org/{name}",
        state=state,
        title=f"文章 {name}",
        text="正文",
        published=NOW,
    )


def paper(number: str = "2203.15332") -> Paper:
    return Paper(id=f"arxiv:{number}", title=f"Paper {number}", url="https://arxiv.org/abs/1")


def repo(name: str = "github.com/o/n") -> Repo:
    return Repo(id=name, full_name="o/n", url=f"https://{name}", stargazers=3)


def candidate(name: str, **facts: object) -> Candidate:
    return Candidate(article=article(name), feed_title="账号 a", first_seen_at=NOW, **facts)  # type: ignore[arg-type]


def forked(work: Callable[[], None]) -> int:
    """Run `work` in a child process; its pid. A child that raises ends with status 1."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def killed(status: int) -> bool:
    """Whether a `waitpid` status says that the child died of SIGKILL."""
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
