"""Old notes as archive items, and what is wrong with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import NoteError
from pipeline.notes import check_archive, read_archive

FIRST = """# 拓展学习笔记（2021.3.7）

##  :paperclip:  今日要点

1. [甲|乙](https://mp.weixin.qq.com/s/aaaaaaaaaaaa) \u200b  :star::star:

   一段没有标签的话

   paper：https://arxiv.org/pdf/2103.01988.pdf?fbclid=x

3. [没有链接的不是它](https://mp.weixin.qq.com/s/bbbbbbbbbbbb)
   - 论文：[Title](https://arxiv.org/abs/2103.15332v2)
   - **GitHub：https://github.com/A/B.git**
   - Tips：一句

<img src="./images/lost.png">
"""
SECOND = """# 公众号内容拓展学习笔记（2022.5.5）

1. [换了参数的同一篇](https://mp.weixin.qq.com/s/aaaaaaaaaaaa)  :star::star:
2. [同一篇论文](https://mp.weixin.qq.com/s/cccccccccccc)  :star::star:
   - Paper: [A Wholly Different Name For It](https://arxiv.org/abs/2103.15332)
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    notes = tmp_path / "notes"
    for name, text in (("202103/0307.md", FIRST), ("202205/0506.md", SECOND)):
        path = notes / name
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    (notes / "202205" / "images").mkdir()
    return notes


def test_items_with_ids_and_text(archive: Path) -> None:
    items, _ = read_archive(str(archive))
    assert [(i.day, i.position, i.stars) for i in items] == [
        (date(2021, 3, 7), 1, 2),
        (date(2021, 3, 7), 2, 0),
        (date(2022, 5, 5), 1, 2),
        (date(2022, 5, 5), 2, 2),
    ]
    assert items[0].text == "甲|乙\n一段没有标签的话"
    assert items[0].paper_ids == ("arxiv:2103.01988",)
    assert items[1].paper_ids == ("arxiv:2103.15332",)
    assert items[1].repo_ids == ("github.com/a/b",)
    assert items[1].text.endswith("\n一句")


def test_odd_things_are_said(archive: Path) -> None:
    (archive / "202205" / "0507.md").write_text("# 没有条目（2022.5.7）\n", "utf-8")
    (archive / "nodate.md").write_text("1. [x](https://a.org/1)\n", "utf-8")
    (archive / "broken.md").write_bytes(b"\xff\xfe\x00\x81")
    items, issues = read_archive(str(archive))
    assert len(items) == 4
    assert {(i.subject, i.code) for i in issues} == {
        ("202103/0307.md", "notes.numbering"),
        ("202103/0307.md#1", "notes.bare_paragraph"),
        ("202103/0307.md#3", "notes.no_stars"),
        ("202205/0506.md", "notes.day_differs"),
        ("202205/0507.md", "notes.no_items"),
        ("nodate.md", "notes.no_day"),
        ("broken.md", "notes.no_day"),
    }


def test_a_missing_folder_says_what_is_expected(tmp_path: Path) -> None:
    for read in (read_archive, check_archive):
        with pytest.raises(NoteError) as caught:
            read(str(tmp_path / "nowhere"))
        assert caught.value.issues[0].code == "notes.no_folder"


def test_check_finds_what_hand_work_leaves_behind(archive: Path) -> None:
    (archive.parent / "README.md").write_text(
        '1. <a href="notes/202205/0506.md">好</a>\n2. <a href="notes/202205/05060.md">坏</a>\n'
        "[外](https://a.org/x.md) [也坏](notes/202201/0101.md)\n",
        "utf-8",
    )
    titles = {"arxiv:2103.15332": "Attention For Something Else Entirely"}
    found = {(i.code, i.subject) for i in check_archive(str(archive), titles)}
    assert found == {
        ("notes.repeated_article", "202205/0506.md#1"),
        ("notes.repeated_paper", "202205/0506.md#2"),
        ("notes.wrong_paper", "202205/0506.md#2"),
        ("notes.missing_picture", "202103/0307.md#2"),
        ("notes.day_differs", "202205/0506.md"),
        ("notes.dead_link", "README.md:notes/202205/05060.md"),
        ("notes.dead_link", "README.md:notes/202201/0101.md"),
    }


def test_pictures_outside_the_folder_count_as_missing(archive: Path) -> None:
    (archive.parent / "secret.png").write_bytes(b"x")
    note = archive / "202205" / "0508.md"
    note.write_text(
        "# 笔记（2022.5.8）\n\n1. [x](https://a.org/8)  :star:\n<img src='../../secret.png'>\n",
        "utf-8",
    )
    codes = [i.code for i in check_archive(str(archive)) if i.subject.startswith("202205/0508")]
    assert codes == ["notes.missing_picture"]


def test_hidden_folders_and_links_out_are_not_read(archive: Path, tmp_path: Path) -> None:
    hidden = archive / ".git" / "x.md"
    hidden.parent.mkdir()
    hidden.write_text(SECOND, "utf-8")
    outside = tmp_path / "outside.md"
    outside.write_text(SECOND, "utf-8")
    (archive / "link.md").symlink_to(outside)
    assert len(read_archive(str(archive))[0]) == 4


def test_check_needs_no_index_to_find_contradictions(archive: Path) -> None:
    (archive / "202205" / "0509.md").write_text(
        "# 笔记（2022.5.9）\n\n"
        "1. [x](https://a.org/9)\n   - Paper: [One Good Title](https://arxiv.org/abs/2205.00001)\n"
        "2. [y](https://a.org/8)\n   - Paper: [One Good Title](https://arxiv.org/abs/2205.00002)\n"
        "3. [z](https://a.org/7)\n   - Paper: [Quite Other Words](https://arxiv.org/abs/2205.00001)\n"
        "4. [w](https://a.org/6)\n   - Paper: [Fine](https://arxiv.org/abs/22O5.00001)\n",
        "utf-8",
    )
    found = [i.subject for i in check_archive(str(archive)) if i.code == "notes.wrong_paper"]
    assert [s for s in found if "0509" in s] == [f"202205/0509.md#{n}" for n in (2, 3, 4)]
