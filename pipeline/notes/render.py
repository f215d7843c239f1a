"""Note → Markdown: strict for what we write, verbatim for what the reader wrote.

An item that was read from a file and not changed is its own lines; one that was changed keeps
every line that still says the same, and only the others are written anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.notes.edit import edited_item
from pipeline.notes.items import is_numbered, number_of, read_item, with_number
from pipeline.notes.layout import NoteLayout, call
from pipeline.notes.markdown import attribute, escape_start, neutral
from pipeline.notes.parse import parse_note
from pipeline.notes.words import ended, field_text, label_of, title_text
from pipeline.types import Note, NoteField, NoteItem


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field as the template sees it; `text` is safe Markdown."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An item as the template sees it: everything in it is safe to write."""

    number: int
    link: str
    stars: int
    fields: tuple[FieldView, ...] = ()
    extra: tuple[str, ...] = ()
    image: str = ""
    image_tag: str = "img"
    last: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """The note as the template sees it; `date` without padding (`2022.5.5`)."""

    date: str
    year: int
    month: int
    day: int


def render_note(note: Note, layout: NoteLayout) -> str:
    """The whole note as Markdown."""
    view = _note_view(note)
    head = note.head or ("" if note.verbatim else call(layout.template, "head", view, layout))
    tail = note.tail or ("" if note.verbatim else _fresh_tail(view, layout))
    text = _joined(head, *_items(note, layout), _also_seen(note, layout), tail)
    return like(_verbatim(note), text) if note.verbatim else text


def _verbatim(note: Note) -> str:
    """All that was read from the file."""
    items = (item.raw for item in (*note.items, *note.also_seen))
    return "".join((note.head, *items, note.also_head, note.also_tail, note.tail))


def like(known: str, text: str) -> str:
    """The text with Windows line ends where the known one has nothing but these."""
    windows = known.count("\r\n")
    if not windows or windows < known.count("\n"):
        return text
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def _joined(*parts: str) -> str:
    """The parts in order; one that lacks its final line end gets it where another follows."""
    kept = [part for part in parts if part]
    ended = [part if part.endswith("\n") else part + "\n" for part in kept[:-1]]
    return "".join([*ended, *kept[-1:]])


def _note_view(note: Note) -> NoteView:
    day = note.day
    date = f"{day.year}.{day.month}.{day.day}"
    return NoteView(date=date, year=day.year, month=day.month, day=day.day)


def _fresh_tail(view: NoteView, layout: NoteLayout) -> str:
    return call(layout.template, "tail", view, layout).rstrip("\n")


def _items(note: Note, layout: NoteLayout) -> list[str]:
    """Every item's text; renumbered unless they are the very items of the file."""
    numbers: Sequence[int] = range(1, len(note.items) + 1)
    if note.numbers == tuple(number_of(item.raw) for item in note.items):
        numbers = [
            number if is_numbered(item.raw) else at
            for at, (item, number) in enumerate(zip(note.items, note.numbers, strict=True), start=1)
        ]
    count = len(note.items)
    texts = [
        render_item(item, number, layout, last=at == count)
        for at, (item, number) in enumerate(zip(note.items, numbers, strict=True), start=1)
    ]
    if not note.verbatim:
        return texts
    return [_apart(text) if _meets_new(note, at) else text for at, text in enumerate(texts)]


def _meets_new(note: Note, at: int) -> bool:
    """True where an item and its follower are not both from the file: mind the gap."""
    pair = note.items[at : at + 2]
    return len(pair) == 2 and not all(item.raw for item in pair)


def _apart(text: str) -> str:
    return text if text.endswith("\n\n") else text.rstrip("\n") + "\n\n"


def render_item(item: NoteItem, number: int, layout: NoteLayout, *, last: bool = False) -> str:
    """One numbered item with everything below it, gap included."""
    if not item.raw:
        return call(layout.template, "item", item_view(item, number, layout, last=last), layout)
    old = read_item(item.raw)
    if replace(item, article_id="") != old:
        return with_number(edited_item(old, item, layout), number)
    return with_number(item.raw, number)


def item_view(item: NoteItem, number: int, layout: NoteLayout, *, last: bool) -> ItemView:
    """The item made safe for the template."""
    image = attribute(item.image.url) if item.image else ""
    return ItemView(
        number=number,
        link=title_text(item),
        stars=max(0, min(5, item.stars)),
        fields=tuple(_field_view(field, layout) for field in item.fields),
        extra=tuple(_plain_extra(line) for line in item.extra),
        image=image,
        image_tag="video" if item.image and item.image.kind == "video" else "img",
        last=last,
        remark=" ".join(neutral(field.value) for field in item.fields if field.value),
    )


def _plain_extra(line: str) -> str:
    """A line of our own below an item: words, never a field of its own."""
    return f"> {escape_start(neutral(line))}"


def _field_view(field: NoteField, layout: NoteLayout) -> FieldView:
    return FieldView(name=field.name, label=label_of(field, layout), text=field_text(field))


def _below_list(tail: str) -> str:
    """What stands below the collapsed block, whose last entry went."""
    _, end, rest = tail.partition("</details>")
    return rest.lstrip("\n") if end else tail


def _also_seen(note: Note, layout: NoteLayout) -> str:
    """The collapsed block; verbatim lines where it was read from a file."""
    if not note.also_seen:
        return _below_list(note.also_tail) if note.also_head else note.also_tail
    views = [item_view(item, 0, layout, last=False) for item in note.also_seen]
    fresh = call(layout.template, "also_seen", views, layout)
    if not note.also_head:
        return fresh
    parsed = parse_note(fresh, note.day, layout).also_seen
    lines = [item.raw or made.raw for item, made in zip(note.also_seen, parsed, strict=True)]
    return note.also_head + "".join(ended(line) for line in lines) + note.also_tail
