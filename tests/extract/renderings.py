"""One article in many clothes: what editors, exporters and converters make of the same text.

An article is a title and lines. A line is text; `# ` begins a heading, `- ` a list item, and
addresses stand in it as they are.
"""

from __future__ import annotations

import html
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
    split_labels, bullets, full_width, no_scheme,
)  # fmt: skip
HTML: tuple[Callable[[Sample], str], ...] = (
    wechat_paragraphs, wechat_spans, wechat_breaks, wechat_table, blog,
)  # fmt: skip
RENDERINGS = {f.__name__: f for f in (*MARKDOWN, plain_text, *HTML)}


def read(sample: Sample, name: str) -> Article:
    """The sample in one of its clothes, extracted."""
    body = RENDERINGS[name](sample)
    if name == "blog":
        return extract(body, url="https://lab.example/post")
    if RENDERINGS[name] in HTML:
        return extract(body)
    if name == "plain_text":
        return PageExtractor().extract(page(body, url="file:///a.txt", content_type=None))
    return extract(body, url="file:///a.md", content_type="text/markdown")
