"""Notes written in the house format, and what hostile words do to it: nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.errors import ConfigError
from pipeline.notes import FolderNotebook, NoteLayout, layout_from
from pipeline.notes.markdown import clean_title, neutral, safe_url
from pipeline.types import Image, Note, NoteField, NoteItem, NoteLink

DAY = date(2026, 9, 8)


@pytest.fixture
def book(tmp_path: Path) -> FolderNotebook:
    return FolderNotebook(tmp_path)


def item(number: int = 1, **changes: object) -> NoteItem:
    made = NoteItem(
        title=f"题目 {number}",
        url=f"https://mp.weixin.qq.com/s/article-{number:05}",
        stars=2,
        fields=(
            NoteField(name="Abstract", value=f"摘要 {number}"),
            NoteField(
                name="Paper",
                value="",
                links=(NoteLink(text="A Paper", url=f"https://arxiv.org/abs/2203.0{number:04}"),),
            ),
            NoteField(name="Tips", value=f"提示 {number}。"),
        ),
        image=Image(url=f"https://example.org/{number}.png?a=1&b=2"),
        article_id=f"id{number}",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_first_and_third_item_have_the_owners_own_gaps(book: FolderNotebook) -> None:
    lines = book.render(Note(day=DAY, items=tuple(item(n) for n in (1, 2, 3, 4)))).split("\n")
    assert lines[0] == "# 公众号内容拓展学习笔记（2026.9.8）"
    assert lines[8].endswith("00001)" + " " * 9 + ":star::star:")
    assert "   - Tips:  提示 1。" in lines
    assert "   - Tips: 提示 2。" in lines
    third = lines.index("   - Tips: 提示 3。")
    assert lines[third + 1].startswith("<div align=center><img src=")
    second = lines.index("   - Tips: 提示 2。")
    assert lines[second + 1 : second + 6] == [
        "",
        "<div align=center><img src=\"https://example.org/2.png?a=1&b=2\" style='zoom:100%'>",
        "</div>",
        "",
        "",
    ]


def test_a_note_ends_without_a_line_end(book: FolderNotebook) -> None:
    assert not book.render(Note(day=DAY, items=(item(),))).endswith("\n")


def test_a_day_without_items_can_be_read_back(book: FolderNotebook) -> None:
    text = book.render(Note(day=DAY))
    assert book.parse(text).items == ()
    assert book.render(book.parse(text)) == text


def test_changing_stars_changes_nothing_else(book: FolderNotebook) -> None:
    text = book.render(Note(day=DAY, items=tuple(item(n) for n in (1, 2, 3))))
    note = book.parse(text)
    rated = replace(note, items=(note.items[0], replace(note.items[1], stars=5), note.items[2]))
    before, after = text.split("\n"), book.render(rated).split("\n")
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert [b for _, b in changed] == [changed[0][0] + ":star:" * 3]


def test_rating_a_title_that_begins_with_digits(book: FolderNotebook) -> None:
    text = "# 笔记（2021.3.22）\n\n1. 955 公司名单       :star:\n"
    note = book.parse(text)
    rated = replace(note, items=(replace(note.items[0], stars=3),))
    assert book.render(rated) == text.replace(":star:", ":star:" * 3)


def test_a_changed_field_keeps_spelling_and_indentation(book: FolderNotebook) -> None:
    text = "# 笔记（2021.3.22）\n\n1. [题](https://a.org/1)       :star::star:\n  - **核心要点： 旧的**\n"
    note = book.parse(text)
    (only,) = note.items
    changed = replace(only, fields=(replace(only.fields[0], value="新的"),))
    assert "  - 核心要点： 新的\n" in book.render(replace(note, items=(changed,)))


def test_a_dropped_item_renumbers_the_rest(book: FolderNotebook) -> None:
    note = book.parse(book.render(Note(day=DAY, items=tuple(item(n) for n in (1, 2, 3)))))
    text = book.render(replace(note, items=note.items[1:]))
    assert [i.title for i in book.parse(text).items] == ["题目 2", "题目 3"]
    assert book.parse(text).numbers == (1, 2)


def test_new_items_and_pictures_fit_into_a_parsed_note(book: FolderNotebook) -> None:
    note = book.parse(book.render(Note(day=DAY, items=(item(1, image=None),))))
    grown = replace(
        note,
        items=(replace(note.items[0], image=Image(url="https://a.org/n.png")), item(2)),
    )
    read = book.parse(book.render(grown))
    assert [i.image and i.image.url for i in read.items] == [
        "https://a.org/n.png",
        "https://example.org/2.png?a=1&b=2",
    ]


def test_lines_belong_to_their_item_from_the_tenth_on_too(book: FolderNotebook) -> None:
    tips = NoteField(name="Tips", value="两点：\n- 第一\n- 第二")
    plain = tuple(item(n, image=None, fields=(tips,)) for n in range(1, 13))
    text = book.render(Note(day=DAY, items=plain))
    assert [f.name for i in book.parse(text).items for f in i.fields] == ["Tips"] * 12
    tokens = MarkdownIt("commonmark").parse(text)
    levels = [t.level for t in tokens if t.type == "bullet_list_open"]
    assert levels == [2, 4] * 12 + [0], "nested in their item, but for the footer"


def test_several_lines_of_tips_stay_inside_their_field(book: FolderNotebook) -> None:
    tips = NoteField(name="Tips", value="两点：\n- 第一\n1. [假的](https://a.org)  :star:")
    text = book.render(Note(day=DAY, items=(item(1, fields=(tips,)), item(2))))
    read = book.parse(text)
    assert len(read.items) == 2
    assert [f.name for f in read.items[0].fields] == ["Tips"]
    assert "第一" in read.items[0].fields[0].value


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil",
        "ftp://a/b",
        "https://a b",
        "",
        "http://",
    ],
)
def test_other_than_web_addresses_are_not_linked(book: FolderNotebook, url: str) -> None:
    text = book.render(Note(day=DAY, items=(item(1, url=url, image=Image(url=url)),)))
    (read,) = book.parse(text).items
    assert read.url == ""
    assert read.title == "题目 1"
    assert read.image is None
    assert "javascript" not in text


HOSTILE = [
    "a](javascript:alert(1))",
    "x](https://evil.example) [y",
    "<script>alert(1)</script>",
    "</details><img src=x onerror=alert(1)>",
    "`code` ``` fence",
    "第一行\n\n2. [假的](https://evil.example)       :star:",
    "星:star::star::star:",
    "![p](https://evil.example/x.png)",
    "\\",
    "[[CVPR 2022] 好]题",
    "## :paperclip:  Others",
    "<!-- 注释",
    "&lt;b&gt;",
    "\u202e倒过来",
    "[x]: javascript:alert(1)",
    "⭐⭐",
]


@pytest.mark.parametrize(
    "title", ["# 题", "- 题", "1. 题", "> 题", "---", "~~~", "=", "`` ` ``", "题⭐"]
)
def test_a_title_without_a_link_opens_nothing(book: FolderNotebook, title: str) -> None:
    text = book.render(Note(day=DAY, items=(item(1, title=title, url=""), item(2))))
    tokens = list(flat(MarkdownIt("commonmark").parse(text)))
    assert [t.tag for t in tokens if t.type == "heading_open"] == ["h1", "h2", "h2"]
    assert book.parse(text).items[0].title == title.strip("⭐")


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(book: FolderNotebook, words: str) -> None:
    nasty = NoteField(name="Tips", value=words)
    linked = NoteField(name="Paper", value="", links=(NoteLink(text=words, url="https://a.org/p"),))
    note = Note(
        day=DAY,
        items=(item(1, title=words, fields=(nasty, linked)), item(2)),
        also_seen=(item(3, title=words, fields=(NoteField(name="Remark", value=words),)),),
    )
    text = book.render(note)
    read = book.parse(text)
    assert [i.url for i in read.items] == [i.url for i in note.items]
    assert [i.stars for i in read.items] == [2, 2]
    assert read.items[0].title == clean_title(words)
    assert [f.name for f in read.items[0].fields] == ["Tips", "Paper"]
    assert [link.url for link in read.items[0].fields[1].links] == ["https://a.org/p"]
    assert [i.url for i in read.also_seen] == [note.also_seen[0].url]
    assert "<script" not in text.replace("\\<script", "")
    assert "<!--" not in text.replace("\\<!--", "")
    assert text.count("</details>") - text.count("\\</details>") == 1


words = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("[]()<>`\\*_!#:-|.1\n\r\t \u2028\u200b\u202e\"'&$~>星目：；、）⭐")),
        st.characters(codec="utf-8"),
    ),
    max_size=60,
)
urls = st.one_of(
    words,
    words.map(lambda w: "https://a.org/" + w),
    st.sampled_from(["https://a.org/x)y", "https://a.org/((x", "https://a.org/?a=1&lt;=2&amp;b"]),
)
links = st.builds(NoteLink, text=words, url=urls)
fields = st.one_of(
    st.builds(NoteField, name=st.sampled_from(["Abstract", "Tips"]), value=words),
    st.builds(
        NoteField,
        name=st.sampled_from(["Paper", "Paper2", "Code", "Dataset"]),
        value=st.just(""),
        links=st.lists(links, min_size=1, max_size=2).map(tuple),
    ),
)
items = st.builds(
    NoteItem,
    title=words,
    url=urls,
    stars=st.integers(-1, 7),
    fields=st.lists(fields, max_size=4).map(tuple),
    image=st.none() | st.builds(Image, url=urls, kind=st.sampled_from(["image", "video"])),
    extra=st.lists(words, max_size=2).map(tuple),
)
also = st.builds(NoteItem, title=words, url=urls, stars=st.just(0))
notes = st.builds(
    Note,
    day=st.just(DAY),
    items=st.lists(items, max_size=4).map(tuple),
    also_seen=st.lists(also, max_size=3).map(tuple),
)


@given(note=notes)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_drafted_reads_back_as_itself(book: FolderNotebook, note: Note) -> None:
    text = book.render(note)
    read = book.parse(text)
    assert read.day == note.day
    assert [i.url for i in read.items] == [safe_url(i.url) for i in note.items]
    assert [i.stars for i in read.items] == [max(0, min(5, i.stars)) for i in note.items]
    for wrote, got in zip(note.items, read.items, strict=True):
        assert [f.name for f in got.fields] == [f.name for f in wrote.fields]
        for before, after in zip(wrote.fields, got.fields, strict=True):
            wanted = [safe_url(link.url) for link in before.links if safe_url(link.url)]
            if before.name.startswith(("Paper", "Code", "Dataset")):
                shown = iter([link.url for link in after.links])
                assert all(url in shown for url in wanted), "each in turn, bare ones between"
    assert [i.url for i in read.also_seen] == [safe_url(i.url) for i in note.also_seen]
    assert book.render(read) == text
    assert book.parse(book.render(read)) == read


@given(note=notes)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_as_a_browser_would_see_it_only_our_html_and_web_links(
    book: FolderNotebook, note: Note
) -> None:
    """Read by an independent CommonMark parser: as many items, no foreign HTML, no odd links."""
    tokens = list(flat(MarkdownIt("commonmark").parse(book.render(note))))
    html = "".join(t.content for t in tokens if t.type in ("html_block", "html_inline"))
    rest = re.sub(
        r"<div align=center><(img|video) src=\"https?://[^\"<>]*\" style='zoom:100%'>\n</div>"
        r"|</?details>|<summary>今日还看到</summary>",
        "",
        html,
    )
    assert not rest.strip()
    for token in tokens:
        target = token.attrGet("href") or token.attrGet("src")
        assert target is None or str(target).lower().startswith(("http://", "https://"))
    assert sum(t.type == "heading_open" for t in tokens) == 3
    assert not any(t.type in ("fence", "code_block") for t in tokens)


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


@given(value=words)
def test_neutral_is_idempotent(value: str) -> None:
    assert neutral(neutral(value)) == neutral(value)


def test_own_template_and_labels(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "config" / "templates" / "note.md.j2"
    own = tmp_path / "own.j2"
    own.write_text(shipped.read_text(encoding="utf-8").replace("## :paperclip:", "## 📎"), "utf-8")
    layout = NoteLayout(template=own, labels=(("Abstract", "摘要"),))
    text = FolderNotebook(tmp_path, layout).render(Note(day=DAY, items=(item(),)))
    assert "## 📎" in text
    assert "   - 摘要: 摘要 1" in text


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{% macro head(note, layout) %}", "第"),
        ("{% macro head(n, l) %}# x{% endmacro %}", "缺少宏"),
        ("{{ ''.__class__.__mro__ }}", ""),
        ("NO_STARS", "星标"),
        ("NO_ITEMS", "条目数"),
        ("UNDEFINED", "没有"),
    ],
)
def test_a_template_that_cannot_be_read_back_is_refused(
    tmp_path: Path, source: str, reason: str
) -> None:
    shipped = (Path(__file__).parents[2] / "config/templates/note.md.j2").read_text("utf-8")
    changed = {
        "NO_STARS": shipped.replace('":star:" * item.stars', '""'),
        "NO_ITEMS": shipped.replace("{{ item.number }}. ", "* "),
        "UNDEFINED": shipped.replace("item.number }}.", "item.nothing }}."),
    }
    own = tmp_path / "own.j2"
    own.write_text(changed.get(source, source), "utf-8")
    with pytest.raises(ConfigError) as caught:
        FolderNotebook(tmp_path, NoteLayout(template=own))
    assert reason in caught.value.issues[0].sentence or reason == "没有"
    assert caught.value.issues[0].code == "notes.template"


def test_the_layout_of_an_existing_note_is_taken_over(tmp_path: Path) -> None:
    layout = NoteLayout(
        heading="晨读", footer=("一", "[二](https://a.org)"), footer_image="https://a.org/q.jpg"
    )
    text = FolderNotebook(tmp_path, layout).render(Note(day=DAY, items=(item(),)))
    assert layout_from(text) == layout
