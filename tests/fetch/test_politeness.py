"""Limits, pauses, conditional requests, Retry-After, robots.txt, credentials, the gateway."""

from __future__ import annotations

import asyncio
import gzip
import threading
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import brotli  # type: ignore[import-untyped]
import pytest

from pipeline.errors import Issue
from pipeline.fetch import PoliteFetcher
from pipeline.fetch.exchange import retry_after
from pipeline.fetch.pacing import Hosts
from pipeline.fetch.policy import FetchPolicy
from pipeline.fetch.robots import parse_robots
from pipeline.types import Fetched, FetchRequest
from tests.fetch.conftest import Get
from tests.fetch.server import Asked, FaultServer, Handler, Send, reply

Make = Callable[..., PoliteFetcher]


def pausing(seconds: float, answer: bytes) -> Handler:
    async def handle(_asked: Asked, send: Send) -> None:
        await asyncio.sleep(seconds)
        await send(answer)

    return handle


def bodies(results: list[Fetched]) -> list[bytes | None]:
    return [r.page.body if r.page else None for r in results]


def test_never_more_at_once_than_allowed_per_host(make: Make) -> None:
    with FaultServer({"/": pausing(0.02, reply(b"x"))}) as server:
        results = list(
            make(per_host=3).fetch_many(FetchRequest(url=server.url(f"/?{n}")) for n in range(20))
        )
        assert bodies(results) == [b"x"] * 20
        assert 1 < server.most_in_flight <= 3


def test_never_more_at_once_than_allowed_in_all(make: Make) -> None:
    with FaultServer({"/": pausing(0.02, reply(b"x"))}) as server:
        hosts = [f"127.0.0.{n}" for n in range(1, 2)] + ["localhost"]
        requests = [FetchRequest(url=server.url(f"/?{n}", host=h)) for n in range(8) for h in hosts]
        fetcher = make(concurrency=5, per_host=4, allow_private=("127.0.0.1", "localhost"))
        assert bodies(list(fetcher.fetch_many(requests))) == [b"x"] * 16
        assert 1 < server.most_in_flight <= 5


def test_starts_at_a_host_are_a_pause_apart() -> None:
    hosts = Hosts()
    assert [hosts.reserve("a", 1.0, now) for now in (100.0, 100.0, 100.5, 105.0)] == [0, 1, 1.5, 0]
    assert hosts.reserve("b", 1.0, 100.0) == 0
    hosts.rest("b", 160.0)
    assert (hosts.reserve("b", 1.0, 110.0), hosts.rest_left("b", 110.0)) == (50, 50)


def test_a_late_start_pushes_the_next_one_back() -> None:
    hosts = Hosts()
    assert hosts.reserve("a", 1.0, 100.0) == 0
    hosts.started("a", 1.0, 100.7)
    assert hosts.reserve("a", 1.0, 100.7) == pytest.approx(1.0)


def test_the_server_sees_the_pauses_even_where_slots_are_scarce(make: Make) -> None:
    with FaultServer({"/": pausing(0.05, reply(b"x"))}) as server:
        hosts = ("127.0.0.1", "localhost")
        urls = [server.url(f"/?{h}&{n}", host=h) for n in range(5) for h in hosts]
        fetcher = make(
            concurrency=1, host_delays={"127.0.0.1": 0.2}, allow_private=("127.0.0.1", "localhost")
        )
        assert bodies(list(fetcher.fetch_many(FetchRequest(url=u) for u in urls))) == [b"x"] * 10
        starts = [a.at for a in server.asked if "127.0.0.1" in a.path]
    assert min(b - a for a, b in pairwise(starts)) >= 0.18


def test_the_second_request_to_a_host_waits_for_its_pause(make: Make) -> None:
    with FaultServer({"/": reply(b"x")}) as server:
        requests = [FetchRequest(url=server.url(f"/?{n}")) for n in range(4)]
        iterator = make(host_delays={"127.0.0.1": 3600.0}).fetch_many(requests)
        assert next(iterator).page is not None
        iterator.close()  # type: ignore[attr-defined]
        assert len(server.asked) == 1


def test_the_longest_suffix_decides_the_pause() -> None:
    policy = FetchPolicy(host_delays={"qq.com": 5.0, "mp.weixin.qq.com": 1.0})
    assert [policy.delay_of(h) for h in ("mp.weixin.qq.com", "v.qq.com", "xqq.com")] == [
        1.0,
        5.0,
        0,
    ]


def test_a_slow_consumer_costs_no_request_its_time(make: Make) -> None:
    with FaultServer({"/": reply(b"x")}) as server:
        fetcher = make(concurrency=2, per_host=2, timeout=0.5)
        results = []
        for fetched in fetcher.fetch_many(
            FetchRequest(url=server.url(f"/?{n}")) for n in range(30)
        ):
            threading.Event().wait(0.03)  # 0.9 s in all, more than the time-out
            results.append(fetched)
        assert bodies(results) == [b"x"] * 30


def test_closing_early_cancels_what_is_under_way(make: Make) -> None:
    before = threading.active_count()
    with FaultServer({"/": reply(b"x"), "/slow": pausing(60, reply(b"y"))}) as server:
        urls = [server.url("/"), *(server.url(f"/slow?{n}") for n in range(5))]
        iterator = make(timeout=60.0).fetch_many(FetchRequest(url=u) for u in urls)
        assert next(iterator).page is not None
        iterator.close()  # type: ignore[attr-defined]
        assert not any(t.name == "fetch" for t in threading.enumerate())
    assert threading.active_count() <= before + 16  # threads of the resolver may linger


def test_conditional_requests(get: Get) -> None:
    with FaultServer({"/": reply(b"", "304 Not Modified")}) as server:
        fetched = get(server.url(), asking={"etag": '"v1"', "last_modified": "Thu, 17 Jun 2021"})
        assert fetched.unchanged
        assert fetched.page is fetched.issue is None
        (asked,) = server.asked
        assert asked.headers["if-none-match"] == '"v1"'
        assert asked.headers["if-modified-since"] == "Thu, 17 Jun 2021"


def test_what_a_page_says_of_itself(get: Get) -> None:
    answer = reply(b"body", ETag='W/"1"', Last_Modified="yesterday", Content_Type="text/html")
    with FaultServer({"/": answer}) as server:
        page = get(server.url()).page
    assert page is not None
    assert (page.etag, page.last_modified, page.content_type) == ('W/"1"', "yesterday", "text/html")
    assert page.final_url == page.url


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0) + gzip.compress(b" world", mtime=0)),
        ("deflate", zlib.compress(b"hello world")),
        ("deflate", zlib.compress(b"hello world")[2:-4]),
        ("gzip", gzip.compress(b"hello world", mtime=0) + b"\0\0\0"),
        ("identity", b"hello world"),
        ("br", brotli.compress(b"hello world")),
    ],
)
def test_compressed_bodies(name: str, packed: bytes, get: Get) -> None:
    with FaultServer({"/": reply(packed, Content_Encoding=name)}) as server:
        page = get(server.url()).page
    assert page is not None
    assert page.body == b"hello world"


@pytest.mark.parametrize("form", ["1", "date"])
def test_a_short_retry_after_is_waited_for(form: str, get: Get) -> None:
    turns = []

    async def busy_once(_asked: Asked, send: Send) -> None:
        wish = (
            "1" if form == "1" else format_datetime(datetime.now(UTC) + timedelta(seconds=1), True)
        )
        turns.append(wish)
        await send(reply(b"", "429 Slow", Retry_After=wish) if len(turns) == 1 else reply(b"ok"))

    with FaultServer({"/": busy_once}) as server:
        fetched = get(server.url())
        assert fetched.page is not None
        assert fetched.page.body == b"ok"
        assert len(turns) == 2


def test_a_long_retry_after_is_left_to_a_later_run(make: Make) -> None:
    with FaultServer({"/": reply(b"", "503 Later", Retry_After="3600")}) as server:
        requests = [FetchRequest(url=server.url(f"/?{n}")) for n in range(5)]
        results = list(make(per_host=1).fetch_many(requests))
        assert len(server.asked) == 1  # the others were not asked: the host wants its peace
    codes = {r.issue.code for r in results if r.issue}
    assert codes == {"fetch.unavailable", "fetch.rate_limited"}
    assert all(r.retry_after and 3500 < r.retry_after <= 3600 for r in results)


def test_retry_after_in_both_forms_and_in_none() -> None:
    now = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)
    assert retry_after("120", now) == 120
    assert retry_after("Fri, 18 Sep 2026 01:02:00 GMT", now) == 120
    assert retry_after("Fri, 18 Sep 2020 01:02:00 GMT", now) == 0
    assert [retry_after(v, now) for v in (None, "", "soon", "-5", "Fri, 99 Foo")] == [None] * 5


def test_a_blocked_host_is_not_asked_again(make: Make) -> None:
    issue = Issue(subject="127.0.0.1", code="page.captcha", sentence="停")
    with FaultServer({"/": reply(b"x")}) as server:
        fetcher = make(per_host=1)
        results = []
        for fetched in fetcher.fetch_many(
            FetchRequest(url=server.url(f"/?{n}")) for n in range(10)
        ):
            fetcher.block_host("127.0.0.1", issue)
            results.append(fetched)
        assert len(server.asked) < 10
    assert results[0].page is not None
    assert results[-1].issue == issue


def test_robots_decide_about_pages_but_not_about_feeds(make: Make) -> None:
    robots = reply(b"User-agent: *\nDisallow: /private\nAllow: /private/open\n")
    routes = {p: reply(p.encode()) for p in ("/private", "/private/open", "/free")}
    with FaultServer({"/robots.txt": robots, **routes}) as server:
        fetcher = make(obey_robots=True)
        pages = {
            f.request.url: f
            for f in fetcher.fetch_many(FetchRequest(url=server.url(p)) for p in routes)
        }
        (feed,) = fetcher.fetch_many([FetchRequest(url=server.url("/private"), purpose="feed")])
        assert [a.path for a in server.asked].count("/robots.txt") == 1
        (exempt,) = make(obey_robots=True, robots_exempt=("127.0.0.1",)).fetch_many(
            [FetchRequest(url=server.url("/private"))]
        )
    refused = pages[server.url("/private")].issue
    assert refused is not None
    assert refused.code == "fetch.robots"
    assert pages[server.url("/private/open")].page is not None
    assert pages[server.url("/free")].page is not None
    assert feed.page is not None
    assert exempt.page is not None


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "302 Found"])
def test_robots_that_cannot_be_read_forbid_nothing(status: str, get: Get) -> None:
    with FaultServer({"/robots.txt": reply(b"Disallow: /", status), "/": reply(b"x")}) as server:
        assert get(server.url(), obey_robots=True).page is not None


def test_robots_by_the_rules_of_rfc_9309() -> None:
    text = """
    User-agent: other
    Disallow: /
    User-agent: StarDraft
    User-agent: third
    Disallow: /a
    Allow: /a/b   # longest wins
    Disallow: /*.pdf$
    Disallow: /x*y*z
    Disallow:
    User-agent: *
    Disallow: /
    """
    rules = parse_robots(text, "stardraft")
    verdicts = {"/": True, "/a": False, "/a/c": False, "/a/b": True, "/q.pdf": False}
    verdicts |= {"/q.pdf?x": True, "/x1y2z3": False, "/xz": True}
    assert {path: rules.allows(path) for path in verdicts} == verdicts
    assert not parse_robots(text, "nobody").allows("/anything")
    assert parse_robots("", "nobody").allows("/anything")
    assert parse_robots("Disallow: /", "nobody").allows("/without/a/group")
    assert parse_robots("User-agent: *\nDisallow: /" + "*a" * 10_000, "x").allows("/" + "b" * 1000)


def test_redirects_are_followed_and_lose_credentials_across_origins(get: Get) -> None:
    with FaultServer({"/end": reply(b"end")}) as other:
        onwards = reply(b"", "302 Found", Location=other.url("/end"))
        with FaultServer(
            {"/": reply(b"", "301 Moved", Location="next?x=1"), "/next": onwards}
        ) as server:
            page = get(server.url().replace("http://", "http://user:p%40ss@")).page
            assert page is not None
            assert page.body == b"end"
            assert page.final_url == other.url("/end")
            basic = "Basic dXNlcjpwQHNz"
            assert [a.headers.get("authorization") for a in server.asked] == [basic, basic]
            assert [a.headers.get("authorization") for a in other.asked] == [None]
            assert server.paths() == ["/", "/next?x=1"]


def test_secrets_never_reach_an_issue(get: Get) -> None:
    issue = get("ftp://user:pass@example.com/feed?k=geheim&token=geheim&id=7").issue
    assert issue is not None
    assert "geheim" not in issue.subject
    assert "pass" not in issue.subject
    assert "id=7" in issue.subject


def test_the_gateway_is_asked_and_the_original_address_kept(get: Get) -> None:
    start = "/https://blog.example/a"
    routes: dict[str, bytes | Handler] = {
        start: reply(b"", "302 Found", Location="/b?q=%20"),
        "/https://blog.example/b": reply(b"", "302 Found", Location="https://cdn.example/c"),
        "/https://cdn.example/c": reply(b"there"),
    }
    with FaultServer(routes) as server:
        page = get("https://blog.example/a#part", gateway=server.url("/"), allow_private=()).page
        assert page is not None
        assert page.body == b"there"
        assert page.url == "https://blog.example/a#part"
        assert page.final_url == "https://cdn.example/c"
        assert server.paths() == [start, "/https://blog.example/b?q=%20", "/https://cdn.example/c"]


def test_a_gateway_without_its_last_slash_works_as_well(get: Get) -> None:
    with FaultServer({"/https://blog.example/a": reply(b"x")}) as server:
        assert get("https://blog.example/a", gateway=server.url(""), allow_private=()).page


def test_the_gateway_is_no_way_into_the_house(get: Get) -> None:
    with FaultServer({"/": reply(b"x")}) as server:
        for url in (server.url("/"), "http://192.168.0.1/", "http://localhost/", "http://0x7f.1/"):
            issue = get(url, gateway=server.url("/"), allow_private=()).issue
            assert issue is not None
            assert issue.code == "fetch.forbidden_address"
        assert not server.asked


def test_an_idle_batch_asks_nothing(make: Make) -> None:
    assert list(make().fetch_many([])) == []


def test_what_was_asked_is_counted_per_host(make: Make) -> None:
    with FaultServer({"/": reply(gzip.compress(b"x" * 1000), Content_Encoding="gzip")}) as server:
        fetcher = make()
        list(fetcher.fetch_many(FetchRequest(url=server.url(f"/?{n}")) for n in range(3)))
        list(fetcher.fetch_many([FetchRequest(url=server.url())]))
    assert fetcher.bytes_per_host() == {"127.0.0.1": (4, 4000)}


def test_a_header_cannot_smuggle_in_another(get: Get) -> None:
    with FaultServer({"/": reply(b"x")}) as server:
        assert get(server.url(), asking={"etag": '"a"\r\nX-Evil: 1', "referer": "é\n"}).page
        assert "x-evil" not in server.asked[0].headers


def test_an_address_that_did_not_move_stays_as_it_was_written(get: Get) -> None:
    with FaultServer({"/%E4%B8%AD": reply(b"x")}) as server:
        page = get(server.url("/中")).page
        assert page is not None
        assert page.final_url == page.url == server.url("/中")
