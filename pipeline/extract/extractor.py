"""The room's front desk: bytes in, `Article` out, whatever the bytes are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.errors import Issue
from pipeline.extract import (
    blog,
    charset,
    dom,
    guard,
    links,
    markdown,
    pictures,
    roles,
    sanitize,
    states,
    wechat,
)
from pipeline.extract.document import Document
from pipeline.extract.titles import file_title, first_line, front_title
from pipeline.text import language, short_hash, squash
from pipeline.types import Article, Entry, Image, Link, Page, PageState
from pipeline.urls import canonical_url, is_web_url, wechat_identity

_EMPTY = Document()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What is known of an article before its links are judged."""

    state: PageState = PageState.OK
    document: Document = _EMPTY
    title: str = ""
    account: str | None = None
    author: str | None = None
    published: datetime | None = None
    html: str = ""
    identity: str | None = None
    source_url: str | None = None
    issue: Issue | None = None
    pictures: tuple[Image, ...] = ()
    url: str | None = None


class PageExtractor:
    """Reads pages of every kind. Implements `ports.Extractor`; pure, and no input makes it raise.

    `max_bytes` caps the decoded size of a page; a larger one is an article without text whose
    issue says so.
    """

    def __init__(self, *, max_bytes: int = guard.MAX_BYTES) -> None:
        self._max_bytes = max_bytes

    def classify(self, page: Page) -> PageState:
        """What the page is; WeChat answers its error pages with HTTP 200."""
        return self._read(page, None).state

    def extract(self, page: Page, entry: Entry | None = None) -> Article:
        """The article with its links; `entry` fills what the page does not say."""
        return _finish(self._read(page, entry), page, entry)

    def _read(self, page: Page, entry: Entry | None) -> _Draft:
        url = page.final_url or page.url
        body = charset.inflate(page.body, self._max_bytes)
        if body is None:
            return _refused(
                url,
                "too_large",
                f"页面解压后超过 {self._max_bytes // 1_000_000} MB 或已损坏，没有读取。",
            )
        text = charset.decode(body, page.content_type)
        if _is_markdown(text, page):
            return _read_markdown(text, page)
        if page.origin == "feed":
            return _read_fragment(text, page, entry)
        return _read_html(text, url)


def _is_markdown(text: str, page: Page) -> bool:
    kind = (page.content_type or "").lower()
    if "markdown" in kind or page.url.lower().split("?")[0].endswith((".md", ".markdown")):
        return markdown.looks_like_markdown(text)
    if page.origin == "feed" or "html" in kind or "xml" in kind:
        return False
    return markdown.looks_like_markdown(text) and not re.search(
        r"<(?:p|div|section|span|br|table|title|meta)\b", text[:20_000], re.IGNORECASE
    )


def _read_markdown(text: str, page: Page) -> _Draft:
    document, front = markdown.read(text)
    state = states.of_message(document.text) or PageState.OK
    if not document.text.strip():
        state = PageState.NO_ARTICLE
    url = front.url or None
    return _Draft(
        state=state,
        document=document,
        title=front.title or front_title(document),
        account=front.account,
        author=front.author,
        published=_moment(front.published),
        identity=wechat_identity(url) if url else None,
        url=url,
    )


def _read_fragment(text: str, page: Page, entry: Entry | None) -> _Draft:
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
    return _Draft(state=state, document=document, html=sanitize.sanitize(stripped, page.final_url))


def _read_html(text: str, url: str) -> _Draft:
    text = wechat.unescaped_dump(text)
    stripped = guard.without_scripts(text)
    refusal = guard.shape_of(stripped).refusal
    if refusal:
        return _bomb(url, refusal)
    tree = dom.parse(stripped)
    if wechat.is_wechat(text, url):
        return _read_wechat(text, tree, url)
    return _read_blog(tree, stripped, url)


def _read_wechat(text: str, tree: LexborHTMLParser, url: str) -> _Draft:
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
        return _Draft(state=state, title=title, account=facts.account, identity=facts.identity)
    if not document.text:
        document = _plain(squash(title))
    return _Draft(
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


def _read_blog(tree: LexborHTMLParser, html: str, url: str) -> _Draft:
    visible = _visible(tree)
    state = states.of_message(visible)
    if state is not None:
        return _Draft(state=state, title=_first_text(tree, "title") or "")
    found = blog.read(tree, html, url)
    if found is None:
        return _Draft(state=PageState.NO_ARTICLE, title=_first_text(tree, "title") or "")
    return _Draft(
        document=found.document,
        title=found.title,
        account=found.site,
        author=found.author,
        published=found.published,
        html=sanitize.sanitize(found.html, url),
    )


def _finish(draft: _Draft, page: Page, entry: Entry | None) -> Article:
    own = draft.url if draft.url and is_web_url(draft.url) else None
    url = page.final_url or page.url
    if not is_web_url(url) and own:
        url = own
    identity = (
        draft.identity
        or wechat_identity(page.final_url)
        or wechat_identity(page.url)
        or canonical_url(url)
    )
    document = draft.document if draft.state is PageState.OK else _EMPTY
    named = draft.title or (entry.title if entry else "") or file_title(url) or first_line(document)
    title = squash(named[:2000])[:500]
    found: tuple[Link, ...] = ()
    subjects: tuple[str, ...] = ()
    if document.blocks:
        found, subjects = roles.judge(
            document, links.mentions(document), title, draft.source_url, url, entry
        )
    issue = draft.issue or _state_issue(draft.state, page.url)
    return Article(
        id=short_hash(identity),
        identity=identity,
        url=canonical_url(url),
        state=draft.state,
        title=title,
        account=draft.account or (entry.account if entry else None),
        author=draft.author or (entry.author if entry else None),
        published=draft.published or (entry.published if entry else None),
        language=language(f"{title}\n{document.text}"),
        text=document.text,
        html=draft.html if draft.state is PageState.OK else "",
        images=_images(document, draft.pictures),
        lead_image=pictures.lead_image(document) or next(iter(draft.pictures), None),
        links=found,
        subjects=subjects,
        issues=(issue,) if issue else (),
    )


def _images(document: Document, extra: tuple[Image, ...]) -> tuple[Image, ...]:
    unique = {image.url: image for image in (*(p.image for p in document.pictures), *extra)}
    return tuple(unique.values())


def _state_issue(state: PageState, subject: str) -> Issue | None:
    if state is PageState.OK:
        return None
    sentence, remedy, temporary = states.SENTENCES[state]
    return Issue(
        subject=subject,
        code=f"page.{state.value}",
        sentence=sentence,
        remedy=remedy,
        temporary=temporary,
    )


def _bomb(url: str, refusal: str) -> _Draft:
    return _refused(url, refusal, "页面的 HTML 嵌套过深或标签属性过多，像是恶意构造的，没有解析。")


def _refused(url: str, code: str, sentence: str) -> _Draft:
    issue = Issue(
        subject=url,
        code=f"page.{code}",
        sentence=sentence,
        remedy="如确有需要，请在浏览器里打开，把正文另存为 Markdown 再交给程序。",
    )
    return _Draft(state=PageState.NO_ARTICLE, issue=issue)


def _plain(text: str) -> Document:
    from pipeline.extract.document import Writer

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
