"""Polling: further addresses in the same run, quiet or dead, catching up, and what is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from pipeline.stages.freshness import freshness
from pipeline.stages.poll import poll
from pipeline.types import Feed, Fetched, FetchRequest
from tests.conftest import StillClock
from tests.stages.rooms import (
    DOWN,
    Web,
    codes,
    days_before,
    dump,
    feed_of,
    furnished,
    polled,
    run_at,
)

FIRST, SECOND, THIRD = (f"https://{name}.example/feed" for name in "abc")
BRIDGED = Feed(
    id="acc", title="公众号", url=FIRST, kind="wechat", account="公众号", fallbacks=(SECOND, THIRD)
)


def test_the_next_address_stands_in_within_the_run(tmp_path: Path, clock: StillClock) -> None:
    body = feed_of(*days_before(clock.now(), 0, 1))
    web = Web(clock, {SECOND: "<html><form>login</form></html>", THIRD: body})
    app = furnished(tmp_path, web, clock, BRIDGED)
    report = polled(app)
    assert [r.url for r in web.asked] == [FIRST, SECOND, THIRD]
    assert (report.made, report.failed, report.requests) == (2, 0, 3)
    assert codes(report) == ["feed.stood_in"]
    assert "拒绝连接" in report.issues[0].sentence
    ((_, memory, _),) = app.store.feed_health()
    assert (memory.failures, memory.next_poll_at) == (0, None)


def test_bridges_that_take_turns_bring_each_article_once(tmp_path: Path, clock: StillClock) -> None:
    link = "mp.weixin.qq.com/s?__biz=MzA&amp;mid=1&amp;idx=1&amp;sn=a"
    frame = "<rss version='2.0'><channel><title>t</title><item><title>题</title>{}</item></channel></rss>"
    long = frame.format(f"<link>http://{link}&amp;chksm=1&amp;scene=27#rd</link>")
    other = frame.format(f"<guid isPermaLink='false'>77</guid><link>https://{link}</link>")
    web = Web(clock, {FIRST: long})
    app = furnished(tmp_path, web, clock, BRIDGED)
    assert polled(app).made == 1
    web.answers = {SECOND: other}
    assert polled(app).made == 0
    assert len(dump(app)["entries"]) == 1


def test_a_mark_of_change_is_only_given_to_whom_it_came_from(
    tmp_path: Path, clock: StillClock
) -> None:
    web = Web(clock, {FIRST: feed_of(clock.now())})
    app = furnished(tmp_path, web, clock, BRIDGED)
    polled(app)
    web.answers = {SECOND: feed_of(clock.now())}
    polled(app)
    assert [(r.url, r.etag) for r in web.asked[1:]] == [(FIRST, '"e"'), (SECOND, None)]


def test_when_no_address_answers_the_cause_and_the_next_try_are_kept(
    tmp_path: Path, clock: StillClock
) -> None:
    other = Feed(id="fine", title="好的", url="https://fine.example/feed")
    web = Web(clock, {other.url: feed_of(clock.now())})
    app = furnished(tmp_path, web, clock, BRIDGED, other)
    report = polled(app)
    assert (report.made, report.failed) == (1, 1)
    health = {feed.id: (memory, issue) for feed, memory, issue in app.store.feed_health()}
    memory, issue = health["acc"]
    assert issue is not None
    assert (issue.subject, issue.code, issue.sentence) == ("公众号", DOWN.code, DOWN.sentence)
    assert memory.failures == 1
    assert memory.next_poll_at is not None
    assert memory.next_poll_at > clock.now()
    assert codes(polled(app)) == ["feed.backing_off"]
    clock.time = memory.next_poll_at
    web.answers[FIRST] = feed_of(clock.now())
    assert polled(app).made == 1


def test_the_next_try_is_told_in_the_readers_time(tmp_path: Path, clock: StillClock) -> None:
    app = furnished(tmp_path, Web(clock), clock, BRIDGED)
    polled(app)
    ((_, memory, _),) = app.store.feed_health()
    assert memory.next_poll_at is not None
    (issue,) = poll(app, replace(run_at(app), zone=timezone(timedelta(hours=8)))).issues
    shown = (memory.next_poll_at + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
    assert issue.remedy.startswith(f"{shown} 之后自动再试")


class Guarded(Web):
    """Refuses every address until told otherwise."""

    refuses = True

    def fetch_many(self, requests: Iterable[FetchRequest]) -> Iterator[Fetched]:
        if not self.refuses:
            yield from super().fetch_many(requests)
            return
        for request in requests:
            yield Fetched(request=request, issue=DOWN, asked=False)


def test_an_address_that_we_refused_is_asked_as_soon_as_the_settings_allow_it(
    tmp_path: Path, clock: StillClock
) -> None:
    bridge = Feed(id="b", title="我的桥", url="http://192.168.1.2:4000/feed")
    web = Guarded(clock, {bridge.url: feed_of(clock.now())})
    app = furnished(tmp_path, web, clock, bridge)
    assert codes(polled(app)) == codes(polled(app)) == [DOWN.code]
    web.refuses = False
    assert polled(app).made == 1


def test_a_stale_address_makes_way_for_the_next_one(tmp_path: Path, clock: StillClock) -> None:
    old = days_before(clock.now(), *range(30, 45))
    web = Web(clock, {FIRST: feed_of(*old), SECOND: feed_of(*days_before(clock.now(), 0), *old)})
    app = furnished(tmp_path, web, clock, BRIDGED)
    report = polled(app)
    assert [r.url for r in web.asked] == [FIRST, SECOND]
    assert (report.made, codes(report)) == (16, ["feed.stale"])
    assert "备用地址还在更新" in report.issues[0].remedy
    assert len(dump(app)["entries"]) == 16
    for _ in range(3):  # it stands in for as long as the first one is silent
        clock.time += timedelta(days=1)
        web.answers[SECOND] = feed_of(clock.now(), *days_before(clock.now(), 1), *old)
        report = polled(app)
        assert (report.made, codes(report)) == (1, ["feed.stale"])
    web.answers[FIRST] = feed_of(clock.now(), *old)
    asked = len(web.asked)
    assert codes(polled(app)) == []
    assert len(web.asked) == asked + 1


@pytest.mark.parametrize(("kind", "word"), [("wechat", "微信桥"), ("feed", "订阅地址")])
def test_a_source_gone_silent_is_named_with_its_rhythm(
    kind: str, word: str, tmp_path: Path, clock: StillClock
) -> None:
    source = Feed(id="f", title="来源", url=FIRST, kind=kind)  # type: ignore[arg-type]
    web = Web(clock, {FIRST: feed_of(*days_before(clock.now(), *range(0, 20, 2)))})
    app = furnished(tmp_path, web, clock, source)
    assert codes(polled(app)) == []
    clock.time += timedelta(days=7)
    assert codes(polled(app)) == []
    clock.time += timedelta(days=1)
    report = polled(app)
    assert codes(report) == ["feed.stale"]
    assert report.failed == 0
    assert "8 天没有新文章" in report.issues[0].sentence
    assert word in report.issues[0].remedy


def test_five_days_off_are_caught_up_and_nothing_comes_twice(
    tmp_path: Path, clock: StillClock
) -> None:
    source = Feed(id="f", title="来源", url=FIRST)
    dates = days_before(clock.now(), *range(5))
    web = Web(clock, {FIRST: feed_of(*dates)})
    app = furnished(tmp_path, web, clock, source)
    assert polled(app).made == 5
    clock.time += timedelta(days=5)
    missed = days_before(clock.now(), *range(5))
    web.answers[FIRST] = feed_of(*missed, *dates)
    assert polled(app).made == 5
    assert polled(app).made == 0
    assert len(dump(app)["entries"]) == 10


def test_little_is_known_of_a_new_source() -> None:
    now = datetime(2026, 9, 18, tzinfo=UTC)
    assert freshness([], now) is None
    assert freshness(days_before(now, 400, 401, 402, 403, 404), now) is None
    assert freshness([now - timedelta(days=400)] * 50, now) is None


def test_each_source_has_its_own_rhythm() -> None:
    now = datetime(2026, 9, 18, tzinfo=UTC)
    daily = freshness(days_before(now, *range(10, 40)), now)
    monthly = freshness(days_before(now, *range(40, 400, 30)), now)
    weekdays = freshness([d for d in days_before(now, *range(60)) if d.weekday() < 5], now)
    assert daily is not None
    assert monthly is not None
    assert weekdays is not None
    assert (daily.stale, daily.usual, daily.silent) == (True, 1, 10)
    assert (monthly.stale, monthly.usual, monthly.allowed) == (False, 30, 90)
    assert weekdays.stale is False
