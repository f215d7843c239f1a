"""Whatever a service answers, every id gets exactly one verdict and nothing raises."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from pipeline.enrich import ArxivConfig, ArxivIndex, GithubConfig, GithubIndex
from pipeline.enrich.github_facts import from_graphql, from_rest
from tests.conftest import StillClock
from tests.enrich.atom import entry, feed
from tests.enrich.loopback import Asked, MemoryLimiter, Says, serving

IDS = [f"arxiv:2103.{n:05d}" for n in range(5)]
REPOS = [f"github.com/a/b{n}" for n in range(3)]
SPLICES = [
    b"<entry>",
    b"</entry>",
    b"</feed>",
    b"&x;",
    b"\x00",
    b"\xff\xfe",
    b"<![CDATA[",
    b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]>',
    b"9999",
]
JUNK = [
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "x" * 1000,
    "\ud800\x00",
    [],
    {},
    [1, None, {}],
    {"name": 1},
    {"nodes": [None, 1, {"topic": None}, {"topic": {"name": 3}}]},
    {"nodes": 7},
    "2022-13-45T99",
    "../..",
]
KEYS = (
    "full_name description size language license topics pushed_at archived stargazers_count "
    "nameWithOwner stargazerCount isArchived isEmpty pushedAt primaryLanguage licenseInfo "
    "repositoryTopics"
).split()


def damaged(body: bytes, pick: random.Random) -> bytes:
    made = bytearray(body)
    for _ in range(pick.choice([1, 3, 20])):
        at = pick.randrange(len(made))
        match pick.randrange(4):
            case 0:
                made[at] = pick.randrange(256)
            case 1:
                del made[at : at + pick.randrange(200)]
            case 2:
                made[at:at] = pick.choice(SPLICES)
            case _:
                del made[at:]
        made = made or bytearray(b"x")
    return bytes(made)


@pytest.mark.parametrize("seed", range(4))
def test_damaged_feeds(clock: StillClock, seed: int) -> None:
    pick = random.Random(seed)
    whole = feed([entry(i.removeprefix("arxiv:"), f"Paper {i}") for i in IDS])

    def answer(_asked: Asked) -> Says:
        headers = pick.choice(
            [{}] * 5
            + [{"Content-Encoding": "gzip"}, {"Location": "/x"}, {"Retry-After": "x"}]
            + [{"Content-Length": "10"}]
        )
        return Says(damaged(whole, pick), pick.choice([200] * 8 + [400, 500, 301, 204]), headers)

    with serving(answer) as server:
        for _ in range(8):
            config = ArxivConfig(api_url=server.url, tries=1, timeout=0.5)
            papers = ArxivIndex(config, MemoryLimiter(), clock, jitter=lambda: 0.0)
            found = papers.by_ids(IDS)
            assert sorted([*found.found, *found.missing, *found.deferred]) == IDS
            titles = papers.by_titles(["Some Neural Title"])
            assert len(titles.found) + len(titles.missing) + len(titles.deferred) == 1


def test_repositories_of_any_shape_are_read_or_refused() -> None:
    pick = random.Random(1)
    for _ in range(3000):
        data = {key: pick.choice(JUNK) for key in KEYS if pick.random() < 0.7}
        if pick.random() < 0.8:
            data["full_name"] = data["nameWithOwner"] = "a/b"
        for read in (from_rest, from_graphql):
            made = read("github.com/a/b", data)
            if made is not None:
                made.description.encode()
                assert made.url == "https://github.com/a/b"


@pytest.mark.parametrize("token", [None, "made-up-token-for-tests"])
def test_github_answers_of_any_shape(clock: StillClock, token: str | None) -> None:
    pick = random.Random(2)

    def shape() -> Any:
        node = {key: pick.choice(JUNK) for key in KEYS}
        error = {"type": pick.choice(["NOT_FOUND", *JUNK]), "path": pick.choice([["r0"], *JUNK])}
        data = {f"r{n}": pick.choice([node, *JUNK]) for n in range(3)}
        return {"data": pick.choice([data, *JUNK]), "errors": pick.choice([[error], *JUNK])}

    def answer(_asked: Asked) -> Says:
        status = pick.choice([200] * 6 + [301, 302, 304, 401, 403, 404, 429, 451, 500])
        body = shape() if pick.random() < 0.9 else pick.choice(JUNK)
        left = {"X-RateLimit-Remaining": "many", "X-RateLimit-Reset": "x", "Retry-After": "x"}
        return Says(json.dumps(body), status, pick.choice([{}, left]))

    with serving(answer) as server:
        for _ in range(30):
            config = GithubConfig(api_url=server.url, token=token)
            found = GithubIndex(config, MemoryLimiter(), clock).by_ids(REPOS)
            assert sorted([*found.found, *found.missing, *found.deferred]) == REPOS
