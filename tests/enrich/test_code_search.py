"""Looking for a paper's code: the right repository or none, within the services' limits."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from demo.replay import ReplayServer
from demo.world import RepoFacts
from pipeline.enrich import (
    GithubConfig,
    GithubIndex,
    GithubSearch,
    HuggingFaceFinder,
    RepoVerifier,
    ServiceConfig,
)
from pipeline.enrich.code_verify import ENOUGH, tie
from pipeline.ports import Lookup
from pipeline.text import normal_title
from pipeline.types import CodeClue, Paper
from tests.conftest import StillClock
from tests.enrich.builders import paper, repo
from tests.enrich.library import Library
from tests.enrich.loopback import MemoryLimiter, Says, in_turn, serving
from tests.enrich.shelf import Shelf

TITLE = "RingTrack: Following Every Ring of a Tree Across Seasons"
ID = "2404.01234"
PAPER = paper(ID, TITLE, authors=("Wei Lindqvist", "Ana Moraes"))
README = f"# {TITLE}\n\nWei Lindqvist, Ana Moraes\n\nOfficial code of [the paper](https://arxiv.org/abs/{ID}).\n"
OWN = RepoFacts(full_name="treelab/RingTrack", language="Python", stargazers=40, readme=README)


def finders(
    server: ReplayServer, clock: StillClock, **config: object
) -> tuple[GithubSearch, HuggingFaceFinder]:
    limiter = MemoryLimiter()
    github = GithubConfig(api_url=server.github_url, **config)  # type: ignore[arg-type]
    verifier = RepoVerifier(GithubIndex(github, limiter, clock).door)
    service = ServiceConfig(api_url=server.lookup_url("huggingface"), interval=0.0)
    return GithubSearch(verifier), HuggingFaceFinder(service, verifier, limiter, clock)


def searched(shelf: Shelf, clock: StillClock, of: Paper = PAPER) -> Lookup[CodeClue]:
    with ReplayServer(shelf) as server:
        return finders(server, clock)[0].find([of])


def suggested(shelf: Shelf, clock: StillClock, url: str, by: str = "user") -> Lookup[CodeClue]:
    shelf.pages[ID] = (url, by)
    with ReplayServer(shelf) as server:
        return finders(server, clock)[1].find([PAPER])


def shelf(*repos: RepoFacts) -> Shelf:
    made = Shelf()
    made.add(*repos)
    return made


def test_the_paper_s_own_repository_is_found_with_evidence(clock: StillClock) -> None:
    found = searched(shelf(OWN), clock)
    clue = found.found[PAPER.id]
    assert clue.repo.full_name == "treelab/RingTrack"
    assert ID in clue.evidence
    assert "官方" in clue.evidence
    assert 0.75 <= clue.confidence <= 0.95
    assert found.requests == 2


WRONG = {
    "a fork with more stars": replace(
        OWN, full_name="star/RingTrack", fork_of="treelab/RingTrack", stargazers=9000
    ),
    "an awesome list": RepoFacts(
        full_name="curator/awesome-tracking",
        language="Python",
        stargazers=9000,
        readme="# Awesome Tracking\n" + README,
    ),
    "a list that does not say so": RepoFacts(
        full_name="curator/tracking",
        language="Python",
        stargazers=9000,
        readme=README
        + "".join(f"\n- [A paper](https://arxiv.org/abs/2301.{n:05d})" for n in range(200)),
    ),
    "a mirror": replace(OWN, full_name="mirrors/RingTrack", mirror="https://gitlab.com/x/y.git"),
    "a mirror by its words": replace(
        OWN, full_name="m/RingTrack", description="Mirror of treelab/RingTrack"
    ),
    "a repository that moved on": replace(
        OWN, full_name="old/RingTrack", readme="This repository has moved to treelab.\n" + README
    ),
    "an empty one": replace(OWN, full_name="treelab/RingTrack-code", size=0, language=None),
    "a promise": replace(OWN, full_name="treelab/RT", readme="Code coming soon!\n" + README),
    "another paper of the same name": RepoFacts(
        full_name="trains/RingTrack",
        language="Python",
        stargazers=900,
        readme="# RingTrack: Keeping Trains on Circular Rails\n\nOfficial code, arXiv 2309.09999.",
    ),
    "another paper of the same title": RepoFacts(
        full_name="twin/RingTrack",
        language="Python",
        stargazers=900,
        readme=f"# {TITLE}\n\nOfficial code, https://arxiv.org/abs/1901.00001",
    ),
    "an unofficial one": RepoFacts(
        full_name="fan/RingTrack",
        language="Python",
        stargazers=900,
        readme=f"# Unofficial RingTrack\n\nUnofficial PyTorch implementation of {TITLE}, arXiv {ID}.",
    ),
    "one that does not say it is unofficial": RepoFacts(
        full_name="fan/ringtrack",
        language="Python",
        stargazers=900,
        readme=f"# RingTrack\n\nA PyTorch implementation of {TITLE} (https://arxiv.org/abs/{ID}).",
    ),
    "course work": RepoFacts(
        full_name="student/cv-course-project",
        language="Python",
        readme=f"# Final project\n\nWe study {TITLE} (arXiv {ID}) in our work.",
    ),
    "a template": replace(OWN, full_name="kit/RingTrack", template=True),
    "a page of a user": replace(OWN, full_name="lindqvist/lindqvist"),
    "a project page": replace(OWN, full_name="treelab/treelab.github.io", language="HTML"),
    "a data set": RepoFacts(
        full_name="treelab/rings-dataset",
        language="Python",
        description="The dataset of tree rings",
        readme=README,
    ),
    "one that only cites it": RepoFacts(
        full_name="others/leaf-net",
        language="Python",
        stargazers=900,
        readme=f"# LeafNet\n\nOfficial code of LeafNet (arXiv 2405.05555).\n\nWe compare with {TITLE}.",
    ),
    "a library that supports it": RepoFacts(
        full_name="lib/trackers",
        language="Python",
        stargazers=9000,
        readme=f"# Trackers\n\nImplementations of many trackers, RingTrack ({ID}) among them.",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_repository_is_never_taken(name: str, clock: StillClock) -> None:
    wrong = WRONG[name]
    assert not searched(shelf(wrong), clock).found, "alone"
    beside = searched(shelf(wrong, OWN), clock).found
    assert {c.repo.full_name for c in beside.values()} <= {OWN.full_name}, "beside the right one"
    for by in ("user", "auto"):
        named = suggested(shelf(wrong), clock, f"https://github.com/{wrong.full_name}", by)
        assert not named.found, f"named by {by}"


def test_a_fork_leads_to_what_it_is_a_fork_of(clock: StillClock) -> None:
    fork = WRONG["a fork with more stars"]
    found = suggested(shelf(fork, OWN), clock, f"https://github.com/{fork.full_name}")
    assert found.found[PAPER.id].repo.full_name == OWN.full_name


def test_two_that_look_alike_leave_doubt(clock: StillClock) -> None:
    copy = replace(OWN, full_name="copycat/RingTrack", stargazers=4000)
    found = searched(shelf(OWN, copy), clock)
    assert not found.found
    assert found.missing == (PAPER.id,)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/treelab/gone",
        "https://gitlab.com/treelab/RingTrack",
        "https://github.com/treelab",
        "https://github.com/treelab/..%2f..%2fadmin",
        'https://github.com/a/b"){x}',
        "javascript:alert(1)",
        "",
    ],
)
def test_what_hugging_face_says_may_be_anything(url: str, clock: StillClock) -> None:
    found = suggested(shelf(OWN), clock, url)
    assert not found.found
    assert found.missing == (PAPER.id,)


def test_a_moved_repository_is_found_under_its_new_name(clock: StillClock) -> None:
    made = shelf(OWN)
    made.of_repos["lindqvist/ringtrack"] = OWN
    found = suggested(made, clock, "https://github.com/lindqvist/RingTrack", "auto")
    assert found.found[PAPER.id].repo.full_name == OWN.full_name


def test_searches_stay_below_the_limit_of_a_minute(clock: StillClock) -> None:
    papers = [
        paper(f"2404.{n:05d}", f"Counting Leaves of Tree Number {n} in Autumn") for n in range(30)
    ]
    with ReplayServer(shelf(OWN), now=clock.now) as server:
        found = finders(server, clock)[0].find(papers)
        assert server.stats.requests["github/search"] <= 10
        assert 403 not in server.stats.statuses
    assert len(found.missing) + len(found.deferred) == 30
    assert found.deferred
    assert not found.issues, "an allowance that is spent is no failure"
    assert sum(clock.slept) < 5, "nobody waits for it either"


@pytest.mark.parametrize(
    "says",
    [
        Says(status=500),
        Says("<html>sorry</html>"),
        Says('{"items": 7}'),
        Says("[" * 100_000),
        Says(status=301, headers={"Location": "http://127.0.0.1:9/x"}),
    ],
    ids=["500", "html", "odd", "deep", "elsewhere"],
)
def test_a_search_that_fails_is_put_off_with_one_issue(says: Says, clock: StillClock) -> None:
    with serving(in_turn(says)) as server:
        limiter = MemoryLimiter()
        door = GithubIndex(GithubConfig(api_url=server.url), limiter, clock).door
        found = GithubSearch(RepoVerifier(door)).find([PAPER, paper("2404.09999")])
    assert found.deferred == (PAPER.id, "arxiv:2404.09999")
    (issue,) = found.issues
    assert "GitHub" in issue.sentence
    assert issue.temporary
    assert len([a for a in server.asked if "/search" in a.path]) <= 4


@pytest.mark.parametrize(
    "says",
    [
        Says(status=503),
        Says(status=429, headers={"Retry-After": "7200"}),
        Says("<html>"),
        Says("[]"),
        Says("{" * 50_000),
        Says(b'{"a": "' + b"x" * 5_000_000 + b'"}'),
        Says(status=302, headers={"Location": "http://127.0.0.1:9/api"}),
        Says(status=302, headers={"Location": "file:///etc/passwd"}),
    ],
    ids=["503", "429", "html", "list", "deep", "huge", "elsewhere", "file"],
)
def test_a_hub_that_fails_is_asked_once(says: Says, clock: StillClock) -> None:
    with serving(in_turn(says)) as server:
        limiter = MemoryLimiter()
        verifier = RepoVerifier(GithubIndex(GithubConfig(api_url=server.url), limiter, clock).door)
        service = ServiceConfig(api_url=server.url, interval=0.0)
        finder = HuggingFaceFinder(service, verifier, limiter, clock)
        found = finder.find([PAPER, paper("2404.09999")])
    assert len(server.asked) == 1
    assert set(found.deferred) == {PAPER.id, "arxiv:2404.09999"}
    assert len(found.issues) == 1


OWN_PAPERS = {
    "Alpha-VL/ConvMAE": "2205.03892",
    "FengLi-ust/DN-DETR": "2203.01305",
    "HRNet/Lite-HRNet": "2104.06403",
    "Haochen-Wang409/U2PL": "2203.03884",
    "Jia-Research-Lab/DSGN": "2001.03398",
    "ViTAE-Transformer/ViTPose": "2204.12484",
    "cv-rits/CoMoGAN": "2103.06879",
    "ifzhang/ByteTrack": "2110.06864",
    "lkeab/BCNet": "2103.12340",
    "princeton-nlp/CoFiPruning": "2204.00408",
    "swz30/MPRNet": "2102.02808",
    "weiyithu/SurroundDepth": "2204.03636",
    "wjn922/ReferFormer": "2201.00487",
    "wty-ustc/HairCLIP": "2112.05142",
    "xyzforever/BEVT": "2112.01529",
    "yizhiwang96/TextLogoLayout": "2204.02701",
    "yxuansu/MAGIC": "2205.02655",
}
"""Repositories of the notes by the paper they are about, checked by hand."""


@pytest.mark.corpus
def test_of_18_000_real_papers_a_real_readme_is_tied_to_its_own(corpus: Path) -> None:
    library = Library(corpus)
    papers = [
        (paper(p.id, p.title, authors=p.authors), normal_title(p.title))
        for p in library.papers()
        if len(p.title) > 8
    ]
    tied: dict[str, set[str]] = {}
    for file in sorted((corpus / "github" / "readmes_of_notes_repos").iterdir()):
        owner, name, *_ = file.name.split("__")
        text = file.read_text("utf-8", "replace")
        start, ids = normal_title(text[:2000]), set(re.findall(r"\d{4}\.\d{4,5}", text))
        of = repo(f"{owner}/{name}")
        for one, title in papers:
            if one.id.removeprefix("arxiv:") in ids or title in start:
                found = tie(one, of, text)
                if found and found.points >= ENOUGH:
                    tied.setdefault(of.full_name, set()).add(one.id.removeprefix("arxiv:"))
    wrong = {name: ids for name, ids in tied.items() if ids != {OWN_PAPERS.get(name)}}
    assert not wrong
    assert len(tied) >= 17
