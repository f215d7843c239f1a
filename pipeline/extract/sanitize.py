"""The article's HTML, made safe to show: nh3 with a short list of what an article needs."""

from __future__ import annotations

import re

_TAGS = {
    "p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code em strong b i u s sub sup a img "
    "figure figcaption table thead tbody tr td th caption section div span video source math"
}
MAX_HTML = 400_000


def sanitize(html: str, url: str) -> str:
    """Safe HTML with lazy pictures turned to plain ones; empty where it is unreasonably long."""
    import nh3

    if len(html) > MAX_HTML:
        return ""
    cleaned: str = nh3.clean(
        undelay(html),
        tags={tag for group in _TAGS for tag in group.split()},
        attributes={
            "a": {"href", "title"},
            "img": {"src", "alt", "width", "height"},
            "video": {"src", "poster", "controls"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
        },
        url_schemes={"http", "https"},
        strip_comments=True,
        link_rel="noopener noreferrer nofollow",
    )
    return cleaned.strip()


def undelay(html: str) -> str:
    """WeChat keeps a picture's address in `data-src`: make it `src`."""

    def one(found: re.Match[str]) -> str:
        tag = found.group()
        given = re.search(r"\sdata-src=(\"[^\"]*\"|'[^']*')", tag)
        if not given:
            return tag
        bare = re.sub(r"\s(?:data-)?src=(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", "", tag)
        return bare[:4] + f" src={given.group(1)}" + bare[4:]

    return re.sub(r"<img\b[^<>]{0,8000}>", one, html)
