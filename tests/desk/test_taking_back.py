"""Undo and redo when runs were there in between: the file says what the log says, at once."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from pipeline.types import NoteItem
from tests.desk.conftest import NAMES
from tests.desk.test_file_edits import parsed, published, rewrite
from tests.desk.test_killed import consistent
from tests.desk.world import Reader, keys, listed
from tests.store.samples import DAY, NOW, candidate, paper


def stars(reader: Reader, key: str) -> tuple[int, int | None]:
    """The item's stars in the file, and those the page says were given."""
    found = next(i for i in reader.day().items if i.key == key)
    return found.item.stars, found.given


def rerun(reader: Reader, suggested: int) -> None:
    reader.rate(NAMES, suggested)
    reader.run()


def learn_paper(reader: Reader, name: str, title: str) -> None:
    """What an index says of the article's paper by now."""
    told = replace(paper(), id=f"arxiv:{name}", title=title)
    reader.store.save_candidates([replace(candidate(name), papers=(told,))], NOW, None)
    reader.rate([name], 2)


def papers(reader: Reader, key: str) -> list[str]:
    item = next(i.item for i in reader.day().items if i.key == key)
    return [f.value for f in item.fields if f.name == "Paper"]


@pytest.mark.parametrize("action", ["stars", "accept"])
def test_stars_as_suggested_made_again_after_a_run_stand_in_the_file(
    reader: Reader, action: str
) -> None:
    assert reader.apply(action, "甲", "2").applied
    reader.desk.undo(DAY)
    rerun(reader, 4)
    assert stars(reader, "甲") == (4, None)
    assert reader.desk.redo(DAY).applied
    assert stars(reader, "甲") == (2, 2)
    before = reader.text
    reader.run()
    assert reader.text == before, "the next run has nothing to put right"
    assert reader.desk.undo(DAY).applied
    assert stars(reader, "甲") == (4, None)
    consistent(reader)


def test_stars_made_again_over_stars_a_run_suggested(reader: Reader) -> None:
    reader.apply("stars", "甲", "4")
    reader.desk.undo(DAY)
    rerun(reader, 5)
    assert reader.desk.redo(DAY).applied
    assert stars(reader, "甲") == (4, 4)
    assert "冲突" not in reader.text


@pytest.mark.parametrize("given", ["2", "5"])
def test_stars_taken_back_after_a_run_are_the_run_s(reader: Reader, given: str) -> None:
    reader.apply("stars", "甲", given)
    rerun(reader, 4)
    assert stars(reader, "甲") == (int(given), int(given))
    assert reader.desk.undo(DAY).applied
    assert stars(reader, "甲") == (4, None)
    rerun(reader, 3)
    assert stars(reader, "甲") == (3, None), "what was taken back is no edit of the reader"
    assert "冲突" not in reader.text


def test_words_taken_back_after_a_run_are_the_run_s(reader: Reader) -> None:
    reader.apply("field", "甲", "我的", field="Paper")
    learn_paper(reader, "甲", "True Title")
    reader.run()
    assert "冲突" in reader.text
    changed = reader.text
    assert reader.desk.undo(DAY).applied
    assert "True Title" in papers(reader, "甲")[0]
    assert "冲突" not in reader.text
    assert reader.desk.redo(DAY).day.text == changed


@pytest.mark.parametrize("back", ["undo", "restore"])
def test_what_comes_back_has_what_runs_learned_meanwhile(reader: Reader, back: str) -> None:
    reader.apply("field", "丙", "我的话", field="Tips")
    reader.apply("drop", "丙")
    learn_paper(reader, "丙", "True Title")
    reader.rate(["丙"], 4)
    reader.run()
    done = reader.desk.undo(DAY) if back == "undo" else reader.apply("restore", "丙")
    assert done.applied
    assert "True Title" in papers(reader, "丙")[0]
    assert stars(reader, "丙") == (4, None)
    item = next(i.item for i in reader.day().items if i.key == "丙")
    assert item.fields[-1].value == "我的话"
    before = reader.text
    reader.run()
    assert reader.text == before


def test_back_and_forth_over_a_run_ends_in_the_same_bytes(reader: Reader) -> None:
    reader.apply("drop", "丙")
    reader.apply("stars", "甲", "5")
    learn_paper(reader, "丙", "True Title")
    rerun(reader, 4)
    texts, said = [reader.text], [reader.said()]
    while reader.desk.undo(DAY).applied:
        texts.append(reader.text)
        said.append(reader.said())
    assert len(texts) == 3
    for text, log in zip(texts[1::-1], said[1::-1], strict=True):
        assert reader.desk.redo(DAY).applied
        assert (reader.text, reader.said()) == (text, log)
    consistent(reader)


def test_a_deleted_file_comes_back_with_what_a_run_brought_meanwhile(reader: Reader) -> None:
    reader.apply("stars", "甲", "5")
    reader.apply("drop", "辛")
    reader.file.unlink()
    reader.collect("壬")
    reader.run()
    assert "壬" in (*keys(reader.day()), *listed(reader.day()))
    assert reader.desk.undo(DAY).applied
    assert "壬" in (*keys(reader.day()), *listed(reader.day()))
    assert "辛" not in (*keys(reader.day()), *listed(reader.day()))
    reader.run()
    assert "壬" in (*keys(reader.day()), *listed(reader.day()))


def test_words_outlive_the_list_and_being_dropped_from_it(reader: Reader) -> None:
    reader.apply("field", "丙", "我的话", field="Tips")
    reader.apply("stars", "丙", "5")
    for action in ("demote", "drop", "restore", "promote"):
        assert reader.apply(action, "丙").applied
    assert reader.day().items[-1].item.fields[-1].value == "我的话"
    assert stars(reader, "丙") == (5, 5)


def test_an_item_pasted_back_with_other_stars_was_given_them(reader: Reader) -> None:
    reader.apply("stars", "丙", "5")
    reader.apply("drop", "丙")
    note = parsed(reader)
    own = NoteItem(title="文章 丙", url="https://example.org/丙", stars=1)
    rewrite(reader, replace(note, items=(*note.items, own)))
    assert stars(reader, "丙") == (1, 1)
    assert ("丙", "star", "1") in reader.said()
    reader.run()
    assert stars(reader, "丙") == (1, 1)
    assert "冲突" not in reader.text


def test_an_item_of_one_s_own_keeps_its_key_over_a_run(reader: Reader) -> None:
    key = keys(reader.apply("add", value="https://hand.example/x").day)[-1]
    reader.apply("title", key, "换了题目")
    reader.apply("drop", key)
    rerun(reader, 4)
    assert keys(reader.desk.undo(DAY).day)[-1] == key


def test_two_tabs_take_back_only_what_each_showed(reader: Reader) -> None:
    reader.apply("stars", "甲", "5")
    reader.apply("drop", "乙")
    one, other = reader.day(), reader.day()
    assert reader.desk.undo(DAY, id="a", expected=one.undo_step).applied
    done = reader.desk.undo(DAY, id="b", expected=other.undo_step)
    assert done.issue is not None
    assert (done.issue.code, done.day.undo) == ("desk.moved_on", "给“文章 甲”5 星")
    assert "给“文章 甲”5 星" in done.issue.sentence, "it says what could be taken back now"
    assert stars(reader, "甲") == (5, 5)
    assert reader.desk.undo(DAY, id="c", expected=done.day.undo_step).applied
    late = reader.desk.redo(DAY, id="d", expected=one.undo_step)
    assert late.issue is not None, "the drop is not what comes next"
    assert reader.desk.redo(DAY, id="e", expected=late.day.redo_step).day.items[0].given == 5


@pytest.mark.parametrize("way", ["undo", "redo"])
def test_a_wish_sent_again_for_a_lost_answer_is_granted_once(reader: Reader, way: str) -> None:
    for key in ("甲", "乙"):
        reader.apply("stars", key, "5")
    if way == "redo":
        assert reader.desk.undo(DAY).applied
        assert reader.desk.undo(DAY).applied
    act = getattr(reader.desk, way)
    assert act(DAY, id="same").applied
    once = reader.text
    assert act(DAY, id="same").applied
    assert reader.text == once
    assert len(reader.said()) == 1


def test_nothing_is_made_again_after_a_new_change_and_that_is_said(reader: Reader) -> None:
    reader.apply("stars", "甲", "5")
    reader.desk.undo(DAY)
    shown = reader.day()
    reader.edit("Abstract: 文章 丙", "Abstract: 文件里改的")
    before = reader.text
    done = reader.desk.redo(DAY, expected=shown.redo_step)
    assert done.issue is not None
    assert "不能再重做" in done.issue.sentence
    assert done.issue.remedy
    assert (reader.text, reader.day().redo) == (before, "")


def test_what_an_editor_changed_since_is_taken_back_first(reader: Reader) -> None:
    reader.apply("stars", "甲", "5")
    loved = reader.text
    shown = reader.day()
    reader.edit("Abstract: 文章 甲", "Abstract: 文件里改的")
    late = reader.desk.undo(DAY, expected=shown.undo_step)
    assert late.issue is not None, "the page had not seen the edit"
    assert late.day.undo == "在文件里改的 1 处"
    assert reader.desk.undo(DAY).day.text == loved
    assert reader.desk.undo(DAY).applied
    assert stars(reader, "甲") == (2, None)
    assert reader.said() == []


@pytest.mark.parametrize("back", ["undo", "restore"])
def test_a_drop_is_taken_back_though_the_store_lost_the_article(reader: Reader, back: str) -> None:
    reader.apply("field", "丙", "我的话", field="Tips")
    before = reader.text
    reader.apply("drop", "丙")
    with sqlite3.connect(reader.folder / "state.db") as store:
        for table in ("scores", "candidates", "articles"):
            column = "id" if table == "articles" else "article_id"
            store.execute(f"DELETE FROM {table} WHERE {column} = '丙'")
    store.close()
    assert [i.item.title for i in reader.day().dropped] == ["文章 丙"]
    done = reader.desk.undo(DAY) if back == "undo" else reader.apply("restore", "丙")
    assert done.applied
    assert (reader.text, keys(done.day)) == (before, [*NAMES[:5]])
    reader.run()
    assert keys(reader.day())[:5] == [*NAMES[:5]], "a run that has no such candidate leaves it"
    assert reader.text.count("我的话") == 1
    consistent(reader)


def test_taken_back_after_it_was_published(reader: Reader) -> None:
    """What is out stays out; the page says that this text is not what was published."""
    reader.apply("stars", "甲", "5")
    reader.apply("drop", "乙")
    published(reader)
    reader.redraft.learn()
    out = reader.text
    assert reader.day().published == DAY
    assert reader.desk.undo(DAY).day.published is None
    assert reader.desk.undo(DAY).applied
    assert reader.store.dropped() == []
    past = [(i.title, i.stars) for i in reader.store.archive()]
    assert past[:2] == [("文章 甲", 5), ("文章 丙", 2)], (
        "the past is what was published, until a run"
    )
    decided = {d.article_id: (d.outcome, d.given) for d in reader.store.decisions()}
    assert decided["甲"] == ("kept", 5)
    assert "乙" not in decided, "taken back and never out: nothing was decided"
    reader.redraft.learn()
    decided = {d.article_id: (d.outcome, d.given) for d in reader.store.decisions()}
    assert (decided["甲"], decided["乙"]) == (("kept", 2), ("kept", 2))
    for _ in range(2):
        assert reader.desk.redo(DAY).applied
    assert (reader.text, reader.day().published) == (out, DAY)


def test_given_stars_stand_though_a_draft_once_suggested_the_same(reader: Reader) -> None:
    reader.apply("stars", "甲", "2")
    reader.apply("drop", "乙")
    reader.apply("drop", "甲")
    rerun(reader, 4)
    assert reader.desk.undo(DAY).applied
    assert stars(reader, "甲") == (2, 2)
    reader.file.unlink()
    rerun(reader, 5)
    assert reader.desk.undo(DAY).applied
    assert stars(reader, "甲") == (2, 2)


def test_an_item_of_one_line_that_begins_as_a_list_comes_back_as_an_item(reader: Reader) -> None:
    whole = reader.text.split("1. ")[0]
    reader.file.write_text(
        f"{whole}- [甲](https://e.org/1) :star:\n\n- [乙](https://e.org/2) :star:\n", "utf-8"
    )
    first, second = keys(reader.day())
    assert reader.apply("drop", second).applied
    done = reader.apply("restore", second)
    assert (keys(done.day), listed(done.day)) == ([first, second], [])


def test_what_an_item_of_one_s_own_stood_for_comes_when_that_is_taken_back(reader: Reader) -> None:
    """A run finds the article that the reader wrote of; without his item it is as any other."""
    last = parsed(reader).items[-1].raw.rstrip("\n")
    own = "6. [我先写的](https://example.org/壬)       :star::star::star:\n"
    reader.edit(last, f"{last}\n\n\n{own}")
    reader.day()
    reader.collect("壬")
    reader.run()
    assert reader.text.count("https://example.org/壬") == 1
    assert reader.desk.undo(DAY).applied
    reader.run()
    day = reader.day()
    assert (keys(day), listed(day)) == (["甲", "乙", "丙", "丁", "戊"], ["壬", "己", "庚", "辛"])
    assert reader.apply("drop", "壬").applied
    reader.run()
    assert "壬" not in [*keys(reader.day()), *listed(reader.day())]


def test_what_a_run_moved_within_the_list_leaves_it_when_it_comes_back(reader: Reader) -> None:
    """As lines it would be there twice: where the run has put it, and where it comes back to."""
    for action, key in (("promote", "己"), ("demote", "甲"), ("demote", "己")):
        assert reader.apply(action, key).applied
    before = reader.day()
    assert listed(before) == ["庚", "辛", "甲", "己"]
    reader.run()
    assert listed(reader.day()) == ["己", "庚", "辛", "甲"]
    undone = reader.desk.undo(DAY)
    assert undone.applied
    assert keys(undone.day) == [*keys(before), "己"]
    assert listed(undone.day) == ["庚", "辛", "甲"]
    redone = reader.desk.redo(DAY)
    assert redone.applied
    assert keys(redone.day) == keys(before)
    assert sorted(listed(redone.day)) == sorted(listed(before))
