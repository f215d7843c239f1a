"""Extract and enrich: from pages to candidates whose papers and code are true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from pipeline.errors import Issue
from pipeline.ports import Lookup, Wanted
from pipeline.stages.app import App, Run, Tally
from pipeline.types import PageState, Paper, Repo, StageReport

T = TypeVar("T")

BATCH = 200
MAX_ARTICLES_PER_RUN = 5000
PAPERS_MISSING_FOR = timedelta(days=7)
REPOS_FRESH_FOR = timedelta(days=7)
ASK_AGAIN_AFTER = timedelta(hours=1)


def extract(app: App, run: Run) -> StageReport:
    """Read every fetched page into an article with typed links."""
    tally = Tally("extract", run)
    while pages := app.store.pages_to_extract(BATCH):
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
    wanted = [app.enricher.wanted(article) for article, _, _ in waiting]
    papers, no_papers, late_papers = _papers(app, tally, wanted)
    repos, no_repos, late_repos = _repos(app, tally, wanted)
    missing, late = no_papers | no_repos, late_papers | late_repos
    candidates = []
    for article, feed_title, first_seen in waiting:
        made = app.enricher.assemble(article, papers, repos, missing, late)
        candidates.append(replace(made, feed_title=feed_title, first_seen_at=first_seen))
        tally.step("made", *made.issues)
    app.store.save_candidates(candidates, now, now + ASK_AGAIN_AFTER if late else None)
    return tally.report()


def _papers(
    app: App, tally: Tally, wanted: Sequence[Wanted]
) -> tuple[dict[str, Paper], frozenset[str], frozenset[str]]:
    ids = _unique(i for w in wanted for i in w.papers)
    titles = _unique(t for w in wanted for t in w.titles)
    found = dict(app.store.known_papers([*ids, *titles]))
    since = app.clock.now() - PAPERS_MISSING_FOR
    missing = app.store.known_missing([*ids, *titles], since)
    answers = []
    for ask, lookup in ((ids, app.papers.by_ids), (titles, app.papers.by_titles)):
        rest = [key for key in ask if key not in found and key not in missing]
        if rest:
            answer = lookup(rest)
            app.store.save_papers(answer.found, answer.missing, app.clock.now())
            answers.append(answer)
    return _settle(tally, found, missing, answers)


def _repos(
    app: App, tally: Tally, wanted: Sequence[Wanted]
) -> tuple[dict[str, Repo], frozenset[str], frozenset[str]]:
    ids = _unique(i for w in wanted for i in w.repos)
    since = app.clock.now() - REPOS_FRESH_FOR
    found = dict(app.store.known_repos(ids, since))
    missing = app.store.known_missing(ids, since)
    rest = [key for key in ids if key not in found and key not in missing]
    answers = []
    if rest:
        answer = app.repos.by_ids(rest)
        app.store.save_repos(answer.found, answer.missing, app.clock.now())
        answers.append(answer)
    return _settle(tally, found, missing, answers)


def _settle(
    tally: Tally, known: Mapping[str, T], missing: frozenset[str], answers: Iterable[Lookup[T]]
) -> tuple[dict[str, T], frozenset[str], frozenset[str]]:
    found, gone, late = dict(known), set(missing), set[str]()
    for answer in answers:
        found.update(answer.found)
        gone.update(answer.missing)
        late.update(answer.deferred)
        tally.requests += answer.requests
        tally.issues.extend(answer.issues)
        if answer.deferred:
            tally.counts["failed"] += len(answer.deferred)
    return found, frozenset(gone), frozenset(late)


def _unique(keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(keys))
