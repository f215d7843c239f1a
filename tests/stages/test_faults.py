"""A feed that fails in any way, asked by the real client: the others are read, the cause is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from pipeline.cli.main import app as command
from pipeline.fetch import FetchPolicy, PoliteFetcher
from pipeline.settings import find_config, load_workspace
from pipeline.sources import Sources, read_opml
from pipeline.types import Feed, FeedMemory, Page
from pipeline.wiring import SystemClock, open_store
from tests.conftest import StillClock
from tests.fetch.server import FaultServer, Handler, reply
from tests.fetch.test_faults import FAULTS
from tests.stages.rooms import DOWN, days_before, feed_of, furnished, polled

LATER: dict[str, Callable[[], bytes]] = {
    "seconds": lambda: reply(b"", "429 Too Many Requests", Retry_After="7200"),
    "a date": lambda: reply(
        b"",
        "429 Too Many Requests",
        Retry_After=format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True),
    ),
}
WRONG = {"a web page": b"<html><p>hello</p></html>", "a picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 99}


def polled_beside(route: bytes | Handler, folder: Path, clock: StillClock) -> tuple[str, datetime]:
    """Poll a broken and two good feeds; the kept cause and next try of the broken one."""
    good = reply(feed_of(clock.now()).encode())
    with FaultServer({"/fault": route, "/1": good, "/2": good}) as server:
        policy = FetchPolicy(
            allow_private=("127.0.0.1",), timeout=2.0, max_bytes=1_000_000, host_delays={}
        )
        paths = ("/1", "/fault", "/2")
        feeds = [Feed(id=p, title=f"来源{p}", url=server.url(p)) for p in paths]
        app = furnished(folder, PoliteFetcher(policy, clock), clock, *feeds)
        report = polled(app)
    assert report.failed == 1
    health = {feed.id: (memory, issue) for feed, memory, issue in app.store.feed_health()}
    for path in ("/1", "/2"):
        assert health[path][0].last_ok_at == clock.now()
        assert health[path][1] is None
    memory, issue = health["/fault"]
    assert issue is not None
    assert [i for i in report.issues if i.subject == "来源/fault"] == [issue]
    assert issue.sentence
    assert issue.remedy
    assert memory.next_poll_at is not None
    return issue.code, memory.next_poll_at


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_one_feed(name: str, tmp_path: Path, clock: StillClock) -> None:
    code, again = polled_beside(FAULTS[name][0], tmp_path, clock)
    assert code.removeprefix("fetch.") in FAULTS[name][1].split()
    assert timedelta(0) < again - clock.now() <= timedelta(hours=24)


@pytest.mark.parametrize("form", LATER)
def test_both_forms_of_retry_after(form: str, tmp_path: Path, clock: StillClock) -> None:
    code, again = polled_beside(LATER[form](), tmp_path, clock)
    assert code == "fetch.rate_limited"
    assert timedelta(hours=1.9) < again - clock.now() <= timedelta(hours=2)


@pytest.mark.parametrize("name", WRONG)
def test_something_that_is_no_feed(name: str, tmp_path: Path, clock: StillClock) -> None:
    code, _ = polled_beside(reply(WRONG[name]), tmp_path, clock)
    assert code == "feed.not_a_feed"


def test_the_command_shows_cause_and_next_try_and_silence(tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(command, ["init", str(tmp_path / "w")]).exit_code == 0
    (tmp_path / "w" / "feeds.opml").write_text(
        '<opml version="2.0"><body><outline text="坏的" type="rss" xmlUrl="https://a.example/1"/>'
        '<outline text="哑的" type="rss" xmlUrl="https://b.example/1"/></body></opml>'
    )
    workspace = load_workspace(find_config(tmp_path / "w", Path.cwd()))
    feeds, _ = read_opml(workspace.feeds)
    broken, silent = feeds
    now = SystemClock().now()
    store = open_store(workspace)
    store.sync_feeds(feeds, now)
    store.record_poll_failure(broken.id, DOWN, now, now + timedelta(hours=1))

    body = feed_of(*days_before(now, *range(30, 45))).encode()
    page = Page(url=silent.url, final_url=silent.url, body=body, fetched_at=now)
    store.record_poll(Sources().read(silent, page, FeedMemory(feed_id=silent.id), now), now)
    store.close()
    shown = runner.invoke(command, ["sources", "--config", str(tmp_path / "w")]).output
    assert DOWN.sentence in shown
    again = (now + timedelta(hours=1)).astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"    下次再试：{again:%Y-%m-%d %H:%M} 以后\n" in shown
    assert "30 天没有新文章" in shown
    assert "fallbacks" in shown
