"""What indexes answered, and the candidates made of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar, get_args

from sqlalchemy import Connection, Select, delete, select, update

from pipeline.store import tables
from pipeline.store.codec import dump, load
from pipeline.store.database import Part, Row, chunks, upsert
from pipeline.store.database import due as due_at
from pipeline.text import short_hash
from pipeline.types import Article, Candidate, Feed, PageState, Paper, Repo

Kind = Literal["paper", "repo"]
D = TypeVar("D", Paper, Repo)


class EnrichmentRows(Part):
    """The part of the store that enriching writes."""

    def articles_to_enrich(
        self, now: datetime, limit: int
    ) -> Sequence[tuple[Article, str, datetime]]:
        """Readable articles without a candidate, or with pending ids that are due."""
        untouched = select(tables.articles.c.id).where(
            tables.articles.c.candidate_id.is_(None), tables.articles.c.state == PageState.OK.value
        )
        due = select(tables.candidates.c.article_id).where(
            due_at(tables.candidates.c.retry_at, now)
        )
        statement = (
            select(tables.articles.c.doc, tables.feeds.c.doc, tables.entries.c.first_seen_at)
            .join(tables.entries, tables.entries.c.id == tables.articles.c.entry_id)
            .join(tables.feeds, tables.feeds.c.id == tables.entries.c.feed_id)
            .where(tables.articles.c.id.in_(untouched.union(due)))
            .order_by(tables.articles.c.published.nulls_last(), tables.articles.c.id)
            .limit(limit)
        )
        with self.database.read() as connection:
            rows = connection.execute(statement).all()
        return [(load(Article, a), load(Feed, f).title, seen) for a, f, seen in rows]

    def known_papers(self, ids: Sequence[str]) -> Mapping[str, Paper]:
        """The stored papers among `ids`; also found under the titles they were asked by."""
        return self._known("paper", Paper, ids, None)

    def known_repos(self, ids: Sequence[str], not_before: datetime) -> Mapping[str, Repo]:
        """The stored repositories among `ids` that are not older than that."""
        return self._known("repo", Repo, ids, not_before)

    def known_missing(self, ids: Sequence[str], not_before: datetime) -> frozenset[str]:
        """Ids and titles an index surely did not know when last asked."""
        asked = {short_hash(key): key for key in ids}
        missing: set[str] = set()
        with self.database.read() as connection:
            for some in chunks(asked):
                statement = select(tables.answers.c.key).where(
                    tables.answers.c.kind.in_(get_args(Kind)),  # the index begins with it
                    tables.answers.c.key.in_(some),
                    tables.answers.c.doc.is_(None),
                    tables.answers.c.checked_at >= not_before,
                )
                missing.update(asked[key] for key in connection.scalars(statement))
        return frozenset(missing)

    def save_papers(
        self, papers: Mapping[str, Paper], missing: Iterable[str], now: datetime
    ) -> None:
        """Keep answers under the id or title they were asked by, and what was not there."""
        self._save("paper", {p.id: p for p in papers.values()} | dict(papers), missing, now)

    def save_repos(self, repos: Mapping[str, Repo], missing: Iterable[str], now: datetime) -> None:
        """Keep answers, and what was not there."""
        self._save("repo", repos, missing, now)

    def save_candidates(
        self,
        candidates: Sequence[Candidate],
        now: datetime,
        retry_at: datetime | None,
        unfinished: Collection[str] = (),
    ) -> None:
        """Keep candidates; those with pending ids and those whose articles are `unfinished`
        are offered again from `retry_at`."""
        rows = [
            _candidate_row(c, now, retry_at if c.pending or c.article.id in unfinished else None)
            for c in candidates
        ]
        with self.database.write() as connection:
            changed = _changed(connection, rows)
            upsert(connection, tables.candidates, rows)
            for some in chunks(changed):
                connection.execute(
                    delete(tables.scores).where(tables.scores.c.article_id.in_(some))
                )
            _mark_articles(connection, candidates)

    def save_doubts(self, candidates: Sequence[Candidate]) -> None:
        """Keep what is said of known candidates; when they are asked for again, and their
        scores, stay."""
        with self.database.write() as connection:
            for candidate in candidates:
                connection.execute(
                    update(tables.candidates)
                    .where(tables.candidates.c.article_id == candidate.article.id)
                    .values(doc=dump(candidate, leave_out=("article", "covered_by")))
                )

    def _known(
        self, kind: Kind, type_: type[D], ids: Sequence[str], not_before: datetime | None
    ) -> dict[str, D]:
        asked = {short_hash(key): key for key in ids}
        found: dict[str, D] = {}
        with self.database.read() as connection:
            for some in chunks(asked):
                statement = select(tables.answers.c.key, tables.answers.c.doc).where(
                    tables.answers.c.kind == kind,
                    tables.answers.c.key.in_(some),
                    tables.answers.c.doc.is_not(None),
                )
                if not_before is not None:
                    statement = statement.where(tables.answers.c.checked_at >= not_before)
                rows = connection.execute(statement)
                found.update((asked[key], load(type_, doc)) for key, doc in rows)
        return found

    def _save(
        self, kind: Kind, found: Mapping[str, D], missing: Iterable[str], now: datetime
    ) -> None:
        documents = dict.fromkeys(missing) | {key: dump(value) for key, value in found.items()}
        rows = [
            {"kind": kind, "key": short_hash(key), "asked": key, "checked_at": now, "doc": doc}
            for key, doc in documents.items()
        ]
        with self.database.write() as connection:
            upsert(connection, tables.answers, rows)


def _candidate_row(candidate: Candidate, now: datetime, retry_at: datetime | None) -> Row:
    return {
        "article_id": candidate.article.id,
        "retry_at": retry_at,
        "first_seen_at": candidate.first_seen_at or now,
        "covered": json.dumps([a.id for a in candidate.covered_by]),
        "doc": dump(candidate, leave_out=("article", "covered_by")),
    }


def _changed(connection: Connection, rows: Sequence[Row]) -> list[str]:
    """Candidates that are known with other contents: what was said about them is outdated."""
    given = {row["article_id"]: row["doc"] for row in rows}
    changed: list[str] = []
    for some in chunks(given):
        statement = select(tables.candidates.c.article_id, tables.candidates.c.doc).where(
            tables.candidates.c.article_id.in_(some)
        )
        changed += [key for key, doc in connection.execute(statement) if given[key] != doc]
    return changed


def _mark_articles(connection: Connection, made: Sequence[Candidate]) -> None:
    """Which candidate stands for which article; one that stands for itself goes on doing so."""
    own = [c.article.id for c in made]
    for some in chunks(own):
        connection.execute(
            update(tables.articles)
            .where(tables.articles.c.id.in_(some))
            .values(candidate_id=tables.articles.c.id)
        )
    for candidate in made:
        covered = [a.id for a in candidate.covered_by]
        if covered:
            connection.execute(
                update(tables.articles)
                .where(tables.articles.c.id.in_(covered), tables.articles.c.candidate_id.is_(None))
                .values(candidate_id=candidate.article.id)
            )


def read_candidates(
    connection: Connection, statement: Select[Any]
) -> list[tuple[Candidate, str | None]]:
    """Candidates with the JSON of their score; `statement` selects rows of
    (article document, candidate document, covered ids, score document)."""
    rows = connection.execute(statement).all()
    covers = [json.loads(covered) for _, _, covered, _ in rows]
    texts: dict[str, str] = {}
    for some in chunks([key for ids in covers for key in ids]):
        found = connection.execute(
            select(tables.articles.c.id, tables.articles.c.doc).where(
                tables.articles.c.id.in_(some)
            )
        )
        texts.update((key, doc) for key, doc in found)
    return [
        (
            load(
                Candidate,
                doc,
                article=load(Article, article),
                covered_by=tuple(load(Article, texts[key]) for key in ids if key in texts),
            ),
            score,
        )
        for (article, doc, _, score), ids in zip(rows, covers, strict=True)
    ]
