"""Main or mentioned: whether a link would stand on the Paper or Code line of a note.

Each clue adds to or takes from a score; a link is main from `THRESHOLD` on, and the clue that
weighs most is its reason. The clues are wording (labels such as 论文链接), layout (a line of its own,
a reference list), agreement with the article's title, and repetition; the weights are round
numbers set by hand on half of the labelled articles and checked on the other half.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.extract.clues import Clue, Scene, clues_of, in_title, points_inside
from pipeline.extract.context import Context, Section, contexts, sections_of
from pipeline.extract.document import Block, Document
from pipeline.extract.links import Mention, resolve
from pipeline.extract.subjects import as_paper, reads_a_paper, title_of, works_named
from pipeline.text import normal_title
from pipeline.types import Entry, Link, LinkRole

THRESHOLD = 1.5
_WRAPS = " _*[<(（【"
"""What editors put around an address."""
_MARK = re.compile(r"\[\d{1,3}\]")


def judge(
    document: Document,
    found: Sequence[Mention],
    title: str,
    source_url: str | None,
    own_url: str,
    entry: Entry | None,
) -> tuple[tuple[Link, ...], tuple[str, ...]]:
    """The links with their roles, and the titles of papers named without a link.

    `source_url` is the address behind 阅读原文; `own_url` or the entry's may itself be a paper or
    repository, as in an arXiv feed.
    """
    sections = sections_of(document)
    around = [as_paper(document, context) for context in contexts(document, found, sections)]
    by_id: dict[str, list[Context]] = defaultdict(list)
    for context in around:
        by_id[context.mention.id].append(context)
    scene = _scene(document, title, by_id, sections)
    links = [_link(document, scene, seen) for seen in by_id.values()]
    links = _with_siblings(links, by_id)
    links = _with_outer(links, document, source_url, own_url, entry)
    links = _one_per_work(links)
    return works_named(document, title, links)


def _scene(
    document: Document,
    title: str,
    by_id: Mapping[str, list[Context]],
    sections: Sequence[tuple[Section, int]],
) -> Scene:
    titles = {
        key: named
        for key, seen in by_id.items()
        if seen[0].mention.kind == "paper" and (named := title_of(document, seen))
    }
    papers = [key for key, seen in by_id.items() if seen[0].mention.kind == "paper"]
    short = sum(any(c.section == "references" for c in seen) for seen in by_id.values()) <= 5
    body = [key for key in papers if any(c.section == "body" and not c.cited for c in by_id[key])]
    counts = Counter({key: sum(c.section == "body" for c in seen) for key, seen in by_id.items()})
    codes = tuple(k for k, seen in by_id.items() if seen[0].mention.kind == "code")
    return Scene(
        title=title,
        counts=counts,
        papers=tuple(body or papers),
        codes=codes,
        entitled=any(in_title(code, title) for code in codes),
        recurring=_recurring({key: counts[key] for key in papers}),
        featured=_featured(document, titles, by_id, sections),
        sources=sum(_is_source(seen) for seen in by_id.values()) >= 3,
        text=document.text,
        titles=titles,
        headings=_headings(document),
        bare=not body and 0 < len(papers) <= 2 and (short or reads_a_paper(document)),
    )


def _is_source(seen: Sequence[Context]) -> bool:
    return seen[0].mention.kind == "other" and seen[0].section == "references"


def _recurring(counts: Mapping[str, int]) -> str | None:
    """The paper the body comes back to, three times and twice as often as to any other."""
    first, second, *_ = [*sorted(counts.values(), reverse=True), 0, 0]
    if first < 3 or first < 2 * second:
        return None
    return next(key for key, count in counts.items() if count == first)


def _featured(
    document: Document,
    titles: Mapping[str, str],
    by_id: Mapping[str, Sequence[Context]],
    sections: Sequence[tuple[Section, int]],
) -> frozenset[str]:
    """Papers of the bibliography whose full title stands in the body as an item of its own."""
    listed = {
        key: normal_title(named)
        for key, named in titles.items()
        if all(c.section == "references" for c in by_id[key]) and len(named.split()) >= 5
    }
    if not listed:
        return frozenset()
    items = [
        normal_title(_MARK.sub(" ", block.text))
        for block, (section, _) in zip(document.blocks, sections, strict=True)
        if section == "body" and 20 <= len(block.text) <= 300
    ]
    return frozenset(
        key
        for key, named in listed.items()
        if any(named in item and len(item) <= len(named) + 60 for item in items)
    )


def _headings(document: Document) -> frozenset[str]:
    """The names of the article's sections, without their numbers."""
    named = (
        normal_title(re.sub(r"^[\W\d_]+", "", block.text))
        for block in document.blocks
        if block.kind == "heading" or block.bold
    )
    return frozenset(name for name in named if 3 <= len(name) <= 60)


def _link(document: Document, scene: Scene, seen: Sequence[Context]) -> Link:
    judged = [(list(clues_of(scene, context)), context) for context in seen[:20]]
    clues, best = max(judged, key=lambda j: (_sum(j[0]), -j[1].place))
    role: LinkRole = "main" if _sum(clues) >= THRESHOLD else "mentioned"
    weighty = max(
        clues, key=lambda c: c[0] if role == "main" else -c[0], default=(0.0, "正文里顺带提到")
    )
    mention = best.mention
    block = document.blocks[mention.block]
    return Link(
        id=mention.id,
        url=mention.url,
        kind=mention.kind,
        role=role,
        evidence=evidence(block, mention),
        position=block.start + mention.start,
        label=best.label[:80],
        reason=weighty[1] if (weighty[0] > 0) == (role == "main") else "没有说明它是本文主角的线索",
        title=scene.titles.get(mention.id),
    )


def _with_siblings(links: list[Link], by_id: Mapping[str, Sequence[Context]]) -> list[Link]:
    """A labelled repository in the same list as a main one of the same owner is main as well:
    model, data and judge of one release."""
    main = [
        (_owner_of(link.id), context.mention.block)
        for link in links
        if link.kind == "code" and link.role == "main"
        for context in by_id[link.id]
    ]

    def beside(context: Context) -> bool:
        at, owner = context.mention.block, _owner_of(context.mention.id)
        return (
            context.alone
            and _names(context)
            and not context.tail.strip(_WRAPS + ">])）】|`。")
            and not points_inside(context.mention.given)
            and context.section in ("body", "references")
            and any(owner == theirs and abs(at - block) <= 6 for theirs, block in main)
        )

    return [
        replace(link, role="main", reason="与同一作者的主要仓库列在一起")
        if link.kind == "code"
        and link.role == "mentioned"
        and any(map(beside, by_id[link.id][:20]))
        else link
        for link in links
    ]


def _names(context: Context) -> bool:
    """True where a label stands before the link in its own line, or a short one above it."""
    label = context.label.rstrip(_WRAPS)
    if label.endswith((":", "：", "地址", "链接")) and context.lead.strip(_WRAPS):
        return True
    return 0 < len(label) <= 12


def _owner_of(link_id: str) -> str:
    return link_id.split("/")[1]


def _sum(clues: Sequence[Clue]) -> float:
    return sum(weight for weight, _ in clues)


def _with_outer(
    links: list[Link], document: Document, source_url: str | None, own_url: str, entry: Entry | None
) -> list[Link]:
    """Add what stands outside the text: the work the address itself is, and 阅读原文."""
    out = list(links)
    for url in dict.fromkeys((entry.url if entry else "", own_url)):
        own = _outer(url, document, "条目本身就是它", "entry")
        if own is not None:
            own = replace(own, title=entry.title if entry and own.kind == "paper" else None)
            out = [own, *(known for known in out if known.id != own.id)]
    source = _outer(source_url or "", document, "阅读原文指向它", "阅读原文")
    return _promote(out, source) if source else out


def _outer(url: str, document: Document, reason: str, label: str) -> Link | None:
    mention = resolve(url, 0, 0, 0) if url else None
    if mention is None or mention.kind not in ("paper", "code"):
        return None
    return Link(
        id=mention.id,
        url=mention.url,
        kind=mention.kind,
        role="main",
        label=label,
        reason=reason,
        evidence=url,
        position=len(document.text),
    )


def _promote(links: list[Link], link: Link) -> list[Link]:
    if any(known.id == link.id for known in links):
        return [
            replace(k, role="main", reason=link.reason) if k.id == link.id else k for k in links
        ]
    return [*links, link]


_RANK = {"arxiv": 0, "openreview": 1, "doi": 2, "cvf": 3, "acl": 4, "url": 5}


def _one_per_work(links: list[Link]) -> list[Link]:
    """Several addresses of one work become one link, by the best known index."""
    works: dict[str, Link] = {}
    out: list[Link] = []
    for link in links:
        key = normal_title(link.title) if link.kind == "paper" and link.title else ""
        known = works.get(key) if key else None
        if known is not None and _index(known) == _index(link) != "url":
            known = None  # one index gives a work one id: these are two, whatever their titles
        if known is None:
            works[key or link.id] = link
            out.append(link)
            continue
        first = min((known, link), key=lambda w: _RANK.get(_index(w), 9))
        merged = replace(first, role="main" if "main" in (known.role, link.role) else "mentioned")
        works[key] = merged
        out[out.index(known)] = merged
    return out


def _index(link: Link) -> str:
    return link.id.split(":")[0]


def evidence(block: Block, mention: Mention) -> str:
    """The verbatim text around a mention, at most 160 characters."""
    start = max(0, mention.start - 60)
    return block.text[start : mention.end + 40][:160]
