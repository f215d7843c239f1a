"""Titles of papers: the one that stands beside a link, and those named without any link.

A title is only believed where the page marks it as one: a label (论文题目：…), quotation marks
(《…》, “…”), a line of its own in title case, or the article's own headline. In doubt there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.context import Context
from pipeline.extract.document import Document
from pipeline.identifiers import other_paper
from pipeline.text import normal_title
from pipeline.types import Link
from pipeline.urls import host_of

MAX_SUBJECTS = 20
_LABEL = r"(?:论文|文章|paper|原文)?\s?(?:题目|标题|名称|名字|名|title)|论文|paper|title|文章"
_LABELLED = re.compile(
    rf"^[\W\d_]{{0,8}}(?:{_LABEL})\s?[】\])]?\s?[:：]\s*[《\"“”「『]?\s*(?P<title>[A-Z0-9][^《》「」\n]{{10,260}})",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"[《“\"「『]\s?(?P<title>[A-Za-z0-9][^《》“”\"「」『』\u3400-\u9fff\n]{12,250})\s?[》”\"」』]"
)
_HEADLINE = re.compile(r"(?P<title>[A-Z][\w+'’.-]*(?:[\s:：,&/–—-]{1,3}[\w+'’.-]+){3,30}\??)")
_STOP = re.compile(
    r"[.。]\s+(?=[A-Z][\w'’-]+\s?(?:[A-Z][\w'’.-]+)?(?:,| and | et al))|[》\"”]|(?<!\s)\s*+-{2,}\s*+\w+|(?<!\s)\s*+[（(\[]?\s*+(?:https?://|arxiv|论文地址|链接)"
)
_VENUE = re.compile(
    r"^\W*(?:(?:CVPR|ICCV|ECCV|NeurIPS|NIPS|ICML|ICLR|AAAI|IJCAI|ACL|EMNLP|NAACL|OSDI|SOSP|MICCAI|ACM\s?MM|WACV|BMVC|KDD|SIGGRAPH|TPAMI|ICRA|IROS|CoRL|RSS|MLSys|ASPLOS|PLDI|Nature|Science)\S{0,3}\s?'?(?:\d{2,4})?|20\d\d)[\s:：|｜,，-]*(?:\(?(?:oral|spotlight|best paper)\)?\W*)?",
    re.IGNORECASE,
)


_KIND = re.compile(r"\[(?:[JCDMRNSP]|EB)(?:/OL)?\]")
"""What a Chinese bibliography puts after a title: `[J]` for a journal, `[C]//` for proceedings."""


def is_title(text: str) -> bool:
    """True for what reads like the full English title of a paper: four words or more, in title case
    or after a colon, without Chinese and without the marks of a sentence."""
    text = text.strip()
    words = re.findall(r"[A-Za-z][\w'’+-]*", text)
    if (
        not 4 <= len(words) <= 40
        or len(text) > 260
        or re.search(r"[\u3400-\u9fff]|https?://|[{}=<>|\\@#]|\.\s+[A-Z]", text)
    ):
        return False
    long = [w for w in words if len(w) > 3]
    capital = sum(w[0].isupper() for w in long)
    if re.search(r"\bet al\b", text):
        return False
    return text[0].isupper() and (capital > 0.5 * max(len(long), 1) or ": " in text)


_READING = re.compile(
    r"论文|本文提出|作者(?:提出|认为|们|发现|使用|采用|设计)|文中|\bpaper\b", re.IGNORECASE
)


def reads_a_paper(document: Document) -> bool:
    """True where the article reads like the explanation of a paper, not a tool or a survey of news."""
    return sum(1 for _ in zip(_READING.finditer(document.text), range(2), strict=False)) == 2


def is_authors(text: str) -> bool:
    """True for a list of people's names, which is in title case too."""
    parts = [p.strip() for p in re.split(r"[,，;；]| and ", text) if p.strip()]
    short = sum(len(p.split()) <= 3 for p in parts)
    return (
        len(parts) >= 2
        and short >= 0.8 * len(parts)
        and all(len(p.split()) <= 4 and ":" not in p for p in parts)
    )


def tidy(text: str) -> str:
    """The title without what follows or wraps it."""
    text = _KIND.split(_STOP.split(text, maxsplit=1)[0], maxsplit=1)[0]
    return re.sub(r"\s+", " ", text).strip(" .。,，;；*_-–|\"“”'")


def labelled(text: str) -> str | None:
    """The title that a line such as `论文题目：…` gives."""
    found = _LABELLED.match(text)
    given = found["title"] if found else ""
    if "et al" in given:
        given = re.split(r"\.\s", given.split("et al")[-1].lstrip(" .,"))[0]
    title = tidy(given)
    words = re.findall(r"[A-Za-z][\w'’+-]*", title)
    plain = len(words) >= 4 and not re.search(r"[\u3400-\u9fff]|https?://|www\.", title)
    return title if plain else None


def named_titles(text: str) -> Iterator[str]:
    """The titles a line gives in quotation marks."""
    for found in _QUOTED.finditer(text):
        title = tidy(found["title"])
        if is_title(title):
            yield title


def title_of(document: Document, seen: Sequence[Context]) -> str | None:
    """The title the article gives for a linked paper, looked for in its own and the lines above."""
    for context in seen[:5]:
        mention = context.mention
        if is_title(anchor := tidy(mention.anchor)):
            return anchor
        block = document.blocks[mention.block]
        if own := labelled(block.text) or _beside(
            block.text[max(mention.start - 600, 0) : mention.start]
        ):
            return own
        if (
            context.section != "references"
            and context.alone
            and (above := _above(document, mention.block))
        ):
            return above
    return None


_SURELY_PAPER = re.compile(
    r"论文(?:的)?(?:原文|全文)?(?:下载|访问|阅读)?(?:链接|地址|网址|主页|pdf|url)?(?:为|是|在)?这?[\s:：\])】]*$|(?<![a-z])paper(?:\s?(?:link|url|pdf|address|的?(?:链接|地址|网址)))?(?:为|是|在)?这?[\s:：\])】]*$|预印本|技术报告|technical report",
    re.IGNORECASE,
)
_NO_PAPER = re.compile(
    r"(?:^|\.)(?:zhihu\.com|csdn\.net|juejin\.cn|jianshu\.com|cnblogs\.com|weixin\.qq\.com|pan\.baidu\.com|baidu\.com|arxiv\.org|github\.com|medium\.com|bilibili\.com|wikipedia\.org|google\.com|douban\.com|paperswithcode\.com)$"
)


def as_paper(document: Document, context: Context) -> Context:
    """An address on no known index is a paper where the page says so: a label, a PDF that is
    cited, or a full English title as the text of the link."""
    mention = context.mention
    front_page = re.fullmatch(r"https?://[^/?#]+/?", mention.url) is not None
    if (
        mention.kind not in ("other", "project")
        or front_page
        or _NO_PAPER.search(host_of(mention.url))
    ):
        return context
    pdf = re.search(r"\.pdf$|/pdf$", mention.url.split("?")[0].split("#")[0], re.IGNORECASE)
    titled = is_title(tidy(mention.anchor))
    label = context.label.removesuffix(mention.anchor).rstrip()
    labelled_so = _SURELY_PAPER.search(label) or (
        pdf
        and re.search(
            r"论文|paper|原文|文献|文章(?:链接|地址)",
            f"{context.lead[-40:]} {context.label[-12:]} {context.group}",
            re.IGNORECASE,
        )
    )
    if (
        not (labelled_so and (pdf or mention.kind == "other"))
        and not (pdf and (context.cited or titled))
        and not (titled and context.section == "references")
    ):
        return context
    known = other_paper(mention.url)
    return replace(context, mention=replace(mention, id=known.id, url=known.url, kind="paper"))


def _beside(before: str) -> str | None:
    quoted = [*named_titles(before[-400:])]
    if quoted:
        return quoted[-1]
    line = tidy(re.sub(r"^\W*(?:\[\^?\d+\]|\d+[.)、])\W*", "", before))
    if is_title(line) and not is_authors(line):
        return line
    cited = re.search(
        r"[\"“](?P<t>[A-Z][^\"”]{12,250}?)[,.]?[\"”]|(?<=[.\]])\s+(?P<u>[A-Z][^.]{14,250})\.\s*(?:arXiv|In |CoRR|Proc|20\d\d|$)",
        before[-500:],
    )
    found = tidy((cited["t"] or cited["u"]) if cited else "")
    return found if is_title(found) and not is_authors(found) else None


def _above(document: Document, number: int) -> str | None:
    """A labelled or quoted title, or a line that is nothing else, at most four lines up."""
    for above in range(number - 1, max(number - 6, -1), -1):
        text = document.blocks[above].text
        if title := labelled(text):
            return title
        line = tidy(_VENUE.sub("", re.sub(r"^[\W\d_]{0,6}(?=[A-Z])", "", text)))
        if (
            len(text) < 260
            and document.blocks[above].kind != "row"
            and is_title(line)
            and not is_authors(line)
        ):
            return line
        quoted = [*named_titles(text)] if len(text) < 300 else []
        if quoted:
            return quoted[-1]
        if document.blocks[above].kind == "heading":
            return None
    return None


def works_named(
    document: Document, title: str, links: Sequence[Link]
) -> tuple[tuple[Link, ...], tuple[str, ...]]:
    """The links, and titles of papers that the article is about and gives no link for.

    One labelled title and one main paper without a title belong together.
    """
    linked = {normal_title(link.title) for link in links if link.title}
    mains = [link for link in links if link.kind == "paper" and link.role == "main"]
    found: dict[str, str] = {}
    for candidate in _subjects(document, title, bool(mains)):
        key = normal_title(candidate)
        if key not in linked and not any(
            key in other or other in key for other in (*linked, *found) if other
        ):
            found[key] = candidate
        if len(found) >= MAX_SUBJECTS:
            break
    if len(found) == 1 and len(mains) == 1 and mains[0].title is None:
        named = next(iter(found.values()))
        return tuple(replace(k, title=named) if k is mains[0] else k for k in links), ()
    return tuple(links), tuple(found.values())


def _subjects(document: Document, title: str, has_main: bool) -> Iterator[str]:
    for number, block in enumerate(document.blocks):
        named = labelled(block.text)
        if named and not _linked_soon(document, number):
            yield named
        if _ANNOUNCES.search(block.text[-60:]):
            yield from _announced(document, number)
    if has_main or not reads_a_paper(document):
        return
    for line in (title, *(b.text[:400] for b in document.blocks[:2] if b.kind == "heading")):
        yield from named_titles(line)
        if (headline := _HEADLINE.search(_VENUE.sub("", line))) and is_title(
            tidy(headline["title"])
        ):
            yield tidy(headline["title"])


def _announced(document: Document, number: int) -> Iterator[str]:
    """The titles in the list right below `本文主要介绍的工作有：`."""
    for block in document.blocks[number + 1 : number + 1 + MAX_SUBJECTS]:
        if block.kind != "item":
            return
        plain = re.sub(r"\[\d{1,3}\]", "", block.text[:400])
        title = tidy(_WHERE.sub("", plain))
        if is_title(title):
            yield title


_WHERE = re.compile(r"^\W*(?:\d{4}\s?[A-Za-z]{2,10}|[A-Za-z]{2,10}\s?'?\d{2,4})\s?[:：|｜]\s*")
_ANNOUNCES = re.compile(
    r"(?:本文|这里|下面|今天)[^。]{0,6}(?:介绍|解读|梳理|分享|整理|涉及)[^。]{0,12}(?:工作|论文|文章|paper)[^。]{0,6}[:：]\s*$",
    re.IGNORECASE,
)


def _linked_soon(document: Document, number: int) -> bool:
    """True where one of the next lines is a link: then the title is that link's."""
    for block in document.blocks[number : number + 6]:
        if re.search(r"arxiv\.org|openreview|doi\.org|openaccess|\.pdf", block.text) or any(
            "arxiv" in a.href for a in block.anchors
        ):
            return True
    return False
