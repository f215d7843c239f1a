"""mp.weixin.qq.com pages of 2018-2025: what their scripts and their DOM say.

An article's body stands in `#js_content`; picture, text and video shares have theirs only in
script variables (`window.desc`, `content_noencode`, `picture_page_info_list`, `cgiData.title`).
The time is `ct`, `create_time` (seconds) or `createTime` (Beijing, minutes); `msg_source_url` is the
address behind 阅读原文.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from html import unescape

from pipeline.types import Image
from pipeline.urls import is_web_url

BEIJING = timezone(timedelta(hours=8))
_STRING = r"(?:\"((?:[^\"\\\n]|\\.){0,N})\"|'((?:[^'\\\n]|\\.){0,N})')"
_SHORT = _STRING.replace("N", "600")
_LONG = _STRING.replace("N", "400000")
_CHAIN = rf"((?:(?:\"\"|'')\s*\|\|\s*){{0,3}}){_SHORT}"
_JS_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([nrtbf])|(.))", re.DOTALL)
_CONTROL = {"n": "\n", "r": "", "t": "\t", "b": "", "f": ""}
_MINUTE = re.compile(r"createTime\s*=\s*'(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2})'")
_DAY = re.compile(r"publish_time\s*=\s*\"(\d{4})-(\d{2})-(\d{2})\"")
_SECONDS = re.compile(r"\b(?:ct|ori_create_time|create_time)\s*[=:]\s*[\"'](\d{9,10})[\"']")
_PICTURES = re.compile(r"picture_page_info_list\s*[:=]\s*\[")
_PICTURE = re.compile(
    r"width:\s*'(\d{1,5})'[^{}]{0,40}?height:\s*'(\d{1,5})'[^{}]{0,40}?cdn_url:\s*(?:JsDecode\()?'([^'\s]{10,600})'"
)
_PICTURE_URL = re.compile(r"\bcdn_url:\s*(?:JsDecode\()?'([^'\s]{10,600})'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the scripts of a WeChat page say; everything is optional."""

    title: str | None = None
    account: str | None = None
    author: str | None = None
    published: datetime | None = None
    biz: str | None = None
    mid: str | None = None
    idx: str | None = None
    source_url: str | None = None
    share_text: str | None = None
    share_type: str | None = None
    pictures: tuple[Image, ...] = ()
    url: str | None = None

    @property
    def identity(self) -> str | None:
        """`wechat:biz/mid/idx` where the page says all of it."""
        if self.biz and self.mid:
            return f"wechat:{self.biz}/{self.mid}/{self.idx or '1'}"
        return None


def is_wechat(html: str, url: str) -> bool:
    """True for pages of the WeChat platform, by address or by their own scripts."""
    return "mp.weixin.qq.com/" in url[:40] or any(
        mark in html
        for mark in (
            'id="js_content"',
            'id="js_article"',
            "mmbizwap",
            "window.cgiData",
            "wx_fed/assets",
        )
    )


def unescaped_dump(html: str) -> str:
    """The page itself where someone saved it as one escaped string of a script."""
    if '=\\"' not in html[:2000] or "\\n" not in html[:2000]:
        return html
    return js_string(html)


def js_string(text: str) -> str:
    """A script string as text: its escapes undone once."""

    def one(found: re.Match[str]) -> str:
        code = found.group(1) or found.group(2)
        if code:
            char = chr(int(code, 16))
            return "" if 0xD800 <= ord(char) <= 0xDFFF else char
        return _CONTROL.get(found.group(3) or "", "") if found.group(3) else found.group(4)

    return _JS_ESCAPE.sub(one, text) if "\\" in text else text


def facts(html: str) -> Facts:
    """Read the scripts of a page."""
    html = _without_body(html)
    link = _value(html, r"msg_link") or _value(html, r"\blink\s*:\s*JsDecode\(", prefix="")
    keys = dict(re.findall(r"[?&;](__biz|mid|idx)=([\w=%-]{1,40})", unescape(unescape(link or ""))))
    return Facts(
        title=_text(
            _value(html, "msg_title")
            or _value(html, r"\bd\.title")
            or _value(html, r"\bvideo_title")
        ),
        account=_text(_account(html)),
        author=_text(_value(html, r"\bauthor")),
        published=_published(html),
        biz=_value(html, r"\b(?:biz|appuin)") or keys.get("__biz"),
        mid=_number(html, r"\b(?:mid|appmsgid)") or keys.get("mid"),
        idx=_number(html, r"\b(?:idx|itemidx)") or keys.get("idx"),
        source_url=_source(html),
        share_text=_share_text(html),
        share_type=_number(html, r"\bitem_show_type"),
        pictures=_pictures(html),
        url=_page_url(html, link),
    )


def _without_body(html: str) -> str:
    """The page without its article, which may be long and may quote scripts."""
    begin = html.find('id="js_content"')
    end = html.find("<script", begin) if begin >= 0 else -1
    return html[:begin] + html[end:] if end >= 0 else html


def _value(
    html: str,
    name: str,
    prefix: str = r"\s*[=:]\s*(?:\(?xml \? getXmlValue\([^)]{0,60}\)\s*:\s*)?(?:JsDecode\(|htmlDecode\()?",
) -> str | None:
    """The first non-empty string given to a variable or key whose name matches."""
    for found in re.finditer(rf"{name}{prefix}{_CHAIN}", html):
        value = found.group(2) or found.group(3)
        if value:
            return js_string(value)
    return None


def _number(html: str, name: str) -> str | None:
    for found in re.finditer(rf"{name}\s*[=:]\s*{_CHAIN}", html):
        value = found.group(2) or found.group(3) or ""
        if value.isdigit():
            return value
    return None


def _account(html: str) -> str | None:
    """The account; an advertiser's `nick_name` on newer pages is not it."""
    for name in (r"\bnick_name", r"\bnickname"):
        for found in re.finditer(
            rf"{name}\s*[=:]\s*(?:\(?xml \? getXmlValue\([^)]{{0,60}}\)\s*:\s*)?(?:JsDecode\(|htmlDecode\()?{_SHORT}",
            html,
        ):
            value = js_string(found.group(1) or found.group(2) or "")
            if value and value != "微信广告" and "+" not in value:
                return value
    return None


def _text(value: str | None) -> str | None:
    return " ".join(unescape(unescape(value)).split()) or None if value else None


def _published(html: str) -> datetime | None:
    if found := _SECONDS.search(html):
        return datetime.fromtimestamp(int(found.group(1)), UTC)
    exact = _MINUTE.search(html) or _DAY.search(html)
    if not exact:
        return None
    try:
        return datetime(*map(int, exact.groups()), tzinfo=BEIJING).astimezone(UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        return None


def _source(html: str) -> str | None:
    address = _value(html, r"\bmsg_source_url") or _value(html, r"\bsource_url")
    address = unescape(unescape(address)).strip() if address else ""
    return address if is_web_url(address) else None


def _share_text(html: str) -> str | None:
    """The body of a picture or text share: only plain text counts, articles carry HTML here."""
    for name in (
        r"text_page_info:\s*\{\s*content:\s*JsDecode\(",
        r"\bcontent_noencode:\s*JsDecode\(",
        r"\bwindow\.desc\s*=\s*",
    ):
        found = re.search(rf"{name}{_LONG}", html)
        value = js_string(js_string(found.group(1) or found.group(2) or "")) if found else ""
        if value.strip() and not re.match(r"\s*<\w", value):
            return unescape(value)
    return None


def _pictures(html: str) -> tuple[Image, ...]:
    start = _PICTURES.search(html)
    if not start:
        return ()
    part = html[start.end() : start.end() + 120_000].split("\n        ];", 1)[0]
    sized = [
        Image(url=unescape(js_string(u)), width=int(w), height=int(h))
        for w, h, u in _PICTURE.findall(part)
    ]
    plain = (
        [Image(url=unescape(js_string(u))) for u in _PICTURE_URL.findall(part)] if not sized else []
    )
    unique = {image.url: image for image in sized or plain if is_web_url(image.url)}
    return tuple(unique.values())


def _page_url(html: str, link: str | None) -> str | None:
    found = re.search(r"property=\"og:url\"\s+content=\"([^\"\s]{10,600})\"", html)
    address = unescape(unescape(found.group(1) if found else link or ""))
    return address if is_web_url(address) else None
