"""What `notes check` says of the slips of a hurried hand, and what it leaves in peace."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from pipeline.notes import check_archive, read_archive

HEAD = "# 公众号内容拓展学习笔记（2022.5.13）\n\n------\n\n## :paperclip:  今日要点\n\n"
ITEM = "1. [题目](https://mp.weixin.qq.com/s/aaa)         :star::star:\n   - Abstract: 一句话\n"


def write(root: Path, text: str, name: str = "202205/0513.md") -> Path:
    path = root / "notes" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def codes(root: Path) -> list[str]:
    return [issue.code.removeprefix("notes.") for issue in check_archive(str(root / "notes"))]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("![image-1](C:\\Users\\me\\typora-user-images\\image-1.png)", 1),
        ('<img src="file:///D:/pics/a.png">', 1),
        ('<img src="images/no.png"><img src="images/no2.png">', 2),
        ("   - Tips: 见图 ![](images/no.png)", 1),
        ("![](images/no(1).png)", 1),
        ("<div align=center><img src=\"\" style='zoom:100%'>\n</div>", 1),
        ("![]()", 1),
        ('<img src="images/a b.png">', 0),
        ("![](<images/a b.png>)", 0),
        ("![](images/a%20b.png?raw=true)", 0),
        ('![](images/c(1).png "题")', 0),
        ('<img src="https://e.org/a.png"><img src="data:image/png;base64,AA">', 0),
    ],
)
def test_pictures_are_looked_for_however_they_are_written(
    line: str, found: int, tmp_path: Path
) -> None:
    folder = write(tmp_path, f"{HEAD}{ITEM}\n{line}\n").parent / "images"
    folder.mkdir()
    for name in ("a b.png", "c(1).png"):
        (folder / name).write_bytes(b"x")
    assert codes(tmp_path) == ["missing_picture"] * found


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Paper: [https://arxiv.org/abs/2205.00301](https://arxiv.org/abs/2205.00302)", "wrong_paper"),
        ("Code: [https://github.com/a/two](https://github.com/a/one)", "wrong_code"),
        ("Paper: [From the next month](https://arxiv.org/abs/2206.00001)", "wrong_paper"),
        ("Paper: [https://arxiv.org/abs/2205.00301](https://arxiv.org/pdf/2205.00301v2.pdf)", ""),
        ("Code: [https://github.com/a/One](https://github.com/a/one/)", ""),
        ("Code: [https://a.github.io/](https://github.com/a/one)", ""),
        ("Paper: [From this month](https://arxiv.org/abs/2205.20001)", ""),
    ],
)  # fmt: skip
def test_a_link_that_leads_elsewhere_than_it_says(line: str, code: str, tmp_path: Path) -> None:
    write(tmp_path, f"{HEAD}{ITEM}   - {line}\n")
    assert codes(tmp_path) == ([code] if code else [])


def test_a_number_of_the_month_that_begins_elsewhere_is_no_later_one(tmp_path: Path) -> None:
    line = "   - Paper: [A paper](https://arxiv.org/abs/2206.00001)\n"
    write(tmp_path, HEAD.replace("5.13", "5.31") + ITEM + line, "202205/0531.md")
    assert codes(tmp_path) == []


def test_an_article_s_link_that_leads_nowhere_is_said(tmp_path: Path) -> None:
    write(tmp_path, HEAD + ITEM.replace("https://", ""))
    assert codes(tmp_path) == ["no_link"]


def test_a_date_in_an_address_is_not_the_note_s(tmp_path: Path) -> None:
    item = ITEM.replace("https://mp.weixin.qq.com/s/aaa", "https://e.org/2021/01/02/post")
    write(tmp_path, HEAD.replace("（2022.5.13）", "") + item)
    items, issues = read_archive(str(tmp_path / "notes"))
    assert [item.day.isoformat() for item in items] == ["2022-05-13"]
    assert not issues
    assert codes(tmp_path) == []


def test_what_stands_in_a_comment_is_not_noted(tmp_path: Path) -> None:
    aside = ITEM.replace("s/aaa", "s/bbb") + "   - Paper: https://arxiv.org/abs/2205.00009\n"
    write(tmp_path, f"{HEAD}{ITEM}\n<!--\n{aside}-->\n")
    items, _ = read_archive(str(tmp_path / "notes"))
    assert [(item.url[-3:], item.paper_ids) for item in items] == [("aaa", ())]


def test_a_file_full_of_beginnings_is_read_in_passing(tmp_path: Path) -> None:
    write(tmp_path, HEAD + ITEM + "<!--\n" * 200_000)
    started = process_time()
    assert codes(tmp_path) == []
    assert process_time() - started < 10


@pytest.mark.parametrize(
    ("link", "dead"),
    [
        ('<a href="notes/202205/0599.md">', "notes/202205/0599.md"),
        ('<a href=" notes/202205/0599.md" target="_blank">', "notes/202205/0599.md"),
        ('<a HREF = "notes/202205/0599.MD">', "notes/202205/0599.MD"),
        ('<a href="notes/202205/05 99.md">', "notes/202205/05 99.md"),
        ('<a href="notes/202205/0513">', "notes/202205/0513"),
        ("[x]( notes/202205/0599.md )", "notes/202205/0599.md"),
        ("[x](<notes/202205/0599.md>)", "notes/202205/0599.md"),
        ("[x](notes/202205/0599.md#1)", "notes/202205/0599.md"),
        ('<a href="./notes/202205/0513.md#1">', ""),
        ('<a href="/notes/202205/0513.md">', ""),
        ("[x](<notes/202205/0513.md>)", ""),
        ("[x](notes/202205/0514(1).md)", ""),
        ("[x](https://e.org/202205/0599.md) [y](#202205/0599) [z](images/202205.png)", ""),
    ],
)
def test_links_of_the_index_however_they_are_written(link: str, dead: str, tmp_path: Path) -> None:
    write(tmp_path, HEAD + ITEM)
    other = ITEM.replace("s/aaa", "s/bbb")
    write(tmp_path, HEAD.replace("5.13", "5.14") + other, "202205/0514(1).md")
    (tmp_path / "README.md").write_text(f"# 仓库\n\n{link}\n", encoding="utf-8")
    found = [i.subject for i in check_archive(str(tmp_path / "notes"))]
    assert found == ([f"README.md:{dead}"] if dead else [])
