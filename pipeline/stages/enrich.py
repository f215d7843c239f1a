"""Enrich: what articles speak of becomes what is true, asked in as few requests as there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from pipeline.ports import CodeFinder, Lookup, Wanted
from pipeline.stages.app import App, Run, Tally
from pipeline.stages.seeds import unknown_to_arxiv
from pipeline.types import (
    Candidate,
    CodeClue,
    CodeNews,
    Paper,
    Repo,
    RepoState,
    StageReport,
)

T = TypeVar("T")

MAX_ARTICLES_PER_RUN = 5000
MISSING_FOR = timedelta(days=1)
"""After which an id or title that was not there is asked for again; doubled each time, for the
index may only be a day late, or the id may be wrong for ever."""
MISSING_FOR_LONGEST = timedelta(days=32)
REPOS_FRESH_FOR = timedelta(days=7)
ASK_AGAIN_AFTER = timedelta(hours=1)
WATCHED_FOR = timedelta(days=60)
"""How long code that was not there is looked for after the note."""
LOOK_AGAIN = ((timedelta(days=14), timedelta(days=3)), (WATCHED_FOR, timedelta(days=7)))
"""While a note is not older than the first, code is looked for again after the second."""
_MISSES = "miss"
_USELESS = (RepoState.GONE, RepoState.BLOCKED, RepoState.EMPTY, RepoState.UNKNOWN)


def enrich(app: App, run: Run) -> StageReport:
    """Look up the papers and repositories of new articles, and those still pending."""
    now = app.clock.now()
    noted = app.store.noted_candidates(run.day - WATCHED_FOR, run.day)
    waiting = app.store.articles_to_enrich(now, MAX_ARTICLES_PER_RUN)
    tally = Tally("enrich", run, total=len(waiting))
    desk = _Desk(app, tally)
    decide = app.enricher
    _ask_for_library(app, tally)
    desk.ask([decide.wanted(article) for article, _, _ in waiting])
    desk.ask([decide.wanted_next(article, desk.papers, desk.missing) for article, _, _ in waiting])
    candidates = []
    for article, feed_title, first_seen in waiting:
        made = decide.assemble(article, desk.papers, desk.repos, desk.missing, desk.late)
        candidates.append(replace(made, feed_title=feed_title, first_seen_at=first_seen))
    candidates = _with_code(app, desk, candidates)
    for made in candidates:
        tally.step("made", *made.issues)
    unfinished = [c.article.id for c in candidates if desk.is_unfinished(c)]
    retry_at = now + ASK_AGAIN_AFTER if desk.late or unfinished else None
    app.store.save_candidates(candidates, now, retry_at, unfinished)
    fresh = {c.article.id: c for c in candidates}
    _watch(app, run, desk, [(day, c, fresh.get(c.article.id, c)) for day, c in noted])
    return tally.report()


def _ask_for_library(app: App, tally: Tally) -> None:
    """What the reader's own library lacks, at a desk of its own: no article waits for it."""
    ids, wrong = app.library()
    tally.issues.extend(wrong)
    if ids:
        desk = _Desk(app, tally)
        desk.ask([Wanted(papers=ids)])
        tally.issues.extend(unknown_to_arxiv([i for i in ids if i in desk.missing]))


def _with_code(app: App, desk: _Desk, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates whose code had to be looked for are put together anew, with what was found.

    The newest articles come first: searches are few, and yesterday's must not use up today's.
    """
    papers = {p.id: p for c in reversed(candidates) for p in app.enricher.without_code(c)}
    clues = desk.look_for_code(tuple(papers.values()), lambda paper_id: timedelta.max)
    if not clues:
        return list(candidates)
    return [
        replace(
            app.enricher.assemble(
                c.article, desk.papers, desk.repos, desk.missing, desk.late, clues
            ),
            feed_title=c.feed_title,
            first_seen_at=c.first_seen_at,
        )
        if any(p.id in clues for p in app.enricher.without_code(c))
        else c
        for c in candidates
    ]


class _Desk:
    """What is known of the run's papers and repositories: the store first, then the indexes.

    Every answer is stored before it is used, so that nothing is asked twice after a kill.
    """

    def __init__(self, app: App, tally: Tally) -> None:
        self._app = app
        self._tally = tally
        self.papers: dict[str, Paper] = {}
        self.repos: dict[str, Repo] = {}
        self.missing: set[str] = set()
        self.late: set[str] = set()
        self._unfinished: set[str] = set()
        """Keys that only a catalogue or a finder still owes an answer for."""

    def is_unfinished(self, candidate: Candidate) -> bool:
        """True where something that does not hold up the candidate is still to be asked."""
        keys = {p.id for p in candidate.papers} | set(
            self._app.enricher.wanted(candidate.article).titles
        )
        return not keys.isdisjoint(self._unfinished)

    def ask(self, wanted: Sequence[Wanted]) -> None:
        """Look up everything wanted that is not known yet."""
        store, now = self._app.store, self._app.clock.now()
        ids = _unique(i for w in wanted for i in w.papers)
        titles = _unique(t for w in wanted for t in w.titles)
        arxiv = [i for i in ids if i.startswith("arxiv:")]
        for keys, index in ((arxiv, self._app.papers.by_ids), (titles, self._app.papers.by_titles)):
            self.papers.update(store.known_papers(keys))
            self.missing |= self._still_missing(keys)
            if answer := self._ask(keys, self.papers, index):
                store.save_papers(answer.found, answer.missing, now)
                self._remember_missing(answer.missing)
        self._ask_catalogues([i for i in ids if i not in arxiv], titles)
        self._ask_repos(_unique(i for w in wanted for i in w.repos))

    def _ask_repos(self, ids: Sequence[str], fresh_for: timedelta = REPOS_FRESH_FOR) -> None:
        store, now = self._app.store, self._app.clock.now()
        self.repos.update(store.known_repos(ids, now - fresh_for))
        self.missing |= store.known_missing(ids, now - fresh_for)
        if found := self._ask(ids, self.repos, self._app.repos.by_ids):
            store.save_repos(found.found, found.missing, now)

    def _ask_catalogues(self, ids: Sequence[str], titles: Sequence[str]) -> None:
        """What arXiv cannot know or surely does not; no answer is no hindrance."""
        store, now = self._app.store, self._app.clock.now()
        self.papers.update(store.known_papers(ids))
        for catalogue in self._app.catalogues:
            mine = [i for i in ids if i.partition(":")[0] in catalogue.schemes]
            theirs = [t for t in titles if t in self.missing]
            for keys, index in ((mine, catalogue.by_ids), (theirs, catalogue.by_titles)):
                named = {f"{catalogue.name} {key}": key for key in keys if key not in self.papers}
                known = {named[n] for n in self._still_missing(list(named))}
                rest = [key for key in named.values() if key not in known]
                if not rest:
                    continue
                answer = index(rest)
                self._heard(answer)
                self.papers.update(answer.found)
                self._unfinished |= set(answer.deferred)
                store.save_papers(
                    answer.found, [f"{catalogue.name} {k}" for k in answer.missing], now
                )
                self._remember_missing([f"{catalogue.name} {k}" for k in answer.missing])

    def _still_missing(self, keys: Sequence[str]) -> set[str]:
        """Those that were not there, until it is time to ask again."""
        now = self._app.clock.now()
        missing = self._app.store.known_missing(keys, now - MISSING_FOR_LONGEST)
        times = self._app.store.recall(_MISSES, sorted(missing))
        return {key for key in missing if key not in times or now < _due(*times[key])}

    def _remember_missing(self, keys: Sequence[str]) -> None:
        store = self._app.store
        before = store.recall(_MISSES, keys)
        times = {key: str(int(before[key][0]) + 1 if key in before else 1) for key in keys}
        store.remember(_MISSES, times, self._app.clock.now())

    def _ask(
        self,
        keys: Sequence[str],
        known: dict[str, T],
        index: Callable[[Sequence[str]], Lookup[T]],
    ) -> Lookup[T] | None:
        """Ask an index for what is neither known nor surely missing; `known` learns of it."""
        settled = self.missing | self.late | known.keys()
        rest = [key for key in keys if key not in settled]
        if not rest:
            return None
        answer = index(rest)
        known.update(answer.found)
        self.missing |= set(answer.missing)
        self.late |= set(answer.deferred)
        self._heard(answer)
        self._tally.counts["failed"] += len(answer.deferred)
        return answer

    def _heard(self, answer: Lookup[T]) -> None:
        self._tally.requests += answer.requests
        self._tally.issues.extend(answer.issues)

    def look_for_code(
        self, papers: Sequence[Paper], again_after: Callable[[str], timedelta]
    ) -> Mapping[str, CodeClue]:
        """What the finders, asked one after the other, surely know of the papers' code.

        `again_after` says by a paper's id how old an answer "nothing" may be.
        """
        clues: dict[str, CodeClue] = {}
        for finder in self._app.finders:
            left = {f"{finder.name} {p.id}": p for p in papers if p.id not in clues}
            known = self._app.store.known_code(list(left))
            clues |= {left[key].id: clue for key, (clue, _) in known.items() if clue}
            now = self._app.clock.now()
            rest = [
                paper
                for key, paper in left.items()
                if key not in known
                or (known[key][0] is None and now - known[key][1] >= again_after(paper.id))
            ]
            for paper in rest:
                clues |= self._find(finder, paper)
        return clues

    def _find(self, finder: CodeFinder, paper: Paper) -> Mapping[str, CodeClue]:
        """One paper at a time, for each takes several questions that a kill must not repeat."""
        answer = finder.find([paper])
        self._heard(answer)
        self._unfinished |= set(answer.deferred)
        made: dict[str, CodeClue | None] = {f"{finder.name} {key}": None for key in answer.missing}
        made |= {f"{finder.name} {key}": clue for key, clue in answer.found.items()}
        self._app.store.save_code(made, self._app.clock.now())
        return answer.found

    def refreshed(self, ids: Sequence[str], fresh_for: timedelta) -> Mapping[str, Repo]:
        """Repositories, asked again where what is known of them is older."""
        self._ask_repos(ids, fresh_for)
        return self.repos


def _due(times: str, at: datetime) -> datetime:
    """When something that was missing so many times is asked for again."""
    doublings = min(int(times) - 1, 10)
    return at + min(MISSING_FOR * (1 << doublings), MISSING_FOR_LONGEST)


def _unique(keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(keys))


def _watch(
    app: App, run: Run, desk: _Desk, noted: Sequence[tuple[date, Candidate, Candidate]]
) -> None:
    """Look again for the code of items in notes of the last weeks; what appeared is news.

    `noted` are day, candidate as its note shows it, and candidate as it is now.
    """
    told = {n.article_id for n in app.store.news()}
    watched = [w for w in noted if w[1].article.id not in told and not _usable(w[1].repos)]
    if not watched:
        return
    gaps: dict[str, timedelta] = {}
    for day, _, now in watched:
        gap = next(again for until, again in LOOK_AGAIN if run.day - day <= until)
        gaps |= dict.fromkeys([p.id for p in now.papers], gap)
        gaps |= dict.fromkeys([r.id for r in now.repos if r.state is RepoState.EMPTY], gap)
    empty = [i for i in gaps if i.startswith("github.com/")]
    repos = desk.refreshed(empty, min(gaps[i] for i in empty)) if empty else {}
    papers = {p.id: p for _, _, now in watched for p in app.enricher.without_code(now)}
    clues = desk.look_for_code(tuple(papers.values()), lambda paper_id: gaps[paper_id])
    news = [
        CodeNews(article_id=now.article.id, title=now.article.title, url=found.url, noted=day)
        for day, _, now in watched
        if (found := _appeared(now, repos, clues))
    ]
    app.store.save_news(news, app.clock.now())


def _appeared(
    candidate: Candidate, repos: Mapping[str, Repo], clues: Mapping[str, CodeClue]
) -> Repo | None:
    filled = [repos[r.id] for r in candidate.repos if r.id in repos]
    found = [clues[p.id].repo for p in candidate.papers if p.id in clues]
    return next(iter(_usable((*candidate.repos, *filled, *found))), None)


def _usable(repos: Iterable[Repo]) -> list[Repo]:
    return [r for r in repos if r.state not in _USELESS]
