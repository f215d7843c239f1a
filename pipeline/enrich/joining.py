"""Records of one paper under several ids: a preprint on arXiv, a DOI, a page at OpenReview."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations

from pipeline.enrich.titles import content_words
from pipeline.text import normal_title
from pipeline.types import Paper

_TELLING = 3
"""Words of substance from which an equal title means an equal paper."""


def joined(papers: Iterable[Paper]) -> Mapping[str, str]:
    """For each id the one that stands for its paper; itself where nothing is sure.

    Joined are records of exactly one normalised title, at most one of each scheme (two ids on
    arXiv are two papers, whatever they are called), whose known authors have a name in common.
    """
    named: dict[str, str] = {}
    titles: dict[str, set[str]] = {}
    best: dict[str, Paper] = {}
    for paper in papers:
        named[paper.id] = paper.id
        titles.setdefault(paper.id, set()).add(normal_title(paper.title))
        if paper.id not in best or len(paper.authors) > len(best[paper.id].authors):
            best[paper.id] = paper
    shelves: dict[str, dict[str, Paper]] = {}
    for paper_id, called in titles.items():
        if len(called) == 1:  # one id under two titles is in doubt itself
            shelves.setdefault(min(called), {})[paper_id] = best[paper_id]
    for title, records in shelves.items():
        if len(records) > 1 and len(content_words(title)) >= _TELLING and _one_paper(records):
            named |= dict.fromkeys(records, min(records, key=_preference))
    return named


def _one_paper(records: Mapping[str, Paper]) -> bool:
    schemes = [_scheme(i) for i in records]
    people = [names for p in records.values() if (names := surnames(p))]
    return len(set(schemes)) == len(schemes) and all(a & b for a, b in combinations(people, 2))


def _scheme(paper_id: str) -> str:
    return paper_id.partition(":")[0]


def _preference(paper_id: str) -> tuple[bool, str]:
    return (not paper_id.startswith("arxiv:"), paper_id)


def surnames(paper: Paper) -> frozenset[str]:
    """The last names of its authors, however their first names are written."""
    last = (re.split(r"[\s,]+", a.strip())[-1].casefold() for a in paper.authors[:50])
    return frozenset(name for name in last if len(name) > 1)


def fuller(paper: Paper, records: Iterable[Paper]) -> Paper:
    """The paper by its record on arXiv, else by one with an abstract, with a venue if one has it."""
    known = sorted(records, key=lambda p: _preference(p.id))
    best = next((p for p in known if p.abstract), paper)
    venue = next((p.venue for p in (paper, *known) if p.venue), None)
    return best if best.venue else replace(best, venue=venue)
