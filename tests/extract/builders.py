"""Small pages made for the tests; their texts are our own."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.extract import PageExtractor
from pipeline.types import Article, Entry, Link, Page, PageOrigin

NOW = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)
WECHAT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQr"


def page(
    body: str | bytes,
    *,
    url: str = WECHAT,
    content_type: str | None = "text/html; charset=utf-8",
    origin: PageOrigin = "web",
) -> Page:
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    return Page(
        url=url, final_url=url, body=raw, fetched_at=NOW, content_type=content_type, origin=origin
    )


def wechat(content: str, *, title: str = "一篇测试文章", source: str = "") -> str:
    """A page shaped like today's articles of the platform."""
    return f"""<!DOCTYPE html><html><head><meta property="og:title" content="{title}"></head><body>
<h1 class="rich_media_title" id="activity-name">{title}</h1><a id="js_name"> 测试号 </a>
<div id="js_content" style="visibility: hidden;">{content}</div>
<script>var biz = "" || "MzTEST=="; var mid = "" || "2240000001"; var idx = "" || "2";
var ct = "1650000000"; var msg_source_url = '{source}'; nick_name: JsDecode('别的号'),</script></body></html>"""


def extract(
    body: str | bytes,
    *,
    url: str = WECHAT,
    content_type: str | None = "text/html; charset=utf-8",
    origin: PageOrigin = "web",
    entry: Entry | None = None,
) -> Article:
    return PageExtractor().extract(
        page(body, url=url, content_type=content_type, origin=origin), entry
    )


def markdown(text: str) -> Article:
    return extract(text, url="https://notes.example/a.md", content_type="text/markdown")


def works(article: Article) -> dict[str, str]:
    """Role by id of every paper and repository."""
    return {k.id: k.role for k in article.links if k.kind in ("paper", "code")}


def link(article: Article, link_id: str) -> Link:
    return next(k for k in article.links if k.id == link_id)
