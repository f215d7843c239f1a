"""Back-off grows, jitters by subject only, and never exceeds a day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.collect import PAGE_ATTEMPTS, backoff, fetch
from pipeline.types import Feed
from tests.conftest import StillClock
from tests.stages.rooms import DOWN, Web, codes, dump, feed_of, furnished, polled, run_at

BASE = timedelta(minutes=15)


@given(failures=st.integers(0, 10_000), seed=st.text(max_size=40))
def test_back_off_stays_between_its_base_and_a_day(failures: int, seed: str) -> None:
    wait = backoff(BASE, failures, seed)
    assert BASE * 0.8 <= wait <= timedelta(hours=24)


@given(seed=st.text(max_size=40))
def test_back_off_doubles_within_its_jitter(seed: str) -> None:
    first, fourth = backoff(BASE, 0, seed), backoff(BASE, 3, seed)
    assert fourth >= first * (8 * 0.8 / 1.2)
    assert backoff(BASE, 3, seed) == fourth


def test_different_feeds_do_not_come_back_in_step() -> None:
    assert len({backoff(BASE, 2, f"feed {n}") for n in range(50)}) > 40


CAPTCHA = (
    "<html><title></title><body><div class='weui-msg'><h2 class='weui-msg__title'>"
    "当前环境异常，完成验证后即可继续访问。</h2></div></body></html>"
)
SOURCE = Feed(id="f", title="来源", url="https://a.example/feed")


def test_a_page_that_never_answers_is_given_up_with_words_that_promise_nothing(
    tmp_path: Path, clock: StillClock
) -> None:
    web = Web(clock, {SOURCE.url: feed_of(clock.now())})
    app = furnished(tmp_path, web, clock, SOURCE)
    polled(app)
    for n in range(PAGE_ATTEMPTS):
        clock.time += timedelta(days=1)
        report = fetch(app, run_at(app))
        assert report.failed == 1
        assert report.issues[0].temporary == (n + 1 < PAGE_ATTEMPTS)
    clock.time += timedelta(days=30)
    assert fetch(app, run_at(app)).seen == 0
    (entry,) = dump(app)["entries"]
    assert entry["state"] == "failed"
    assert "不再试" in entry["issue"]["sentence"]
    assert DOWN.remedy not in entry["issue"]["remedy"]


def test_a_captcha_never_costs_an_article(tmp_path: Path, clock: StillClock) -> None:
    moment = clock.now()
    web = Web(clock, {SOURCE.url: feed_of(moment)})
    address = f"https://e.org/{moment:%Y%m%d%H%M}"
    web.answers[address] = CAPTCHA
    app = furnished(tmp_path, web, clock, SOURCE)
    app.fetcher.block_host = lambda host, issue: None  # type: ignore[method-assign]
    polled(app)
    for _ in range(PAGE_ATTEMPTS + 5):
        assert codes(fetch(app, run_at(app))) == ["page.captcha"]
        clock.time += timedelta(hours=7)
    web.answers[address] = "<html><title>题</title><article>" + "<p>正文。</p>" * 300
    assert fetch(app, run_at(app)).made == 1
