"""Main or mentioned: whether a link would stand on the Paper or Code line of a note.

First version of the rules: labelled links outside reference lists are main.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extract.document import Block, Document
from pipeline.extract.links import Mention
from pipeline.types import Entry, Link, LinkRole

_REFERENCES = re.compile(
    r"^[\W\d一二三四五六七八九十]*(?:参考(?:文献|资料|链接|文章|论文)?|references?|引用|相关(?:阅读|文章|推荐)|推荐阅读|往期.{0,6}|延伸阅读|拓展阅读)[\W]*$",
    re.IGNORECASE,
)


def decide(document: Document, found: Sequence[Mention], title: str) -> tuple[Link, ...]:
    """One link per id, at its first mention, with role and reason."""
    references = _reference_blocks(document.blocks)
    links: dict[str, Link] = {}
    for mention in found:
        if mention.id in links and not (
            links[mention.id].role == "mentioned" and mention.block not in references
        ):
            continue
        role: LinkRole = "mentioned" if mention.block in references else "main"
        reason = "在参考资料里" if role == "mentioned" else "正文给出的链接"
        block = document.blocks[mention.block]
        links[mention.id] = Link(
            id=mention.id,
            url=mention.url,
            kind=mention.kind,
            role=role,
            reason=reason,
            position=block.start + mention.start,
            evidence=evidence(block, mention),
        )
    return tuple(links.values())


def evidence(block: Block, mention: Mention) -> str:
    """The verbatim text around a mention, at most 160 characters."""
    start = max(0, mention.start - 60)
    return block.text[start : max(mention.end, start) + 40][:160]


def _reference_blocks(blocks: Sequence[Block]) -> set[int]:
    inside, found = False, set()
    for number, block in enumerate(blocks):
        if len(block.text) < 20 and _REFERENCES.match(block.text):
            inside = True
        elif block.kind == "heading":
            inside = False
        elif inside:
            found.add(number)
    return found


def judge(
    document: Document,
    found: Sequence[Mention],
    title: str,
    source_url: str | None,
    entry: Entry | None,
) -> tuple[tuple[Link, ...], tuple[str, ...]]:
    """The links with their roles, and the titles of papers named without a link."""
    return decide(document, found, title), ()
