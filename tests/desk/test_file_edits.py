"""Edits in an editor and on the page are the same edits: found, logged, undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.errors import NoteError
from pipeline.ports import Outgoing
from pipeline.types import Note
from tests.desk.conftest import NAMES
from tests.desk.world import Reader, keys, listed
from tests.store.samples import DAY, HOUR, NOW


def rewrite(reader: Reader, note: Note) -> None:
    """Save another note from an editor."""
    reader.file.write_text(reader.book.render(replace(note, numbers=())), encoding="utf-8")


def parsed(reader: Reader) -> Note:
    return reader.book.parse(reader.text, DAY)


def test_each_kind_of_edit_is_found_once(reader: Reader) -> None:
    note = parsed(reader)
    first, second, _, fourth, fifth = note.items
    loved = replace(first, stars=5)
    worded = replace(second, fields=(replace(second.fields[0], value="改过"), *second.fields[1:]))
    own = replace(fifth, raw="", title="手写", url="https://hand.example/1", fields=())
    rewrite(
        reader,
        replace(
            note,
            items=(fourth, loved, worded, own),
            also_seen=note.also_seen[:1],
        ),
    )
    day = reader.day()
    said = reader.said()
    hand = keys(day)[-1]
    assert hand.startswith("hand-")
    assert sorted(said) == sorted(
        [
            ("甲", "star", "5"),
            ("乙", "edit", "Abstract"),
            ("丙", "drop", ""),
            ("戊", "drop", ""),
            ("庚", "drop", ""),
            ("辛", "drop", ""),
            ("丁", "move", "1"),
            (hand, "add", "2"),
        ]
    )
    assert reader.day().undo == "在文件里改的 8 处"
    assert reader.said() == said, "found once"
    assert {d.title for d in reader.store.dropped()} == {"文章 丙", "文章 戊", "文章 庚", "文章 辛"}
    undone = reader.desk.undo(DAY)
    assert undone.day.text == reader.book.render(note)
    assert reader.said() == []


def test_a_run_finds_them_before_it_merges(reader: Reader) -> None:
    note = parsed(reader)
    rewrite(reader, replace(note, items=note.items[1:]))
    reader.collect("壬")
    reader.run()
    assert ("甲", "drop", "") in reader.said()
    assert keys(reader.day())[0] == "乙"
    assert [d.title for d in reader.store.dropped()] == ["文章 甲"]


def test_the_page_and_the_file_say_the_same(
    reader: Reader, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Reader(tmp_path_factory.mktemp("other"))
    other.collect(*"甲乙丙丁戊己庚辛")
    other.run()
    for action, key, value in (("stars", "乙", "4"), ("drop", "丁", ""), ("promote", "己", "")):
        reader.apply(action, key, value)
    other.file.write_bytes(reader.file.read_bytes())
    other.day()
    assert sorted(f[:2] for f in other.said()) == sorted(f[:2] for f in reader.said())
    assert [d.title for d in other.store.dropped()] == [d.title for d in reader.store.dropped()]
    other.store.close()


def test_what_comes_back_in_the_file_is_restored(reader: Reader) -> None:
    whole = reader.text
    reader.apply("drop", "丙")
    reader.file.write_text(whole, encoding="utf-8")
    assert keys(reader.day()) == ["甲", "乙", "丙", "丁", "戊"]
    assert reader.said()[-1][:2] == ("丙", "restore")
    assert reader.store.dropped() == []


def test_taking_the_whole_list_away_is_no_verdict_on_its_lines(reader: Reader) -> None:
    rewrite(reader, replace(parsed(reader), also_seen=(), also_head="", also_tail=""))
    assert listed(reader.day()) == []
    assert reader.said() == []
    reader.run()
    assert "details" not in reader.text


def test_an_emptied_file_is_no_verdict_and_can_be_taken_back(reader: Reader) -> None:
    whole = reader.text
    reader.apply("stars", "甲", "5")
    loved = reader.text
    reader.file.write_text("", encoding="utf-8")
    assert keys(reader.day()) == []
    assert [s[1] for s in reader.said()] == ["star"]
    assert reader.desk.undo(DAY).day.text == loved
    assert reader.desk.undo(DAY).day.text == whole


def test_an_emptied_or_deleted_file_is_drafted_anew_with_what_was_decided(reader: Reader) -> None:
    reader.apply("stars", "甲", "5")
    reader.apply("drop", "乙")
    reader.file.write_text("\n", encoding="utf-8")
    reader.run()
    assert keys(reader.day()) == ["甲", "丙", "丁", "戊"]
    assert reader.day().items[0].item.stars == 5
    reader.file.unlink()
    reader.run()
    assert keys(reader.day()) == ["甲", "丙", "丁", "戊"]
    assert reader.day().items[0].given == 5


@pytest.mark.parametrize("lost", ["emptied", "deleted", "deleted and had back"])
def test_what_was_dropped_stays_out_of_every_run_after_the_file_was_lost(
    reader: Reader, lost: str
) -> None:
    reader.apply("drop", "乙")
    reader.apply("drop", "庚")
    before = reader.text
    reader.file.unlink()
    if lost == "emptied":
        reader.file.write_text("", encoding="utf-8")
    reader.run()
    if lost == "deleted and had back":
        assert reader.desk.undo(DAY).day.text == before
    for suggested in (3, 4):
        reader.rate(NAMES, suggested)
        reader.run()
        day = reader.day()
        assert {"乙", "庚"}.isdisjoint({*keys(day), *listed(day)})
    assert keys(reader.apply("restore", "乙").day)[1] == "乙"


@pytest.mark.parametrize("drafted", [False, True])
def test_a_deleted_file_can_be_had_back(reader: Reader, drafted: bool) -> None:
    reader.apply("stars", "甲", "5")
    reader.apply("drop", "乙")
    before = reader.text
    reader.file.unlink()
    if drafted:
        reader.run()
    assert reader.desk.undo(DAY).applied
    assert reader.text == before
    assert keys(reader.desk.undo(DAY).day) == [*NAMES[:5]]
    assert reader.desk.redo(DAY).day.text == before


def test_a_deleted_file_is_no_day_to_change(reader: Reader) -> None:
    reader.file.unlink()
    with pytest.raises(NoteError) as caught:
        reader.apply("stars", "甲", "5")
    assert "notes undo" in caught.value.issues[0].remedy
    assert not reader.file.exists()


def test_a_note_with_an_unresolved_merge_keeps_both_sides(reader: Reader) -> None:
    """As git leaves it: both versions of an item are the reader's until one is taken away."""
    item = next(line for line in reader.text.split("\n") if line.startswith("1. "))
    ours, theirs = item.replace("文章 甲", "我的题目"), item.replace("文章 甲", "别处的题目")
    both = f"<<<<<<< HEAD\n{ours}\n=======\n{theirs}\n>>>>>>> main"
    reader.edit(item, both)
    for suggested in (4, 1):
        reader.rate(NAMES, suggested)
        reader.run()
        reader.apply("stars", "丙", str(suggested))
        for line in ("<<<<<<< HEAD", "我的题目", "=======", "别处的题目", ">>>>>>> main"):
            assert reader.text.count(line) == 1
    assert len(set(keys(reader.day()))) == 6


def test_windows_line_ends_and_a_mark_are_kept_and_no_decision(reader: Reader) -> None:
    reader.file.write_bytes(b"\xef\xbb\xbf" + reader.text.replace("\n", "\r\n").encode())
    day = reader.day()
    assert keys(day) == ["甲", "乙", "丙", "丁", "戊"]
    assert reader.said() == []
    assert reader.apply("stars", "乙", "4").applied
    text = reader.file.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.count(b"\r\n") == text.count(b"\n"), "every line keeps its end"


def test_an_item_keeps_its_key_though_address_and_title_were_changed(reader: Reader) -> None:
    reader.edit("[文章 乙](https://example.org/乙)", "[换了](https://elsewhere.example/1)")
    day = reader.day()
    assert keys(day) == ["甲", "乙", "丙", "丁", "戊"]
    assert reader.said() == [("乙", "edit", "title、url")]


def test_a_file_cut_short_by_an_editor_that_is_writing_is_looked_at_again(reader: Reader) -> None:
    whole = reader.text
    clock = reader.clock

    def finished(seconds: float) -> None:
        reader.file.write_text(whole.replace("文章 乙\n", "改好了\n"), encoding="utf-8")

    reader.file.write_text(whole[:200], encoding="utf-8")
    clock.sleep = finished  # type: ignore[method-assign]
    assert keys(reader.day()) == ["甲", "乙", "丙", "丁", "戊"]
    assert [s[1] for s in reader.said()] == ["edit"]


def test_a_workspace_from_before_the_journal(reader: Reader) -> None:
    """A draft that was recorded but never on the desk: differences to it are the reader's."""
    note, base, record = reader.drafted()
    del base
    old = Reader(reader.folder / "old")
    old.collect(*"甲乙丙丁戊己庚辛")
    text = old.book.render(note)
    old.store.save_draft(replace(record, text=text), NOW)
    old.book.write(DAY, text.replace("文章 乙)", "文章 乙)", 1))
    old.edit(
        "1. [文章 甲](https://example.org/甲)         :star::star:",
        "1. [文章 甲](https://example.org/甲)         :star:",
    )
    assert keys(old.day()) == ["甲", "乙", "丙", "丁", "戊"]
    assert old.said() == [("甲", "star", "1")]
    old.store.close()


def test_a_hand_written_note_can_be_reviewed_too(reader: Reader) -> None:
    reader.file.write_text(
        "# 笔记（2026.9.18）\n\n1. 只有字\n   - Tips: 一\n\n2. [b](https://e.org/b) :star:\n",
        encoding="utf-8",
    )
    day = reader.day()
    assert len(day.items) == 2
    assert {i.state for i in day.items} == {"kept"}
    assert reader.apply("move", keys(day)[1], "1").applied
    assert reader.text.startswith("# 笔记（2026.9.18）\n\n1. [b](https://e.org/b) :star:\n")
    assert reader.apply("stars", keys(day)[0], "3").applied


def published(reader: Reader, state: str = "committed") -> None:
    from hashlib import sha256

    body = sha256(reader.file.read_bytes()).hexdigest()
    path = f"notes/{reader.book.path(DAY)}"
    row = Outgoing(target="t", revision=body, day=DAY, files=((path, body),))
    reader.store.save_outgoing(replace(row, state=state), NOW + HOUR)  # type: ignore[arg-type]


def test_published_notes_become_the_past_that_suggestions_learn_from(reader: Reader) -> None:
    reader.apply("stars", "甲", "5")
    reader.apply("drop", "乙")
    published(reader, "planned")
    reader.redraft.learn()
    assert reader.store.archive() == []
    published(reader)
    assert reader.day().published == DAY
    assert reader.desk.days()[0].published
    reader.redraft.learn()
    reader.redraft.learn()
    assert [(i.title, i.stars) for i in reader.store.archive()] == [
        ("文章 甲", 5),
        ("文章 丙", 2),
        ("文章 丁", 2),
        ("文章 戊", 2),
    ]
    decided = {d.article_id: d for d in reader.store.decisions()}
    assert {k: (d.outcome, d.given, d.suggested) for k, d in decided.items()} == {
        "甲": ("kept", 5, 2),
        "乙": ("dropped", None, 2),
        **dict.fromkeys("丙丁戊", ("kept", 2, 2)),
        **dict.fromkeys("己庚辛", ("passed", None, 2)),
    }
    assert {d.model for d in decided.values()} == {"m1"}
    assert [i.state for i in reader.day().items] == ["kept", "pending", "pending", "pending"]
    reader.apply("stars", "丙", "3")
    assert reader.day().published is None
    reader.redraft.learn()
    assert [i.stars for i in reader.store.archive()] == [5, 3, 2, 2], "changed after publishing"


def test_what_was_decided_teaches_before_anything_is_published(reader: Reader) -> None:
    reader.apply("stars", "甲", "5")
    reader.apply("accept", "乙")
    reader.apply("drop", "丙")
    assert [(i.title, i.stars, i.day) for i in reader.store.rated()] == [
        ("文章 乙", 2, DAY),
        ("文章 甲", 5, DAY),
    ]
    reader.desk.undo(DAY)
    reader.desk.undo(DAY)
    assert [i.title for i in reader.store.rated()] == ["文章 甲"]
    assert reader.store.dropped() == []
    published(reader)
    reader.redraft.learn()
    assert reader.store.rated() == [], "the archive has them now"


def test_an_item_put_in_a_comment_is_dropped_and_what_is_in_it_stays(reader: Reader) -> None:
    raw = parsed(reader).items[1].raw
    reader.edit(raw, f"<!--\n{raw}-->\n")
    assert keys(reader.day()) == ["甲", "丙", "丁", "戊"]
    assert ("乙", "drop", "") in reader.said()
    reader.run()
    assert reader.apply("drop", "甲").applied
    assert f"<!--\n{raw}-->\n" in reader.text
    reader.edit("<!--\n", "")
    reader.edit("-->\n", "")
    assert keys(reader.day()) == ["乙", "丙", "丁", "戊"]
    assert ("乙", "restore", "2") in reader.said()


def test_a_file_of_windows_line_ends_has_no_others_after_a_run_and_the_page(reader: Reader) -> None:
    reader.file.write_bytes(reader.text.replace("\n", "\r\n").encode())
    before = reader.text
    reader.collect("壬")
    reader.rate(NAMES, 3)
    reader.run()
    merged = reader.text
    assert [item.stars for item in parsed(reader).items] == [3] * 5
    changes = (("stars", "甲", "5"), ("title", "乙", "新的题目"), ("drop", "丙", ""))
    for action, key, value in (*changes, ("demote", "丁", ""), ("promote", "壬", "")):
        assert reader.apply(action, key, value).applied
        assert reader.text.count("\n") == reader.text.count("\r\n")
    assert reader.apply("field", "乙", "新的话", field="Abstract").applied
    assert reader.text.count("\n") == reader.text.count("\r\n") > 0
    for _ in range(6):
        assert reader.desk.undo(DAY).applied
    assert reader.text == merged
    assert merged.count("\n") == merged.count("\r\n") == before.count("\n") + 1
    assert reader.said() == []
