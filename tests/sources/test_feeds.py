"""RSS, Atom, RDF and JSON Feed into entries: keys, links, dates, fullness, and what is no feed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.sources import Sources
from pipeline.types import Entry, FeedMemory, Poll
from tests.sources.conftest import Read, feed, item, rss

LONG = "<p>" + "正文内容，讲的是模型与数据。" * 40 + "</p>"


def only(poll: Poll) -> Entry:
    (entry,) = poll.entries
    return entry


def codes(poll: Poll) -> list[str]:
    return [issue.code for issue in poll.issues]


def test_an_atom_entry(read: Read) -> None:
    entry = only(
        read(
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://blog.example/x/">'
            "<title>B</title><entry><id>tag:1</id><link href='../post'/>"
            "<title type='html'>A &amp;lt;b&amp;gt;&lt;b>bold&lt;/b> move</title>"
            "<author><name>Ann</name></author><published>2026-09-17T20:00:00+08:00</published>"
            f"<content type='html'><![CDATA[{LONG}<img data-src='x.png'>]]></content></entry></feed>"
        )
    )
    assert (entry.key, entry.url) == ("tag:1", "https://blog.example/post")
    assert (entry.title, entry.author) == ("A <b>bold move", "Ann")
    assert entry.published == datetime(2026, 9, 17, 12, 0, tzinfo=UTC)
    assert entry.content_is_full
    assert "data-src" in (entry.content or "")


def test_keys_are_guid_or_canonical_address(read: Read) -> None:
    poll = read(rss(item(1, guid="g-1"), item(2, link="https://example.com/2?utm_source=rss#top")))
    assert [e.key for e in poll.entries] == ["g-1", "https://example.com/2"]
    again = read(rss(item(1, guid="g-1", title="neu"), item(1, guid="g-1")))
    assert [e.title for e in again.entries] == ["neu"]
    assert len(only(read(rss(item(guid="g" * 9000)))).key) <= 400


def test_relative_links_are_resolved_against_the_feed(read: Read) -> None:
    assert only(read(rss(item(link="/posts/1")))).url == "https://example.com/posts/1"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "",
        "http://[x",
        "mailto:a@b",
    ],
)
def test_entries_without_a_web_address_are_left_out_and_named(link: str, read: Read) -> None:
    poll = read(rss(item(1, link=link), item(2)))
    assert [e.title for e in poll.entries] == ["标题2"]
    assert codes(poll) == ["feed.no_address"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Thu, 17 Sep 2026 13:00:13 +0800", (2026, 9, 17, 5, 0, 13)),
        ("Thu, 17 Sep 2026 13:00:13 GMT", (2026, 9, 17, 13, 0, 13)),
        ("17 Sep 26 13:00 EST", (2026, 9, 17, 18, 0, 0)),
        ("2026-09-17T13:00:13Z", (2026, 9, 17, 13, 0, 13)),
        ("2026-09-17T13:00:13.123456789+05:30", (2026, 9, 17, 7, 30, 13)),
        ("2026-09-17 13:00:13", (2026, 9, 17, 13, 0, 13)),
        ("2026/9/7 8:05", (2026, 9, 7, 8, 5, 0)),
        ("2026年9月7日", (2026, 9, 7, 0, 0, 0)),
        ("2026-09-17T24:00:00Z", (2026, 9, 18, 0, 0, 0)),
        ("1789650013", (2026, 9, 17, 13, 0, 13)),
    ],
)
def test_dates(written: str, meant: tuple[int, ...], read: Read) -> None:
    assert only(read(rss(item(pubDate=written)))).published == datetime(*meant, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    "written",
    [
        "2025-13-45",
        "2026-02-30",
        "2025-13-45T25:61:61Z",
        "Thu, 45 Sep 2026 13:00:13 GMT",
        "2099-01-01",
        "Mon, 01 Jan 2029 00:00:00 GMT",
        "0001-01-01T00:00:00Z",
        "0",
        "yesterday",
        "99999999999999999999",
    ],
)
def test_impossible_and_future_dates_are_refused_and_named(written: str, read: Read) -> None:
    poll = read(rss(item(pubDate=written)))
    assert only(poll).published is None
    assert codes(poll) == ["feed.bad_date"]
    assert written[:9] in poll.issues[0].sentence


def test_the_newest_first_and_undated_ones_where_they_stood(read: Read) -> None:
    days = {1: "2026-09-01", 2: "2026-09-03", 3: "", 4: "2026-09-02"}
    poll = read(rss(*(item(n, pubDate=day) for n, day in days.items())))
    assert [e.title[-1] for e in poll.entries] == ["2", "3", "4", "1"]


def test_only_the_newest_of_very_many_are_kept(read: Read) -> None:
    many = [item(n, pubDate=f"{2000 + n % 26}-01-02") for n in range(3000)]
    poll = read(rss(*many), limit=100)
    assert len(poll.entries) == 100
    assert {e.published.year for e in poll.entries if e.published} == {2025}
    assert codes(poll) == ["feed.too_many_entries"]
    assert "2900" in poll.issues[0].sentence


@pytest.mark.parametrize(
    ("content", "full"),
    [
        (LONG, True),
        ("标题1", False),
        ("<p>短短的导语</p>", False),
        ("<p>" + "teaser words " * 100 + "</p><p>Read more</p>", False),
        ("<p>" + "whole words " * 100 + "</p>", True),
        ("", False),
    ],
)
def test_when_the_feed_carries_the_article(content: str, full: bool, read: Read) -> None:
    assert only(read(rss(item(content=content)))).content_is_full is full


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "空"),
        ("   \n", "空"),
        (
            "<!DOCTYPE html><html><body><form>请登录<input type=password></form></body></html>",
            "登录页",
        ),
        ("<html><head><title>Blog</title></head><body><p>Hello</p></body></html>", "网页"),
        ('{"code": 401, "message": "unauthorized"}', "JSON"),
        ("[1, 2]", "JSON"),
        ('{"items": ', "JSON"),
        ("[" * 100_000, "JSON"),
        ("just words", "无法识别"),
        ("<?xml version='1.0'?><urlset><url/></urlset>", "无法识别"),
    ],
)
def test_what_is_no_feed_is_named(body: str, words: str, read: Read) -> None:
    poll = read(body)
    assert poll.entries == ()
    assert codes(poll) == ["feed.not_a_feed"]
    assert words in poll.issues[0].sentence
    assert poll.body_hash is None  # the next run looks again


def test_an_empty_feed_is_fine(read: Read) -> None:
    for body in (
        rss(),
        "<feed xmlns='http://www.w3.org/2005/Atom'/>",
        '{"version":"https://jsonfeed.org/version/1.1","items":[]}',
    ):
        assert read(body) == Poll(feed_id="f", etag='"e"', body_hash=read(body).body_hash)


def test_an_unchanged_body_is_not_parsed_again(read: Read) -> None:
    first = read(rss(item()))
    memory = FeedMemory(feed_id="f", body_hash=first.body_hash)
    second = read(rss(item()), memory=memory)
    assert second.unchanged
    assert (second.entries, second.etag) == ((), '"e"')


def test_a_json_feed(read: Read) -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": 7,
                "url": "https://example.com/7",
                "title": "T",
                "authors": [{"name": "A"}],
                "date_published": "2026-09-17T01:00:00Z",
                "content_html": LONG,
                "summary": "s",
            },
            {"id": "8", "external_url": "/8", "content_text": "a <b> & c", "author": {"name": "B"}},
            "nonsense",
            None,
            {"id": None},
        ],
    }
    first, second = read(json.dumps(document)).entries
    assert (first.key, first.author, first.summary) == ("7", "A", "s")
    assert first.content_is_full
    assert (second.url, second.author, second.content) == (
        "https://example.com/8",
        "B",
        "a &lt;b&gt; &amp; c",
    )


def test_a_damaged_feed_is_read_as_far_as_possible(read: Read) -> None:
    whole = rss(item(1, title="a &nbsp; b"), item(2))
    assert [e.title for e in read(whole).entries] == ["a b", "标题2"]
    assert len(read(whole[: whole.rindex("</item>")]).entries) == 2


def test_a_large_damaged_feed_is_repaired_and_said_to_be(read: Read) -> None:
    body = rss(*(item(n, description="x" * 3000) for n in range(400))).replace(
        "</channel>", "&nbsp;<br></chan>"
    )
    poll = read(body)
    assert len(poll.entries) == 400
    assert "feed.damaged" in codes(poll)


BOMBS = {
    "unclosed tags": "<rss><channel><item><description>" + "<p>" * 100_000,
    "half tags": "<rss>" + "<div " * 20_000,
    "deep": "<rss>" + "<a>" * 200_000,
    "deep and closed": "<rss>" + "<a>" * 100_000 + "</a>" * 100_000 + "</rss>",
    "cdata": "<rss>" + "<![CDATA[" * 50_000,
    "comments": "<rss>" + "<!--" * 50_000,
    "laughs": '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]><rss><channel><title>&a11;</title></channel></rss>",
    "ampersands": "<rss><channel><item><title>" + "&" * 100_000,
    "attributes": "<rss><channel><item><link " + "href=x " * 30_000 + ">",
    "different attributes": "<rss " + " ".join(f'a{n}="x"' for n in range(50_000)) + "></rss>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_bomb_goes_off(name: str, read: Read) -> None:
    poll = read(BOMBS[name])
    assert len(poll.entries) <= 1
    assert len(repr(poll)) < 500_000


def test_an_external_entity_reads_no_file(read: Read) -> None:
    poll = read(
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + rss(item(title="a&x;b")).partition("?>")[2]
    )
    assert "root:" not in repr(poll)


def test_requests_are_conditional_and_turn_to_the_next_address_after_a_failure() -> None:
    sources = Sources()
    memory = FeedMemory(feed_id="f", etag='"1"', last_modified="then")
    request = sources.request(feed(), memory)
    assert request is not None
    assert (request.etag, request.last_modified, request.purpose) == ('"1"', "then", "feed")
    several = feed(fallbacks=("https://b.example/", "https://c.example/"))
    asked = [
        sources.request(several, FeedMemory(feed_id="f", failures=n, last_modified="then"))
        for n in range(4)
    ]
    assert [r.url for r in asked if r] == [several.url, *several.fallbacks, several.url]
    assert [r.last_modified for r in asked if r] == ["then", None, None, "then"]
    assert sources.request(feed(kind="inbox", url="inbox.txt"), memory) is None
    assert sources.request(feed(kind="files", url="saved"), memory) is None


def test_the_releases_of_a_repository(read: Read) -> None:
    """GitHub's `releases.atom`: the version as title, notes as HTML, a picture of the author."""
    notes = "&lt;h2&gt;Changes&lt;/h2&gt;" + "&lt;p&gt;Faster and smaller.&lt;/p&gt;" * 80
    entry = only(
        read(
            '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
            'xml:lang="en-US"><id>tag:github.com,2008:https://github.com/o/n/releases</id>'
            '<link type="text/html" rel="alternate" href="https://github.com/o/n/releases"/>'
            '<link type="application/atom+xml" rel="self" href="https://github.com/o/n/releases.atom"/>'
            "<title>Release notes from n</title><updated>2026-09-17T01:02:03Z</updated><entry>"
            "<id>tag:github.com,2008:Repository/1/v2.0</id><updated>2026-09-17T01:02:03Z</updated>"
            '<link rel="alternate" type="text/html" href="https://github.com/o/n/releases/tag/v2.0"/>'
            f'<title>v2.0: Big</title><content type="html">{notes}</content>'
            "<author><name>ann</name></author>"
            '<media:thumbnail height="30" width="30" url="https://avatars.example/u/1"/>'
            "</entry></feed>"
        )
    )
    assert (entry.key, entry.title) == ("tag:github.com,2008:Repository/1/v2.0", "v2.0: Big")
    assert entry.url == "https://github.com/o/n/releases/tag/v2.0"
    assert entry.author == "ann"
    assert entry.published == datetime(2026, 9, 17, 1, 2, 3, tzinfo=UTC)
    assert entry.content_is_full


def test_a_guid_given_twice_loses_no_article(read: Read) -> None:
    same = [item(n, guid="<![CDATA[1]]>") for n in range(3)]
    entries = read(rss(*same)).entries
    assert [e.title for e in entries] == ["标题0", "标题1", "标题2"]
    assert len({e.key for e in entries}) == 3
    moved = item(7, guid="g", title="同一篇") + item(8, guid="g", title="同一篇")
    assert len(read(rss(moved)).entries) == 1
