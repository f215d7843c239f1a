"""Files that carry a page inside: web archives (MHTML) and the JSON of article exporters.

Both become what every other page is, HTML or Markdown, before anything is read.
"""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from html import escape
from typing import Any

from pipeline.types import Page

_CONTENT = ("content", "content_noencode", "html", "content_html", "body", "markdown", "text")
_TITLE = ("title", "msg_title")
_ACCOUNT = ("nick_name", "nickname", "account", "account_name", "mp_name", "feed_name")
_AUTHOR = ("author", "author_name")
_TIME = ("create_time", "publish_time", "publish_timestamp", "update_time")
_LINK = ("link", "url", "content_url", "msg_link")
_SOURCE = ("source_url", "content_source_url", "msg_source_url")
Unpacked = tuple[bytes, str | None]
"""The bytes inside and their content type, None where that is not known."""


def unpack(body: bytes, page: Page) -> Unpacked:
    """The page inside a container; the body as it is where it is none."""
    head = body[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")
    lowered = head.lower()
    if b"multipart/related" in lowered and b"mime-version" in lowered:
        return _archived(body) or (body, page.content_type)
    named = page.url.lower().split("?")[0].endswith(".json")
    if head[:1] in (b"{", b"[") and (named or "json" in (page.content_type or "")):
        return _exported(body) or (body, page.content_type)
    return body, page.content_type


def _archived(body: bytes) -> Unpacked | None:
    message = message_from_bytes(body, policy=policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            charset = part.get_content_charset()
            if isinstance(payload, bytes):
                return payload, f"text/html; charset={charset}" if charset else "text/html"
    return None


def _exported(body: bytes) -> Unpacked | None:
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(told, list):
        told = told[0] if told else None
    if isinstance(told, dict) and isinstance(told.get("data"), dict):
        told = told["data"]
    content = _first(told, _CONTENT) if isinstance(told, dict) else ""
    if not content:
        return None
    title = _first(told, _TITLE)
    if "</" not in content and "<br" not in content:
        head = f"# {title}\n\n" if title else ""
        return f"{head}{content}".encode("utf-8", "surrogatepass"), "text/markdown"
    return _as_page(told, title, content).encode(
        "utf-8", "surrogatepass"
    ), "text/html; charset=utf-8"


def _as_page(told: dict[str, Any], title: str, content: str) -> str:
    """The export in the shape of the platform's own page, so that one reader reads both."""
    time = _first(told, _TIME)
    stamp = f'var ct = "{time}";' if time.isdigit() and 9 <= len(time) <= 10 else ""
    source = json.dumps(_first(told, _SOURCE)).replace("<", "\\u003c")
    return (
        f'<html><head><meta property="og:url" content="{escape(_first(told, _LINK))}"></head><body>'
        f'<h1 id="activity-name">{escape(title)}</h1><a id="js_name">{escape(_first(told, _ACCOUNT))}</a>'
        f'<span id="js_author_name">{escape(_first(told, _AUTHOR))}</span><div id="js_content">{content}</div>'
        f"<script>{stamp} var msg_source_url = {source};</script></body></html>"
    )


def _first(told: dict[str, Any], names: tuple[str, ...]) -> str:
    values = (told.get(name) for name in names)
    return next((str(v) for v in values if isinstance(v, str | int) and str(v).strip()), "")
