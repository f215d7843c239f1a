"""Pages in the shape of the real ones: WeChat articles and error pages, a blog, arXiv's abs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

from demo.day.article import DECOYS, Source, picture_url
from demo.world import PaperFacts

_TEMPLATES = Path(__file__).parent / "data" / "templates"
_STYLE = "margin: 0px 8px 16px;line-height: 1.75em;letter-spacing: 0.5px;text-align: justify;"
_PICTURE = re.compile(r"!\[(?P<caption>[^\]]*)\]\((?P<name>[\w-]+)(?: (?P<w>\d+)x(?P<h>\d+))?\)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_STYLE_RULES = 900
"""Real pages carry hundreds of kilobytes before the text; this many rules are about 100 KB."""


def template(name: str) -> Template:
    """A page template of `data/templates/`."""
    return Template((_TEMPLATES / name).read_text(encoding="utf-8"))


def wechat_page(source: Source) -> str:
    """The whole page of an article as mp.weixin.qq.com serves it."""
    assert source.account is not None
    facts = {
        "title": html.escape(source.title),
        "title_js": _js(source.title),
        "summary": html.escape(source.summary),
        "author": html.escape(source.author or source.account.name),
        "account": html.escape(source.account.name),
        "account_js": _js(source.account.name),
        "gh": source.account.gh,
        "biz": source.account.biz,
        "mid": source.mid,
        "sn": source.sn,
        "ct": str(int(source.published.timestamp())),
        "url": source.short_url,
        "cover": source.cover,
        "source_url": _js(source.source_url),
        "style": _stylesheet(),
        "content": wechat_content(source),
    }
    return template("wechat.html").substitute(facts)


def wechat_content(source: Source) -> str:
    """What stands inside `#js_content`: sections, leaves, pictures by `data-src`."""
    blocks = "\n".join(_wechat_block(source, block) for block in _blocks(source.body))
    return f'<section data-role="outer" style="font-size: 16px;">\n{blocks}\n</section>'


def error_page(source: Source) -> str:
    """WeChat's page for a deleted article, or its captcha; both come with HTTP 200."""
    return template(f"{source.kind}.html").substitute()


def blog_content(source: Source) -> str:
    """The article as plain HTML with real links."""
    return "\n".join(_blog_block(source, block) for block in _blocks(source.body))


def blog_page(source: Source) -> str:
    """The article's own page on the blog."""
    return template("blog.html").substitute(
        title=html.escape(source.title),
        author=html.escape(source.author),
        published=source.published.isoformat(),
        url=html.escape(source.short_url),
        content=blog_content(source),
    )


def abs_page(paper: PaperFacts) -> str:
    """A paper's page on arxiv.org, the parts that readers of it look at."""
    authors = ", ".join(f"<a>{html.escape(name)}</a>" for name in paper.authors)
    metas = "\n".join(
        f'<meta name="citation_author" content="{html.escape(name)}" />' for name in paper.authors
    )
    return template("abs.html").substitute(
        id=paper.id,
        title=html.escape(paper.title),
        authors=authors,
        metas=metas,
        abstract=html.escape(paper.abstract),
        subject=paper.primary_category,
    )


def _blocks(body: str) -> list[str]:
    return [block.strip() for block in body.split("\n\n") if block.strip()]


def _wechat_block(source: Source, block: str) -> str:
    if picture := _PICTURE.fullmatch(block):
        return _wechat_picture(source, picture)
    if block.startswith("## "):
        return f'<h2 style="font-size: 18px;"><strong>{_leaves(block[3:])}</strong></h2>'
    if block.startswith("- "):
        items = (_leaves(line.removeprefix("- ")) for line in block.splitlines())
        rows = "".join(f"<li><section>{item}</section></li>" for item in items)
        return f'<ul class="list-paddingleft-1">{rows}</ul>'
    if block.startswith("> "):
        return f"<blockquote><p>{_leaves(block[2:])}</p></blockquote>"
    lines = "<br  />".join(_leaves(line) for line in block.splitlines())
    return f'<section style="{_STYLE}">{lines}</section>'


def _leaves(text: str) -> str:
    """Spans of text; bold parts and every `¦` begin a new one."""
    spans = []
    for number, part in enumerate(_BOLD.split(text)):
        leaves = "".join(
            f'<span leaf="">{html.escape(piece, quote=False)}</span>'
            for piece in part.split("¦")
            if piece
        )
        spans.append(
            f'<strong style="color: rgb(0, 82, 255);">{leaves}</strong>' if number % 2 else leaves
        )
    return "".join(spans)


def pictures(source: Source) -> Iterator[tuple[str, str, int, int]]:
    """Address, name, width and height of every picture of the article."""
    yield source.cover, "cover", 900, 383
    for block in _blocks(source.body):
        if found := _PICTURE.fullmatch(block):
            width, height = int(found["w"] or 1), int(found["h"] or 1)
            yield _picture_address(source, found["name"]), found["name"], width, height


def _picture_address(source: Source, name: str) -> str:
    if source.account is None:
        return f"{source.url.rsplit('/', 2)[0]}/images/{source.slug}-{name}.png"
    # Decoys belong to the account, not to the article: the same picture under every text.
    return picture_url(source.account.name if name in DECOYS else source.slug, name)


def _wechat_picture(source: Source, picture: re.Match[str]) -> str:
    width, height = int(picture["w"] or 1), int(picture["h"] or 1)
    address = html.escape(_picture_address(source, picture["name"]))
    image = (
        f'<img class="rich_pages wxw-img" data-src="{address}" data-ratio="{height / width:.10g}"'
        f' data-s="300,640" data-type="png" data-w="{width}" style="width: 100%;"  />'
    )
    caption = _leaves(picture["caption"]) if picture["caption"] else ""
    under = f'<section style="font-size: 12px;color: rgb(136, 136, 136);">{caption}</section>'
    return f'<section style="text-align: center;">{image}</section>{under if caption else ""}'


def _blog_block(source: Source, block: str) -> str:
    if picture := _PICTURE.fullmatch(block):
        address = _picture_address(source, picture["name"])
        size = f'width="{picture["w"]}" height="{picture["h"]}"'
        caption = html.escape(picture["caption"])
        return f'<figure><img src="{address}" alt="{caption}" {size}></figure>'
    if block.startswith("## "):
        return f"<h2>{_blog_text(block[3:])}</h2>"
    if block.startswith("- "):
        rows = (f"<li>{_blog_text(line.removeprefix('- '))}</li>" for line in block.splitlines())
        return f"<ul>{''.join(rows)}</ul>"
    return f"<p>{_blog_text(block)}</p>"


def _blog_text(text: str) -> str:
    escaped = html.escape(text.replace("\n", " "), quote=False)
    linked = _LINK.sub(r'<a href="\2">\1</a>', escaped)
    return _BOLD.sub(r"<strong>\1</strong>", linked)


def _stylesheet() -> str:
    return "\n".join(
        f".wx_rule_{n}{{margin:0 {n % 7}px;padding:{n % 5}px;color:rgba(0,0,0,.{n % 9});"
        f"display:block;box-sizing:border-box;transform:translateY({n % 3}px)}}"
        for n in range(_STYLE_RULES)
    )


def _js(text: str) -> str:
    """Text inside a JavaScript string literal of single or double quotes."""
    slashed = text.replace("\\", "\\\\").replace("'", "\\x27").replace('"', "\\x22")
    return slashed.replace("<", "\\x3c").replace("&", "\\x26amp;")
