"""WeChat bridges: wewe-rss, we-mp-rss, static mirrors without guids."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from tests.sources.conftest import Read, item, rss

LONG_LINK = (
    "http://mp.weixin.qq.com/s?__biz=MzA3MzI4MjgzMw==&amp;mid=2650884421&amp;idx=2&amp;"
    "sn=0e1d&amp;chksm=84e4&amp;scene=0&amp;xtrack=1#rd"
)
CANONICAL = "https://mp.weixin.qq.com/s?__biz=MzA3MzI4MjgzMw==&mid=2650884421&idx=2&sn=0e1d"
BODY = "<p>" + "公众号文章的正文，讲的是模型。" * 40 + "</p>"


def wewe(*items: dict[str, object]) -> str:
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1", "title": "机器之心", "items": items}
    )


def test_a_static_mirror_without_guids(read: Read) -> None:
    body = rss(item(1, link=LONG_LINK, pubDate="Thu, 17 Sep 2026 13:00:13 +0800", content="标题1"))
    (entry,) = read(body, kind="wechat", title="机器之心 | mirror", account="机器之心").entries
    assert entry.key == entry.url == CANONICAL
    assert entry.account == "机器之心"
    assert not entry.content_is_full


def test_equal_titles_under_different_links_are_two_articles(read: Read) -> None:
    links = (LONG_LINK, LONG_LINK.replace("idx=2", "idx=3"))
    assert len(read(rss(*(item(1, link=u) for u in links)), kind="wechat").entries) == 2


def test_the_same_article_from_two_bridges_has_one_key(read: Read) -> None:
    mirror = read(rss(item(1, link=LONG_LINK)), kind="wechat").entries[0]
    bridge = read(wewe({"id": "xyz", "url": CANONICAL + "&chksm=99", "title": "t"}), kind="wechat")
    assert bridge.entries[0].key == mirror.key


def test_a_bridge_in_full_text_mode_and_its_failure(read: Read) -> None:
    short = "https://mp.weixin.qq.com/s/WyMg6Ijl3i9qYvQTKc9bAA"
    poll = read(
        wewe(
            {
                "id": "1",
                "url": short,
                "title": "好",
                "content_html": BODY,
                "date_modified": "2026-09-17T01:00:00.000Z",
            },
            {"id": "2", "url": short + "x", "title": "坏", "content_html": "获取全文失败，请重试~"},
            {"id": "3", "url": short + "y", "title": "空", "content_html": ""},
        ),
        kind="wechat",
    )
    assert [(e.title, e.content_is_full, bool(e.content)) for e in poll.entries] == [
        ("好", True, True),
        ("坏", False, False),
        ("空", False, False),
    ]


def test_times_without_a_zone_are_beijing(read: Read) -> None:
    for written in (
        "2026-09-17 20:30:00",
        "2026-09-17T20:30:00",
        "Thu, 17 Sep 2026 20:30:00",
        "Thu, 17 Sep 2026 20:30:00 CST",
    ):
        (entry,) = read(rss(item(1, link=LONG_LINK, pubDate=written)), kind="wechat").entries
        assert entry.published == datetime(2026, 9, 17, 12, 30, tzinfo=UTC)


def test_a_bridge_that_thinks_it_is_called_localhost(read: Read) -> None:
    body = rss(item(1, link="http://localhost:8001/views/article/5"))
    (entry,) = read(body, kind="wechat", url="http://192.168.0.9:8001/feed/MP_WXS_1.rss").entries
    assert entry.url == "http://192.168.0.9:8001/views/article/5"


def test_full_text_in_the_description(read: Read) -> None:
    body = rss(item(1, link=LONG_LINK, description=f"<![CDATA[{BODY}]]>"))
    assert read(body, kind="wechat").entries[0].content_is_full
    assert not read(body.replace(LONG_LINK, "https://example.com/1")).entries[0].content_is_full


def test_the_account_is_the_configured_one_else_the_items_author_else_the_title(read: Read) -> None:
    mixed = wewe({"id": "1", "url": CANONICAL, "title": "t", "author": {"name": "量子位"}})
    assert read(mixed, kind="wechat").entries[0].account == "量子位"
    assert read(mixed, kind="wechat", account="新智元").entries[0].account == "新智元"
    assert read(rss(item(1, link=LONG_LINK)), kind="wechat").entries[0].account == "来源"
