"""Pictures nobody recorded: drawn in the size that the recorded page says of each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from demo.day.drawing import drawn
from demo.world import Answer
from pipeline.extract import PageExtractor
from pipeline.types import Page
from tests.realday.accounts import Item

_SIZE = (1080, 607)
_MOST = 1_080
"""Pixels of the longer side; WeChat too gives a smaller copy of what is larger."""
_MOVES = re.compile(r"wx_fmt=gif|mmbiz_gif/|\.gif$")


def told_sizes(items: Iterable[Item]) -> dict[str, tuple[int, int]]:
    """Width and height of every picture of these pages that says both."""
    extractor, now = PageExtractor(), datetime(2026, 1, 1, tzinfo=UTC)
    sizes = {}
    for item in items:
        page = Page(
            url=item.url,
            final_url=item.url,
            body=item.body(),
            fetched_at=now,
            content_type=item.content_type,
        )
        for image in extractor.extract(page).images:
            if image.width and image.height:
                sizes[image.url] = (image.width, image.height)
    return sizes


def is_picture(url: str) -> bool:
    """True for addresses of pictures, as far as their shape says it."""
    parts = urlsplit(url)
    named = re.search(r"\.(?:png|jpe?g|gif|webp)$", parts.path, re.IGNORECASE)
    return bool(named or (parts.hostname or "").endswith(".qpic.cn"))


def picture(url: str, size: tuple[int, int] = _SIZE) -> Answer:
    """A drawing of that size, moving pictures as GIF."""
    scale = min(_MOST / max(size), 1.0)
    width, height = (max(round(side * scale), 1) for side in size)
    kind = "GIF" if _MOVES.search(url) else "PNG"
    body = drawn(url, width, height, kind)
    return Answer(body=body, headers={"Content-Type": f"image/{kind.lower()}"})
