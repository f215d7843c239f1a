"""What to call a paper that no index has described: the article's words before anything made up."""

from __future__ import annotations

import re

from pipeline.enrich.titles import content_words
from pipeline.text import squash
from pipeline.types import Article, Link

_ENGLISH_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,:'’&+()/?!.\-–—]{20,240}")
_ADDRESS = re.compile(r"\S+://\S+|\S+\.(?:org|com|net)/\S*")
_PIECES = re.compile(r"[\n《》“”\"|｜丨]")
_EDGES = " -–—,.:(/"
_CVF_TAIL = re.compile(r"_([A-Z][A-Za-z0-9]{2,8})_(20\d\d)_paper$")
_SCHEMES = {"openreview": "OpenReview", "doi": "DOI", "acl": "ACL Anthology", "cvf": "CVF"}


def claimed_title(link: Link) -> str | None:
    """The title that the article plainly gives for a paper."""
    return squash(link.title or "") or None


def own_title(link: Link) -> str | None:
    """The title the article gives, else an English run on the lines around the link that looks
    like one; None where there is none."""
    return claimed_title(link) or _english_title(link.evidence[:2000])


def shown_title(link: Link, article: Article, *, alone: bool) -> str:
    """Something to show in any case: a title from the article, from its headline where this is
    its only paper, from the file's name at CVF, else the id in readable form."""
    return (
        own_title(link)
        or (_english_title(article.title[:500]) if alone else None)
        or _cvf_title(link.id)
        or _readable(link)
    )


def venue_in_name(link: Link) -> str | None:
    """CVF names its files after the conference: `…_CVPR_2021_paper`."""
    found = _CVF_TAIL.search(link.id) if link.id.startswith("cvf:") else None
    if not found:
        return None
    name, year = found.groups()
    workshop = name.endswith("W") and name != "WACV"
    return f"{name.removesuffix('W')} {year} Workshop" if workshop else f"{name} {year}"


def _english_title(text: str) -> str | None:
    for piece in _PIECES.split(text):
        for run in _ENGLISH_RUN.findall(_ADDRESS.sub("\n", piece)):
            if len(re.findall(r"[A-Za-z]{2,}", run)) >= 5 and len(content_words(run)) >= 3:
                return squash(run).strip(_EDGES)
    return None


def _cvf_title(paper_id: str) -> str | None:
    """`cvf:Liu_Swin_Transformer_…_ICCV_2021_paper` without author and conference; ECCV 2018
    names authors in full."""
    stem, found = paper_id.removeprefix("cvf:"), _CVF_TAIL.search(paper_id)
    if stem == paper_id or not found:
        return None
    words = _CVF_TAIL.sub("", stem).split("_")
    words = words[2:] if found.groups() == ("ECCV", "2018") else words[1:]
    return " ".join(words) if len(words) >= 2 else None


def _readable(link: Link) -> str:
    scheme, _, rest = link.id.partition(":")
    if scheme in _SCHEMES:
        return f"{_SCHEMES[scheme]} {rest}"[:120]
    if scheme == "arxiv":
        return f"arXiv:{rest}"
    return re.sub(r"^https?://(?:www\.)?", "", link.url)[:80]
