"""Which candidates make the day's note: by relevance, but not one source or one story only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from pipeline.text import normal_title
from pipeline.types import Candidate, PageState, Score
from pipeline.urls import canonical_url, host_of

_NEAR = 0.85
"""Ratio above which two titles tell the same story; re-posts with a changed tail lie above it,
two papers of one family ("…: a survey", "…: a benchmark") below."""


@dataclass(slots=True)
class Choice:
    """What was chosen, in order, and what goes below, with the reason to say there."""

    items: list[Candidate] = field(default_factory=list)
    rest: list[tuple[Candidate, str]] = field(default_factory=list)


def choose(
    candidates: Sequence[Candidate],
    scores: Mapping[str, Score],
    keep: Sequence[str],
    max_items: int,
    per_feed: int,
) -> Choice:
    """The day's items: kept ones first and in their order, then the best that add something.

    A source gives at most `per_feed` items, also when nothing else is left: the rest of the
    places stays empty rather than being flooded by one feed.
    """
    readable = [c for c in candidates if c.article.state is PageState.OK]
    known = {c.article.id: c for c in readable}
    choice = Choice(items=[known[i] for i in dict.fromkeys(keep) if i in known])
    kept = {c.article.id for c in choice.items}
    ranked = sorted(
        (c for c in readable if c.article.id not in kept), key=lambda c: rank(c, scores)
    )
    taken = Counter(source_of(c) for c in choice.items)
    for candidate in ranked:
        reason = _why_not(candidate, choice.items, taken, max_items, per_feed)
        if reason is None:
            choice.items.append(candidate)
            taken[source_of(candidate)] += 1
        else:
            choice.rest.append((candidate, reason))
    return choice


def rank(candidate: Candidate, scores: Mapping[str, Score]) -> tuple[object, ...]:
    """Sort key: new before noted, relevant before less so, then the newer, then by id."""
    score = scores.get(candidate.article.id)
    published = candidate.article.published
    return (
        candidate.noted is not None,
        -(score.relevance if score else -1.0),
        -(published.timestamp() if published else 0.0),
        candidate.article.id,
    )


def _why_not(
    candidate: Candidate,
    items: Sequence[Candidate],
    taken: Counter[str],
    max_items: int,
    per_feed: int,
) -> str | None:
    """The words for the list below, empty where there is nothing to say; None to take it."""
    if candidate.noted:
        return f"已记于 {candidate.noted.year}.{candidate.noted.month}.{candidate.noted.day}"
    if len(items) >= max_items:
        return ""
    twin = next((item for item in items if same_story(candidate, item)), None)
    if twin:
        return "与正文里的一篇相同"
    return "" if taken[source_of(candidate)] >= per_feed else None


def source_of(candidate: Candidate) -> str:
    """Who must not flood the note: the account, else the feed, else the host."""
    article = candidate.article
    return article.account or candidate.feed_title or host_of(article.url)


def same_story(one: Candidate, other: Candidate) -> bool:
    """The same address, a shared paper as the only one, or near-equal titles."""
    if canonical_url(one.article.url) == canonical_url(other.article.url):
        return True
    mine, its = ({p.id for p in c.papers} for c in (one, other))
    if len(mine) == 1 and mine == its:
        return True
    return near(normal_title(one.article.title), normal_title(other.article.title))


def near(one: str, other: str) -> bool:
    """True where two normal titles are nearly the same; the cheap bounds are asked first."""
    if not one or not other:
        return False
    matcher = SequenceMatcher(None, one[:200], other[:200], autojunk=False)
    return (
        matcher.real_quick_ratio() >= _NEAR
        and matcher.quick_ratio() >= _NEAR
        and matcher.ratio() >= _NEAR
    )
