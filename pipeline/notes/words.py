"""The pieces of an item as safe Markdown, whether it is written anew or edited in place."""

from __future__ import annotations

from pipeline.notes.layout import NoteLayout
from pipeline.notes.markdown import attribute, escape_start, link, neutral, one_line
from pipeline.types import Image, NoteField, NoteItem

_NESTED = " " * 6


def ended(text: str) -> str:
    """The text with its final line end."""
    return text if text.endswith("\n") else text + "\n"


def title_text(item: NoteItem) -> str:
    text = link(item.title, item.url)
    return text if text.startswith("[") else text.strip("⭐★\ufe0f ") or "（无题）"


def label_of(field: NoteField, layout: NoteLayout) -> str:
    """The label to write: the file's own spelling, the reader's choice, else the name."""
    label = field.label or dict(layout.labels).get(field.name, field.name)
    return (
        "".join(c for c in one_line(label) if c not in "*:：[]()（）<>，。`\\-")[:20].strip()
        or "Tips"
    )


def field_text(field: NoteField) -> str:
    """The field's value as safe Markdown: its own words, else its links."""
    if field.value.strip():
        return _lines_of(field.value)
    return " ".join(link(found.text, found.url) for found in field.links)


def _lines_of(value: str) -> str:
    """One line, and below it further ones indented deep enough to stay inside the field."""
    first, *rest = value.strip("\n").split("\n") if "\n" in value.strip() else [value]
    nested = [_NESTED + _nested_line(line) for line in rest if one_line(line)]
    return "\n".join([neutral(first), *nested])


def _nested_line(line: str) -> str:
    words = neutral(line)
    return "- " + escape_start(words.removeprefix("- ").lstrip())


def image_lines(image: Image, layout: NoteLayout) -> str:
    source = attribute(image.url)
    tag = "video" if image.kind == "video" else "img"
    zoom = f"style='zoom:{layout.image_zoom}'"
    return f'<div align=center><{tag} src="{source}" {zoom}>\n</div>\n' if source else ""
