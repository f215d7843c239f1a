"""Every address of a document with its kind and place, one mention each.

Anchors and linkified text are read in one pass; an anchor's own text is not read twice unless it
shows another paper or repository than its target.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.extract.addresses import Found, find, unwrap
from pipeline.extract.document import Block, Document
from pipeline.identifiers import identify
from pipeline.types import LinkKind
from pipeline.urls import host_of, is_web_url

_VIDEO = re.compile(
    r"(?:^|\.)(?:youtube\.com|youtu\.be|bilibili\.com|b23\.tv|vimeo\.com|v\.qq\.com)$"
)
_DATASET = re.compile(
    r"kaggle\.com/datasets|zenodo\.org/record|opendatalab\.(?:com|org\.cn)/\w|huggingface\.co/datasets|modelscope\.cn/datasets|tianchi\.aliyun\.com/dataset"
)
_DEMO = re.compile(
    r"huggingface\.co/spaces|modelscope\.cn/studios|colab\.research\.google\.com|replicate\.com|gradio\.(?:live|app)"
)
_PROJECT = re.compile(r"^[\w-]+\.github\.io$|\.github\.io$|\.gitlab\.io$|sites\.google\.com$")
_NOISE = re.compile(r"^(?:mp\.weixin\.qq\.com|mmbiz\.qpic\.cn|res\.wx\.qq\.com|wx\.qlogo\.cn)$")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|bmp)(?:$|[?#])", re.IGNORECASE)
_UNFINISHED = re.compile(
    r"(?:https?://)?(?:www\.)?(?:arxiv\.org/(?:abs|pdf|html)/?|arxiv\.org/?|(?:github|gitlab|gitee)\.com/?(?:[\w.-]+/)?"
    r"|huggingface\.co/(?:[\w.-]+/)?|openreview\.net/(?:forum\?id=|pdf\?id=)|doi\.org/(?:10\.\d{4,9}/?)?|arxiv\s?[:：]\s?(?:\d{4}\.)?)$",
    re.IGNORECASE,
)
_RUN_ON = re.compile(r"(?!\d{1,2}[.、)\s])[A-Za-z0-9][\w./-]{2,200}")
_ALONE = re.compile(r"(?=[^\n]*[a-z\d]{3})[A-Za-z0-9][\w./-]{2,120}")
MAX_LINKS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One place where an address or identifier stands; `block` is its index in the document."""

    id: str
    url: str
    kind: LinkKind
    block: int
    start: int
    end: int
    anchor: str = ""
    given: str = ""
    """The address as it was given, redirectors undone."""


def mentions(document: Document) -> list[Mention]:
    """All mentions in reading order, at most `MAX_LINKS`."""
    found: list[Mention] = []
    for number, block in enumerate(document.blocks):
        found.extend(_of_block(document, number, block))
        if len(found) >= MAX_LINKS:
            break
    return found[:MAX_LINKS]


def _of_block(document: Document, number: int, block: Block) -> Iterator[Mention]:
    covered: list[tuple[int, int, str]] = []
    out: list[Mention] = []
    for anchor in block.anchors:
        mention = resolve(
            anchor.href, number, anchor.start, anchor.end, block.text[anchor.start : anchor.end]
        )
        if mention is not None:
            out.append(mention)
            covered.append((anchor.start, anchor.end, mention.id))
    covered.sort()
    starts = [c[0] for c in covered]
    for place in _places(document, number, block):
        at = bisect_right(starts, place.start) - 1
        inside = [c for c in covered[max(at, 0) : at + 1] if place.start < c[1]]
        mention = resolve(place.url, number, place.start, place.end)
        if mention is None or any(
            _same(same, mention.id) or mention.kind not in ("paper", "code") for *_, same in inside
        ):
            continue
        out.append(mention)
    return iter(sorted(out, key=lambda m: m.start))


def _same(target: str, shown: str) -> bool:
    """True where an anchor shows its target, if need be cut short (`…/generative-model`)."""
    return target.startswith(shown) or shown.startswith(target)


def _places(document: Document, number: int, block: Block) -> Iterator[Found]:
    """Addresses of the block's text; one that a line break cut short runs on into the next."""
    text = block.text
    following = document.blocks[number + 1].text if number + 1 < len(document.blocks) else ""
    tail = text[-200:]
    rest = _RUN_ON.match(following) if block.soft or _ALONE.fullmatch(following) else None
    if rest and (cut := _UNFINISHED.search(tail)):
        limit = len(text) - len(tail) + cut.start()
        for place in find(text + rest.group()):
            if place.start >= limit:
                yield Found(url=place.url, start=place.start, end=min(place.end, len(text)))
        text = text[:limit]
    yield from find(text)


def resolve(address: str, block: int, start: int, end: int, anchor: str = "") -> Mention | None:
    """What an address points to, None for what is no address or no content."""
    url = unwrap(address.strip())
    if "(" not in url[-200:]:
        url = url.rstrip(")）】》。，、；")  # what an automatic linker took from the sentence
    if not is_web_url(url) and not (url.startswith("ftp://") and identify(url)):
        url = re.sub(r"[\s<>\"\\^`{|}].*$", "", url, flags=re.DOTALL)
        if not is_web_url(url):
            return None
    known = identify(url)
    if known is not None:
        return Mention(
            id=known.id,
            url=known.url,
            kind=known.kind,
            block=block,
            start=start,
            end=end,
            anchor=anchor,
            given=url,
        )
    kind = kind_of(url)
    if kind is None:
        return None
    return Mention(
        id=f"url:{url}", url=url, kind=kind, block=block, start=start, end=end, anchor=anchor
    )


def kind_of(url: str) -> LinkKind | None:
    """The kind of an address that is neither paper nor code; None for pictures and the platform."""
    host = host_of(url)
    path = urlsplit(url).path
    if _NOISE.match(host) or _PICTURE.search(path) or not host or "." not in host:
        return None
    bare = f"{host.removeprefix('www.')}{path}"
    if _VIDEO.search(host):
        return "video"
    if _DATASET.search(bare):
        return "dataset"
    if _DEMO.search(bare):
        return "demo"
    return "project" if _PROJECT.search(host) else "other"
