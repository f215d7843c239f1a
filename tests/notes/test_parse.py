"""Every spelling the parser has to know, in samples of our own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import NoteError
from pipeline.notes import FolderNotebook, parse_payload
from pipeline.types import NoteItem

HEAD = "# 学习笔记（2021.3.7）\n\n------\n\n##  :paperclip:  今日要点\n\n"
TAIL = "\n## :paperclip:  Others\n\n- 完\n"


@pytest.fixture
def book(tmp_path: Path) -> FolderNotebook:
    return FolderNotebook(tmp_path)


def only(book: FolderNotebook, body: str) -> NoteItem:
    text = HEAD + body + TAIL
    note = book.parse(text)
    assert book.render(note) == text
    (item,) = note.items
    return item


@pytest.mark.parametrize(
    ("line", "title", "url", "stars"),
    [
        ("1. [题](https://a.org/1)         :star::star:", "题", "https://a.org/1", 2),
        ("1. [题](https://a.org/1) \u200b        :star:", "题", "https://a.org/1", 1),
        ("1. [题](https://a.org/1)", "题", "https://a.org/1", 0),
        (
            "1. [[CVPR 2022] TATT：注](https://a.org/1)  ⭐⭐⭐",
            "[CVPR 2022] TATT：注",
            "https://a.org/1",
            3,
        ),
        ("1. [一半 [括号](https://a.org/1)  :star:", "一半 [括号", "https://a.org/1", 1),
        ("1. [反 ] 括号](https://a.org/1)  :star:", "反 ] 括号", "https://a.org/1", 1),
        ("1. [题](https://a.org/x_(y))  :star:", "题", "https://a.org/x_(y)", 1),
        ("1. [题](<https://a.org/x)y>)  :star:", "题", "https://a.org/x)y", 1),
        (r"1. [a \[b\] \`c\`](https://a.org/1)  :star:", "a [b] `c`", "https://a.org/1", 1),
        ("1、 没有链接的一条  :star::star:", "没有链接的一条", "", 2),
    ],
)
def test_first_lines(book: FolderNotebook, line: str, title: str, url: str, stars: int) -> None:
    item = only(book, line + "\n")
    assert (item.title, item.url, item.stars) == (title, url, stars)


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("   - Abstract: 一句", "Abstract", "一句"),
        ("   - 主要内容：一句", "Abstract", "一句"),
        ("- Abstract:一句", "Abstract", "一句"),
        ("   - -主要内容：一句", "Abstract", "一句"),
        ("    - 论文：A Title: With Colon", "Paper", "A Title: With Colon"),
        ("   - Paper2: x", "Paper2", "x"),
        ("   - **github：https://github.com/a/b**", "Code", "https://github.com/a/b"),
        ("   - GtiHub：https://github.com/a/b", "Code", "https://github.com/a/b"),
        ("   GitHub：https://github.com/a/b", "Code", "https://github.com/a/b"),
        ("   - 项目地址: x", "Code", "x"),
        ("   - 核心要点：x", "Tips", "x"),
        ("   - Demo: x", "Demo", "x"),
        ("   - 我的标签：x", "我的标签", "x"),
    ],
)
def test_labels(book: FolderNotebook, line: str, name: str, value: str) -> None:
    item = only(book, f"1. [题](https://a.org/1)  :star:\n{line}\n")
    assert [(f.name, f.value) for f in item.fields] == [(name, value)]


def test_nested_points_belong_to_their_field(book: FolderNotebook) -> None:
    body = "1. [题](https://a.org/1)\n   - 核心点：\n\n     - 一\n     - 二：[x](https://a.org/2)\n"
    (field,) = only(book, body).fields
    assert field.name == "Tips"
    assert "- 一" in field.value
    assert [link.url for link in field.links] == ["https://a.org/2"]


def test_a_bare_paragraph_was_the_abstract_of_2021(book: FolderNotebook) -> None:
    item = only(book, "1. [题](https://a.org/1)\n\n   2 个要点，一段话\n\n   又一段\n")
    assert [(f.name, f.label, f.value) for f in item.fields] == [
        ("Abstract", "", "2 个要点，一段话")
    ]
    assert item.extra == ("   又一段",)


@pytest.mark.parametrize(
    ("line", "url", "kind"),
    [
        (
            "<div align=center><img src=\"https://a.org/i.png\" style='zoom:80%'>\n</div>",
            "https://a.org/i.png",
            "image",
        ),
        (
            '<img src="https://a.org/i.png?a&amp;b" alt="Image" style="zoom:50%;" />',
            "https://a.org/i.png?a&b",
            "image",
        ),
        ("<div align=center><video src='./images/v.mp4'></div>", "./images/v.mp4", "video"),
        ("![图](images/x.png)", "images/x.png", "image"),
    ],
)
def test_pictures(book: FolderNotebook, line: str, url: str, kind: str) -> None:
    item = only(book, f"1. [题](https://a.org/1)\n   - Tips: x\n\n{line}\n\n\n")
    assert item.image
    assert (item.image.url, item.image.kind) == (url, kind)
    assert item.extra == ()


def test_unknown_lines_are_kept_in_place(book: FolderNotebook) -> None:
    body = "1. [题](https://a.org/1)\n   - Tips: x\n\n> 引用\n\n| a | b |\n\n2. [二](https://a.org/2)\n"
    text = HEAD + body + TAIL
    note = book.parse(text)
    assert note.items[0].extra == ("> 引用", "| a | b |")
    assert book.render(note) == text


def test_headings_between_items_do_not_end_the_list(book: FolderNotebook) -> None:
    text = (
        HEAD + "1. [一](https://a.org/1)\n\n## 论文\n\n2. [二](https://a.org/2)\n\n## 我的话\n\n完"
    )
    note = book.parse(text)
    assert [i.title for i in note.items] == ["一", "二"]
    assert note.tail == "## 我的话\n\n完"
    assert book.render(note) == text


def test_numbered_lines_in_code_are_no_items(book: FolderNotebook) -> None:
    text = HEAD + "1. [一](https://a.org/1)\n\n```\n2. [二](https://a.org/2)\n```\n" + TAIL
    assert len(book.parse(text).items) == 1


def test_wrong_numbers_stay_until_something_changes(book: FolderNotebook) -> None:
    text = HEAD + "4. [一](https://a.org/1)\n\n4. [二](https://a.org/2)\n" + TAIL
    note = book.parse(text)
    assert note.numbers == (4, 4)
    assert book.render(note) == text


@pytest.mark.parametrize(
    "heading",
    ["# x（2022.5.5）", "# x (2022-05-05)", "# 2022年5月5日", "\ufeff# x（2022.05.05）\r"],
)
def test_days(book: FolderNotebook, heading: str) -> None:
    assert book.parse(heading + "\n").day == date(2022, 5, 5)


def test_a_note_without_a_day_says_what_to_do(book: FolderNotebook) -> None:
    with pytest.raises(NoteError) as caught:
        book.parse("# 笔记（2022.13.45）\n")
    assert caught.value.issues[0].code == "notes.no_day"
    assert book.parse("1. [x](https://a.org)", date(2022, 1, 2)).day == date(2022, 1, 2)


@pytest.mark.parametrize("text", ["", "\n", "\r\n\r\n", "[[[[[", "1. ", "<details>", "------"])
def test_odd_files_are_kept_whole(book: FolderNotebook, text: str) -> None:
    assert book.render(book.parse(text, date(2022, 1, 2))) == text


@pytest.mark.parametrize(
    "bomb",
    [
        "[" * 60_000,
        "](" * 30_000,
        "[a](" * 20_000,
        "- " * 40_000,
        "* : " * 20_000,
        f"Paper{' ' * 30_000}x",
        f"Paper (x){chr(9) * 30_000}x",
        f"{chr(0x3000) * 30_000}-x",
        "★ " * 30_000 + "x",
    ],
)
def test_bombs_of_brackets_and_blanks_are_read_in_passing(book: FolderNotebook, bomb: str) -> None:
    """Finishes at all: a quadratic scan of these would take minutes."""
    text = f"{HEAD}1. [{bomb}\n   - Tips: {bomb}\n   - {bomb}\n2. {bomb}\n{TAIL}"
    assert book.render(book.parse(text)) == text


def test_payload(book: FolderNotebook) -> None:
    body = (
        "1. [题](https://a.org/1)  :star:\n   - 论文1：[P](https://arxiv.org/abs/2203.15332)\n"
        "   见 [另](https://a.org/3)\n\n<img src='https://a.org/i.png'>\n"
    )
    payload = parse_payload(book.parse(HEAD + body + TAIL))
    assert payload["day"] == "2021-03-07"
    (item,) = payload["items"]
    assert item["fields"][0]["name"] == "Paper1"
    assert item["fields"][0]["label"] == "论文1"
    assert item["links"] == ["https://arxiv.org/abs/2203.15332", "https://a.org/3"]
    assert item["image"] == "https://a.org/i.png"
    shown = {"url": "https://a.org/i.png", "source": "https://a.org/i.png", "kind": "image"}
    assert item["images"] == [shown]


def test_a_block_of_also_seen_moved_above_the_items_hides_none(book: FolderNotebook) -> None:
    block = "<details>\n<summary>今日还看到</summary>\n\n- [x](https://a.org/9)\n\n</details>\n\n"
    text = HEAD + block + "1. [一](https://a.org/1)\n" + TAIL
    note = book.parse(text)
    assert [i.title for i in note.items] == ["一"]
    assert book.render(note) == text
