"""Articles of one day that may be about the same paper: told to the reader, never merged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.errors import Issue
from pipeline.ports import Scorer
from pipeline.stages.app import App, Run
from pipeline.types import Candidate

CODE = "candidate.twin"


def mark_twins(app: App, run: Run, scorer: Scorer) -> tuple[Issue, ...]:
    """Say on each of the day's candidates which other it may double; one issue a pair.

    Those that are surely one are folded first. What an earlier run said is said anew.
    """
    known = [c for c, _ in app.store.candidates_for(run.day) if run.covers(c)]
    # A fold gives its leader the links of those it covers: the leader's own row is what is kept.
    own = {c.article.id: c for c in known}
    leaders = app.enricher.fold(known)
    said: dict[str, Issue] = {}
    told: list[Issue] = []
    for first, second in scorer.twins(leaders):
        one, other = leaders[first], leaders[second]
        told.append(_issue(one, other))
        said |= {one.article.id: told[-1], other.article.id: _issue(other, one)}
    changed = list(_changed(own.values(), said))
    if changed:
        app.store.save_doubts(changed)
    return tuple(told)


def _changed(known: Iterable[Candidate], said: dict[str, Issue]) -> Iterable[Candidate]:
    for candidate in known:
        rest = tuple(i for i in candidate.issues if i.code != CODE)
        twin = said.get(candidate.article.id)
        issues = (*rest, twin) if twin else rest
        if issues != candidate.issues:
            yield replace(candidate, issues=issues)


def _issue(one: Candidate, other: Candidate) -> Issue:
    return Issue(
        subject=one.article.url,
        code=CODE,
        sentence=f"《{_short(one)}》可能与《{_short(other)}》说的是同一篇。",
        remedy="都看一眼；是同一篇就删掉一条。",
    )


def _short(candidate: Candidate) -> str:
    title = " ".join(candidate.article.title.split())
    return title if len(title) <= 60 else f"{title[:59]}…"
