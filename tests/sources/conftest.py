"""Feeds, pages and a reader of them at a fixed moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.sources import Sources
from pipeline.types import Feed, FeedMemory, Page, Poll

NOW = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)
Read = Callable[..., Poll]


def feed(**given: Any) -> Feed:
    """A feed with the usual fields filled in."""
    return Feed(**({"id": "f", "title": "来源", "url": "https://example.com/feed"} | given))


@pytest.fixture
def read() -> Read:
    """Read one body as a feed's answer."""

    def run(
        body: bytes | str,
        *,
        content_type: str | None = None,
        memory: FeedMemory | None = None,
        limit: int = 500,
        now: datetime = NOW,
        **given: Any,
    ) -> Poll:
        source = feed(**given)
        data = body.encode() if isinstance(body, str) else body
        page = Page(
            url=source.url,
            final_url=source.url,
            body=data,
            fetched_at=now,
            content_type=content_type,
            etag='"e"',
        )
        known = memory or FeedMemory(feed_id=source.id)
        return Sources(max_entries=limit).read(source, page, known, now)

    return run


def rss(*items: str, head: str = "") -> str:
    """An RSS document around the items."""
    return (
        '<?xml version="1.0"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>频道</title>'
        f"<link>https://example.com/</link>{head}{''.join(items)}</channel></rss>"
    )


def item(number: int = 1, **fields: str) -> str:
    """An RSS item; `content` becomes content:encoded."""
    given = {"title": f"标题{number}", "link": f"https://example.com/{number}"} | fields
    content = given.pop("content", "")
    parts = [f"<{k}>{v}</{k}>" for k, v in given.items() if v]
    if content:
        parts.append(f"<content:encoded><![CDATA[{content}]]></content:encoded>")
    return f"<item>{''.join(parts)}</item>"
