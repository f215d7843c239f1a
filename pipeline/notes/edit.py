"""An item from a file, changed: every line that still says the same stays byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.notes.fields import bare_abstract, canonical_name, read_field, split_field
from pipeline.notes.items import NUMBERED, Block, blocks, opening, split_link, with_stars
from pipeline.notes.layout import NoteLayout
from pipeline.notes.words import ended, field_text, image_lines, label_of, title_text
from pipeline.types import Image, NoteField, NoteItem


def edited_item(old: NoteItem, new: NoteItem, layout: NoteLayout) -> str:
    """The item's verbatim lines with only the changed pieces written anew."""
    pieces = blocks(new.raw)
    if new.extra != old.extra:
        pieces = _with_extra(pieces, new.extra)
    if (new.title, new.url, new.stars) != (old.title, old.url, old.stars):
        pieces[0] = Block("head", _edited_head(pieces[0].text, old, new))
    if new.fields != old.fields:
        pieces = _with_fields(pieces, old, new, layout)
    if new.image != old.image:
        pieces = _with_image(pieces, new.image, layout)
    return "".join(block.text for block in pieces)


def _edited_head(line: str, old: NoteItem, new: NoteItem) -> str:
    """The first line: number and gaps stay, the title's link and the stars are replaced."""
    body = line.rstrip("\r\n")
    ending = line[len(body) :]
    lead, rest = _opened(body, new.stars)
    start, _, _, end = split_link(rest)
    kept = rest[start:end] if start >= 0 else rest
    if (new.title, new.url) != (old.title, old.url) or start < 0:
        kept = title_text(new)
    before, after = (rest[:start], rest[end:]) if start >= 0 else ("", "")
    stars = ":star:" * max(0, min(5, new.stars))
    if new.stars == old.stars and start >= 0:
        return f"{lead}{before}{kept}{after}{ending}"
    return f"{lead}{with_stars(before, kept, after, stars)}{ending}"


def _opened(body: str, stars: int) -> tuple[str, str]:
    """What stands before the title, and the rest.

    An item without stars, and without a number or with one of another mark, would be none any
    more: it gets a number, set right later.
    """
    opened = opening(body)
    if not opened:
        return "", body
    lead, rest = body[: opened.start("rest")], opened["rest"]
    if stars or NUMBERED.match(body) or (opened["number"] and lead.lstrip().startswith("#")):
        return lead, rest
    return (f"{lead}1. " if lead.lstrip().startswith("#") else "1. "), rest


def _with_fields(
    pieces: list[Block], old: NoteItem, new: NoteItem, layout: NoteLayout
) -> list[Block]:
    """The blocks with the new fields: each in its place where names are the same."""
    texts = [edited_field(field, layout) for field in new.fields]
    same = [f.name for f in old.fields] == [f.name for f in new.fields]
    places = [i for i, block in enumerate(pieces) if block.kind == "field"]
    if same:
        for place, text in zip(places, texts, strict=True):
            pieces[place] = Block("field", text)
        return pieces
    first = places[0] if places else 1
    pieces[0] = Block("head", ended(pieces[0].text))
    kept = [block for block in pieces[first:] if block.kind != "field"]
    return [*pieces[:first], *(Block("field", text) for text in texts), *kept]


def edited_field(field: NoteField, layout: NoteLayout) -> str:
    """The field's lines: verbatim where unchanged, else in its own spelling and indentation."""
    read = read_field(field.raw) if field.raw else None
    if field.raw and (read == field or bare_abstract(field.raw) == field):
        return ended(field.raw)
    matched = split_field(field.raw) if field.raw else None
    if matched and canonical_name(matched["label"]) == field.name:
        prefix = field.raw[: matched.start("value")].replace("**", "")
        return f"{prefix}{field_text(field)}\n"
    return f"   - {label_of(field, layout)}: {field_text(field)}\n"


def _with_image(pieces: list[Block], image: Image | None, layout: NoteLayout) -> list[Block]:
    """The blocks with another first picture, without it, or with a first one."""
    place = next((i for i, block in enumerate(pieces) if block.image), None)
    lines = image_lines(image, layout) if image else ""
    if place is not None:
        return [*pieces[:place], *([Block("image", lines)] if lines else []), *pieces[place + 1 :]]
    if not lines:
        return pieces
    end = next((i for i, b in enumerate(pieces) if b.kind == "blank"), len(pieces))
    pieces[end - 1] = replace(pieces[end - 1], text=ended(pieces[end - 1].text))
    return [*pieces[:end], Block("blank", "\n"), Block("image", lines), *pieces[end:]]


def _with_extra(pieces: list[Block], extra: Sequence[str]) -> list[Block]:
    """The blocks with these unknown lines: kept ones stay in place, new ones follow the rest."""
    left = list(extra)
    kept: list[Block] = []
    for block in pieces:
        if block.kind != "extra":
            kept.append(block)
        elif (line := block.text.rstrip("\n")) in left:
            left.remove(line)
            kept.append(block)
    end = len(kept)
    while end > 1 and kept[end - 1].kind == "blank":
        end -= 1
    if left:
        kept[end - 1] = replace(kept[end - 1], text=ended(kept[end - 1].text))
    return [*kept[:end], *(Block("extra", f"{line}\n") for line in left), *kept[end:]]


def loose_prose(raw: str) -> int:
    """Where prose begins that stands below the item without belonging to it, else the end.

    That is what follows the item's last line or picture after an empty line, at the margin.
    """
    pieces = blocks(raw)
    own = max(
        i for i, b in enumerate(pieces) if b.kind not in ("extra", "blank") or b.text[0] == " "
    )
    for at in range(own + 1, len(pieces)):
        loose = pieces[at].kind == "extra" and pieces[at - 1].kind == "blank"
        if loose and not pieces[at].text.lstrip().startswith("<!-- stardraft"):
            return sum(len(b.text) for b in pieces[:at])
    return len(raw)
