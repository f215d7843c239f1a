"""The note in other places' formats: valid, and nothing hostile gets through."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.notes import FolderNotebook
from pipeline.publish.exports import EXPORTS, Source, export, pieces
from pipeline.types import Image, Note, NoteField, NoteItem

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = NoteItem(
    title="<script>alert(1)</script> & [x](javascript:alert(1)) \x00 ](http://evil.example)",
    url="javascript:alert(1)",
    stars=9,
    fields=(
        NoteField(name="Abstract", value="a <img src=x onerror=alert(1)> ]]> `x` \u2028"),
        NoteField(name="Paper", value='[T "q" <b>](https://example.org/a_(b)?x="onload=1)'),
        NoteField(
            name="Code", value="[c](https://example.org/c?a=1&b=2) and [d](data:text/html,x)"
        ),
        NoteField(name="<b>", value="label"),
    ),
    image=Image(url='x" onerror="alert(1)'),
)
PLAIN = NoteItem(
    title="题目", url="https://mp.weixin.qq.com/s/abc", stars=3, image=Image(url="images/a.png")
)
NOTE = Note(day=date(2022, 7, 10), items=(PLAIN, HOSTILE))


def made(
    kind: str, note: Note = NOTE, text: str = "# 笔记\n", title: str = '我的 <笔记> & "x"'
) -> str:
    return export(kind, [Source(note=note, text=text)], title, "https://example.org/notes")


class _Strict(HTMLParser):
    """Collects tags, attributes and whether everything is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.extend(attrs)
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> _Strict:
    parser = _Strict()
    parser.feed(html)
    parser.close()
    assert not parser.open
    return parser


def test_html_is_inline_closed_and_holds_no_foreign_tag() -> None:
    page = read(made("html"))
    assert page.tags == {"section", "p", "strong", "sup", "img"}
    assert {name for name, _ in page.attributes} == {"style", "src", "alt"}
    assert [v for n, v in page.attributes if n == "src"] == ["images/a.png"]
    assert "题目[1] ⭐⭐⭐" in page.text
    assert "<script>alert(1)</script>" in page.text
    assert "⭐⭐⭐⭐⭐⭐" not in page.text
    assert "[1] https://mp.weixin.qq.com/s/abc" in page.text
    assert "[2] https://example.org/c?a=1&b=2" in page.text


def test_csdn_markdown_escapes_what_is_text() -> None:
    text = made("csdn")
    assert "## 1. [题目](https://mp.weixin.qq.com/s/abc) ⭐⭐⭐" in text
    assert "![](images/a.png)" in text
    assert "<script>" not in text.replace("\\<", "")
    links = re.findall(r"(?<!\\)\]\(([^)]*)", text)
    assert links == [
        "https://mp.weixin.qq.com/s/abc",
        "images/a.png",
        "https://example.org/c?a=1&b=2",
    ]
    assert "onerror=alert(1)\\>" in text


def test_atom_is_well_formed_and_its_ids_stay() -> None:
    feed = ET.fromstring(made("atom"))
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == '我的 <笔记> & "x"（2022.7.10）'
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "https://example.org/notes/notes/202207/0710.md"
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.get("type") == "html"
    assert "script" not in read(content.text or "").tags
    edited = ET.fromstring(made("atom", Note(day=NOTE.day, items=(PLAIN,))))
    assert edited.findtext(f"{ATOM}entry/{ATOM}id") == entry.findtext(f"{ATOM}id")


def test_json_feed_has_what_the_format_asks_for() -> None:
    feed = json.loads(made("jsonfeed"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = feed["items"]
    assert item["id"].startswith("urn:uuid:")
    assert item["date_published"] == "2022-07-10T00:00:00Z"
    assert "script" not in read(item["content_html"]).tags


def test_the_readers_own_lines_are_kept_as_words() -> None:
    extra = (
        "相关链接：[知乎](https://zhuanlan.zhihu.com/p/1) <b>",
        "   - 我的一点想法",
        "## :paperclip:  工具",
        "------",
        "</div>",
        "<!-- stardraft 冲突（标题）：… -->",
    )
    note = Note(
        day=NOTE.day, items=(NoteItem(title="题", url="https://a.org", stars=1, extra=extra),)
    )
    html = read(made("html", note)).text
    csdn = made("csdn", note)
    assert (
        "\n相关链接：[知乎](https://zhuanlan.zhihu.com/p/1) \\<b\\>\n\n我的一点想法\n\n工具\n"
        in csdn
    )
    for text in (html, csdn):
        assert "我的一点想法" in text
        assert "工具" in text
        assert not re.search(r"冲突|paperclip|------|div", text)


def test_pictures_beside_the_note_are_found_from_a_feed() -> None:
    item = NoteItem(title="题", url="https://a.org", stars=1, image=Image(url="images/a b.png"))
    note = Note(day=NOTE.day, items=(item,))
    place = "notes/202207/images/a%20b.png"
    for site, shown in (
        ("https://example.org/me", f"https://example.org/me/{place}"),
        (
            "https://github.com/me/notes/blob/main/",
            f"https://github.com/me/notes/blob/main/{place}?raw=true",
        ),
        ("", "images/a b.png"),
    ):
        for kind in ("atom", "jsonfeed"):
            text = export(kind, [Source(note=note, text="")], "题", site)
            html = json.loads(text)["items"][0]["content_html"] if kind == "jsonfeed" else text
            assert f'src="{shown}"' in html.replace("&quot;", '"')


def test_obsidian_front_matter_cannot_be_left() -> None:
    title = "a: b\n---\nevil: \u2028\x85 true"
    text = made("obsidian", title=title, text="# 笔记\n逐字\n")
    head, body = text.removeprefix("---\n").split("---\n\n", 1)
    assert body == "# 笔记\n逐字\n"
    facts = {k: json.loads(v) for k, _, v in (x.partition(": ") for x in head.splitlines())}
    assert facts["date"] == "2022-07-10"
    assert facts["stars"] == [3, 9]
    assert facts["links"] == ["https://mp.weixin.qq.com/s/abc"]
    assert head.isascii()


def test_pieces_lose_no_word_and_take_long_text_in_one_pass() -> None:
    value = r"前 [a \[b\] [c]](<https://e.org/x>) 后 \* [" + "[" * 20_000
    found = list(pieces(value))
    assert found[1].text == "a [b] [c]"
    assert found[1].url == "https://e.org/x"
    assert found[2].text.startswith(" 后 * [[[")


@pytest.mark.corpus
@pytest.mark.parametrize("kind", EXPORTS)
def test_every_real_note_exports(corpus: Path, kind: str) -> None:
    book = FolderNotebook(corpus / "notes")
    texts = [p.read_text(encoding="utf-8") for p in sorted((corpus / "notes").glob("2022*/*.md"))]
    for text in texts:
        note = book.parse(text)
        out = made(kind, note, text)
        assert (
            all(item.title.split()[0][:4] in out for item in note.items[:1]) or kind == "jsonfeed"
        )
        if kind == "html":
            read(out)
        elif kind == "atom":
            ET.fromstring(out)
        elif kind == "jsonfeed":
            read(json.loads(out)["items"][0]["content_html"])
