"""WeChat from poll to article: one article under two kinds of links, and 26 recorded polls."""

from __future__ import annotations

import tarfile
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.stages.collect import fetch
from pipeline.stages.read import extract
from pipeline.types import Feed
from tests.conftest import StillClock
from tests.extract.builders import wechat
from tests.stages.rooms import Web, dump, furnished, polled, run_at

LONG = "https://mp.weixin.qq.com/s?__biz=MzTEST==&mid=2240000001&idx=2&sn=abc"
SHORT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQr"
FRAME = "<rss version='2.0'><channel><title>t</title>{}</channel></rss>"
ITEM = "<item><title>题</title><link>{}</link></item>"


def test_the_long_and_the_short_link_of_an_article_are_joined_through_its_page(
    tmp_path: Path, clock: StillClock
) -> None:
    page = wechat("<p>" + "正文说的是检测与分割的模型。" * 60 + "</p>")
    one = Feed(id="one", title="桥一", url="https://one.example/feed", kind="wechat")
    two = Feed(id="two", title="桥二", url="https://two.example/feed", kind="wechat")
    answers = {
        one.url: FRAME.format(ITEM.format(LONG.replace("&", "&amp;") + "&amp;chksm=1&amp;scene=7")),
        two.url: FRAME.format(ITEM.format(SHORT)),
        LONG: page,
        SHORT: page,
    }
    app = furnished(tmp_path, Web(clock, answers), clock, one, two)
    assert polled(app).made == 2
    assert fetch(app, run_at(app)).made == 2
    read = extract(app, run_at(app))
    assert (read.seen, read.made, read.skipped, read.failed) == (2, 1, 1, 0)
    rows = dump(app)
    assert sorted(row["state"] for row in rows["entries"]) == ["done", "duplicate"]
    assert len(rows["articles"]) == 1
    assert rows["articles"][0]["doc"]["identity"] == "wechat:MzTEST==/2240000001/2"
    assert polled(app).made == 0
    assert fetch(app, run_at(app)).seen == 0


def test_26_recorded_polls_bring_each_article_once(
    corpus: Path, tmp_path: Path, clock: StillClock
) -> None:
    """In order, account by account, through the store: what is new is new once."""
    archive = next((corpus / "wechat/feeds_wechat-feeds/ml_accounts").glob("snapshots_26*.tar.gz"))
    rounds: dict[str, dict[str, str]] = defaultdict(dict)
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and member.name.endswith(".xml"):
                file = tar.extractfile(member)
                assert file is not None
                moment, name = Path(member.name).parts[-2:]
                rounds[moment][name] = file.read().decode()
    assert len(rounds) == 26
    names = sorted({name for some in rounds.values() for name in some})
    feeds = [
        Feed(id=name, title=name, url=f"https://bridge.example/{name}", kind="wechat")
        for name in names
    ]
    web = Web(clock)
    app = furnished(tmp_path, web, clock, *feeds)
    brought = 0
    for moment in sorted(rounds):
        clock.time = datetime.strptime(moment, "%Y-%m-%dT%H%M%S").replace(tzinfo=UTC)
        web.answers = {f"https://bridge.example/{n}": body for n, body in rounds[moment].items()}
        report = polled(app)
        assert report.failed == 0
        brought += report.made
    clock.time += timedelta(hours=1)
    assert polled(app).made == 0
    entries = dump(app)["entries"]
    alive = [row for row in entries if row["state"] != "duplicate"]
    assert brought == len(alive) == len({row["url_key"] for row in entries})
    assert len(alive) > 500
    links = Counter(row["doc"]["url"] for row in alive)
    assert max(links.values()) == 1
