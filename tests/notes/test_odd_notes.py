"""Notes as hands write them: every oddity is read for what it means, and written back as it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.notes import FolderNotebook, parse_payload

HEAD = "# 公众号内容拓展学习笔记（2022.6.18）\n\n------\n\n\n\n## :paperclip:  今日要点\n\n"
TAIL = "## :paperclip:  Others\n\n- 星标说明\n"
ITEM = "1. [题目](https://mp.weixin.qq.com/s/aaa)         :star::star:\n"
ABSTRACT = "   - Abstract: 一句话\n"
PAPER = "   - Paper: [A paper](https://arxiv.org/abs/2206.00001)\n"
PICTURE = "\n<div align=center><img src=\"https://e.org/a.png\" style='zoom:100%'>\n</div>\n\n"
WHOLE = ITEM + ABSTRACT + PAPER + PICTURE


@dataclass(frozen=True)
class Odd:
    """A whole file, and what must be found in it: (title, url, stars) of each item, and links."""

    text: str
    items: tuple[tuple[str, str, int], ...] = (("题目", "https://mp.weixin.qq.com/s/aaa", 2),)
    fields: tuple[str, ...] | None = None
    links: tuple[str, ...] = ()
    images: int | None = None
    shown: tuple[str, ...] | None = None
    day: date = date(2022, 6, 18)


def body(*parts: str) -> str:
    return HEAD + "".join(parts) + TAIL


A = "https://mp.weixin.qq.com/s/aaa"
B = "https://mp.weixin.qq.com/s/bbb"
ODD = {
    "padded date": Odd(body(WHOLE).replace("2022.6.18", "2022.06.18")),
    "date with dashes": Odd(body(WHOLE).replace("2022.6.18", "2022-6-18")),
    "full-width colons around the stars": Odd(body(WHOLE).replace(":star:", "：star：")),
    "a wide colon before a star": Odd(body(WHOLE).replace(":star::star:", ":star：:star:")),
    "a Chinese full stop after the number": Odd(body(WHOLE).replace("1. [", "1。[")),
    "a comma after the number": Odd(
        body(
            WHOLE,
            WHOLE.replace("1. [", "2,[").replace("   - ", "- "),
            WHOLE.replace("1. [", "3，["),
        ),
        items=(("题目", A, 2),) * 3,
    ),
    "full-width figures": Odd(
        body(WHOLE, WHOLE.replace("1. [", "２．[")), items=(("题目", A, 2),) * 2
    ),
    "figures in circles": Odd(
        body(WHOLE.replace("1. [", "①["), WHOLE.replace("1. [", "② [")), items=(("题目", A, 2),) * 2
    ),
    "a figure that begins a sentence": Odd(
        body(ITEM, ABSTRACT, f"\n1,000 个样本见[这里]({B})\n\n")
    ),
    "a picture with blanks in its name": Odd(
        body(ITEM, PICTURE.replace("https://e.org/a.png", "images/a b.png")),
        shown=("images/a b.png",),
    ),
    "a quote never closed": Odd(
        body(ITEM, PICTURE.replace('a.png"', "a.png")), shown=("https://e.org/a.png",)
    ),
    "a closing quote in the wrong place": Odd(
        body(ITEM, '<img src="a.png style="zoom:100%">\n'), shown=("a.png",)
    ),
    "a Markdown picture in angle brackets": Odd(
        body(ITEM, "\n![](<images/a b.png>)\n\n"), shown=("images/a b.png",)
    ),
    "a Markdown picture with brackets in its name": Odd(
        body(ITEM, '\n![](images/a(1).png "题")\n\n'), shown=("images/a(1).png",)
    ),
    "half-width brackets": Odd(body(WHOLE).replace("（2022.6.18）", "(2022.6.18)")),
    "another heading": Odd(body(WHOLE).replace("公众号内容", "")),
    "windows lines": Odd(body(WHOLE).replace("\n", "\r\n")),
    "windows lines but for a list": Odd(
        (HEAD + WHOLE).replace("\n", "\r\n")
        + f"<details>\n<summary>今日还看到</summary>\n\n- [又]({B})\n\n</details>\n"
        + TAIL.replace("\n", "\r\n")
    ),
    "byte order mark": Odd("\ufeff" + body(WHOLE)),
    "no end of line": Odd(body(WHOLE).rstrip("\n")),
    "no tail": Odd(HEAD + WHOLE),
    "tabs": Odd(body(WHOLE).replace("   - ", "\t- ")),
    "no indentation": Odd(body(WHOLE).replace("   - ", "- ")),
    "stars as signs": Odd(body(WHOLE).replace(":star::star:", "⭐⭐")),
    "stars with spaces": Odd(body(WHOLE).replace(":star::star:", ":star: :star:")),
    "stars glued": Odd(body(WHOLE).replace("         :star:", ":star:", 1)),
    "no stars": Odd(body(WHOLE).replace("         :star::star:", ""), items=(("题目", A, 0),)),
    "five stars": Odd(body(WHOLE).replace(":star::star:", ":star:" * 5), items=(("题目", A, 5),)),
    "brackets in the title": Odd(
        body(WHOLE).replace("[题目]", "[[CVPR 2022] 题目：它]"),
        items=(("[CVPR 2022] 题目：它", A, 2),),
    ),
    "an odd bracket in the title": Odd(
        body(WHOLE).replace("[题目]", "[题目] 续]"), items=(("题目] 续", A, 2),)
    ),
    "parentheses in the address": Odd(
        body(WHOLE).replace(A, "https://e.org/a_(b)"), items=(("题目", "https://e.org/a_(b)", 2),)
    ),
    "a title without a link": Odd(
        body(WHOLE).replace(f"[题目]({A})", "题目"), items=(("题目", "", 2),)
    ),
    "an emoji and a bar": Odd(
        body(WHOLE).replace("[题目]", "[🔥 题目｜它 | 她]"), items=(("🔥 题目｜它 | 她", A, 2),)
    ),
    "full-width colons": Odd(
        body(WHOLE).replace("Abstract: ", "Abstract：").replace("Paper: ", "论文："),
        fields=("Abstract", "Paper"),
    ),
    "bold labels": Odd(body(WHOLE).replace("Paper:", "**Paper**:"), fields=("Abstract", "Paper")),
    "label in capitals": Odd(body(WHOLE).replace("Paper:", "PAPER:"), fields=("Abstract", "Paper")),
    "several papers": Odd(
        body(ITEM, ABSTRACT, PAPER.replace("Paper", "Paper1"), PAPER.replace("Paper:", "Paper2:")),
        fields=("Abstract", "Paper1", "Paper2"),
    ),
    "a paper as a bare address": Odd(
        body(ITEM, "   - Paper: https://arxiv.org/abs/2206.00001\u200b\n"),
        links=("https://arxiv.org/abs/2206.00001",),
    ),
    "a paper without an address": Odd(body(ITEM, "   - Paper: A paper\n"), fields=("Paper",)),
    "two links on a line": Odd(
        body(ITEM, "   - Code: [a](https://github.com/a/a)、[b](https://github.com/b/b)\n"),
        links=("https://github.com/a/a", "https://github.com/b/b"),
    ),
    "code in Chinese": Odd(body(ITEM, "   - 项目地址：https://github.com/a/a\n"), fields=("Code",)),
    "nested points": Odd(
        body(ITEM, ABSTRACT, "   - Tips:\n     - 第一点\n     - 第二点\n"),
        fields=("Abstract", "Tips"),
    ),
    "tips on two lines": Odd(
        body(ITEM, ABSTRACT, "   - Tips: 第一句\n     第二句\n"), fields=("Abstract", "Tips")
    ),
    "two pictures": Odd(body(ITEM, ABSTRACT, PICTURE, PICTURE), images=2),
    "a Markdown picture": Odd(body(ITEM, ABSTRACT, "\n![图](images/a.png)\n\n"), images=1),
    "a video": Odd(body(ITEM, PICTURE.replace("img", "video")), images=1),
    "a picture on one line": Odd(
        body(ITEM, "<div align=center><img src='https://e.org/a.png'></div>\n"), images=1
    ),
    "two items, numbers repeated": Odd(body(WHOLE, WHOLE), items=(("题目", A, 2), ("题目", A, 2))),
    "ten items": Odd(
        body(*(WHOLE.replace("1. ", f"{n}. ") for n in range(1, 11))), items=(("题目", A, 2),) * 10
    ),
    "a bracket after the number": Odd(body(WHOLE).replace("1. [", "1) [")),
    "no blank after the number": Odd(body(WHOLE).replace("1. [", "1.[")),
    "a full stop in Chinese": Odd(body(WHOLE).replace("1. [", "1、[")),
    "prose between": Odd(body(ITEM, ABSTRACT, "这里是我自己的话，没有冒号\n\n", PICTURE)),
    "a table below": Odd(body(ITEM, ABSTRACT, "\n| a | b |\n|---|---|\n| 1 | 2 |\n\n")),
    "code below": Odd(body(ITEM, ABSTRACT, "\n```python\n1. [no](https://e.org) :star:\n```\n\n")),
    "a comment": Odd(body("<!-- 草稿 -->\n", WHOLE)),
    "an item put in a comment": Odd(
        body(WHOLE, f"<!--\n{WHOLE}-->\n"), fields=("Abstract", "Paper")
    ),
    "items behind a comment and a beginning of one": Odd(
        body(f"<!-- 先不发\n{WHOLE}-->\n", WHOLE, "<!-- 没完\n\n", WHOLE),
        items=(("题目", A, 2),) * 2,
    ),
    "a comment shown as code": Odd(
        body(ITEM, ABSTRACT, "\n```\n<!--\n```\n\n", WHOLE, "```\n-->\n```\n"),
        items=(("题目", A, 2),) * 2,
    ),
    "two sections": Odd(
        body(WHOLE, "## :paperclip:  工具\n\n", WHOLE), items=(("题目", A, 2),) * 2
    ),
    "others with links": Odd(body(WHOLE) + "- [我的主页](https://e.org/me)\n"),
    "a blank between title and address": Odd(body(WHOLE).replace("](https://mp", "] (https://mp")),
    "an address in full-width brackets": Odd(body(WHOLE).replace(f"({A})", f"（{A}）")),
    "a bracket never closed": Odd(body(WHOLE).replace(f"({A})", f"({A}")),
    "stars half typed": Odd(body(WHOLE).replace(":star::star:", ":star:star:")),
    "a last colon forgotten": Odd(body(WHOLE).replace(":star::star:", ":star::star")),
    "stars before the title": Odd(
        body(WHOLE).replace("         :star::star:", "").replace("1. ", "1. :star::star: ")
    ),
    "more stars than there are": Odd(
        body(WHOLE).replace(":star::star:", ":star:" * 7), items=(("题目", A, 5),)
    ),
    "a second item indented": Odd(
        body(WHOLE, WHOLE.replace("1. ", "   2. ")), items=(("题目", A, 2),) * 2
    ),
    "a zero-width space before the number": Odd(
        body(WHOLE, "\u200b" + WHOLE.replace("1. ", "2. ")), items=(("题目", A, 2),) * 2
    ),
    "a numbered list in the tips": Odd(
        body(ITEM, ABSTRACT, "   - Tips:\n\n     1. [甲](https://a.org)\n\n     2. 乙\n"),
        fields=("Abstract", "Tips"),
        links=("https://a.org",),
    ),
    "typing slips in the labels": Odd(
        body(WHOLE).replace("Abstract", "Abstarct").replace("Paper", "Papaer"),
        fields=("Abstract", "Paper"),
    ),
    "a label unlike any": Odd(
        body(WHOLE).replace("Paper", "Abstraction"), fields=("Abstract", "Abstraction")
    ),
    "no colons": Odd(
        body(WHOLE).replace("Abstract:", "Abstract").replace("Paper:", "Paper"),
        fields=("Abstract", "Paper"),
    ),
    "semicolons": Odd(body(WHOLE).replace("Abstract:", "Abstract；"), fields=("Abstract", "Paper")),
    "no-break and wide blanks": Odd(
        body(WHOLE).replace("   - Ab", "\u00a0\u00a0-\u00a0Ab").replace("   - P", "\u3000－ P"),
        fields=("Abstract", "Paper"),
    ),
    "where the paper appeared": Odd(
        body(WHOLE).replace("Paper:", "Paper（CVPR 2022）："), fields=("Abstract", "Paper")
    ),
    "a picture inside the words": Odd(
        body(ITEM, ABSTRACT, "   - Tips: 见图 ![](https://e.org/b.png)\n", PICTURE), images=2
    ),
    "two pictures on one line": Odd(
        body(ITEM, '<div align=center><img src="a.png"><img src="b.png">\n</div>\n'), images=2
    ),
    "a date with commas": Odd(body(WHOLE).replace("2022.6.18", "2022，6，18")),
    "a heading for each item": Odd(
        body(WHOLE, WHOLE).replace("1. [", "### 1. ["), items=(("题目", A, 2),) * 2
    ),
    "a heading for each item, no stars": Odd(
        body(WHOLE).replace("1. [", "### 1. [").replace("         :star::star:", ""),
        items=(("题目", A, 0),),
    ),
    "bullets for numbers": Odd(
        body(WHOLE, WHOLE).replace("1. [", "- ["), items=(("题目", A, 2),) * 2
    ),
    "no numbers": Odd(body(WHOLE, WHOLE).replace("1. [", "["), items=(("题目", A, 2),) * 2),
    "one number forgotten": Odd(
        body(WHOLE, WHOLE.replace("1. [", "[")), items=(("题目", A, 2),) * 2
    ),
    "a link of one's own below": Odd(
        body(ITEM, ABSTRACT, "\n- [另见](https://e.org/b)\n- [某库](https://e.org/c) ⭐ 300\n\n"),
    ),
    "bullets in code": Odd(body(ITEM, ABSTRACT, f"\n```\n- [no]({B}) :star:\n```\n\n")),
    "full-width brackets around the title": Odd(body(WHOLE).replace("[题目]", "【题目】")),
    "wide brackets around both": Odd(body(WHOLE).replace(f"[题目]({A})", f"［题目］（{A}）")),
    "fields of two depths": Odd(
        body(ITEM, "- Abstract: 一句话\n", "   - Paper: [P](https://arxiv.org/abs/2206.00001)\n"),
        fields=("Abstract", "Paper"),
    ),
    "points with known words": Odd(
        body(ITEM, ABSTRACT, "   - Tips:\n     - 论文：第一点\n     - 代码：第二点\n"),
        fields=("Abstract", "Tips"),
    ),
    "a label alone, with windows lines": Odd(
        body(ITEM, ABSTRACT, "   * 核心点\n     * 第一点\n").replace("\n", "\r\n"),
        fields=("Abstract", "Tips"),
    ),
    "an address that ends in an underscore": Odd(
        body(ITEM, "   - Code: https://github.com/a/b_\n"), links=("https://github.com/a/b_",)
    ),
    "another closing heading": Odd(body(WHOLE).replace("Others", "其他：")),
    "items below a heading like the closing one": Odd(
        body(WHOLE, "## 其他\n\n", WHOLE).replace(TAIL, ""), items=(("题目", A, 2),) * 2
    ),
    "a line separator in the title": Odd(
        body(WHOLE).replace("题目", "题\u2028目"), items=(("题\u2028目", A, 2),)
    ),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_odd_notes_are_read(odd: Odd, tmp_path: Path) -> None:
    book = FolderNotebook(tmp_path)
    note = book.parse(odd.text)
    assert book.render(note) == odd.text
    assert book.parse(book.render(note)) == note
    assert note.day == odd.day
    assert tuple((i.title, i.url, i.stars) for i in note.items) == odd.items
    payload = parse_payload(note)
    first = payload["items"][0]
    if odd.fields is not None:
        assert tuple(f["name"] for f in first["fields"]) == odd.fields
    assert set(odd.links) <= {link["url"] for f in first["fields"] for link in f["links"]}
    if odd.images is not None:
        assert len(first["images"]) == odd.images
    if odd.shown is not None:
        assert tuple(image["url"] for image in first["images"]) == odd.shown


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        (
            f"1. [题]({A}) / [又]({B})  :star::star: （推荐）",
            f"1. [题]({A}) / [又]({B})  :star: （推荐）",
        ),
        (f"1. [题]({A})  （推荐）", f"1. [题]({A})  （推荐）       :star:"),
        (f"1. :star::star: [题]({A})", f"1. [题]({A})       :star:"),
        (f"1. [题]({A})  :star:star:", f"1. [题]({A})  :star:"),
    ],
)
def test_other_stars_leave_the_words_beside_them(line: str, changed: str, tmp_path: Path) -> None:
    book = FolderNotebook(tmp_path)
    note = book.parse(body(line + "\n", ABSTRACT))
    (item,) = note.items
    text = book.render(replace(note, items=(replace(item, stars=1),), verbatim=True))
    assert text == body(changed + "\n", ABSTRACT)
    assert book.parse(text).items[0].stars == 1


def test_an_item_without_number_that_loses_its_stars_stays_an_item(tmp_path: Path) -> None:
    book = FolderNotebook(tmp_path)
    marks = (("- ", "2. "), ("", "2. "), ("### ", "### 2. "), ("2,", "2. "), ("（2）", "2. "))
    for mark, numbered in marks:
        text = body(WHOLE, WHOLE.replace("1. ", mark))
        note = book.parse(text)
        items = (note.items[0], replace(note.items[1], stars=0))
        written = book.render(replace(note, items=items))
        assert f"\n{numbered}[题目]({A})\n" in written
        assert [item.stars for item in book.parse(written).items] == [2, 0]
        assert written.count("\n") == text.count("\n")
