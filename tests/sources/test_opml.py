"""OPML in and out."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.sources import read_opml, write_opml
from pipeline.types import Feed
from tests.sources.conftest import feed

SHIPPED = Path(__file__).parents[2] / "config" / "feeds.opml"


def opml(body: str) -> str:
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{body}</body></opml>'


def test_folders_become_tags_and_our_attributes_are_read() -> None:
    feeds, issues = read_opml(
        opml(
            '<outline text="公众号"><outline text="视觉"><outline type="rss" text="甲" kind="wechat" '
            'account="甲号" xmlUrl="https://a.example/1.xml" fallbacks=" https://b.example/1 https://c.example/1 "/>'
            '</outline></outline><outline text="Blog" title="The Blog" xmlUrl="https://d.example/feed"/>'
        )
    )
    assert issues == ()
    first, second = feeds
    assert first.tags == ("公众号", "视觉")
    assert (first.kind, first.account) == ("wechat", "甲号")
    assert first.fallbacks == ("https://b.example/1", "https://c.example/1")
    assert (second.title, second.kind, second.tags) == ("The Blog", "feed", ())


def test_ids_are_stable_and_do_not_hang_on_the_title() -> None:
    (one,), _ = read_opml(opml('<outline text="a" xmlUrl="https://d.example/feed"/>'))
    (two,), _ = read_opml(opml('<outline text="b" xmlUrl="https://d.example/feed?utm_source=x"/>'))
    assert one.id == two.id
    assert one.id.startswith("d-example-")


def test_repeated_and_wrong_entries_are_named_and_the_rest_is_kept() -> None:
    feeds, issues = read_opml(
        opml(
            '<outline text="x" category="/a/b,c" xmlUrl="https://d.example/feed"/>'
            '<outline text="t"><outline text="y" xmlUrl="https://d.example/feed"/></outline>'
            '<outline text="z" xmlUrl="javascript:alert(1)"/><outline text="k" kind="odd" xmlUrl="feed://e.example/"/>'
        )
    )
    assert [f.title for f in feeds] == ["x", "k"]
    assert feeds[0].tags == ("a", "b", "c", "t")
    assert feeds[1].url == "http://e.example/"
    assert [i.code for i in issues] == ["opml.twice", "opml.bad_url", "opml.bad_kind"]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://rss.arxiv.org/rss/cs.CV", "arxiv"),
        ("https://export.arxiv.org/api/query?search_query=cat:cs.CV", "arxiv"),
        ("https://wechat2rss.xlab.app/feed/ab.xml", "wechat"),
        ("http://127.0.0.1:4000/feeds/MP_WXS_3073282833.json", "wechat"),
        ("https://rsshub.app/wechat/ershicimi/1", "wechat"),
        ("https://example.com/feed", "feed"),
    ],
)
def test_kinds_are_guessed_from_the_address(url: str, kind: str) -> None:
    (one,), _ = read_opml(opml(f'<outline xmlUrl="{url}"/>'))
    assert one.kind == kind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "opml.not_opml"),
        ("hello", "opml.not_opml"),
        ("<html><body/></html>", "opml.not_opml"),
        ('<!DOCTYPE o [<!ENTITY a "b">]><opml><body/></opml>', "opml.entities"),
        (
            '<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><body>&a;</body></opml>',
            "opml.entities",
        ),
    ],
)
def test_what_is_no_list_is_refused_in_words(text: str, code: str) -> None:
    feeds, issues = read_opml(text)
    assert feeds == ()
    assert [i.code for i in issues] == [code]


def test_damaged_xml_is_read_as_far_as_it_goes() -> None:
    feeds, issues = read_opml(
        '<opml><body><outline text="a & b" xmlUrl="https://d.example/?a=1&b=2"/><outline'
    )
    assert [f.url for f in feeds] == ["https://d.example/?a=1&b=2"] or len(feeds) == 1
    assert [i.code for i in issues] == ["opml.damaged"]


def test_a_missing_file_and_a_deep_one(tmp_path: Path) -> None:
    assert read_opml(tmp_path / "no.opml")[1][0].code == "opml.unreadable"
    deep = (
        "<outline text='x'>" * 200 + '<outline xmlUrl="https://d.example/"/>' + "</outline>" * 200
    )
    assert read_opml(opml(deep))[0] == ()


def test_a_gbk_list_is_read() -> None:
    text = '<?xml version="1.0" encoding="gb2312"?><opml><body><outline text="机器学习" xmlUrl="https://d.example/"/></body></opml>'
    assert read_opml(text.encode("gbk"))[0][0].title == "机器学习"


def test_written_lists_read_back_the_same() -> None:
    one, _ = read_opml(SHIPPED)
    nasty = feed(id="x", title='<"&>\x0b 名', url="https://n.example/?a=1&b=2", tags=("甲", "<乙>"))
    back, issues = read_opml(write_opml([*one, nasty]))
    assert issues == ()
    assert back[:-1] == one
    assert (back[-1].title, back[-1].url, back[-1].tags) == ('<"&> 名', nasty.url, nasty.tags)


def test_the_shipped_list_is_in_order() -> None:
    feeds, issues = read_opml(SHIPPED)
    assert issues == ()
    kinds = [f.kind for f in feeds]
    assert kinds.count("wechat") >= 6
    assert kinds.count("arxiv") == 3
    assert kinds.count("feed") >= 6
    assert all(f.account for f in feeds if f.kind == "wechat")
    assert all(u.startswith("https://") for f in feeds for u in (f.url, *f.fallbacks))


def test_every_recorded_list_ends_in_feeds_or_words(corpus: Path) -> None:
    files = [p for p in (corpus / "feeds/opml").rglob("*") if p.suffix in (".opml", ".xml")]
    assert len(files) > 50
    found: dict[str, tuple[Feed, ...]] = {}
    for path in files:
        feeds, issues = read_opml(path)
        found[path.name] = feeds
        assert all(i.sentence and i.remedy for i in issues)
        assert len({f.id for f in feeds}) == len(feeds)
    assert len(found["BestBlogs_RSS_ALL.opml"]) == 400
