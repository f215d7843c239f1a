"""Score and draft: from candidates to the day's note in the reader's folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from pipeline.ports import DraftRecord
from pipeline.stages.app import App, Run, Tally
from pipeline.stages.mirror import mirrored
from pipeline.stages.preface import preface
from pipeline.stages.sharing import in_batches
from pipeline.stages.sight import looked_at
from pipeline.stages.twins import mark_twins
from pipeline.stages.wording import worded
from pipeline.types import ArchiveItem, Candidate, Note, StageReport
from pipeline.urls import canonical_url

SCORED_AT_ONCE = 128
"""Candidates in a batch: enough to keep a model busy, few enough to share between workers."""

LOOKED_BACK = timedelta(days=366)
"""How far back our own notes are read to tell what was noted; older ones are in the archive."""


def score(app: App, run: Run) -> StageReport:
    """Say how much each candidate concerns the reader; only what has no score of this version."""
    app.redraft.learn()
    scorer = app.scorer(run.day)
    version = scorer.version()
    tally = Tally("score", run)
    tally.issues.extend(mark_twins(app, run, scorer))
    for candidates in in_batches(
        app, "score", lambda now: app.store.lease_candidates(version, SCORED_AT_ONCE, now)
    ):
        tally.total += len(candidates)
        scores = scorer.score(candidates)
        app.store.save_scores(scores, version)
        tally.step("made", *scorer.remarks(), count=len(scores))
    return tally.report()


def draft(app: App, run: Run) -> StageReport:
    """Write the day's note, keeping every edit the reader made in the file."""
    base = app.store.last_draft(run.day)
    settled = {*base.items, *base.also_seen} if base else set()
    rows = [
        row
        for row in app.store.candidates_for(run.day)
        if run.covers(row[0]) or row[0].article.id in settled
    ]
    tally = Tally("draft", run, total=len(rows))
    if not rows:
        return tally.report()
    scores = {c.article.id: s for c, s in rows if s}
    past = _Past((*app.store.archive(), *_own_notes(app, run.day)), run.day)
    keep = base.items if base else ()
    folded = app.enricher.fold([c for c, s in rows if s], keep)
    candidates = [past.mark(c) for c in folded]
    news = [n for n in app.store.news() if n.told in (None, run.day) and n.noted < run.day]
    drafted = app.drafter.draft(run.day, candidates, scores, keep, news)
    note, unsaid = worded(app, drafted, candidates)
    note, gone = looked_at(app, note, candidates, keep)
    app.store.check_run()  # pictures are files, which no transaction takes back
    note, lacking = mirrored(app, note)
    tally.issues.extend((*unsaid, *gone, *lacking))
    app.redraft.redraft(note, base, _record(note, rows), preface(app, run))
    app.store.save_news([replace(n, told=run.day) for n in news], app.clock.now())
    tally.step("made", count=len(note.items))
    tally.counts["skipped"] = len(rows) - len(note.items)
    return tally.report()


def _record(note: Note, rows: Sequence[tuple[Candidate, object]]) -> DraftRecord:
    """All that was considered belongs to the day now: drafted, shown below, or passed over."""
    items = tuple(i.article_id for i in note.items if i.article_id)
    rest = tuple(c.article.id for c, _ in rows if c.article.id not in items)
    return DraftRecord(day=note.day, revision=0, text="", items=items, also_seen=rest)


def _own_notes(app: App, today: date) -> Iterator[ArchiveItem]:
    """The items of the last year's notes as they stand in the reader's folder now."""
    for day in app.notebook.days():
        if today - LOOKED_BACK <= day < today and (text := app.notebook.read(day)):
            yield from app.notebook.past(text, day)


class _Past:
    """The archive by paper, repository and address, to tell what was noted before."""

    def __init__(self, archive: Iterable[ArchiveItem], today: date) -> None:
        self._days: dict[str, date] = {}
        for item in archive:
            if item.day < today:
                for key in (canonical_url(item.url), *item.paper_ids):
                    self._days[key] = min(item.day, self._days.get(key, item.day))

    def mark(self, candidate: Candidate) -> Candidate:
        """The candidate with the first day on which its article or paper was noted."""
        keys = [canonical_url(candidate.article.url), *(p.id for p in candidate.papers)]
        days = [self._days[k] for k in keys if k in self._days]
        return replace(candidate, noted=min(days)) if days else candidate
