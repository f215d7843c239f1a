"""Foreign HTML and the note's Markdown, made safe to show on our own page.

Whatever came in, what goes out holds no script, style, form or frame, no address but web links
that open elsewhere without a referrer, and no picture but those that our own proxy serves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from pipeline.urls import is_web_url

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MAX_HTML = 400_000
MAX_MARKDOWN = 2_000_000
_TAGS = frozenset(
    "p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code em strong b i u s del sub sup "
    "a img figure figcaption table thead tbody tr td th caption section div span details "
    "summary".split()
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "loading"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
_SHORTCODES = {":star:": "★", ":paperclip:": ""}
_SHORTCODE = re.compile("|".join(map(re.escape, _SHORTCODES)))
_SPAN = re.compile(r"[1-9][0-9]?")
_PIXELS = re.compile(r"[1-9][0-9]{0,3}")

PictureAddress = Callable[[str], str]
"""From a picture's address to the one our proxy serves it at; empty where it may not be shown."""


def article_html(html: str, base: str, picture: PictureAddress) -> str:
    """The article's own HTML; empty where it is unreasonably long.

    Headings go down two steps, below those of the page itself.
    """
    if len(html) > MAX_HTML:
        return ""
    return _lowered(_clean(html, base, picture))


def note_html(text: str, picture: PictureAddress) -> str:
    """The finished note as a reader on the web sees it."""
    if len(text) > MAX_MARKDOWN:
        return ""
    shown = _SHORTCODE.sub(lambda found: _SHORTCODES[found.group()], text)
    return _lowered(_clean(_markdown().render(shown), "", picture))


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Raw HTML is let through here (notes centre pictures with it) and cleaned afterwards.
    return MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


def _clean(html: str, base: str, picture: PictureAddress) -> str:
    import nh3

    def judge(tag: str, name: str, value: str) -> str | None:
        if name in ("src", "href"):
            address = urljoin(base, value.strip()) if base else value.strip()
            if name == "src":
                return picture(address) or None
            return address if is_web_url(address) else None
        if name in ("colspan", "rowspan", "start"):
            return value if _SPAN.fullmatch(value) else None
        if name in ("width", "height"):
            return value if _PIXELS.fullmatch(value) else None
        return value

    cleaned: str = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_quiet(judge),
        url_schemes={"http", "https"},
        url_relative="pass_through",
        set_tag_attribute_values=_FIXED,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    # A picture without words is decoration to a screen reader, not a file name to be spelt out.
    return _NO_WORDS.sub('<img alt=""', cleaned)


_FIXED: dict[str, dict[str, str]] = {"img": {"loading": "lazy"}, "a": {"target": "_blank"}}
_Judge = Callable[[str, str, str], str | None]


def _quiet(judge: _Judge) -> _Judge:
    """An address that cannot even be taken apart is no address."""

    def quiet(tag: str, name: str, value: str) -> str | None:
        try:
            return judge(tag, name, value)
        except ValueError:
            return None

    return quiet


_NO_WORDS = re.compile(r"<img(?![^>]*\salt=)")
_HEADING = re.compile(r"<(/?)h([1-6])>")


def _lowered(html: str) -> str:
    return _HEADING.sub(lambda m: f"<{m[1]}h{min(6, int(m[2]) + 2)}>", html)


def pictures_by(allowed: Mapping[str, str]) -> PictureAddress:
    """Only these pictures, each at the address it is served at."""
    return lambda url: allowed.get(url, "")
