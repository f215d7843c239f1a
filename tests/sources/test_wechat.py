"""WeChat bridges: wewe-rss, we-mp-rss, static mirrors without guids."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.sources.opml import guess_kind
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


SHORT = "https://mp.weixin.qq.com/s/WyMg6Ijl3i9qYvQTKc9bAA"
FAILED = "获取全文失败，请重试~"
WEWE = {
    "rss": '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/'
    'elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>号'
    "</title><link>http://localhost:4000/feeds/MP_WXS_1.rss</link><generator>WeWe-RSS</generator>"
    "<item><title><![CDATA[题]]></title><link>{url}</link><guid>WyMg6Ijl3i9qYvQTKc9bAA</guid>"
    "<pubDate>Thu, 17 Sep 2026 12:30:00 GMT</pubDate>"
    "<content:encoded><![CDATA[{body}]]></content:encoded></item></channel></rss>",
    "atom": '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>'
    "http://localhost:4000/feeds/MP_WXS_1.atom</id><title>号</title><updated>2026-09-17T13:00:00.000Z"
    '</updated><generator>WeWe-RSS</generator><entry><title type="html"><![CDATA[题]]></title>'
    '<id>WyMg6Ijl3i9qYvQTKc9bAA</id><link href="{url}"/><updated>2026-09-17T12:30:00.000Z</updated>'
    '<content type="html"><![CDATA[{body}]]></content></entry></feed>',
    "json": '{{"version":"https://jsonfeed.org/version/1","title":"号","items":[{{"id":'
    '"WyMg6Ijl3i9qYvQTKc9bAA","url":"{url}","title":"题","content_html":"{body}",'
    '"date_modified":"2026-09-17T12:30:00.000Z"}}]}}',
}


@pytest.mark.parametrize("form", WEWE)
def test_wewe_rss_in_each_of_its_formats_with_full_text_and_without(form: str, read: Read) -> None:
    url = f"http://127.0.0.1:4000/feeds/MP_WXS_1.{form}?mode=fulltext"
    for body, full in ((BODY, True), (FAILED, False), ("", False)):
        (entry,) = read(WEWE[form].format(url=SHORT, body=body), kind="wechat", url=url).entries
        assert (entry.key, entry.url, entry.title) == (SHORT, SHORT, "题")
        assert entry.published == datetime(2026, 9, 17, 12, 30, tzinfo=UTC)
        assert (entry.content_is_full, bool(entry.content)) == (full, full)


def test_we_mp_rss_with_local_links_and_dates_without_a_zone(read: Read) -> None:
    body = rss(
        item(1, link="/views/article/3-17", guid="3-17", pubDate="2026-09-17T20:30:00"),
        item(2, link=LONG_LINK, guid="3-18", pubDate="2026-09-17 20:30:00", content=BODY),
    )
    url = "http://nas.lan:8001/feed/MP_WXS_3073282833.rss"
    local, remote = read(body, kind="wechat", url=url).entries
    assert local.url == "http://nas.lan:8001/views/article/3-17"
    assert (remote.url, remote.content_is_full) == (CANONICAL, True)
    assert {e.published for e in (local, remote)} == {datetime(2026, 9, 17, 12, 30, tzinfo=UTC)}


def test_wechat2rss_hides_its_token_where_it_answers_with_something_else(read: Read) -> None:
    url = "https://bridge.example/feed/3073282833.xml?k=geheim"
    (issue,) = read("<html><form>请登录</form></html>", kind="wechat", url=url).issues
    assert "k=***" in issue.sentence
    assert "geheim" not in repr(issue)
    (entry,) = read(rss(item(1, link=SHORT, content=BODY)), kind="wechat", url=url).entries
    assert "geheim" not in repr(entry)


def test_rsshubs_routes_for_wechat(read: Read) -> None:
    body = rss(
        item(1, link=LONG_LINK, guid=LONG_LINK, description=f"<![CDATA[{BODY}]]>"),
        item(2, link=SHORT, guid=SHORT, pubDate="Thu, 17 Sep 2026 12:30:00 GMT", author="量子位"),
    )
    url = "https://rsshub.example/wechat/ce/595a5b14d7164e53908f1606?key=geheim"
    assert guess_kind(url) == "wechat"
    one, two = sorted(read(body, kind="wechat", url=url).entries, key=lambda e: e.title)
    assert (one.key, one.content_is_full) == (CANONICAL, True)
    assert (two.key, two.account, two.content_is_full) == (SHORT, "量子位", False)


def test_a_temporary_link_is_kept_as_it_is_for_its_page_to_say_what_it_is(read: Read) -> None:
    link = (
        "https://mp.weixin.qq.com/s?src=11&amp;timestamp=1789&amp;ver=1&amp;signature=a*b&amp;new=1"
    )
    (entry,) = read(rss(item(1, link=link)), kind="wechat").entries
    assert "signature=a" in entry.url
    assert entry.key == entry.url
