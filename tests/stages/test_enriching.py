"""Enrichment through the stage, day after day, against servers that count and that fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from demo.world import Answer, PaperFacts, RepoFacts, WorkFacts
from pipeline.types import RepoState
from tests.conftest import StillClock
from tests.enrich.builders import code_link, paper_link
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
