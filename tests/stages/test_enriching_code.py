"""Code that is looked for and appears later, titles beyond arXiv, the reader's library, through the stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from demo.world import PaperFacts, WorkFacts
from pipeline.draft import DayDrafter
from tests.conftest import StillClock
from tests.enrich.builders import article, paper_link
from tests.stages.enriching import (
    DAY,
    RING,
    RING_CODE,
    SWIN,
    SWIN_CODE,
    Desk,
    about,
    asked,
    replay,
    swin,
)


@pytest.fixture
def desk(tmp_path: Path, clock: StillClock) -> Iterator[Desk]:
    made = Desk(tmp_path, clock)
    yield made
    made.store.close()


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
