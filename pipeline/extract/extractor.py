"""The room's front desk: bytes in, `Article` out, whatever the bytes are."""

from __future__ import annotations

from dataclasses import replace

from pipeline.errors import Issue
from pipeline.extract import charset, containers, guard, links, pictures, readers, roles, states
from pipeline.extract.document import Document
from pipeline.extract.readers import EMPTY, Draft
from pipeline.extract.titles import file_title, first_line
from pipeline.text import language, short_hash, squash
from pipeline.types import Article, Entry, Image, Link, Page, PageState
from pipeline.urls import canonical_url, is_web_url, wechat_identity


class PageExtractor:
    """Reads pages of every kind. Implements `ports.Extractor`; pure, and no input makes it raise.

    `max_bytes` caps the decoded size of a page; a larger one is an article without text whose
    issue says so.
    """

    def __init__(self, *, max_bytes: int = guard.MAX_BYTES) -> None:
        self._max_bytes = max_bytes

    def classify(self, page: Page) -> PageState:
        """What the page is; WeChat answers its error pages with HTTP 200."""
        return self._read(page).state

    def extract(self, page: Page, entry: Entry | None = None) -> Article:
        """The article with its links; `entry` fills what the page does not say."""
        return _finish(self._read(page), page, entry)

    def _read(self, page: Page) -> Draft:
        url = page.final_url or page.url
        body = charset.inflate(page.body, self._max_bytes)
        if body is None:
            return readers.refused(
                url,
                "too_large",
                f"页面解压后超过 {self._max_bytes // 1_000_000} MB 或已损坏，没有读取。",
            )
        body, kind = containers.unpack(body, page)
        if kind != page.content_type:
            page = replace(page, content_type=kind)
        text = charset.decode(body, kind)
        if readers.is_markdown(text, page):
            return readers.read_markdown(text)
        if page.origin == "feed":
            return readers.read_fragment(text, page)
        return readers.read_html(text, url)


def _finish(draft: Draft, page: Page, entry: Entry | None) -> Article:
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
    document = draft.document if draft.state is PageState.OK else EMPTY
    others = (entry.title if entry else "", file_title(url), draft.heading, first_line(document))
    named = draft.title or next((title for title in others if title), "")
    title = squash(named[:2000])[:500]
    found: tuple[Link, ...] = ()
    subjects: tuple[str, ...] = ()
    if document.blocks:
        found, subjects = roles.judge(
            document, links.mentions(document), title, draft.source_url, url, entry
        )
    issue = draft.issue or _state_issue(draft.state, page.url)
    figures = pictures.figures(document) or draft.pictures[: pictures.MOST_FIGURES]
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
        lead_image=next(iter(figures), None),
        links=found,
        subjects=subjects,
        issues=(issue,) if issue else (),
        figures=figures,
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
