"""Items that an editor moved into the also seen: in any shape, over runs, up again and undone."""

from __future__ import annotations

import pytest

from tests.desk.conftest import NAMES
from tests.desk.test_file_edits import parsed
from tests.desk.world import Reader, keys, listed
from tests.store.samples import DAY

WHOLE = "2. [文章 乙](https://example.org/乙)       :star::star:\n   - Abstract: 我的话\n   - 论文：没有\n"
SHAPES = {
    "an entry": "- [文章 乙](https://example.org/乙)\n",
    "another bullet": "* [文章 乙](https://example.org/乙)\n",
    "an indented bullet": "  - [文章 乙](https://example.org/乙) — 以后再看\n",
    "its first line": "2. [文章 乙](https://example.org/乙)       :star::star:\n",
    "the whole item": WHOLE,
    "the whole item, nothing indented": WHOLE.replace("   -", "-"),
}


def move(reader: Reader, entry: str) -> None:
    """The second item out of the note and into the list, below its first entry."""
    note = parsed(reader)
    first = note.also_seen[0].raw
    text = reader.text.replace(note.items[1].raw, "").replace(first, first + entry)
    reader.file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("entry", SHAPES.values(), ids=SHAPES.keys())
def test_it_is_put_aside_and_stays_where_it_was_put(reader: Reader, entry: str) -> None:
    before = reader.text
    move(reader, entry)
    day = reader.day()
    assert reader.said() == [("乙", "demote", "")]
    assert (keys(day), listed(day)) == (["甲", "丙", "丁", "戊"], ["己", "乙", "庚", "辛"])
    reader.run()
    assert listed(reader.day()) == ["己", "乙", "庚", "辛"]
    assert entry in reader.text
    assert parsed(reader).also_seen[1].url == "https://example.org/乙"
    reader.collect("壬")
    reader.run()
    assert listed(reader.day()).count("乙") == 1
    undone = reader.desk.undo(DAY)
    assert undone.applied
    assert keys(undone.day) == ["甲", "乙", "丙", "丁", "戊"]
    assert "乙" not in listed(undone.day)
    assert reader.text.count("https://example.org/乙") == before.count("https://example.org/乙")


def test_what_was_written_below_it_comes_up_with_it_and_nothing_goes_with_its_neighbour(
    reader: Reader,
) -> None:
    move(reader, WHOLE)
    reader.day()
    assert reader.apply("promote", "己").applied
    assert WHOLE.strip() in reader.text
    assert reader.apply("promote", "乙").applied
    item = parsed(reader).items[-1]
    assert [f.value for f in item.fields] == ["我的话", "没有"]
    assert item.stars == 2
    for _ in range(3):
        assert reader.desk.undo(DAY).applied
    assert reader.said() == []
    assert keys(reader.day()) == ["甲", "乙", "丙", "丁", "戊"]


def test_an_entry_of_another_bullet_is_dropped_and_restored_as_one(reader: Reader) -> None:
    move(reader, SHAPES["another bullet"])
    reader.day()
    assert reader.apply("drop", "乙").applied
    assert reader.apply("restore", "乙").applied
    assert listed(reader.day()) == ["己", "乙", "庚", "辛"]


@pytest.mark.parametrize("below", [0, 1, 2])
def test_an_entry_that_a_run_moved_is_still_taken_back(reader: Reader, below: int) -> None:
    note = parsed(reader)
    above, entry = note.also_seen[below].raw, SHAPES["an entry"]
    text = reader.text.replace(note.items[1].raw, "").replace(above, above + entry)
    reader.file.write_text(text, encoding="utf-8")
    reader.day()
    reader.collect("壬", "癸")
    reader.rate([*reversed(NAMES), "壬", "癸"], 2)
    reader.run()
    assert listed(reader.day()).count("乙") == 1
    undone = reader.desk.undo(DAY)
    assert undone.applied
    assert keys(undone.day) == ["甲", "乙", "丙", "丁", "戊"]
    assert sorted(listed(undone.day)) == sorted("己庚辛壬癸")
