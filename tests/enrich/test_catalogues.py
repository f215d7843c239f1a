"""Crossref and OpenReview: true titles by id, papers by title, silence in doubt."""

from __future__ import annotations

import json
from typing import Any

import pytest

from demo.replay import ReplayServer
from demo.world import WorkFacts
from pipeline.enrich import CatalogueIndex, Crossref, OpenReview, ServiceConfig
from tests.conftest import StillClock
from tests.enrich.builders import article, assembled, paper_link
from tests.enrich.loopback import MemoryLimiter, Says, in_turn, serving
from tests.enrich.shelf import Shelf

TITLE = "Following Every Ring of a Tree Across Many Seasons"
DOI = WorkFacts(
    scheme="doi",
    id="10.1109/CVPR52688.2022.00001",
    title=TITLE,
    authors=("Wei Lindqvist",),
    venue="2022 IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)",
)
FORUM = WorkFacts(
    scheme="openreview",
    id="aB3_x-9Yz",
    title=TITLE,
    authors=("Wei Lindqvist",),
    venue="ICLR 2022 Oral",
)


def crossref(url: str, clock: StillClock, **config: Any) -> CatalogueIndex:
    return CatalogueIndex(Crossref(), ServiceConfig(api_url=url, **config), MemoryLimiter(), clock)


def openreview(url: str, clock: StillClock) -> CatalogueIndex:
    return CatalogueIndex(OpenReview(), ServiceConfig(api_url=url), MemoryLimiter(), clock)


def shelf(*works: WorkFacts) -> Shelf:
    made = Shelf()
    made.add(*works)
    return made


def test_a_doi_gets_its_true_title_and_venue(clock: StillClock) -> None:
    with ReplayServer(shelf(DOI)) as server:
        index = crossref(server.lookup_url("crossref"), clock)
        found = index.by_ids(
            ["doi:10.1109/cvpr52688.2022.00001", "doi:10.1/none", "arxiv:2203.15332"]
        )
    paper = found.found["doi:10.1109/cvpr52688.2022.00001"]
    assert paper.title == TITLE
    assert paper.venue == "CVPR 2022"
    assert paper.authors == ("Wei Lindqvist",)
    assert found.missing == ("doi:10.1/none",)


def test_a_forum_gets_its_true_title_and_venue(clock: StillClock) -> None:
    with ReplayServer(shelf(FORUM)) as server:
        found = openreview(server.lookup_url("openreview"), clock).by_ids(["openreview:aB3_x-9Yz"])
    paper = found.found["openreview:aB3_x-9Yz"]
    assert (paper.title, paper.venue) == (TITLE, "ICLR 2022 Oral")


@pytest.mark.parametrize(("service", "work"), [("crossref", DOI), ("openreview", FORUM)])
def test_a_title_is_only_believed_where_it_agrees(
    service: str, work: WorkFacts, clock: StillClock
) -> None:
    near = "Following Every Leaf of a Tree Across Many Seasons"
    with ReplayServer(shelf(work)) as server:
        make = crossref if service == "crossref" else openreview
        found = make(server.lookup_url(service), clock).by_titles([TITLE, near, "Segment Anything"])
    assert set(found.found) == {TITLE}
    assert set(found.missing) == {near, "Segment Anything"}
    assert found.requests == 2, "a title of two words names nothing and is not asked for"


def test_records_of_one_title_are_one_paper_only_with_a_common_author(clock: StillClock) -> None:
    preprint = WorkFacts(
        scheme="doi", id="10.2/p", title=TITLE, authors=("W. Lindqvist",), kind="posted-content"
    )
    other = WorkFacts(scheme="doi", id="10.3/o", title=TITLE, authors=("Someone Else",))
    for works, expected in (((DOI, preprint), DOI.id.lower()), ((DOI, other), None)):
        with ReplayServer(shelf(*works)) as server:
            found = crossref(server.lookup_url("crossref"), clock).by_titles([TITLE]).found
        assert (found[TITLE].id if found else None) == (f"doi:{expected}" if expected else None)


def test_a_work_that_is_no_paper_is_none(clock: StillClock) -> None:
    part = WorkFacts(scheme="doi", id="10.2/fig", title=TITLE, kind="component")
    with ReplayServer(shelf(part)) as server:
        assert not crossref(server.lookup_url("crossref"), clock).by_titles([TITLE]).found


@pytest.mark.parametrize(
    "bare", ["10.1/../../../admin", "10.1/a?x=1&y", "10.1/<b>", "10.1/%2e%2e/x", "10.1/ü{}"]
)
def test_an_odd_doi_asks_for_nothing_but_a_work(bare: str, clock: StillClock) -> None:
    with serving(in_turn(Says("{}", status=404))) as server:
        assert crossref(server.url, clock).by_ids([f"doi:{bare}"]).missing == (f"doi:{bare}",)
    (asked,) = server.asked
    assert asked.path.startswith("/works/10.1%")
    assert asked.path.count("/") == 2
    assert not asked.query


@pytest.mark.parametrize("bare", ["../../x", "a b", "x" * 50, "abc&limit=9999", "日本語日本語"])
def test_an_odd_forum_is_not_asked_for(bare: str, clock: StillClock) -> None:
    with serving(in_turn(Says("{}"))) as server:
        assert openreview(server.url, clock).by_ids([f"openreview:{bare}"]).missing
    assert not server.asked


HOSTILE: list[Any] = [
    None,
    [],
    "x",
    7,
    {"message": None},
    {"message": {"items": {}}},
    {"message": {"items": [7, None, {"DOI": 7}]}},
    {"message": {"items": [{"DOI": "10.1/x", "type": "journal-article", "title": [TITLE * 500]}]}},
    {
        "message": {
            "items": [
                {
                    "DOI": "10.1/x",
                    "type": "journal-article",
                    "title": [TITLE],
                    "issued": {"date-parts": [[10**9, True, None]]},
                    "author": [{"given": {}}, 3],
                }
            ]
        }
    },
    {"notes": 3},
    {"notes": [3, {"forum": "../x"}, {"forum": "abcdefg", "content": {"title": {"value": {}}}}]},
    {
        "notes": [
            {
                "forum": "abcdefg",
                "cdate": 10**40,
                "content": {"title": {"value": TITLE}, "authors": {"value": 3}},
            }
        ]
    },
    {"notes": [], "searchUnavailable": True},
]


@pytest.mark.parametrize("answer", HOSTILE)
@pytest.mark.parametrize("make", [crossref, openreview])
def test_no_answer_breaks_it(answer: Any, make: Any, clock: StillClock) -> None:
    with serving(in_turn(Says(json.dumps(answer)))) as server:
        found = make(server.url, clock).by_titles([TITLE])
    assert len(found.found) + len(found.missing) + len(found.deferred) == 1
    assert all(len(p.title) <= 1000 and p.title == p.title.strip() for p in found.found.values())


def test_markup_in_a_title_is_taken_off(clock: StillClock) -> None:
    work = {
        "DOI": "10.1/x",
        "type": "journal-article",
        "title": ["<i>Deep</i> &amp; Wide Trees &lt;script&gt;x Grow"],
    }
    with serving(in_turn(Says(json.dumps({"message": work})))) as server:
        found = crossref(server.url, clock).by_ids(["doi:10.1/x"])
    assert found.found["doi:10.1/x"].title == "Deep & Wide Trees x Grow"


@pytest.mark.parametrize(
    "says",
    [
        Says(status=500),
        Says(status=403),
        Says(status=429, headers={"Retry-After": "9999"}),
        Says("<html>"),
        Says(status=301, headers={"Location": "http://127.0.0.1:9/"}),
        Says(status=301, headers={"Location": "/works"}),
    ],
    ids=["500", "403", "429", "html", "elsewhere", "a circle"],
)
def test_a_failure_is_said_once_and_costs_one_question(says: Says, clock: StillClock) -> None:
    with serving(in_turn(says)) as server:
        index = crossref(server.url, clock)
        first = index.by_titles([TITLE, TITLE + " Again"])
        second = index.by_ids(["doi:10.1/x"])
    assert len(server.asked) <= 3
    assert len(first.deferred) == 2
    assert second.deferred == ("doi:10.1/x",)
    assert len(first.issues) == 1
    assert first.issues[0].temporary
    assert not second.issues


def test_no_more_is_asked_in_a_run_than_allowed(clock: StillClock) -> None:
    titles = [f"Counting the Many Leaves of Tree Number {n}" for n in range(9)]
    with ReplayServer(shelf(DOI)) as server:
        found = crossref(server.lookup_url("crossref"), clock, most=4).by_titles(titles)
        assert server.stats.requests["crossref"] == 4
    assert (len(found.missing), len(found.deferred)) == (4, 5)


def test_a_true_title_from_a_catalogue_corrects_a_wrong_link(clock: StillClock) -> None:
    of = article(
        "a", paper_link("openreview:aB3_x-9Yz", "A Method for Brewing Excellent Coffee at Home")
    )
    with ReplayServer(shelf(FORUM)) as server:
        known = openreview(server.lookup_url("openreview"), clock).by_ids(["openreview:aB3_x-9Yz"])
    made = assembled(of, *known.found.values())
    assert [p.title for p in made.papers] == [TITLE]
    assert [i.code for i in made.issues] == ["paper.title_mismatch"]
