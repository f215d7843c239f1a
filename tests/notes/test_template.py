"""A reader's own template: what it may do, and why it is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.notes import FolderNotebook, NoteLayout
from pipeline.types import Note, NoteField, NoteItem

SHIPPED = (Path(__file__).parents[2] / "config/templates/note.md.j2").read_text(encoding="utf-8")
NOTE = Note(
    day=date(2026, 9, 18),
    items=(
        NoteItem(
            title="题目",
            url="https://e.org/1",
            stars=3,
            fields=(NoteField(name="Abstract", value="一句话"),),
        ),
    ),
)


def book_with(folder: Path, template: str, **more: object) -> FolderNotebook:
    file = folder / "note.md.j2"
    file.write_text(template, encoding="utf-8")
    return FolderNotebook(folder, NoteLayout(template=file, **more))  # type: ignore[arg-type]


def refused(folder: Path, template: str) -> str:
    with pytest.raises(ConfigError) as caught:
        book_with(folder, template)
    (issue,) = caught.value.issues
    assert (issue.code, issue.subject) == ("notes.template", "note.md.j2")
    assert issue.remedy
    return issue.sentence


def in_item(code: str) -> str:
    """The shipped template with something more at the start of each item."""
    mark = "{% macro item(item, layout) -%}\n"
    assert mark in SHIPPED
    return SHIPPED.replace(mark, mark + code + "\n")


def test_the_shipped_one_and_a_changed_one(tmp_path: Path) -> None:
    assert "题目" in book_with(tmp_path, SHIPPED).render(NOTE)
    changed = SHIPPED.replace("------", "***").replace("今日要点", "要点")
    book = book_with(tmp_path, SHIPPED.replace("------", "***"))
    text = book.render(NOTE)
    assert "***" in text
    assert book.render(book.parse(text)) == text
    assert changed != SHIPPED


def test_own_labels(tmp_path: Path) -> None:
    book = FolderNotebook(tmp_path, NoteLayout(labels=(("Abstract", "摘要"), ("Tips", "要点"))))
    text = book.render(NOTE)
    assert "- 摘要: 一句话" in text
    assert book.parse(text).items[0].fields[0].name == "Abstract"


def test_labels_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        FolderNotebook(tmp_path, NoteLayout(labels=(("Abstract", "论文"),)))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("{{ item.link }}", "{{ item.number }}"), "读不回来"),
        (('":star:" * item.stars', '""'), "星标"),
        (("{{ field.text }}", ""), "栏目"),
        (("{{ note.date }}", "今天"), "日期"),
        (('src="{{ item.image }}"', 'alt="{{ item.image }}"'), "图片"),
        (("{% macro tail", "{% macro ending"), "缺少宏 tail"),
        (("{{ item.link }}", "{{ item.lnik }}"), "lnik"),
        (("{% endfor %}", ""), "行"),
    ],
)
def test_what_cannot_be_read_back(tmp_path: Path, change: tuple[str, str], why: str) -> None:
    assert why in refused(tmp_path, SHIPPED.replace(*change))


@pytest.mark.parametrize(
    "code",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ item.__class__.__init__.__globals__ }}",
        "{{ layout['__class__'] }}",
        "{{ (layout | attr('__class__')).__mro__ }}",
        "{{ layout.template.read_text() }}",
        "{{ layout.template.parent.parent.joinpath('x').unlink() }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ '{0.__class__}'.format(layout) }}",
        "{{ [layout] | map(attribute='__class__') | list }}",
        "{{ layout.footer | map(attribute='__class__') | join }}",
        "{% import 'os' as os %}",
        "{% include '/etc/passwd' %}",
        "{{ lipsum.__globals__ }}",
    ],
)
def test_it_reaches_nothing_else(tmp_path: Path, code: str) -> None:
    refused(tmp_path, in_item(code))


DOUBLED = "{% set x = 'aaaaaaaaaa' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}"
LISTED = "{% set x = [1] %}" + "{% set x = [x, x] %}" * 40 + "{{ x }}"
BLOCKS = "{% set x = 'aaaaaaaaaa' %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40 + "{{ x }}"
SUMS = "{% set x = (1, 2) %}" + "{% set x = x + x %}" * 40 + "{{ x }}"
ROUNDS = (
    "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% set d = c %}"
)


@pytest.mark.parametrize(
    "code",
    [
        ROUNDS + "{% endfor %}" * 3,
        "{% for a in range(10000000) %}{% endfor %}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{{ 'a' * 10 ** 9 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ 'a' | center(999999999) }}",
        "{{ 'aaaa' | replace('a', 'b' * 99999) | replace('b', 'c' * 9999) }}",
        DOUBLED,
        LISTED,
        BLOCKS,
        SUMS,
        "{{ 'a' * 300000 }}" * 9,
    ],
    ids=range(14),
)
def test_it_ends_and_stays_small(tmp_path: Path, code: str) -> None:
    refused(tmp_path, in_item(code))


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    assert "64 KB" in refused(tmp_path, SHIPPED + "{# " + "x" * 70_000 + " #}")


def test_a_note_of_the_largest_size_is_still_written(tmp_path: Path) -> None:
    many = Note(day=NOTE.day, items=NOTE.items * 200, also_seen=NOTE.items * 500)
    text = book_with(tmp_path, SHIPPED).render(many)
    assert len(FolderNotebook(tmp_path).parse(text).items) == 200
