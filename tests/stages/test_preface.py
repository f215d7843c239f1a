"""The note's preface: sources in trouble, seen by the reader and by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from markdown_it import MarkdownIt

from pipeline.errors import Issue
from pipeline.stages.preface import with_preface, without_preface
from tests.stages.mornings import SOURCE, Morning
from tests.stages.rooms import DOWN, days_before

NOTE = "# 笔记（2026.9.18）\n\n------\n\n1. [题](https://e.org)  :star:\n"


def trouble(subject: str, sentence: str = "对方拒绝连接") -> Issue:
    return Issue(subject=subject, code="fetch.refused", sentence=sentence, remedy="会再试")


def test_a_healthy_note_is_untouched() -> None:
    assert with_preface(NOTE, ()) == NOTE
    assert without_preface(NOTE) == (NOTE, ())


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_it_comes_and_goes_without_a_trace(ending: str) -> None:
    note = NOTE.replace("\n", ending)
    told = with_preface(note, [trouble("甲"), trouble("乙")])
    assert "· 甲：对方拒绝连接。会再试。\n· 乙" in told
    assert without_preface(told) == (note, ())
    assert without_preface(told.replace("\r\n", "\n").replace("\n", ending))[0] == note
    assert MarkdownIt().render(told).index("-->") > MarkdownIt().render(told).rindex("对方拒绝连接")


def test_it_shows_nothing_where_the_note_is_published() -> None:
    shown = MarkdownIt().render(with_preface(NOTE, [trouble("--><script>x</script>", "a -- > b")]))
    comment, _, rest = shown.partition("-->")
    assert comment.startswith("<!--")
    assert "script" not in rest
    assert rest.strip().startswith("<h1>笔记")


def test_lines_that_the_reader_wrote_into_it_stay() -> None:
    told = with_preface(NOTE, [trouble("甲")])
    noted = told.replace("-->", "问过作者了，下周修好\n-->", 1)
    bare, kept = without_preface(noted)
    assert (bare, kept) == (NOTE, ("问过作者了，下周修好",))
    assert "下周修好" in with_preface(bare, (), kept)
    assert "甲" not in with_preface(bare, (), kept)


def test_many_troubles_are_counted() -> None:
    told = with_preface(NOTE, [trouble(f"来源{n}") for n in range(50)])
    assert "另有 30 个" in told
    assert told.count("\n· ") == 21


def test_a_run_tells_of_failing_and_silent_sources_until_they_are_well(morning: Morning) -> None:
    now = morning.clock.now()
    day = now.date()
    morning.publishes(*days_before(now, *range(6)))
    morning.runs()
    healthy = morning.note(day)
    assert healthy.startswith("# ")
    morning.web.answers[SOURCE.url] = DOWN
    morning.runs()
    told = morning.note(day)
    assert told.endswith(healthy)
    assert "· 来源：对方拒绝连接" in told.partition("-->")[0]
    morning.runs()
    assert morning.note(day) == told
    edited = told.replace(":star::star:", ":star:")
    morning.app.notebook.write(day, edited)
    morning.clock.time += timedelta(hours=6)
    morning.publishes(*days_before(now, *range(6)))
    morning.runs()
    assert morning.note(day) == healthy.replace(":star::star:", ":star:")


def test_the_note_of_a_day_that_is_over_is_left_out_of_it(morning: Morning) -> None:
    now = morning.clock.now()
    morning.publishes(*days_before(now, 1))
    morning.runs()
    morning.clock.time += timedelta(days=2)
    morning.web.answers[SOURCE.url] = DOWN
    morning.runs(now.date())
    assert morning.note(now.date()).startswith("# ")


def test_a_silent_source_is_told_of_with_its_likely_cause(morning: Morning) -> None:
    now = morning.clock.now()
    old = days_before(now, *range(30, 45))
    morning.publishes(*old)
    morning.runs()
    head = morning.note(now.date()).partition("-->")[0]
    assert "30 天没有新文章" in head
    assert "换了订阅地址" in head
