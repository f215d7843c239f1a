"""A store, the rooms of enrichment and a world behind a replay server, day after day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from demo.replay import ReplayServer
from demo.world import PaperFacts, RepoFacts
from pipeline.draft import DayDrafter
from pipeline.enrich import ArxivConfig, ArxivIndex, GithubConfig, GithubIndex, PaperEnricher
from pipeline.errors import Issue
from pipeline.ports import DraftRecord
from pipeline.settings.sections import LookupSettings
from pipeline.stages.app import App, Run
from pipeline.stages.enrich import enrich
from pipeline.store import open_store
from pipeline.store.sql_store import SqlStore
from pipeline.types import Article, Candidate, Link, Note, Poll, StageReport
from pipeline.wiring.lookup import catalogues, finders
from tests.conftest import StillClock
from tests.enrich.builders import article, code_link, paper_link
from tests.enrich.shelf import Shelf
from tests.store.samples import entry, feed, page

SWIN = PaperFacts(
    id="2103.14030", title="Swin Transformer: Hierarchical Vision Transformer", abstract="We do."
)
RING = PaperFacts(
    id="2404.01234",
    title="RingTrack: Following Every Ring of a Tree Across Seasons",
    abstract="We follow rings.",
    authors=("Wei Lindqvist", "Ana Moraes"),
)
SWIN_CODE = RepoFacts(full_name="microsoft/Swin-Transformer", language="Python", readme="Swin")
RING_CODE = RepoFacts(
    full_name="treelab/RingTrack",
    language="Python",
    readme=f"# {RING.title}\n\nOfficial code, https://arxiv.org/abs/{RING.id}",
)
DAY = timedelta(days=1)


class Desk:
    """A store, the real rooms of enrichment, and a world behind a replay server."""

    def __init__(self, folder: Path, clock: StillClock) -> None:
        self.clock, self.world = clock, Shelf()
        self.store: SqlStore = open_store(f"sqlite:///{folder}/state.db")
        self.store.sync_feeds([feed()], clock.now())
        self.url: str | None = None
        self.token: str | None = None
        self.server: ReplayServer | None = None
        self.wanted: tuple[str, ...] = ()

    def library(self) -> tuple[tuple[str, ...], tuple[Issue, ...]]:
        """What the reader's own library wants to know, as `wiring.library.unread` says it."""
        known = self.store.known_papers(self.wanted)
        return tuple(i for i in self.wanted if i not in known), ()

    def reads(self, *articles: Article) -> None:
        """Bring articles as far as enrichment."""
        now = self.clock.now()
        by_key = {a.id: a for a in articles}
        self.store.record_poll(Poll(feed_id="a", entries=tuple(entry(k) for k in by_key)), now)
        for item in self.store.entries_to_fetch(now, 100):
            self.store.save_page(item.entry_id, page())
        for read in self.store.pages_to_extract(100):
            self.store.save_article(read.entry_id, by_key[read.entry.key], now)

    def runs(self, server: Any) -> StageReport:
        """One morning's enrichment with fresh rooms, as a process would."""
        url = self.url
        arxiv = ArxivConfig(api_url=url or server.arxiv_url, timeout=2.0)
        github = GithubConfig(api_url=url or server.github_url, token=self.token, timeout=2.0)
        repos = GithubIndex(github, self.store, self.clock, self.store)
        lookup = LookupSettings(
            crossref=url or server.lookup_url("crossref"),
            openreview=url or server.lookup_url("openreview"),
            hugging_face=url or server.lookup_url("huggingface"),
            timeout=2.0,
        )
        app = SimpleNamespace(
            clock=self.clock,
            store=self.store,
            papers=ArxivIndex(arxiv, self.store, self.clock, jitter=lambda: 0.0),
            repos=repos,
            enricher=PaperEnricher(),
            catalogues=catalogues(lookup, self.store, self.clock),
            finders=finders(lookup, repos, self.store, self.clock),
            library=self.library,
        )
        run = Run(run_id="r", day=self.day, started_at=self.clock.now())
        return enrich(cast(App, app), run)

    @property
    def day(self) -> date:
        return self.clock.now().date()

    def candidate(self, article_id: str) -> Candidate:
        found = {c.article.id: c for c, _ in self.store.candidates_for(self.day)}
        return found[article_id]

    def drafts(self) -> Note:
        """The day's note, kept as the draft stage keeps it."""
        rows = self.store.candidates_for(self.day)
        note = DayDrafter().draft(self.day, [c for c, _ in rows], {}, ())
        items = tuple(i.article_id for i in note.items)
        self.store.save_draft(
            DraftRecord(day=self.day, revision=0, text="x", items=items), self.clock.now()
        )
        return note


def replay(desk: Desk) -> ReplayServer:
    return ReplayServer(
        desk.world,
        arxiv_interval=3.0,
        now=desk.clock.now,
        monotonic=lambda: desk.clock.now().timestamp(),
    )


def asked(server: ReplayServer) -> Mapping[str, int]:
    """Requests since the last time this was asked."""
    counted = dict(server.stats.requests)
    server.stats.requests.clear()
    return counted


def about(name: str, *links: Link, **more: Any) -> Article:
    return replace(article(name, *links, **more), published=None)


def swin(name: str = "swin") -> Article:
    return about(
        name, paper_link("arxiv:2103.14030"), code_link("github.com/microsoft/swin-transformer")
    )
