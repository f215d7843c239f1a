"""Enrichment through the stage, day after day, against servers that count and that fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from demo.replay import ReplayServer
from demo.world import Answer, PaperFacts, RepoFacts, WorkFacts
from pipeline.draft import DayDrafter
from pipeline.enrich import ArxivConfig, ArxivIndex, GithubConfig, GithubIndex, PaperEnricher
from pipeline.errors import Issue
from pipeline.ports import DraftRecord
from pipeline.settings.sections import LookupSettings
from pipeline.stages.app import App, Run
from pipeline.stages.enrich import enrich
from pipeline.store import open_store
from pipeline.store.sql_store import SqlStore
from pipeline.types import Article, Candidate, Link, Note, Poll, RepoState, StageReport
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


@pytest.fixture
def desk(tmp_path: Path, clock: StillClock) -> Iterator[Desk]:
    made = Desk(tmp_path, clock)
    yield made
    made.store.close()


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


@pytest.mark.parametrize("token", [None, "some-token-or-other"])
def test_the_next_day_asks_only_for_what_is_new(desk: Desk, token: str | None) -> None:
    desk.token = token
    desk.world.add(SWIN, SWIN_CODE, RING)
    with replay(desk) as server:
        desk.reads(swin())
        desk.runs(server)
        first = asked(server)
        assert first["arxiv"] == 1
        assert first.get("github/repos", 0) + first.get("github/graphql", 0) == 1
        desk.drafts()
        desk.clock.time += DAY
        desk.runs(server)
        assert asked(server) == {}, "nothing new, nothing asked"
        desk.reads(
            swin("again"),
            about(
                "ring",
                paper_link("arxiv:2404.01234"),
                code_link("github.com/microsoft/swin-transformer"),
            ),
        )
        desk.runs(server)
        assert asked(server) == {"arxiv": 1}, "only for the new paper"
        assert [u for u in server.stats.urls if "2404.01234" in u and "2103.14030" in u] == []
        assert server.stats.violations == 0


def test_a_repository_is_asked_again_after_a_week_and_costs_nothing_unchanged(desk: Desk) -> None:
    desk.world.add(SWIN, SWIN_CODE)
    with replay(desk) as server:
        for name, days in (("one", 3), ("two", 5), ("three", 0)):
            desk.reads(swin(name))
            desk.runs(server)
            desk.drafts()
            desk.clock.time += days * DAY
        assert server.stats.requests["github/repos"] == 2, "on the first day and on the eighth"
        assert server.stats.statuses[304] == 1
        assert server.stats.requests["arxiv"] == 1, "papers are never asked for twice"
        known = desk.store.known_repos(["github.com/microsoft/swin-transformer"], desk.clock.now())
        assert known["github.com/microsoft/swin-transformer"].language == "Python"


def test_a_renamed_and_a_lost_repository_are_facts_that_are_kept(desk: Desk) -> None:
    desk.world.add(SWIN_CODE)
    desk.world.of_repos["old/swin"] = SWIN_CODE
    with replay(desk) as server:
        for name in ("one", "two"):
            desk.reads(
                about(name, code_link("github.com/old/swin"), code_link("github.com/gone/gone"))
            )
            desk.runs(server)
        states = [r.state for r in desk.candidate("two").repos]
        assert states == [RepoState.RENAMED, RepoState.GONE]
        assert server.stats.requests["github/repos"] == 3, "the old name, its number, the lost one"


def test_a_missing_id_is_asked_for_again_ever_later(desk: Desk) -> None:
    desk.world.add(PaperFacts(id="1706.03762", title="Attention Is All You Need"))
    asked_on = []
    with replay(desk) as server:
        for day in range(40):
            desk.reads(
                about(
                    f"a{day}", paper_link("arxiv:2404.99999", "A Paper That Nobody Ever Wrote Down")
                )
            )
            desk.runs(server)
            if any("id_list=2404.99999" in u for u in server.stats.urls):
                asked_on.append(day)
            server.stats.urls.clear()
            desk.clock.time += DAY
    assert asked_on == [0, 1, 3, 7, 15, 31]


def test_a_withdrawn_paper_is_said(desk: Desk) -> None:
    desk.world.add(replace(SWIN, comment="This paper has been withdrawn by the authors"))
    with replay(desk) as server:
        desk.reads(swin())
        desk.runs(server)
    made = desk.candidate("swin")
    assert made.papers[0].withdrawn
    assert "paper.withdrawn" in [i.code for i in made.issues]


def html(status: int, **headers: str) -> Answer:
    kind = {"Content-Type": "text/html"}
    return Answer(status=status, body=b"<html>Sorry</html>", headers=kind | headers)


ENTRY = b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">1</opensearch:totalResults>'
FAULTS = {
    "down": html(500),
    "busy": html(503),
    "limited for two hours": replace(html(429), headers={"Retry-After": "7200"}),
    "a page": html(200),
    "an empty first page": Answer(body=ENTRY + b"</feed>"),
    "cut off": Answer(body=ENTRY + b"<entry><id>http://arxiv.org/abs/2103."),
    "slow": Answer(delay=5.0),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_arxiv_leaves_a_draft_that_a_later_run_completes(desk: Desk, fault: str) -> None:
    desk.world.add(SWIN, SWIN_CODE)
    desk.world.faults = [FAULTS[fault]] * (2 if fault == "slow" else 20)
    with replay(desk) as server:
        desk.reads(swin())
        report = desk.runs(server)
        assert report.failed == 1
        (issue,) = [i for i in report.issues if i.subject == "arxiv"]
        assert issue.temporary
        (item,) = desk.drafts().items
        names = {f.name: f for f in item.fields}
        assert names["Paper"].links[0].url == "https://arxiv.org/abs/2103.14030"
        assert desk.candidate("swin").pending == ("arxiv:2103.14030",)
        github = server.stats.requests["github/repos"]
        assert github == 1
        desk.world.faults.clear()
        desk.clock.time += timedelta(hours=3)
        assert desk.runs(server).failed == 0
        made = desk.candidate("swin")
        assert (made.pending, made.papers[0].title) == ((), SWIN.title)
        assert server.stats.requests["github/repos"] == github, "nothing is fetched twice"
        asked(server)
        desk.clock.time += timedelta(hours=3)
        desk.runs(server)
        assert asked(server) == {}


def test_with_nothing_reachable_the_draft_stands_and_says_what_is_missing(desk: Desk) -> None:
    desk.world.add(SWIN, SWIN_CODE, RING)
    wanted = [
        swin(),
        about("ring", paper_link("arxiv:2404.01234")),
        about("doi", paper_link("doi:10.1/x", "Following the Many Rings of an Old Tree")),
        about("forum", paper_link("openreview:abcdefg", "Following the Many Leaves of a Tree")),
    ]
    desk.reads(*wanted)
    desk.url = "http://127.0.0.1:9"
    report = desk.runs(None)
    assert len(desk.drafts().items) + len(desk.drafts().also_seen) == 4
    said = {i.subject for i in report.issues}
    assert {"arxiv", "github", "crossref", "openreview"} <= said
    desk.url = None
    with replay(desk) as server:
        desk.world.add(
            WorkFacts(scheme="doi", id="10.1/x", title="Following the Many Rings of an Old Tree")
        )
        desk.clock.time += timedelta(hours=3)
        assert desk.runs(server).failed == 0
    assert desk.candidate("swin").papers[0].title == SWIN.title
    assert desk.candidate("doi").papers[0].title.startswith("Following the Many Rings")
    assert not desk.candidate("swin").pending


GITHUB = {
    "down": Answer(status=502),
    "limited": Answer(
        status=403,
        body=b'{"message": "You have exceeded a secondary rate limit."}',
        headers={"Retry-After": "1800"},
    ),
    "a page": html(200),
    "cut off": Answer(body=b'{"full_name": "microsoft/Swi'),
    "another shape": Answer(body=b"[1, 2]"),
}


@pytest.mark.parametrize("fault", GITHUB)
@pytest.mark.parametrize("token", [None, "some-token-or-other"])
def test_a_failing_github_leaves_a_draft_that_a_later_run_completes(
    desk: Desk, fault: str, token: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.world.add(SWIN, SWIN_CODE)
    desk.token = token
    with replay(desk) as server:
        with monkeypatch.context() as broken:
            assert server._github is not None
            broken.setattr(server._github, "answer", lambda *a: GITHUB[fault])
            desk.reads(swin())
            report = desk.runs(server)
        assert report.failed == 1
        assert [i.temporary for i in report.issues if i.subject == "github"] == [True]
        (item,) = desk.drafts().items
        codes = [f for f in item.fields if f.name == "Code"]
        assert codes[0].links[0].url == "https://github.com/microsoft/swin-transformer"
        asked(server)
        desk.clock.time += timedelta(hours=3)
        assert desk.runs(server).failed == 0
        later = asked(server)
        assert later.get("arxiv", 0) == 0, "nothing is fetched twice"
        assert desk.candidate("swin").repos[0].state is RepoState.OK


def test_without_a_token_main_links_come_first_and_the_rest_tomorrow(desk: Desk) -> None:
    desk.world.add(RING, RING_CODE)
    names = [f"owner/repo{n}" for n in range(70)]
    desk.world.add(*(RepoFacts(full_name=n, language="Python") for n in names))
    desk.reads(
        about("ring", paper_link("arxiv:2404.01234"), hour=1),
        *(about(f"c{n}", code_link(f"github.com/{name}")) for n, name in enumerate(names)),
    )
    with replay(desk) as server:
        report = desk.runs(server)
        assert 50 <= server.stats.requests["github/repos"] <= 60
        assert server.stats.requests["github/readme"] == 0, "looking for code waits"
        assert 403 not in server.stats.statuses
        assert 10 <= report.failed <= 20
        desk.clock.time += DAY
        assert desk.runs(server).failed == 0
        assert server.stats.requests["github/repos"] == 70
        assert desk.candidate("ring").repos[0].full_name == "treelab/RingTrack"


def test_code_is_looked_for_and_its_evidence_shown(desk: Desk) -> None:
    desk.world.add(RING, RING_CODE)
    desk.world.pages[RING.id] = ("https://github.com/treelab/RingTrack", "user")
    with replay(desk) as server:
        desk.reads(about("ring", paper_link("arxiv:2404.01234")))
        desk.runs(server)
        assert server.stats.requests["huggingface"] == 1
        assert server.stats.requests["github/search"] == 0, "what the hub names is enough"
    made = desk.candidate("ring")
    assert [r.full_name for r in made.repos] == ["treelab/RingTrack"]
    (issue,) = [i for i in made.issues if i.code == "repo.found"]
    assert "Hugging Face" in issue.sentence
    assert RING.id in issue.sentence


def test_code_that_appears_later_is_news_for_the_next_note_once(desk: Desk) -> None:
    desk.world.add(RING)
    asked_on = []
    with replay(desk) as server:
        desk.reads(about("ring", paper_link("arxiv:2404.01234"), title="年轮跟踪"))
        desk.runs(server)
        desk.drafts()
        noted = desk.day
        asked(server)
        for day in range(1, 12):
            desk.clock.time += DAY
            if day == 8:
                desk.world.add(RING_CODE)
            desk.runs(server)
            if "github/search" in asked(server):
                asked_on.append(day)
    assert asked_on == [3, 6, 9], "every third day, and no more once it is there"
    (news,) = desk.store.news()
    assert (news.url, news.noted, news.told) == (
        "https://github.com/treelab/RingTrack",
        noted,
        None,
    )
    note = DayDrafter().draft(desk.day, [], {}, (), desk.store.news())
    (line,) = note.also_seen
    assert (line.title, line.url) == ("年轮跟踪", news.url)
    assert "代码已公开" in line.fields[0].value


def test_a_repository_that_was_empty_is_news_when_it_is_filled(desk: Desk) -> None:
    desk.world.add(SWIN, replace(SWIN_CODE, size=0, language=None))
    with replay(desk) as server:
        desk.reads(swin())
        desk.runs(server)
        desk.drafts()
        desk.world.add(SWIN_CODE)
        desk.clock.time += 2 * DAY
        desk.runs(server)
        assert not desk.store.news()
        desk.clock.time += 2 * DAY
        desk.runs(server)
    assert [n.url for n in desk.store.news()] == ["https://github.com/microsoft/Swin-Transformer"]


def test_nothing_is_watched_for_ever(desk: Desk) -> None:
    desk.world.add(RING)
    with replay(desk) as server:
        desk.reads(about("ring", paper_link("arxiv:2404.01234")))
        desk.runs(server)
        desk.drafts()
        desk.clock.time += 61 * DAY
        asked(server)
        desk.runs(server)
        assert asked(server) == {}


def test_a_title_beyond_arxiv_is_found_and_each_catalogue_asked_once(desk: Desk) -> None:
    title = "Following the Many Rings of an Old Tree"
    desk.world.add(
        WorkFacts(scheme="openreview", id="abcdefg", title=title, venue="ICLR 2022 Poster")
    )
    with replay(desk) as server:
        desk.reads(about("one", subjects=(title,)))
        desk.runs(server)
        made = desk.candidate("one")
        assert (made.papers[0].id, made.papers[0].venue) == ("openreview:abcdefg", "ICLR 2022")
        first = asked(server)
        assert (first["crossref"], first["openreview"]) == (1, 1)
        desk.reads(
            about("two", subjects=(title,)),
            about("three", subjects=("Another Title of Which Nobody Has Heard",)),
        )
        desk.runs(server)
        again = asked(server)
        assert desk.candidate("two").papers[0].id == "openreview:abcdefg"
        assert (again["crossref"], again["openreview"]) == (1, 1), "only for the third"


def test_few_searches_go_to_the_newest_articles(desk: Desk) -> None:
    papers = [
        PaperFacts(
            id=f"2404.{n:05d}",
            title=f"Counting the Leaves of Tree Number {n} in Autumn",
            abstract="We.",
        )
        for n in range(20)
    ]
    desk.world.add(*papers)
    made = [article(f"a{n}", paper_link(f"arxiv:{p.id}"), hour=n) for n, p in enumerate(papers)]
    desk.reads(*made)
    with replay(desk) as server:
        desk.runs(server)
        searched = " ".join(u for u in server.stats.urls if "search/repositories" in u)
    assert "2404.00019" in searched
    assert "2404.00000" not in searched


def test_the_readers_library_is_asked_for_once_and_holds_up_no_article(desk: Desk) -> None:
    desk.world.add(SWIN, SWIN_CODE)
    desk.wanted = ("arxiv:2103.14030", "arxiv:2011.99999")
    with replay(desk) as server:
        report = desk.runs(server)
        assert set(desk.store.known_papers(desk.wanted)) == {"arxiv:2103.14030"}
        (issue,) = [i for i in report.issues if i.code == "seeds.unknown"]
        assert "2011.99999" in issue.sentence
        assert report.failed == 0
        first = asked(server)
        desk.reads(swin())
        desk.clock.time += timedelta(hours=2)
        again = desk.runs(server)
        assert not desk.candidate("swin").pending
        assert asked(server).get("arxiv", 0) == 0 < first["arxiv"]
        assert [i.code for i in again.issues] == ["seeds.unknown"]


def test_a_library_that_arxiv_does_not_answer_is_asked_again(desk: Desk) -> None:
    desk.world.add(SWIN, SWIN_CODE)
    desk.wanted = ("arxiv:2103.14030",)
    with replay(desk) as server:
        desk.url = "http://127.0.0.1:9/"
        report = desk.runs(server)
        assert report.failed == 1
        assert all(i.remedy for i in report.issues)
        desk.url = None
        desk.clock.time += timedelta(hours=2)
        desk.runs(server)
    assert desk.store.known_papers(desk.wanted)
