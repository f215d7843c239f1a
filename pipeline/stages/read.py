"""Extract and enrich: from pages to candidates whose papers and code are true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from pipeline.errors import Issue
from pipeline.ports import Lookup, Wanted
from pipeline.stages.app import App, Run, Tally
from pipeline.stages.sharing import in_batches
from pipeline.types import PageState, Paper, Repo, StageReport

T = TypeVar("T")

BATCH = 50
MAX_ARTICLES_PER_RUN = 5000
PAPERS_MISSING_FOR = timedelta(days=7)
REPOS_FRESH_FOR = timedelta(days=7)
ASK_AGAIN_AFTER = timedelta(hours=1)


def extract(app: App, run: Run) -> StageReport:
    """Read every fetched page into an article with typed links."""
    tally = Tally("extract", run)
    for pages in in_batches(app, "extract", lambda now: app.store.lease_pages(BATCH, now)):
        tally.total += len(pages)
        for item in pages:
            article = app.extractor.extract(item.page, item.entry)
            new = app.store.save_article(item.entry_id, article, app.clock.now())
            if article.state is not PageState.OK:
                tally.step("skipped", *(article.issues or (_no_article(article.title),)))
            else:
                tally.step("made" if new else "skipped", *article.issues)
    return tally.report()


def _no_article(subject: str) -> Issue:
    return Issue(
        subject=subject,
        code="page.no_article",
        sentence="页面里没有找到文章。",
        remedy="在浏览器里打开看看；确有文章的话另存为网页放进 saved 文件夹。",
    )


def enrich(app: App, run: Run) -> StageReport:
    """Look up the papers and repositories of new articles, and those still pending."""
    now = app.clock.now()
    waiting = app.store.articles_to_enrich(now, MAX_ARTICLES_PER_RUN)
    tally = Tally("enrich", run, total=len(waiting))
    desk = _Desk(app, tally)
    decide = app.enricher
    desk.ask([decide.wanted(article) for article, _, _ in waiting])
    desk.ask([decide.wanted_next(article, desk.papers, desk.missing) for article, _, _ in waiting])
    candidates = []
    for article, feed_title, first_seen in waiting:
        made = decide.assemble(article, desk.papers, desk.repos, desk.missing, desk.late)
        candidates.append(replace(made, feed_title=feed_title, first_seen_at=first_seen))
        tally.step("made", *made.issues)
    retry_at = now + ASK_AGAIN_AFTER if desk.late else None
    app.store.save_candidates(candidates, now, retry_at)
    return tally.report()


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

    def ask(self, wanted: Sequence[Wanted]) -> None:
        """Look up everything wanted that is not known yet."""
        store, now = self._app.store, self._app.clock.now()
        since = now - PAPERS_MISSING_FOR
        for keys, index in (
            (_unique(i for w in wanted for i in w.papers), self._app.papers.by_ids),
            (_unique(t for w in wanted for t in w.titles), self._app.papers.by_titles),
        ):
            self.papers.update(store.known_papers(keys))
            if answer := self._ask(keys, self.papers, since, index):
                store.save_papers(answer.found, answer.missing, now)
        repos = _unique(i for w in wanted for i in w.repos)
        self.repos.update(store.known_repos(repos, now - REPOS_FRESH_FOR))
        if found := self._ask(repos, self.repos, now - REPOS_FRESH_FOR, self._app.repos.by_ids):
            store.save_repos(found.found, found.missing, now)

    def _ask(
        self,
        keys: Sequence[str],
        known: dict[str, T],
        since: datetime,
        index: Callable[[Sequence[str]], Lookup[T]],
    ) -> Lookup[T] | None:
        """Ask an index for what is neither known nor surely missing; `known` learns of it."""
        self.missing |= self._app.store.known_missing(keys, since)
        settled = self.missing | self.late | known.keys()
        rest = [key for key in keys if key not in settled]
        if not rest:
            return None
        answer = index(rest)
        known.update(answer.found)
        self.missing |= set(answer.missing)
        self.late |= set(answer.deferred)
        self._tally.requests += answer.requests
        self._tally.issues.extend(answer.issues)
        self._tally.counts["failed"] += len(answer.deferred)
        return answer


def _unique(keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(keys))
