"""Note → Markdown: strict for what we write, verbatim for what the reader wrote.

An item that was read from a file and not changed is its own lines; one that was changed keeps
every line that still says the same, and only the others are written anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.notes.fields import bare_abstract, canonical_name, read_field, split_field
from pipeline.notes.layout import NoteLayout, call, template_error
from pipeline.notes.markdown import attribute, clean_title, link, neutral, one_line
from pipeline.notes.parse import (
    Block,
    blocks,
    number_of,
    parse_note,
    read_item,
    split_link,
    with_number,
)
from pipeline.types import Image, Note, NoteField, NoteItem

_NESTED = " " * 5


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
    return _joined(head, *_items(note, layout), _also_seen(note, layout), tail)


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
        numbers = note.numbers
    count = len(note.items)
    texts = [
        render_item(item, number, layout, last=at == count)
        for at, (item, number) in enumerate(zip(note.items, numbers, strict=True), start=1)
    ]
    return [_apart(text) for text in texts[:-1]] + texts[-1:] if _mixed(note) else texts


def _mixed(note: Note) -> bool:
    """True where items from a file stand beside others, so that gaps need looking after."""
    return note.verbatim and any(not item.raw for item in note.items)


def _apart(text: str) -> str:
    return text if text.endswith("\n\n") else text.rstrip("\n") + "\n\n"


def render_item(item: NoteItem, number: int, layout: NoteLayout, *, last: bool = False) -> str:
    """One numbered item with everything below it, gap included."""
    if not item.raw:
        return call(layout.template, "item", item_view(item, number, layout, last=last), layout)
    old = read_item(item.raw)
    if replace(item, article_id="") != old:
        return with_number(_edited(old, item, layout), number)
    return with_number(item.raw, number)


def item_view(item: NoteItem, number: int, layout: NoteLayout, *, last: bool) -> ItemView:
    """The item made safe for the template."""
    image = attribute(item.image.url) if item.image else ""
    return ItemView(
        number=number,
        link=_title(item),
        stars=max(0, min(5, item.stars)),
        fields=tuple(_field_view(field, layout) for field in item.fields),
        extra=tuple(_plain_extra(line) for line in item.extra),
        image=image,
        image_tag="video" if item.image and item.image.kind == "video" else "img",
        last=last,
        remark=" ".join(neutral(field.value) for field in item.fields if field.value),
    )


def _title(item: NoteItem) -> str:
    text = link(item.title, item.url)
    return text if text.startswith("[") else text.strip("⭐★\ufe0f ") or "（无题）"


def _plain_extra(line: str) -> str:
    """A line of our own below an item: words, never a field of its own."""
    words = neutral(line).lstrip("-*+#>|`~ ")
    return f"> {words}"


def _field_view(field: NoteField, layout: NoteLayout) -> FieldView:
    return FieldView(name=field.name, label=label_of(field, layout), text=field_text(field))


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
    return words if words.startswith(("- ", "* ")) else "- " + words.lstrip("#>|`~-*+ ")


def _edited(old: NoteItem, new: NoteItem, layout: NoteLayout) -> str:
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
    lead = len(body) - len(body.lstrip(" 0123456789.)、．"))
    rest = body[lead:]
    start, _, _, end = split_link(rest)
    kept = rest[:end] if start >= 0 else rest
    if (new.title, new.url) != (old.title, old.url) or start < 0:
        kept = _title(new)
    after = rest[end:] if start >= 0 else ""
    gap = after[: len(after) - len(after.lstrip())] or " " * 7
    stars = ":star:" * max(0, min(5, new.stars))
    return f"{body[:lead]}{kept}{gap if stars else ''}{stars}{ending}"


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
    pieces[0] = Block("head", _ended(pieces[0].text))
    kept = [block for block in pieces[first:] if block.kind != "field"]
    return [*pieces[:first], *(Block("field", text) for text in texts), *kept]


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def edited_field(field: NoteField, layout: NoteLayout) -> str:
    """The field's lines: verbatim where unchanged, else in its own spelling and indentation."""
    read = read_field(field.raw) if field.raw else None
    if field.raw and (read == field or bare_abstract(field.raw) == field):
        return _ended(field.raw)
    matched = split_field(field.raw) if field.raw else None
    if matched and canonical_name(matched["label"]) == field.name:
        prefix = field.raw[: matched.start("value")].replace("**", "")
        return f"{prefix}{field_text(field)}\n"
    return f"   - {label_of(field, layout)}: {field_text(field)}\n"


def _with_image(pieces: list[Block], image: Image | None, layout: NoteLayout) -> list[Block]:
    """The blocks with another first picture, without it, or with a first one."""
    place = next((i for i, block in enumerate(pieces) if block.image), None)
    lines = _image_lines(image, layout) if image else ""
    if place is not None:
        return [*pieces[:place], *([Block("image", lines)] if lines else []), *pieces[place + 1 :]]
    if not lines:
        return pieces
    end = next((i for i, b in enumerate(pieces) if b.kind == "blank"), len(pieces))
    pieces[end - 1] = replace(pieces[end - 1], text=_ended(pieces[end - 1].text))
    return [*pieces[:end], Block("blank", "\n"), Block("image", lines), *pieces[end:]]


def _image_lines(image: Image, layout: NoteLayout) -> str:
    source = attribute(image.url)
    tag = "video" if image.kind == "video" else "img"
    zoom = f"style='zoom:{layout.image_zoom}'"
    return f'<div align=center><{tag} src="{source}" {zoom}>\n</div>\n' if source else ""


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
        kept[end - 1] = replace(kept[end - 1], text=_ended(kept[end - 1].text))
    return [*kept[:end], *(Block("extra", f"{line}\n") for line in left), *kept[end:]]


def _also_seen(note: Note, layout: NoteLayout) -> str:
    """The collapsed block; verbatim lines where it was read from a file."""
    if not note.also_seen:
        return note.also_head + note.also_tail if note.also_tail.strip() == "" else ""
    views = [item_view(item, 0, layout, last=False) for item in note.also_seen]
    fresh = call(layout.template, "also_seen", views, layout)
    if not note.also_head:
        return fresh
    parsed = parse_note(fresh, note.day, layout).also_seen
    lines = [item.raw or made.raw for item, made in zip(note.also_seen, parsed, strict=True)]
    return note.also_head + "".join(_ended(line) for line in lines) + note.also_tail


def check_template(layout: NoteLayout) -> None:
    """Refuse a template whose note cannot be read back, with the reason (`ConfigError`)."""
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
    if parse_note(text, None, layout).day != note.day:
        raise template_error("标题里的日期读不回来")


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
    from datetime import date

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
        for n in range(1, 6)
    )
    also = tuple(replace(item, stars=0, fields=(), image=None) for item in items[:2])
    return Note(day=date(2022, 5, 5), items=items, also_seen=also)
