"""A parsed note as plain data, for `stardraft notes parse --json`."""

from __future__ import annotations

from typing import Any

from pipeline.notes.archive import item_urls
from pipeline.notes.items import blocks, other_links
from pipeline.notes.media import media_of
from pipeline.types import Note, NoteField, NoteItem


def parse_payload(note: Note) -> dict[str, Any]:
    """`day`, `items` and `also_seen`; every link of an item also in its flat `links`."""
    return {
        "day": note.day.isoformat(),
        "items": [_item(item) for item in note.items],
        "also_seen": [{"title": item.title, "url": item.url} for item in note.also_seen],
    }


def _item(item: NoteItem) -> dict[str, Any]:
    return {
        "title": item.title,
        "url": item.url,
        "stars": item.stars,
        "fields": [_field(field) for field in item.fields],
        "links": [*other_links(item), *item_urls(item)],
        "image": item.image.url if item.image else None,
        "images": [image for block in blocks(item.raw) for image in media_of(block.text)],
        "extra": list(item.extra),
    }


def _field(field: NoteField) -> dict[str, Any]:
    links = [{"text": link.text, "url": link.url} for link in field.links]
    return {"name": field.name, "label": field.label, "value": field.value, "links": links}
