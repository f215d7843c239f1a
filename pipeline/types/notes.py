"""The note of a day, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.types.reading import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLink:
    """A Markdown link of a field; `url` may be empty where the note gives only a title."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteField:
    """A labelled line of an item (`Abstract`, `Paper`, `Code2`, `Tips`, …).

    `name` is the canonical English name with its number, `label` the spelling in the file;
    `value` is the verbatim text after the separator; `raw` are the verbatim lines, empty for a
    field that was not read from a file.
    """

    name: str
    value: str
    label: str = ""
    links: tuple[NoteLink, ...] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteItem:
    """One numbered item of a note.

    `article_id` is empty for items written by hand. `raw` is the item's verbatim text where it
    was read from a file; the renderer keeps it for everything that was not changed.
    """

    title: str
    url: str
    stars: int
    fields: tuple[NoteField, ...] = ()
    image: Image | None = None
    article_id: str = ""
    extra: tuple[str, ...] = ()
    """Lines the parser does not know, verbatim."""
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A day's note. `head` and `tail` are verbatim where read from a file, else empty.

    `verbatim` is True for a note read from a file: then an empty `tail` means that there is
    none. `numbers` are the items' numbers as the file has them (one note counts 4, 4, 5);
    `also_head` and `also_tail` are the verbatim lines around the list of `also_seen`.
    """

    day: date
    items: tuple[NoteItem, ...] = ()
    also_seen: tuple[NoteItem, ...] = ()
    head: str = ""
    tail: str = ""
    verbatim: bool = False
    numbers: tuple[int, ...] = ()
    also_head: str = ""
    also_tail: str = ""
