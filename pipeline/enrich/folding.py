"""Articles on the same thing become one candidate, the others stand in its `covered_by`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from pipeline.enrich import wording
from pipeline.enrich.joining import fuller, joined
from pipeline.enrich.titles import contradicts
from pipeline.errors import Issue
from pipeline.text import normal_title
from pipeline.types import Article, Candidate, Paper, Repo, RepoState

_NEAR = 0.6
"""Share of common two-letter pieces from which two headlines about one repository are equal."""
_TELLING = 8
"""Pieces from which a headline says what its article is about."""
_SAME_TEXT = 0.8
_LATER = datetime.max.replace(tzinfo=UTC)
_GROUP_LIMIT = 200
"""Articles compared pairwise within one group; more than that on one repository is spam."""


def fold(candidates: Sequence[Candidate], keep: Sequence[str] = ()) -> tuple[Candidate, ...]:
    """One candidate per subject, in the order in which the subjects first come.

    Folded are: articles with exactly the same main papers, also where one links the preprint and
    another its DOI (see `joined`); articles without papers but with the
    same main repositories and near-equal headlines; reprints, equal in headline and nearly so in
    text. Articles that share only some papers stay apart and are told of each other. The order
    of `candidates` changes neither who leads nor the groups; folding twice changes nothing.

    Articles in `keep` lead, so that a better article later in the day does not push out the one
    that stands in the note already, perhaps with the reader's edits; two of them stay two.
    """
    ids = joined(p for c in candidates for p in c.papers)
    groups = _grouped(candidates, frozenset(keep), ids)
    return _tell_shared(tuple(_merge(group, ids) for group in groups), ids)


def _grouped(
    candidates: Sequence[Candidate], keep: frozenset[str], ids: Mapping[str, str]
) -> list[list[Candidate]]:
    groups: list[list[Candidate]] = []
    shelves: dict[Hashable, list[list[Candidate]]] = {}
    ranked = sorted(candidates, key=lambda c: (c.article.id not in keep, _rank(c)))
    for candidate in ranked:
        key, near = _key(candidate, ids)
        shelf = shelves.setdefault(key, [])
        kept = candidate.article.id in keep
        open_to = (g for g in shelf[:_GROUP_LIMIT] if not (kept and g[0].article.id in keep))
        home = next((g for g in open_to if near(g[0], candidate)), None)
        if home is None:
            home = []
            shelf.append(home)
            groups.append(home)
        home.append(candidate)
    order = {id(c): n for n, c in enumerate(candidates)}
    return sorted(groups, key=lambda group: min(order[id(c)] for c in group))


def _key(
    candidate: Candidate, ids: Mapping[str, str]
) -> tuple[Hashable, Callable[[Candidate, Candidate], bool]]:
    """The shelf on which a candidate's equals can stand, and what makes them equal there."""
    if candidate.papers:
        return ("papers", frozenset(ids[p.id] for p in candidate.papers)), _agree_on_papers
    if candidate.repos:
        return ("repos", frozenset(r.full_name.lower() for r in candidate.repos)), _near_headlines
    return ("title", normal_title(candidate.article.title)), _same_text


def _agree_on_papers(one: Candidate, other: Candidate) -> bool:
    """Articles carry wrong links: an id they call by contradicting titles is not one paper."""
    if _doubted(one) or _doubted(other):
        return one.article.id == other.article.id
    titles = {p.id: p.title for p in other.papers}
    return not any(p.id in titles and contradicts(p.title, titles[p.id]) for p in one.papers)


def _doubted(candidate: Candidate) -> bool:
    ids = {p.id for p in candidate.papers}
    return any(i.code == "paper.title_mismatch" and i.subject in ids for i in candidate.issues)


def _near_headlines(one: Candidate, other: Candidate) -> bool:
    """A headline of a word or two ("前言") says nothing; then the texts must be equal."""
    left, right = _pieces(one.article.title), _pieces(other.article.title)
    if min(len(left), len(right)) < _TELLING:
        return _same_text(one, other)
    return _overlap(left, right) >= _NEAR


def _same_text(one: Candidate, other: Candidate) -> bool:
    if one.article.id == other.article.id:
        return True
    left, right = _pieces(one.article.text[:4000]), _pieces(other.article.text[:4000])
    return len(left) >= 50 and _overlap(left, right) >= _SAME_TEXT


@lru_cache(maxsize=2048)
def _pieces(text: str) -> frozenset[str]:
    folded = normal_title(text).replace(" ", "")
    return frozenset(folded[i : i + 2] for i in range(len(folded) - 1))


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / max(1, len(left | right))


def _rank(candidate: Candidate) -> tuple[bool, bool, bool, datetime, str]:
    """Who leads: readable text, code, a picture; among equals the earliest."""
    article = candidate.article
    return (
        len(article.text) < 300,
        not any(_usable(r) for r in candidate.repos),
        article.lead_image is None,
        article.published or candidate.first_seen_at or _LATER,
        article.id,
    )


def _usable(repo: Repo) -> bool:
    return repo.state not in (RepoState.GONE, RepoState.BLOCKED, RepoState.EMPTY)


def _merge(group: list[Candidate], ids: Mapping[str, str]) -> Candidate:
    lead, *others = group
    if not others:
        return lead
    return replace(
        lead,
        papers=_fuller_papers(group, ids),
        repos=lead.repos or next((c.repos for c in others if c.repos), ()),
        pending=tuple(dict.fromkeys(p for c in group for p in c.pending)),
        issues=tuple(dict.fromkeys(i for c in group for i in c.issues)),
        venue=lead.venue or next((c.venue for c in others if c.venue), None),
        noted=min((c.noted for c in group if c.noted), default=None),
        covered_by=_others(lead, group),
        first_seen_at=min((c.first_seen_at for c in group if c.first_seen_at), default=None),
    )


def _fuller_papers(group: list[Candidate], ids: Mapping[str, str]) -> tuple[Paper, ...]:
    """The first one's papers, each by the best record that any article of the group has of it."""
    records: dict[str, list[Paper]] = {}
    for paper in (p for c in group for p in c.papers):
        records.setdefault(ids[paper.id], []).append(paper)
    made = (fuller(p, records[ids[p.id]]) for p in group[0].papers)
    return tuple({p.id: p for p in made}.values())


def _others(lead: Candidate, group: Iterable[Candidate]) -> tuple[Article, ...]:
    articles = {a.id: a for c in group for a in (c.article, *c.covered_by)}
    articles.pop(lead.article.id, None)
    return tuple(sorted(articles.values(), key=lambda a: (a.published or _LATER, a.id)))


def _tell_shared(
    candidates: tuple[Candidate, ...], ids: Mapping[str, str]
) -> tuple[Candidate, ...]:
    """Doubtful pairs are flagged, not merged: a paper that stands in two candidates."""
    first: dict[str, Candidate] = {}
    told = []
    for candidate in candidates:
        issues: list[Issue] = []
        for paper in candidate.papers:
            other = first.setdefault(ids.get(paper.id, paper.id), candidate)
            if other is not candidate:
                issues.append(wording.shared_paper(paper, other.article.title))
        told.append(_with_issues(candidate, issues))
    return tuple(told)


def _with_issues(candidate: Candidate, issues: list[Issue]) -> Candidate:
    new = tuple(i for i in issues if i not in candidate.issues)
    return replace(candidate, issues=(*candidate.issues, *new)) if new else candidate
