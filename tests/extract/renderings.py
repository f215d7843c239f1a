"""One article in many clothes: what editors, exporters and converters make of the same text.

An article is a title and lines. A line is text; `# ` begins a heading, `- ` a list item, and
addresses stand in it as they are.
"""

from __future__ import annotations

import html
import json
import quopri
import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.extract import PageExtractor
from pipeline.types import Article
from tests.extract.builders import extract, page, wechat

_URL = re.compile(r"https://[!-~]+")
WIDTH = 76


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An article and the role of every paper and repository in it."""

    title: str
    lines: tuple[str, ...]
    roles: dict[str, str]


def markdown_lines(sample: Sample) -> str:
    return "\n\n".join((f"# {sample.title}", *sample.lines))


def escaped(sample: Sample) -> str:
    return markdown_lines(sample).replace("_", "\\_").replace("~", "\\~")


def autolinks(sample: Sample) -> str:
    return _URL.sub(r"<\g<0>>", markdown_lines(sample))


def linked_addresses(sample: Sample) -> str:
    return _URL.sub(r"[\g<0>](\g<0>)", markdown_lines(sample))


def reference_links(sample: Sample) -> str:
    found: list[str] = []

    def one(match: re.Match[str]) -> str:
        found.append(match.group())
        return f"[{match.group()}][r{len(found)}]"

    text = _URL.sub(one, markdown_lines(sample))
    return text + "\n\n" + "\n".join(f"[r{n}]: {url}" for n, url in enumerate(found, 1))


def hard_wrapped(sample: Sample) -> str:
    """Columns are counted as in a terminal; an address is never cut, as converters leave it."""
    return "\n\n".join(_wrap(line) for line in (f"# {sample.title}", *sample.lines))


def _wrap(line: str) -> str:
    out, column = [], 0
    for piece in re.findall(r"https://[!-~]+|[!-~]+|.", line):
        wide = sum(2 if ord(c) > 0x2E80 else 1 for c in piece)
        if column and column + wide > WIDTH and not line.startswith("# "):
            out.append("\n")
            column = 0
        out.append(piece)
        column += wide
    return "".join(out)


def bold_headings(sample: Sample) -> str:
    lines = [f"**{line[2:]}**" if line.startswith("# ") else line for line in sample.lines]
    return "\n\n".join((f"# {sample.title}", *lines))


def bold_labels(sample: Sample) -> str:
    return re.sub(r"(?m)^(\S{2,8})：(?=https://)", r"**\1：**", markdown_lines(sample))


def italic_addresses(sample: Sample) -> str:
    return _URL.sub(r"_\g<0>_", markdown_lines(sample))


def brackets(sample: Sample) -> str:
    return _URL.sub(r"[\g<0>]", markdown_lines(sample))


def quoted(sample: Sample) -> str:
    return "\n\n".join((f"# {sample.title}", *(_quote(line) for line in sample.lines)))


def _quote(line: str) -> str:
    return f"> {line}" if re.match(r"\S{2,8}：https://", line) else line


def front_matter(sample: Sample) -> str:
    head = f'---\ntitle: "{sample.title}"\nauthor: 某号\ndate: 2024-05-06\nurl: https://mp.weixin.qq.com/s/AbCdEfGhIj\n---\n\n'
    return head + markdown_lines(sample)


def with_footer(sample: Sample) -> str:
    return (
        markdown_lines(sample)
        + "\n\n---\n\n**往期推荐**\n\n- [另一篇文章](https://mp.weixin.qq.com/s/xyz)\n\n点击上方卡片关注我们，扫码进群。\n"
    )


def split_labels(sample: Sample) -> str:
    """The label in a paragraph of its own, the address in the next one."""
    return re.sub(r"(?m)^(\S{2,8}：)(?=https://)", r"\1\n\n", markdown_lines(sample))


def bullets(sample: Sample) -> str:
    return re.sub(r"(?m)^(?=\S{2,8}：https://)", "- ", markdown_lines(sample))


def full_width(sample: Sample) -> str:
    text = re.sub(r"https://(\S+)", r"https：//\1", markdown_lines(sample))
    return text.replace(": ", "：")


def no_scheme(sample: Sample) -> str:
    return markdown_lines(sample).replace("https://", "")


def plain_text(sample: Sample) -> str:
    lines = [line.removeprefix("# ") for line in sample.lines]
    return "\n".join((sample.title, "", *lines))


def web_clipper(sample: Sample) -> str:
    """A notebook's clipper: lists in the front matter, the page's byline and its buttons as text."""
    head = (
        f'---\ntitle: "{sample.title}"\nsource: "https://mp.weixin.qq.com/s/AbCdEfGhIj"\nauthor:\n'
        '  - "[[某人]]"\npublished:\ncreated: 2025-07-30\ntags:\n  - "clippings"\n---\n'
        "[某号](https://mp.weixin.qq.com/) *2025年07月29日 14:38*\n\n"
    )
    body = "\n\n  \n\n".join(line for line in sample.lines)
    return f"{head}{body}\n\n继续滑动看下一个\n\n某号\n\n向上滑动看下一个\n"


def key_lines(sample: Sample) -> str:
    """An exporter that writes what it knows as lines under the title."""
    head = (
        f"# {sample.title}\n\n文章作者: 某号\n发布时间: 2024-09-22 14:52\n发布地: 北京\n"
        "原文链接: http://mp.weixin.qq.com/s?__biz=MzI=&mid=2247&idx=3&sn=a4e#rd\n\n"
        "封面图链接: https://mmbiz.qpic.cn/mmbiz_jpg/Y/300\n\n"
    )
    return head + "\n\n".join(sample.lines)


def quoted_keys(sample: Sample) -> str:
    head = f"# {sample.title}\n\n> 公众号：某号\n> 发布时间：2024-09-22\n> 原文：https://mp.weixin.qq.com/s/AbC\n\n---\n\n"
    return head + "\n\n".join(sample.lines)


def read_later(sample: Sample) -> str:
    """A read-later service: its own links above and below."""
    return (
        f"# {sample.title}\n\n[mp.weixin.qq.com](https://mp.weixin.qq.com/s/AbCdEf)某号\n\n"
        + "\n\n".join(sample.lines)
        + "\n\n[Read in Cubox](https://cubox.pro/web/card/7168)\n"
    )


def feed_text(sample: Sample) -> str:
    """Plain text with one line a span: labels and addresses on lines of their own."""
    text = "\n".join(line.removeprefix("# ") for line in sample.lines)
    text = re.sub(r"(?m)^(\S{2,8})：(?=https://)", r"\1\n：\n", text)
    return f'---\ntitle: "{sample.title}"\ndate: 2025-12-03\nsource: "某号"\nurl: "https://mp.weixin.qq.com/s/AbC"\n---\n{text}'


def json_export(sample: Sample) -> str:
    content = "".join(f"<p>{_inline(line)}</p>" for line in sample.lines)
    told = {
        "title": sample.title,
        "nick_name": "某号",
        "create_time": 1700000000,
        "content": content,
    }
    return json.dumps(told, ensure_ascii=False)


def web_archive(sample: Sample) -> str:
    """MHTML as browsers save it."""
    page_ = quopri.encodestring(wechat_paragraphs(sample).encode()).decode("ascii")
    return (
        "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; "
        'type="text/html"; boundary="----B"\r\n\r\n------B\r\nContent-Type: text/html; charset=utf-8\r\n'
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{page_}\r\n------B--\r\n"
    )


def wechat_paragraphs(sample: Sample) -> str:
    return wechat("".join(f"<p>{_inline(line)}</p>" for line in sample.lines), title=sample.title)


def wechat_spans(sample: Sample) -> str:
    """Sections of spans; addresses are broken in two, headings are bold spans."""
    return wechat("".join(_section(line) for line in sample.lines), title=sample.title)


def _section(line: str) -> str:
    text = line.removeprefix("# ")
    tag = "strong" if line.startswith("# ") else "span"
    cut = text.find("https://") + 14 if "https://" in text else len(text) // 2
    halves = (text[:cut], text[cut:])
    return (
        "<section>"
        + "".join(f'<{tag} leaf="">{html.escape(h)}</{tag}>' for h in halves)
        + "</section>"
    )


def wechat_breaks(sample: Sample) -> str:
    body = "<br>".join(
        f"<strong>{_inline(line[2:])}</strong>" if line.startswith("# ") else _inline(line)
        for line in sample.lines
    )
    return wechat(f"<section>{body}</section>", title=sample.title)


def wechat_table(sample: Sample) -> str:
    return wechat("".join(_row(line) for line in sample.lines), title=sample.title)


def _row(line: str) -> str:
    found = re.match(r"(\S{2,8})：(https://\S+)$", line)
    if not found:
        return f"<p>{_inline(line)}</p>"
    return f"<table><tr><td>{found.group(1)}</td><td>{found.group(2)}</td></tr></table>"


def _inline(line: str) -> str:
    text = html.escape(line.removeprefix("# "))
    return f"<strong>{text}</strong>" if line.startswith("# ") else text


def blog(sample: Sample) -> str:
    body = "".join(
        f"<h2>{html.escape(line[2:])}</h2>"
        if line.startswith("# ")
        else f"<p>{_anchored(line)}</p>"
        for line in sample.lines
    )
    return (
        f"<html><head><title>{sample.title}</title></head><body><nav><a href='/'>首页</a></nav>"
        f"<article><h1>{sample.title}</h1>{body}</article><footer>https://github.com/site/theme</footer></body></html>"
    )


def _anchored(line: str) -> str:
    return _URL.sub(r'<a href="\g<0>">\g<0></a>', html.escape(line))


MARKDOWN: tuple[Callable[[Sample], str], ...] = (
    markdown_lines, escaped, autolinks, linked_addresses, reference_links, hard_wrapped,
    bold_headings, bold_labels, italic_addresses, brackets, quoted, front_matter, with_footer,
    split_labels, bullets, full_width, no_scheme, web_clipper, key_lines, quoted_keys, read_later,
)  # fmt: skip
HTML: tuple[Callable[[Sample], str], ...] = (
    wechat_paragraphs, wechat_spans, wechat_breaks, wechat_table, blog,
)  # fmt: skip
FILES = {
    "plain_text": "a.txt",
    "feed_text": "a.txt",
    "json_export": "a.json",
    "web_archive": "a.mhtml",
}
"""Renderings that are files without a content type, with the names they would have."""
RENDERINGS = {
    f.__name__: f for f in (*MARKDOWN, plain_text, feed_text, json_export, web_archive, *HTML)
}


def read(sample: Sample, name: str) -> Article:
    """The sample in one of its clothes, extracted."""
    body = RENDERINGS[name](sample)
    if name == "blog":
        return extract(body, url="https://lab.example/post")
    if RENDERINGS[name] in HTML:
        return extract(body)
    if name in FILES:
        return PageExtractor().extract(page(body, url=f"file:///{FILES[name]}", content_type=None))
    return extract(body, url="file:///a.md", content_type="text/markdown")
