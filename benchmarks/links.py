"""How fast links and whole pages are read, and what hostile text of 1 MB costs.

    ./run.sh bench links [--rounds 3]

Processor seconds of one core. Texts are the articles of the corpus (`STARDRAFT_CORPUS`), pages are made of
them in the shape of WeChat pages of about 100 KB; the hostile texts are made here.
"""

from __future__ import annotations

import argparse
import html
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.extract import PageExtractor, links, markdown, roles
from pipeline.types import Page

NOW = datetime(2026, 9, 18, tzinfo=UTC)
MEGABYTE = 1_000_000
PAGE = 100_000
SCRIPT = (
    "<script>var ct = '1700000000'; var nick_name = 'A'; var mid = '1'; var biz = 'B';</script>"
)
HOSTILE = {
    "open brackets": "[",
    "link openings": "[a](",
    "picture openings": "![a](",
    "closing brackets": "](",
    "emphasis": "*_**__",
    "ticks": "`a``",
    "schemes": "https://",
    "schemes with spaces": "h ttp : / / ",
    "addresses": "https://github.com/a/b ",
    "glued addresses": "https://github.com/a/bgithub.com/",
    "percent": "https://link.zhihu.com/?target=%25%25",
    "hosts": "github.com/",
    "identifiers": "arxiv:2203.",
    "dois": "10.1145/",
    "parentheses": "https://a.b/((((",
    "quotation marks": "《A “B 「C ",
    "title words": "Learning Good Things From ",
    "labels": "论文题目：A ",
    "footnotes": "论文[1] ",
    "lists of sources": "参考资料\n[1] https://arxiv.org/abs/2203.15332\n",
    "bare lines": "https://github.com/a/b\n\n",
    "spaces": " ",
    "line ends": "\n",
    "tags": "<a href=",
    "open tags": "<div>",
    "comments": "<!--",
    "entities": "&amp;&#x",
    "tables": "|a|\n|-|\n",
    "quotes": "> > > ",
    "zero width": "\u200b",
    "data pictures": "![](data:image/svg+xml,%3Csvg",
    "nested brackets": "[[[[a]]](",
    "identifiers in a row": "2203.15332",
    "digits": "1",
    "address chains": "https://a.b/https://",
    "addresses with zero width": "https://git\u200bhub.com/a/b\u200b ",
    "http": "http",
    "deep lists": "  - a\n",
    "nested entities": "&amp;amp;amp;&lt;&gt;",
    "base64": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ/+",
    "Chinese without marks": "这是一段没有标点的中文文字",
    "hosts in labels": "GitHub地址：a/b",
    "broken addresses": "https://github. com/ a- b- ",
    "broken hosts": "arxiv. org/ ",
    "broken paths": "github.com/ a/ b. c- ",
    "exporter's keys": "公众号：a\n",
    "bylines": "[a](b) *2025年",
    "repeated topics": "仓库 github.com/a/b\n\nhttps://github.com/a/b\n\n",
    "named papers": "D-LinkNet：https://arxiv.org/abs/1707.03718\n\n",
    "announcements": "本文主要介绍的工作有：\n- Learning Good Things From Many Data\n",
    "a bibliography": "[1] A B. Learning Good Things From Many Data[J]. arXiv preprint arXiv:2105.04387, 2021.\n\n",
    "full width": "ｈｔｔｐｓ：／／ａ．ｂ／",
    "table cells": "| https://github.com/a/b | 论文 |\n",
    "anchors": "<a href='https://github.com/a/b'>x</a>",
    "open anchors": "识别<li><a href='https://github.com/a/b'>.pdf",
    "marks and tags": "##<li>",
    "tabs after a dash": "- &#x41;" + "\t" * 900,
    "calls of footnotes": "词[1]",
}


def page(body: str, name: str, kind: str) -> Page:
    """A page as the fetcher hands it over."""
    return Page(
        url=f"https://e.org/{name}", final_url=f"https://e.org/{name}",
        body=body.encode("utf-8", "surrogatepass"), fetched_at=NOW, content_type=kind,
    )  # fmt: skip


def seconds(action: Callable[[], object]) -> float:
    """Processor seconds of one call: what it costs a core, whoever else is at work."""
    began = time.process_time()
    action()
    return time.process_time() - began


def texts_of(corpus: Path) -> list[str]:
    """The article texts of the corpus."""
    files = sorted((corpus / "wechat" / "articles_md").rglob("*.md"))
    return [file.read_text("utf-8", "replace") for file in files]


def wechat_pages(texts: list[str]) -> list[str]:
    """Pages of about 100 KB: an article's lines as styled sections, as WeChat sends them."""
    style = "margin: 0px 8px 16px;line-height: 1.75em;letter-spacing: 0.5px;text-align: justify;"
    out = []
    for text in texts:
        body = "".join(
            f'<section style="{style}"><span leaf="">{html.escape(line)}</span></section>'
            for line in text.splitlines() if line
        )  # fmt: skip
        if len(body) >= PAGE:
            out.append(
                f'<html><body><h1 id="activity-name">A</h1><div id="js_content">{body[:PAGE]}</div>{SCRIPT}</body></html>'
            )
    return out


def judged(text: str) -> object:
    """Markdown text to judged links, without the rest of an article."""
    document, _ = markdown.read(text)
    return roles.judge(document, links.mentions(document), "", None, "", None)


def speed(corpus: Path, rounds: int) -> None:
    """Articles a second for links, pages a second for everything."""
    texts = texts_of(corpus)
    pages = [page(p, "a.html", "text/html") for p in wechat_pages(texts)[:60]]
    extractor = PageExtractor()
    runs = [seconds(lambda: [judged(t) for t in texts]) for _ in range(rounds)]
    print(f"links of {len(texts)} articles: {len(texts) / statistics.median(runs):7.0f} articles/s")
    runs = [seconds(lambda: [extractor.extract(p) for p in pages]) for _ in range(rounds)]
    if pages:
        print(
            f"whole pages of 100 KB ({len(pages)}): {len(pages) / statistics.median(runs):7.0f} pages/s"
        )


def hostile() -> float:
    """The slowest of the hostile texts, as Markdown and as HTML; prints the five worst."""
    extractor = PageExtractor()
    taken: dict[str, float] = {}
    for name, unit in HOSTILE.items():
        body = (unit * (MEGABYTE // len(unit) + 1))[:MEGABYTE]
        for suffix, kind in (("md", "text/markdown"), ("html", "text/html")):
            given = page(body, f"a.{suffix}", kind)
            taken[f"{name}.{suffix}"] = seconds(lambda given=given: extractor.extract(given))  # type: ignore[misc]
    for name, time_ in sorted(taken.items(), key=lambda kv: -kv[1])[:5]:
        print(f"1 MB of {name:28} {time_:6.2f} s")
    return max(taken.values())


def main(arguments: list[str]) -> int:
    """Print the three measurements; 1 where a hostile text takes a second or more."""
    parser = argparse.ArgumentParser(prog="bench links")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    default = Path(__file__).parents[2] / "shared" / "corpus"
    corpus = Path(os.environ.get("STARDRAFT_CORPUS", default))
    if corpus.is_dir():
        speed(corpus, options.rounds)
    else:
        print("no corpus: set STARDRAFT_CORPUS to measure real articles")
    return 0 if hostile() < 1 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
