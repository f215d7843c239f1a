"""Whether a template's notes can be read back: a note with everything in it is tried out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipeline.errors import NoteError
from pipeline.notes.fields import canonical_name, is_known
from pipeline.notes.layout import NoteLayout, template_error
from pipeline.notes.markdown import clean_title
from pipeline.notes.parse import parse_note
from pipeline.notes.render import render_note
from pipeline.notes.words import field_text, label_of
from pipeline.types import Image, Note, NoteField, NoteItem


def check_template(layout: NoteLayout) -> None:
    """Refuse a template whose note cannot be read back, with the reason (`ConfigError`)."""
    _check_labels(layout)
    note = _probe()
    text = render_note(note, layout)
    read = parse_note(text, note.day, layout)
    for what, wrote, got in (
        ("条目数", len(note.items), len(read.items)),
        ("“还看到”的条目数", len(note.also_seen), len(read.also_seen)),
        *(
            pair
            for a, b in zip(note.items, read.items, strict=False)
            for pair in _facts(a, b, layout)
        ),
        *(
            ("还看到的链接", a.url, b.url)
            for a, b in zip(note.also_seen, read.also_seen, strict=False)
        ),
    ):
        if wrote != got:
            raise template_error(f"写出的{what}读不回来（写 {wrote!r}，读到 {got!r}）")
    try:
        dated = parse_note(text, None, layout).day == note.day
    except NoteError:
        dated = False
    if not dated:
        raise template_error("标题里的日期读不回来")


def _check_labels(layout: NoteLayout) -> None:
    """Refuse labels that would be read as another field's."""
    taken: dict[str, str] = {}
    for name, label in layout.labels:
        read = canonical_name(label)
        if is_known(label) and read != name:
            raise template_error(f"栏目 {name} 写成“{label}”，会被读成 {read}")
        if (other := taken.setdefault(read, name)) != name:
            raise template_error(f"栏目 {name} 和 {other} 写得一样（“{label}”）")


def _facts(wrote: NoteItem, got: NoteItem, layout: NoteLayout) -> list[tuple[str, object, object]]:
    named = [(canonical_name(label_of(f, layout)), field_text(f)) for f in wrote.fields]
    return [
        ("标题", clean_title(wrote.title), got.title),
        ("链接", wrote.url, got.url),
        ("星标", wrote.stars, got.stars),
        ("栏目", named, [(f.name, f.value) for f in got.fields]),
        ("图片", wrote.image and wrote.image.url, got.image and got.image.url),
    ]


def _probe() -> Note:
    """A note with everything in it that a template must be able to write."""
    fields = (
        NoteField(name="Abstract", value="一句话（含 [方括号] 与 | 竖线）"),
        NoteField(name="Paper", value="[A title](https://example.org/abs/1)"),
        NoteField(name="Code2", value="[https://example.org/c](https://example.org/c)"),
        NoteField(name="Tips", value="第一句。第二句。"),
    )
    image = Image(url="https://example.org/p.png?a=1&b=2")
    items = tuple(
        NoteItem(
            title=f"[[ABC 20{n}] 题目 {n}",
            url=f"https://example.org/{n}",
            stars=n,
            fields=fields[: n + 1],
            image=image if n != 2 else None,
        )
        for n in range(6)
    )
    also = tuple(replace(item, stars=0, fields=(), image=None) for item in items[1:3])
    return Note(day=date(2022, 5, 5), items=items, also_seen=also)
