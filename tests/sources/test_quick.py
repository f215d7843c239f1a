"""The quick reader equals feedparser wherever it takes a feed at all."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.charset import decode
from pipeline.sources.items import Item
from pipeline.sources.quick import read_quickly
from pipeline.sources.wellformed import condition, may_be_feed
from pipeline.sources.xmlfeed import _by_feedparser
from tests.sources.conftest import item, rss
from tests.sources.test_corpus import contents

SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:x="urn:x"'
)
VALUES = (
    "",
    " a ",
    "甲 &amp; 乙",
    "AT&amp;T &amp;lt;b&amp;gt;",
    "&lt;p&gt;文&lt;/p&gt;",
    "<![CDATA[<p>x</p> &nbsp;]]>",
    "https://e.org/1?a=1&amp;b=2&amp;amp;c=3",
    "https:////e.org/",
    "tag:e.org,2026:1",
    "/relative",
    "Ã©tÃ©",
    "&#x92;quote",
    "2026-09-17T01:02:03Z",
    "one<!-- gap --> two<?pi x?>",
    "<b>nested</b>",
    "\u00a0\u3000x\u2003",
)
RSS_NAMES = (
    "title link guid pubDate description author category comments enclosure source body name id "
    "dc:creator dc:date dc:title dc:subject content:encoded feedburner:origLink arxiv:announce_type "
    "media:title media:thumbnail x:title TITLE Link"
).split()
ATOM_NAMES = (
    "id title published updated summary content category rights issued source dc:date".split()
)
ATTRIBUTES = ("", "", "", ' type="html"', ' type="xhtml"', ' type="TEXT"', ' isPermaLink="false"')
LINKS = (
    '<link href="https://e.org/1"/>',
    '<link rel="self" href="https://e.org/2"/>',
    '<link rel="alternate" type="text/html" href="https://e.org/3"/>',
    '<link rel="enclosure" type="audio/mpeg" length="1" href="https://e.org/4"/>',
    "<link>https://e.org/5</link>",
    "<author><name>Ann</name><email>a@e.org</email></author>",
    "<author><name>Bob</name><uri>https://e.org</uri></author>",
    "<author>loose</author>",
)


def element(names: list[str]) -> st.SearchStrategy[str]:
    """One element of a name, with an attribute now and then."""
    return st.builds(
        lambda name, attribute, value: f"<{name}{attribute}>{value}</{name}>",
        st.sampled_from(names),
        st.sampled_from(ATTRIBUTES),
        st.sampled_from(VALUES),
    )


def agree(text: str) -> bool:
    """Compare; False where the quick reader would not take it."""
    quick = read_quickly(text)
    if quick is None:
        return False
    assert condition(text) == "sound"
    assert quick == _by_feedparser(text, damaged=False).items
    return True


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(element(RSS_NAMES), max_size=6), max_size=2))
def test_rss_of_any_elements(items: list[list[str]]) -> None:
    body = "".join(f"<item>{''.join(elements)}</item>" for elements in items)
    agree(f'<rss version="2.0" {SPACES}><channel><title>t</title>{body}</channel></rss>')


@settings(max_examples=300, deadline=None)
@given(st.lists(element(ATOM_NAMES) | st.sampled_from(LINKS), max_size=7))
def test_atom_of_any_elements(elements: list[str]) -> None:
    body = f"<entry>{''.join(elements)}</entry>"
    agree(f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}><title>t</title>{body}</feed>')


def recorded(corpus: Path) -> Iterator[bytes]:
    """Every recorded file that may be a feed; of the 26 polls every tenth file."""
    for folder in ("feeds", "wechat/feeds_wechat-feeds"):
        for path in sorted((corpus / folder).rglob("*")):
            if path.name.endswith((".tar.gz", ".tgz")):
                with tarfile.open(path) as tar:
                    for member in [m for m in tar if m.isfile()][::10]:
                        file = tar.extractfile(member)
                        assert file is not None
                        yield file.read()
            elif path.is_file():
                yield contents(path)


def test_every_recorded_feed(corpus: Path) -> None:
    taken = 0
    for body in recorded(corpus):
        text = decode(body).text
        taken += may_be_feed(text) and agree(text)
    assert taken > 1000


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE rss [<!ENTITY a "b">]>' + rss(item(title="&a;")),
        rss(item()).replace("<item>", "<Item>").replace("</item>", "</Item>"),
        rss(item()).replace("<channel>", '<channel xml:base="https://other.example/">'),
        rss(item()).replace("</channel>", "</channel>" + item(2)),
        rss(item(title="a &lt;b&gt;bold&lt;/b&gt; word")),
        rss(item())[:-3],
        rss(item(title="a &nbsp; b")),
        rss("<item>" * 300 + "</item>" * 300),
        rss(item(title="<" + "b/><" * 410_000 + "b/>")),
        rss(item(title="\ud800")),
    ],
)
def test_what_is_left_to_feedparser(text: str) -> None:
    assert read_quickly(text) is None


def test_what_it_reads() -> None:
    text = rss(
        item(
            title="标题 &amp; 名",
            link="https://e.org/?a=1&amp;b=2",
            description="s",
            content="<p>c</p>",
        )
    )
    assert read_quickly(text) == (
        Item(title="标题 & 名", link="https://e.org/?a=1&b=2", summary="s", content="<p>c</p>"),
    )
