"""What services say of their limits, in the three spellings, and hostile ones."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from demo.day import SampleDay
from demo.replay import ReplayServer
from pipeline.enrich import ArxivConfig, ArxivIndex, GithubConfig, GithubIndex, ServiceConfig
from pipeline.enrich.allowance import Meter, limit_of
from pipeline.enrich.service import Service
from pipeline.store import open_store
from pipeline.types import ServiceLimit
from pipeline.wiring.lookup import limits_left
from tests.conftest import StillClock

NOW = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=55)


@pytest.mark.parametrize(
    ("headers", "service", "remaining", "limit"),
    [
        (
            {
                "X-RateLimit-Limit": "5000",
                "X-RateLimit-Remaining": "4987",
                "X-RateLimit-Reset": str(int(SOON.timestamp())),
                "X-RateLimit-Resource": "graphql",
            },
            "github-graphql",
            4987,
            5000,
        ),
        (
            {
                "ratelimit-limit": "100",
                "ratelimit-remaining": "99",
                "ratelimit-reset": "55",
            },
            "asked",
            99,
            100,
        ),
        (
            {
                "RateLimit": '"api";r=489;t=55',
                "RateLimit-Policy": '"fixed window";"api";q=500;w=300',
            },
            "asked",
            489,
            500,
        ),
    ],
)
def test_three_spellings(
    headers: Mapping[str, str], service: str, remaining: int, limit: int
) -> None:
    assert limit_of("asked", headers, NOW) == ServiceLimit(
        service=service, remaining=remaining, limit=limit, resets_at=SOON
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Retry-After": "3"},
        {"x-ratelimit-remaining": "many"},
        {"ratelimit": "nothing of use"},
        {"ratelimit-remaining": "-1"},
    ],
)
def test_what_says_nothing_changes_nothing(headers: Mapping[str, str]) -> None:
    meter = Meter()
    meter.heard("x", {"ratelimit-remaining": "7"}, NOW)
    meter.heard("x", headers, NOW)
    assert meter.said() == (ServiceLimit(service="x", remaining=7),)


def test_absurd_numbers_are_cut() -> None:
    found = limit_of("x", {"RateLimit": "r=" + "9" * 400 + ";t=999999999"}, NOW)
    assert found is None or (found.resets_at or NOW) <= NOW + timedelta(days=1)
    far = {"ratelimit-remaining": "1", "ratelimit-reset": "999999999"}
    assert (limit_of("x", far, NOW) or ServiceLimit(service="")).resets_at == NOW + timedelta(
        days=1
    )


def test_what_github_answers_is_heard_and_a_pause_is_told_beside_it(tmp_path: Path) -> None:
    store, clock, meter = open_store(f"sqlite:///{tmp_path}/s.db"), StillClock(), Meter()
    store.push_back("arxiv", clock.now() + timedelta(hours=2))
    store.reserve("crossref", 1.0, clock.now())
    with ReplayServer(SampleDay()) as server:
        config = GithubConfig(api_url=server.github_url, heard=meter.heard)
        GithubIndex(config, store, clock).by_ids(["github.com/swz30/mprnet"])
    arxiv, github = limits_left(meter, store, clock, usual=4.0)
    store.close()
    assert (arxiv.service, arxiv.remaining) == ("arxiv", None)
    assert arxiv.paused_until == clock.now() + timedelta(hours=2)
    assert (github.service, github.limit, github.paused_until) == ("github", 60, None)
    assert github.remaining is not None
    assert 50 <= github.remaining < 60
    assert github.resets_at is not None


def test_hugging_face_is_heard_through_the_session_all_json_services_share() -> None:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("RateLimit", '"api";r=488;t=10')
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Nobody:
        def reserve(self, name: str, interval: float, now: datetime) -> float:
            return 0.0

        def push_back(self, name: str, until: datetime) -> None:
            """Nobody asks."""

    meter = Meter()
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        config = ServiceConfig(api_url=f"http://127.0.0.1:{server.server_port}", heard=meter.heard)
        Service("huggingface", config, Nobody(), StillClock()).get("/x", {})
    finally:
        server.shutdown()
        server.server_close()
    assert [(s.service, s.remaining) for s in meter.said()] == [("huggingface", 488)]


def test_every_answer_is_weighed_by_host_retries_and_dead_services_too(tmp_path: Path) -> None:
    store, clock, meter = open_store(f"sqlite:///{tmp_path}/s.db"), StillClock(), Meter()
    with ReplayServer(SampleDay()) as server:
        github = GithubConfig(api_url=server.github_url, weighed=meter.weighed)
        repos = GithubIndex(github, store, clock, store)
        repos.by_ids(["github.com/swz30/mprnet"])
        after_github = meter.per_host()["127.0.0.1"]
        arxiv = ArxivConfig(api_url=server.arxiv_url, interval=0.0, weighed=meter.weighed)
        papers = ArxivIndex(arxiv, limiter=store, clock=clock)
        papers.by_ids(["arxiv:2102.02808"])
    requests, size = meter.per_host()["127.0.0.1"]
    assert after_github[0] == repos.door.sent >= 1
    assert after_github[1] > 500
    assert requests > after_github[0]
    assert size > after_github[1] + 500
    dead = ServiceConfig(api_url="http://localhost:9", weighed=meter.weighed)
    Service("dead", dead, store, clock).get("/x", {})
    assert meter.per_host()["localhost"] == (1, 0)
    store.close()
