"""One reader per kind of page: each turns decoded text into a `Draft`.

A draft is what a page says of its article before the links are judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.errors import Issue
from pipeline.extract import blog, dom, guard, markdown, sanitize, states, wechat
from pipeline.extract.document import Document, Writer
from pipeline.extract.titles import front_title
from pipeline.text import squash
from pipeline.types import Image, Page, PageState
from pipeline.urls import wechat_identity

EMPTY = Document()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known of an article before its links are judged."""

    state: PageState = PageState.OK
    document: Document = EMPTY
    title: str = ""
    heading: str = ""
    """A title only if nothing better is known."""
    account: str | None = None
    author: str | None = None
    published: datetime | None = None
    html: str = ""
    identity: str | None = None
    source_url: str | None = None
    issue: Issue | None = None
    pictures: tuple[Image, ...] = ()
    url: str | None = None


def is_markdown(text: str, page: Page) -> bool:
    """By content type, by name, else by the absence of HTML."""
    kind = (page.content_type or "").lower()
    if "markdown" in kind or page.url.lower().split("?")[0].endswith((".md", ".markdown")):
        return markdown.looks_like_markdown(text)
    if page.origin == "feed" or "html" in kind or "xml" in kind:
        return False
    return markdown.looks_like_markdown(text) and not re.search(
        r"<(?:p|div|section|span|br|table|title|meta)\b", text[:20_000], re.IGNORECASE
    )


def read_markdown(text: str) -> Draft:
    """A Markdown file, with or without an exporter's frame."""
    document, front = markdown.read(text)
    state = states.of_message(document.text) or PageState.OK
    if not document.text.strip():
        state = PageState.OK if document.pictures else PageState.NO_ARTICLE
    url = front.url or None
    heading, sure = front_title(document)
    return Draft(
        state=state,
        document=document,
        title=front.title or (heading if sure else ""),
        heading=heading,
        account=front.account,
        author=front.author,
        published=_moment(front.published),
        identity=wechat_identity(url) if url else None,
        url=url,
    )


def read_fragment(text: str, page: Page) -> Draft:
    """What the feed itself carried: HTML without a page around it, or plain text."""
    stripped = guard.without_scripts(text)
    refusal = guard.shape_of(stripped).refusal
    if refusal:
        return _bomb(page.final_url, refusal)
    root = dom.parse(stripped).body
    document = dom.read(root, page.final_url) if root is not None else Document()
    state = states.of_message(document.text) or (
        PageState.OK if document.text.strip() else PageState.NO_ARTICLE
    )
    return Draft(state=state, document=document, html=sanitize.sanitize(stripped, page.final_url))


def read_html(text: str, url: str) -> Draft:
    """A whole HTML page: WeChat by its own rules, everything else as a blog."""
    text = wechat.unescaped_dump(text)
    stripped = guard.without_scripts(text)
    refusal = guard.shape_of(stripped).refusal
    if refusal:
        return _bomb(url, refusal)
    tree = dom.parse(stripped)
    if wechat.is_wechat(text, url):
        return _read_wechat(text, tree, url)
    return _read_blog(tree, stripped, url)


def _read_wechat(text: str, tree: LexborHTMLParser, url: str) -> Draft:
    facts = wechat.facts(text)
    body = tree.css_first("#js_content")
    document = (
        dom.read(body, url)
        if body is not None and facts.share_type not in ("5", "8", "10")
        else Document()
    )
    html = (body.html or "") if body is not None and document.text else ""
    if not document.text and facts.share_text:
        document, html = _plain(facts.share_text), ""
    title = (
        _first_text(tree, "#activity-name", "h1.rich_media_title")
        or facts.title
        or _meta(tree, "og:title")
        or ""
    )
    shared = bool(facts.published and (facts.pictures or facts.share_type in ("5", "7", "8", "10")))
    if not document.text and not document.pictures and not shared:
        state = _wechat_state(text, tree)
        return Draft(state=state, title=title, account=facts.account, identity=facts.identity)
    if not document.text:
        document = replace(_plain(squash(title)), pictures=document.pictures)
    return Draft(
        document=document,
        title=squash(title) or document.text.split("\n", 1)[0][:60],
        account=_first_text(tree, "#js_name") or facts.account,
        author=_first_text(tree, "#js_author_name") or facts.author,
        published=facts.published or _page_day(tree),
        html=sanitize.sanitize(html, url),
        identity=facts.identity,
        source_url=facts.source_url,
        pictures=facts.pictures,
        url=facts.url,
    )


def _wechat_state(text: str, tree: LexborHTMLParser) -> PageState:
    if "appmsgqrcode_ticket" in text:
        return PageState.QUOTA
    shown = _first_text(tree, ".weui-msg__title", ".mesg-block", ".weui-msg") or ""
    visible = f"{shown} {_visible(tree)}"
    return states.of_message(visible[: states.SHORT_PAGE]) or PageState.NO_ARTICLE


def _read_blog(tree: LexborHTMLParser, html: str, url: str) -> Draft:
    visible = _visible(tree)
    state = states.of_message(visible)
    if state is not None:
        return Draft(state=state, title=_first_text(tree, "title") or "")
    found = blog.read(tree, html, url)
    if found is None:
        return Draft(state=PageState.NO_ARTICLE, title=_first_text(tree, "title") or "")
    return Draft(
        document=found.document,
        title=found.title,
        account=found.site,
        author=found.author,
        published=found.published,
        html=sanitize.sanitize(found.html, url),
    )


def _bomb(url: str, refusal: str) -> Draft:
    return refused(url, refusal, "页面的 HTML 嵌套过深或标签属性过多，像是恶意构造的，没有解析。")


def refused(url: str, code: str, sentence: str) -> Draft:
    """A page that must not be read, with the reason."""
    issue = Issue(
        subject=url,
        code=f"page.{code}",
        sentence=sentence,
        remedy="如确有需要，请在浏览器里打开，把正文另存为 Markdown 再交给程序。",
    )
    return Draft(state=PageState.NO_ARTICLE, issue=issue)


def _plain(text: str) -> Document:
    writer = Writer()
    for line in re.split(r"\n+|<br\s*/?>", text):
        writer.add(unescape(re.sub(r"<[^<>]{0,2000}>", "", line)))
        writer.end(soft=True)
    return writer.document()


def _first_text(tree: LexborHTMLParser, *selectors: str) -> str | None:
    for selector in selectors:
        node = tree.css_first(selector)
        text = squash(node.text(deep=True)) if node is not None else ""
        if text:
            return text
    return None


def _meta(tree: LexborHTMLParser, name: str) -> str | None:
    node: LexborNode | None = tree.css_first(f'meta[property="{name}"]') or tree.css_first(
        f'meta[name="{name}"]'
    )
    return (
        squash(unescape(node.attributes.get("content") or "")) or None if node is not None else None
    )


def _visible(tree: LexborHTMLParser) -> str:
    body = tree.body
    title = _first_text(tree, "title") or ""
    return squash(f"{title} {body.text(separator=' ')[:20_000] if body is not None else ''}")


def _page_day(tree: LexborHTMLParser) -> datetime | None:
    return _moment(_first_text(tree, "#publish_time", "#post-date"))


def _moment(text: str | None) -> datetime | None:
    """A local time of a WeChat page or exporter, which is Beijing's, in UTC."""
    found = re.match(
        r"(\d{4})\D(\d{1,2})\D(\d{1,2})日?(?:[ T]+(\d{1,2}):(\d{2}))?", (text or "").strip()
    )
    if not found:
        return None
    year, month, day, hour, minute = (int(g or 0) for g in found.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=wechat.BEIJING).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
