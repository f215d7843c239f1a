"""Every change of the page: what it makes of the file, what it logs, and that it is undone."""

from __future__ import annotations

import pytest

from pipeline.desk import Conflict
from pipeline.errors import NoteError
from tests.desk.conftest import NAMES
from tests.desk.world import Reader, keys, listed
from tests.store.samples import DAY

HOSTILE = (
    "<script>alert(1)</script>",
    "](javascript:alert(1))",
    "a\n\n2. [假的](https://e.org/fake) :star:\n",
    "a\r\n## :paperclip:  Others\r\n- b",
    "</div><img src=x onerror=alert(1)>",
    "<!-- 开口",
    "`" * 200 + "[" * 200,
    "\u202e右到左 \x00 \u2028 行",
    ":star::star::star::star::star:",
    "- Tips: 假的栏目\n   - Code: [x](https://e.org)",
    "![p](https://e.org/p.png)",
    "<details>\n<summary>今日还看到</summary>\n\n- [x](https://e.org)\n\n</details>",
)


def test_the_day_as_drafted(reader: Reader) -> None:
    day = reader.day()
    assert keys(day) == ["甲", "乙", "丙", "丁", "戊"]
    assert listed(day) == ["己", "庚", "辛"]
    assert [i.number for i in day.items] == [1, 2, 3, 4, 5]
    assert {i.state for i in day.items} == {"pending"}
    assert {i.given for i in day.items} == {None}
    assert day.items[0].score is not None
    assert day.items[0].candidate is not None
    assert (day.decided, day.undo, day.redo, day.published) == (0, "", "", None)
    assert day.text == reader.text
    assert [f.name for f in day.also_seen[0].item.fields] == ["Abstract", "Paper"], (
        "an also seen item as the draft would write it"
    )


def test_stars_change_one_line_and_are_logged_with_what_was_suggested(reader: Reader) -> None:
    before = reader.text
    done = reader.apply("stars", "乙", "4", id="c1")
    assert done.applied
    item = done.day.items[1]
    assert (item.item.stars, item.given, item.state) == (4, 4, "kept")
    assert done.day.decided == 1
    old, new = before.split("\n"), reader.text.split("\n")
    assert [a for a, b in zip(old, new, strict=True) if a != b] == [
        "2. [文章 乙](https://example.org/乙)       :star::star:"
    ]
    (logged,) = reader.log()
    assert (logged.article_id, logged.action, logged.value) == ("乙", "star", "4")
    assert (logged.suggested, logged.relevance) == (2, pytest.approx(0.89))
    assert (logged.model, logged.profile) == ("m1", "p1")


def test_the_same_change_sent_twice_is_made_once(reader: Reader) -> None:
    assert reader.apply("move", "戊", "1", id="c1").applied
    again = reader.apply("move", "戊", "1", id="c1")
    assert again.applied
    assert len(reader.log()) == 1
    assert reader.desk.undo(DAY).applied
    late = reader.apply("move", "戊", "1", id="c1")
    assert keys(late.day)[0] == "甲", "a late answer does not make it again"


def test_what_the_page_did_not_see_is_a_conflict(reader: Reader) -> None:
    reader.edit("Abstract: 文章 乙", "Abstract: 文件里改的")
    before = reader.text
    done = reader.apply("field", "乙", "页面上改的", field="Abstract", expected="文章 乙")
    assert not done.applied
    assert done.conflict == Conflict(
        key="乙", field="Abstract", mine="页面上改的", theirs="文件里改的"
    )
    assert reader.text == before
    seen = reader.apply("field", "乙", "页面上改的", field="Abstract", expected="文件里改的")
    assert seen.applied
    assert "Abstract: 页面上改的" in reader.text


def test_accepting_changes_no_byte_but_decides(reader: Reader) -> None:
    before = reader.text
    day = reader.apply("accept", "丙").day
    assert reader.text == before
    assert (day.items[2].given, day.items[2].state) == (2, "kept")
    reader.rate(["丙"], 5)
    reader.run()
    assert reader.day().items[2].item.stars == 2, "what was agreed to stays"
    assert not reader.desk.undo(DAY).day.items[2].given


def test_dropped_and_brought_back_between_its_neighbours_with_the_readers_words(
    reader: Reader,
) -> None:
    reader.apply("field", "丙", "我的话", field="Tips")
    dropped = reader.apply("drop", "丙").day
    assert keys(dropped) == ["甲", "乙", "丁", "戊"]
    assert [(i.key, i.state, i.number) for i in dropped.dropped] == [("丙", "dropped", 0)]
    assert dropped.dropped[0].item.fields[-1].value == "我的话"
    assert [d.title for d in reader.store.dropped()] == ["文章 丙"]
    reader.apply("move", "乙", "1")
    back = reader.apply("restore", "丙").day
    assert keys(back) == ["乙", "丙", "甲", "丁", "戊"]
    assert back.items[1].item.fields[-1].value == "我的话"
    assert reader.store.dropped() == []


def test_prose_below_a_dropped_item_stays(reader: Reader) -> None:
    reader.edit("\n<details>", "\n随手记一段。\n\n<details>")
    reader.edit("1. [", "开头的话。\n\n1. [")
    for key in ("戊", "甲"):
        assert reader.apply("drop", key).applied
        assert "随手记一段。" in reader.text
        assert "开头的话。" in reader.text
    for key in ("丁", "丙", "乙"):
        assert reader.apply("drop", key).applied
    assert "随手记一段。" in reader.text


def test_up_into_the_note_and_down_again_with_the_readers_words(reader: Reader) -> None:
    up = reader.apply("promote", "庚").day
    assert (keys(up)[-1], listed(up)) == ("庚", ["己", "辛"])
    assert [f.name for f in up.items[-1].item.fields] == ["Abstract", "Paper"]
    reader.apply("field", "庚", "改过", field="Abstract")
    down = reader.apply("demote", "庚").day
    assert listed(down) == ["己", "辛", "庚"]
    again = reader.apply("promote", "庚").day
    assert again.items[-1].item.fields[0].value == "改过"
    reader.run()
    assert keys(reader.day()) == keys(again)


def test_an_also_seen_entry_dropped_and_restored(reader: Reader) -> None:
    before = reader.text
    assert listed(reader.apply("drop", "庚").day) == ["己", "辛"]
    assert listed(reader.apply("restore", "庚").day) == ["己", "庚", "辛"]
    assert reader.text == before


@pytest.mark.parametrize("mark", ["- ", "### 2. ", ""])
def test_an_item_with_another_mark_is_dropped_and_restored(reader: Reader, mark: str) -> None:
    second = next(line for line in reader.text.split("\n") if line.startswith("2. "))
    reader.edit(second, second.replace("2. ", mark, 1))
    before = reader.text
    assert keys(reader.day()) == [*NAMES[:5]]
    assert "乙" not in keys(reader.apply("drop", "乙").day)
    assert keys(reader.apply("restore", "乙").day) == [*NAMES[:5]]
    assert reader.text == before


def test_a_figure_in_a_line_is_no_item_s_number(reader: Reader) -> None:
    """Undone over a run that changed the file too, an edit of digits alone is taken back."""
    reader.apply("field", "甲", "精度 83.2，更高。", field="Tips")
    reader.apply("field", "甲", "精度 84.2，更高。", field="Tips")
    reader.rate(NAMES, 4)
    reader.run()
    assert "精度 84.2" in reader.text
    assert reader.desk.undo(DAY).applied
    assert "精度 83.2" in reader.text
    assert "精度 84.2" not in reader.text


def test_the_last_also_seen_entry_goes_with_its_block_but_prose_stays(reader: Reader) -> None:
    reader.edit("</details>\n", "</details>\n\n块后面的话。\n")
    for key in ("己", "庚", "辛"):
        assert reader.apply("drop", key).applied
    assert "details" not in reader.text
    assert "块后面的话。" in reader.text


def test_the_last_also_seen_entry_taken_up_leaves_the_prose_below_the_list(reader: Reader) -> None:
    reader.edit("</details>\n", "</details>\n\n块后面的话。\n")
    for key in ("己", "庚", "辛"):
        assert reader.apply("promote", key).applied
    assert keys(reader.day())[-1] == "辛"
    assert reader.text.count("块后面的话。") == 1


def test_moved_and_renumbered(reader: Reader) -> None:
    day = reader.apply("move", "戊", "2").day
    assert keys(day) == ["甲", "戊", "乙", "丙", "丁"]
    assert reader.book.parse(reader.text, DAY).numbers == (1, 2, 3, 4, 5)
    assert keys(reader.apply("move", "甲", "99").day)[-1] == "甲"


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("where", ["title", "Tips", "Abstract", "Paper", "add"])
def test_whatever_is_pasted_stays_inside_its_place(reader: Reader, where: str, value: str) -> None:
    before = reader.day()
    if where == "add":
        done = reader.apply("add", value=f"[题目](https://e.org/new)\n   - Tips: {value}")
        wanted = [*keys(before), *keys(done.day)[5:6]] if done.applied else keys(before)
    elif where == "title":
        done, wanted = reader.apply("title", "乙", value), keys(before)
    else:
        done, wanted = reader.apply("field", "乙", value, field=where), keys(before)
    assert done.applied or done.issue
    day = reader.day()
    assert keys(day) == wanted
    assert listed(day) == listed(before)
    for old, new in zip(before.items, day.items, strict=False):
        if old.key != "乙":
            assert old.item.raw == new.item.raw or where == "add", "elsewhere no byte changes"
    text = reader.text
    assert "<script" not in text.replace("\\<script", "")
    assert "<img src=x" not in text.replace("\\<img src=x", "")
    assert "](javascript:" not in text.replace("\\](javascript:", "")
    if done.applied:
        undone = reader.desk.undo(DAY)
        assert undone.applied
        assert undone.day.text == before.text


@pytest.mark.parametrize(
    ("action", "value", "field"),
    [
        ("stars", "6", ""),
        ("stars", "-1", ""),
        ("stars", "二", ""),
        ("title", "  ", ""),
        ("title", "长" * 501, ""),
        ("image", "javascript:alert(1)", ""),
        ("image", "data:image/png;base64,AA", ""),
        ("image", "../../etc/passwd.png", ""),
        ("field", "x", "Bad: [field](x)"),
        ("field", "x", ""),
        ("field", "长" * 8001, "Tips"),
        ("move", "0", ""),
        ("move", "一", ""),
        ("add", "  ", ""),
        ("add", "javascript:alert(1)", ""),
        ("add", "1. [a](https://e.org/1)\n2. [b](https://e.org/2)", ""),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_written(
    reader: Reader, action: str, value: str, field: str
) -> None:
    before = reader.text
    done = reader.apply(action, "乙", value, field=field)
    if (action, value) == ("add", "javascript:alert(1)") and done.applied:
        assert "](javascript:" not in reader.text
        return
    assert not done.applied
    assert done.issue is not None
    assert done.issue.sentence.endswith("。")
    assert done.issue.remedy.endswith("。")
    assert reader.text == before
    assert reader.log() == []


def test_hand_written_items_and_what_is_there_already(reader: Reader) -> None:
    day = reader.apply("add", value="https://hand.example/x").day
    own = day.items[-1]
    assert own.key.startswith("hand-")
    assert (own.item.url, own.state) == ("https://hand.example/x", "kept")
    assert reader.apply("add", value="https://hand.example/x?utm_source=a").issue
    assert reader.apply("add", value="https://example.org/甲").issue
    up = reader.apply("add", value="https://example.org/庚")
    assert (keys(up.day)[-1], listed(up.day)) == ("庚", ["己", "辛"])
    reader.apply("drop", "甲")
    back = reader.apply("add", value="https://example.org/甲")
    assert keys(back.day)[0] == "甲"
    titled = reader.apply("title", own.key, "换了题目").day
    reader.edit("https://hand.example/x", "https://hand.example/z")
    assert own.key in keys(titled)
    assert own.key in keys(reader.day()), "the key outlives title and address"


def test_a_key_that_is_gone_is_said(reader: Reader) -> None:
    reader.apply("drop", "乙")
    for action in ("stars", "drop", "move", "demote", "promote", "accept"):
        value = {"stars": "3", "move": "1"}.get(action, "")
        done = reader.apply(action, "乙", value)
        assert done.issue is not None
        assert done.issue.code == "desk.missing"
    there = reader.apply("restore", "甲").issue
    assert there is not None
    assert there.code == "desk.there"


def test_everything_is_taken_back_and_made_again_over_restarts(reader: Reader) -> None:
    first = reader.text
    reader.apply("stars", "甲", "5")
    reader.apply("drop", "乙")
    reader.edit("Abstract: 文章 丙", "Abstract: 文件里改的")
    reader.apply("promote", "己")
    last, said = reader.text, reader.said()
    assert ("丙", "edit", "Abstract") in said
    for _ in range(4):
        assert reader.desk.undo(DAY).applied
    assert reader.text == first
    assert reader.said() == []
    assert reader.store.dropped() == []
    assert reader.desk.undo(DAY).issue
    for _ in range(4):
        assert reader.desk.redo(DAY).applied
    assert reader.text == last
    assert reader.said() == said
    assert reader.desk.redo(DAY).issue
    reader.desk.undo(DAY)
    reader.apply("stars", "丁", "1")
    assert reader.desk.redo(DAY).issue, "a new change puts an end to redo"


def test_undo_goes_past_what_a_run_wrote(reader: Reader) -> None:
    reader.apply("stars", "甲", "5")
    reader.apply("drop", "戊")
    reader.collect("壬")
    reader.run()
    reader.rate(["乙"], 3)
    reader.run()
    assert reader.day().items[1].item.stars == 3
    back = reader.desk.undo(DAY)
    assert back.applied
    assert "戊" in keys(back.day)
    assert back.day.items[1].item.stars == 3, "what the run wrote stays"
    again = reader.desk.undo(DAY)
    assert again.applied
    assert again.day.items[0].item.stars == 2
    assert reader.book.parse(reader.text, DAY).numbers == (1, 2, 3, 4, 5)
    reader.desk.redo(DAY)
    assert reader.desk.redo(DAY).applied
    assert "戊" not in keys(reader.day())


def test_a_day_without_a_file_is_said(reader: Reader) -> None:
    reader.file.unlink()
    assert reader.desk.open(DAY) is None
    with pytest.raises(NoteError):
        reader.apply("stars", "甲", "3")


def test_the_days(reader: Reader) -> None:
    reader.apply("stars", "甲", "3")
    own = reader.folder / "notes" / "202609" / "0901.md"
    own.write_text("# 笔记（2026.9.1）\n\n1. [a](https://e.org/a) :star:\n")
    (reader.folder / "notes" / "202609" / "9999.md").write_text("x")
    days = reader.desk.days()
    assert [(d.day.day, d.items, d.decided, d.drafted) for d in days] == [
        (DAY.day, 5, 1, True),
        (1, 1, 0, False),
    ]


def test_the_article_to_read(reader: Reader) -> None:
    found = reader.desk.article("甲")
    assert found is not None
    assert found.title == "文章 甲"
    assert reader.desk.article("没有") is None
