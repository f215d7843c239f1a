"""The README: the reader's head kept, the index closed whatever the note holds."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.publish.readme import (
    ReadmeWords,
    day_of_path,
    index_of,
    make_readme,
    note_path,
    split_readme,
)
from pipeline.publish.revision import owned

WORDS = ReadmeWords()
DAY = date(2022, 7, 10)
NOTE = "# 公众号内容拓展学习笔记（2022.7.10）\n\n正文"


def test_the_index_is_the_owners_format_and_well_formed() -> None:
    days = [date(2022, 5, 10), date(2022, 5, 5), date(2021, 12, 31)]
    assert index_of(days, WORDS) == (
        "## :paperclip:  历史更新\n\n"
        "<pre><details><summary>2021年</summary>\n"
        "<details><summary>12月</summary>\n"
        '    1. <a href="notes/202112/1231.md" target="_blank">公众号内容拓展学习笔记（2021.12.31）</a>\n'
        "</details>\n</details>\n"
        "<details><summary>2022年</summary>\n"
        "<details><summary>5月</summary>\n"
        '    1. <a href="notes/202205/0505.md" target="_blank">公众号内容拓展学习笔记（2022.5.5）</a>\n'
        '    2. <a href="notes/202205/0510.md" target="_blank">公众号内容拓展学习笔记（2022.5.10）</a>\n'
        "</details>\n</details>\n"
        "</pre>\n"
    )


def test_the_head_stays_but_for_its_date() -> None:
    old = f"# 我的仓库\n\n欢迎\n\n更新今日时间：2022.7.9\n\n{NOTE}\n\n## :paperclip:  历史更新\n旧"
    new = make_readme(old, DAY, NOTE, [DAY], WORDS)
    assert new.startswith(
        "# 我的仓库\n\n欢迎\n\n更新今日时间：2022.7.10\n\n<!-- 今日笔记 -->\n正文"
    )
    assert "旧" not in new
    assert make_readme(new, DAY, NOTE, [DAY], WORDS) == new


@pytest.mark.parametrize(
    "note",
    [
        NOTE,
        "没有标题的模板",
        NOTE + "\n```\n没关的代码",
        NOTE + "\n~~~~\n```\n",
        NOTE + "\n<!-- 没关的注释",
        NOTE + "\n<details><div><pre>没关的块",
        NOTE + "\n## :paperclip:  历史更新\n\n假的目录",
        "",
    ],
)
def test_no_note_swallows_the_index_and_a_rerun_is_the_same(note: str) -> None:
    once = make_readme(None, DAY, note, [DAY], WORDS)
    assert make_readme(once, DAY, note, [DAY], WORDS) == once
    assert once.endswith(index_of([DAY], WORDS))
    before = once.removesuffix(index_of([DAY], WORDS))
    for tag in ("details", "div", "pre"):
        assert before.count(f"<{tag}>") == before.count(f"</{tag}>")
    assert before.count("<!-- 没") == before.count("\n-->")
    assert before.count("```") % 2 == 0 or "~~~~" in note
    assert before.count("~~~~") % 2 == 0
    assert split_readme(once)[0] == "# 公众号内容拓展学习笔记\n\n更新今日时间：2022.7.10\n\n"


def test_a_hostile_heading_is_escaped_in_the_index() -> None:
    words = ReadmeWords(heading='</a></pre><script>"\n')
    assert "<script>" not in index_of([DAY], words)
    assert index_of([DAY], words).count("\n") == index_of([DAY], WORDS).count("\n")


def test_only_true_days_are_notes() -> None:
    assert day_of_path(note_path(DAY)) == DAY
    for path in (
        "notes/202205/05010.md",
        "notes/202213/1301.md",
        "notes/202205/0605.md",
        "x/202205/0505.md",
    ):
        assert day_of_path(path) is None


HOUSE = (
    "# 公众号内容拓展学习笔记（2022.7.10）\n\n------\n\n\n\n## :paperclip:  今日要点\n\n"
    "1. [题目](https://e.org/1)         :star:\n   - Abstract: 一句话\n\n"
    "## :paperclip:  Others\n\n- 星标说明"
)


def test_a_note_of_the_house_stands_as_in_the_owners_readme() -> None:
    """Head, items without the note's heading, index, footer: and again the same."""
    old = "# 仓库\n\n更新今日时间：2022.7.9\n\n------\n\n\n\n## :paperclip:  今日要点\n\n1. 旧的"
    new = make_readme(old, DAY, HOUSE, [DAY], WORDS)
    assert new.startswith(
        "# 仓库\n\n更新今日时间：2022.7.10\n\n------\n\n\n\n## :paperclip:  今日要点\n\n1. [题目]"
    )
    assert new.endswith("</pre>\n\n\n\n\n## :paperclip:  Others\n\n- 星标说明")
    assert "旧的" not in new
    assert make_readme(new, DAY, HOUSE, [DAY], WORDS) == new
    assert split_readme(new)[0] == "# 仓库\n\n更新今日时间：2022.7.10\n\n"


def test_a_readme_with_the_notes_heading_loses_it() -> None:
    old = f"# 仓库\n\n更新今日时间：2022.7.9\n\n{HOUSE}\n\n{index_of([DAY], WORDS)}"
    assert make_readme(old, DAY, HOUSE, [DAY], WORDS).count("# 公众号内容") == 0


def test_windows_line_ends_double_neither_note_nor_index() -> None:
    old = "# 我的仓库\n\n欢迎\n\n更新今日时间：2022.7.9\n\n"
    once = make_readme(old, DAY, HOUSE, [DAY], WORDS)
    windows = once.replace("\n", "\r\n")
    assert make_readme(windows, DAY, HOUSE, [DAY], WORDS) == windows
    assert make_readme(old, DAY, HOUSE.replace("\n", "\r\n"), [DAY], WORDS) == once
    assert owned("README.md", windows.encode()) == owned("README.md", once.encode())
