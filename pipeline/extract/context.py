"""What surrounds a mention: its section, its label and the sentence it stands in.

Only wording and layout are looked at, never names of accounts, so that it holds for unseen ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.extract import footnotes
from pipeline.extract.document import Block, Document
from pipeline.extract.links import Mention

Section = Literal["body", "references", "related", "promotion"]

_NUMBERING = r"^[\W\d_一二三四五六七八九十a-zA-Z]{0,3}[\W\d_]*"
_SECTIONS: tuple[tuple[Section, re.Pattern[str]], ...] = (
    (
        "promotion",
        re.compile(
            r"往期|精彩(?:推荐|回顾|文章)|推荐阅读|猜你喜欢|阅读更多|历史文章|更多(?:文章|精彩|内容)|近期(?:文章|活动|回顾)|热门文章|关于我们|加入我们"
            r"|联系我们|关注我们|欢迎关注|交流群|招聘|广告|福利|赞助|related posts|subscribe",
            re.IGNORECASE,
        ),
    ),
    (
        "references",
        re.compile(
            rf"{_NUMBERING}(?:附录?[:：\s]{{0,3}})?(?:(?:相关|友情|有用的?|资源)链接|(?:相关|关键|主要)?(?:资料|来源)(?:索引|来源|清单|汇总)?|参考(?:文献|资料|链接|文章|论文|阅读|博客|内容|代码)?(?:和|与|及|以及|/|、)?(?:\S{{0,6}})?|references?|引用(?:文献)?|文献|bibliography|资料来源|脚注|footnotes?|注释?|citations?)[\s:：\W]*$",
            re.IGNORECASE,
        ),
    ),
    (
        "related",
        re.compile(
            rf"{_NUMBERING}(?:相关(?:工作|论文|研究|阅读|文章|推荐)|延伸阅读|扩展阅读|拓展(?:阅读|资料)|深入阅读|学习资料|related works?|further reading|see also|background|致谢|acknowledge?ments?)[\s:：\W]*$",
            re.IGNORECASE,
        ),
    ),
)
_CITATION = re.compile(
    r"^\W{0,3}(?:\[\^?\d{1,3}\]|【\d{1,3}】|\(\d{1,3}\)|参考\s?\d{0,2}\s?[:：]|(?:ref|参考文献)\s?\d{0,2}\s?[:：])|\bet al\b|arXiv preprint|In Proceedings|Proc\. of|CoRR",
    re.IGNORECASE,
)
_CUT = re.compile(r"[。；;！!？?\n]|[,，](?=[^,，]*$)")
_MARKS = re.compile(r"[\W_]*")
"""A line of marks only: an editor's `：` in a paragraph of its own, an emoji."""
_LINKY = re.compile(r"[\s\W\d_]*")
_BARE_LINE = re.compile(r"[!-~：／]{4,300}")
"""A line that is an address and nothing else."""
_COORDINATED = re.compile(
    r"[)）\]》\s]{0,4}(?:和|与|及|以及|、|,|，|and|&)\s?[\w .-]{0,30}[(（\[：:]?\s?"
)
"""Between two links that share their sentence's verb (`对比了 A (…) 和 B (…)`)."""
_ADDRESS = re.compile(r"https?://[!-~]{1,500}")
_SENTENCE = re.compile(r"[。；！？\n]")


_TOPIC_END = re.compile(r"[:：,，。|｜(（]|\s[-–]\s|[—–]{1,2}|是(?:一|由)")
_ENTRY = re.compile(r"\W{0,3}(?:references?|参考文献|参考论文)\s?[:：]\s?\S", re.IGNORECASE)
"""An entry of a bibliography in the middle of the text; its address stands on the next line."""
_SHOWN = re.compile(
    r"www\.|(?:arxiv|doi)\s?[:：]\s?\d|[a-z\d-]{1,40}(?:\.[a-z\d-]{1,40}){1,3}/", re.IGNORECASE
)
"""An anchor that shows an address or an identifier, which is no label."""
REACH = 400
"""Characters around a mention that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A mention with what stands around it.

    `label` is what names the link (`论文链接`), from its own line or the line above; `lead` the rest
    of its sentence before it and `tail` a few characters after it; `alone` is true where the line holds little but label and link.
    """

    mention: Mention
    section: Section
    label: str
    lead: str
    tail: str
    alone: bool
    cited: bool
    heading: str
    """The heading of its section, empty before the first one."""
    in_code: bool
    place: float
    """How far into the text, 0-1."""
    group: str = ""
    """The line with a colon that introduces the list of links this one is in (`开源链接：`)."""
    above: str = ""
    """The nearest line above that is no address, where the link has a line to itself."""
    topic: str = ""
    """What the paragraph above begins with, where the link has a line to itself: in newsletters
    the name of what is presented."""
    paired: bool = False
    """True where paper and repository stand side by side, or one below the other unlabelled."""
    entry: bool = False
    """True where the line above is an entry of a bibliography, and this one holds its address."""


def contexts(
    document: Document, found: Sequence[Mention], sections: list[tuple[Section, int]]
) -> list[Context]:
    """The context of every mention, in the same order; `sections` as `sections_of` gives them."""
    linked = {m.block for m in found}
    total = max(len(document.text), 1)
    called = footnotes.marks(document.blocks, [s == "references" for s, _ in sections])
    out = []
    for number, mention in enumerate(found):
        context = _context(document, mention, sections, linked, found, number, total)
        if context.section == "references" and called:
            context = _where_called(document, context, sections, called, total)
        out.append(context)
    return out


def _where_called(
    document: Document,
    context: Context,
    sections: list[tuple[Section, int]],
    called: Mapping[int, footnotes.Mark],
    total: int,
) -> Context:
    """A footnote's context is that of its mark in the text, where it has one."""
    number = footnotes.number_of(document.blocks, context.mention.block)
    mark = called.get(number) if number is not None else None
    if mark is None:
        return context
    block = document.blocks[mark.block]
    before = re.split(r"\[\d{1,3}\]", block.text[max(mark.start - REACH, 0) : mark.start])[-1]
    section, heading = sections[mark.block]
    return replace(
        context,
        section=section,
        label=_CUT.split(before)[-1][-40:].strip(),
        lead=_SENTENCE.split(before)[-1][-120:],
        tail=_SENTENCE.split(block.text[mark.end : mark.end + 16])[0],
        alone=len(block.text) <= 40,
        cited=False,
        heading=document.blocks[heading].text if heading >= 0 else "",
        place=(block.start + mark.start) / total,
    )


def _context(
    document: Document,
    mention: Mention,
    sections: list[tuple[Section, int]],
    linked: set[int],
    found: Sequence[Mention],
    number: int,
    total: int,
) -> Context:
    block = document.blocks[mention.block]
    previous = found[number - 1] if number else None
    begin = (
        previous.end
        if previous and previous.block == mention.block and previous.end <= mention.start
        else 0
    )
    before = block.text[max(begin, mention.start - REACH) : mention.start]
    lead = _SENTENCE.split(before)[-1][-120:]
    if begin and _COORDINATED.fullmatch(before):
        start = max(mention.start - REACH, 0)
        lead = _SENTENCE.split(_ADDRESS.sub("", block.text[start : mention.start]))[-1][-120:]
    label = _CUT.split(before)[-1][-40:].strip()
    if _LINKY.fullmatch(before) and not begin:
        label = _label_above(document, mention.block, linked) or label
    section, heading = sections[mention.block]
    return Context(
        mention=mention,
        section=section,
        label=f"{label} {_words(mention.anchor)}".strip(),
        lead=lead,
        tail=_SENTENCE.split(block.text[mention.end : mention.end + 16])[0],
        alone=_alone(block, mention, begin),
        cited=bool(_CITATION.search(block.text[max(mention.end - REACH, 0) : mention.end])),
        heading=document.blocks[heading].text if heading >= 0 else "",
        in_code=block.kind == "code",
        place=(block.start + mention.start) / total,
        group=_group(document, mention.block, linked),
        above=_above(document, mention.block),
        topic=_topic(document, mention.block),
        paired=_paired(block, found, number) or _stacked(document, found, number),
        entry=bool(mention.block and len(before) <= 12)
        and bool(_ENTRY.match(document.blocks[mention.block - 1].text)),
    )


def _group(document: Document, number: int, linked: set[int]) -> str:
    """The short line with a colon above a run of lines that each hold a link."""
    own = ""
    for above in range(number - 1, max(number - 9, -1), -1):
        text = document.blocks[above].text.strip()
        if above not in linked and not _MARKS.fullmatch(text):
            if len(text) > 40 or not text.endswith((":", "：")):
                return own
            if own or above != number - 1:
                return text
            own = text
        if len(text) > 200:
            return own
    return own


def _above(document: Document, number: int) -> str:
    if not _BARE_LINE.fullmatch(document.blocks[number].text.strip()):
        return ""
    for above in range(number - 1, max(number - 4, -1), -1):
        text = document.blocks[above].text.strip()
        if not _BARE_LINE.fullmatch(text):
            return "" if _CITATION.search(text) or len(text) > 260 else text
    return ""


def _topic(document: Document, number: int) -> str:
    if not _BARE_LINE.fullmatch(document.blocks[number].text.strip()):
        return ""
    for above in range(number - 1, max(number - 4, -1), -1):
        text = document.blocks[above].text.strip()
        if len(text) > 20:
            return _TOPIC_END.split(text[:80])[0]
    return ""


def _stacked(document: Document, found: Sequence[Mention], number: int) -> bool:
    """True for a repository on a line of its own right below a paper on a line of its own."""
    mention, other = found[number], found[max(number - 1, 0)]
    return (
        (other.kind, mention.kind, other.block) == ("paper", "code", mention.block - 1)
        and _BARE_LINE.fullmatch(document.blocks[other.block].text.strip()) is not None
        and _BARE_LINE.fullmatch(document.blocks[mention.block].text.strip()) is not None
    )


def _paired(block: Block, found: Sequence[Mention], number: int) -> bool:
    """True where the neighbour in the same line is of the other kind, with little between."""
    mention = found[number]
    for other in (*found[max(number - 1, 0) : number], *found[number + 1 : number + 2]):
        first, second = sorted((mention, other), key=lambda m: m.start)
        if {mention.kind, other.kind} != {"paper", "code"} or other.block != mention.block:
            continue
        between = block.text[first.end : second.start].strip()
        if len(between) <= 14 and not re.search(r"[。；;！？]|https?:", between):
            return True
    return False


def _words(anchor: str) -> str:
    """The text of an anchor where it is words, not the address again."""
    if "://" in anchor or len(anchor) > 60 or _SHOWN.match(anchor.strip()):
        return ""
    return anchor


def _alone(block: Block, mention: Mention, begin: int) -> bool:
    """True where the line holds little but a label and the link."""
    if len(block.text) - begin > REACH + mention.end - mention.start:
        return False
    rest = block.text[begin : mention.start] + block.text[mention.end :]
    rest = re.sub(r"https?://\S+|\(\s*\)", "", rest)
    return len(rest.strip()) <= 30


def _label_above(document: Document, number: int, linked: set[int]) -> str:
    """The line above that names this link: short, and with no link of its own."""
    for above in range(number - 1, max(number - 5, -1), -1):
        block = document.blocks[above]
        text = block.text.strip()
        if _MARKS.fullmatch(text):
            continue
        if above in linked and len(text) > 12:
            if not _BARE_LINE.fullmatch(text):
                return ""
            continue
        if block.kind == "heading" and section_of(text) is not None:
            return ""
        if len(text) <= 40 or (len(text) <= 90 and text.endswith((":", "："))):
            return text if block.kind != "code" else ""
        return ""
    return ""


def sections_of(document: Document) -> list[tuple[Section, int]]:
    """For every block its section and the index of the heading above it."""
    current: Section = "body"
    heading = -1
    structured = sum(b.kind == "heading" for b in document.blocks) >= 2
    out: list[tuple[Section, int]] = []
    for number, block in enumerate(document.blocks):
        text = block.text.strip()
        kind = section_of(text) if len(text) <= 26 and block.kind != "code" else None
        if kind is not None and _announces(block, text, kind, structured):
            current, heading = kind, number
        elif block.kind == "heading" or (
            block.bold and len(text) <= 30 and not text.endswith((":", "："))
        ):
            current, heading = "body", number
        out.append((current, heading))
    return out


def _announces(block: Block, text: str, kind: Section, structured: bool) -> bool:
    """True where a line heads a section, and is no entry of a table of contents."""
    if block.kind == "heading" or block.bold:
        return True
    if structured and re.match(r"\W*\d", text):
        return False
    return kind != "promotion" or len(text) <= 12


def section_of(heading: str) -> Section | None:
    """The kind of section a short line announces, None for an ordinary one."""
    return next((kind for kind, pattern in _SECTIONS if pattern.search(heading)), None)
