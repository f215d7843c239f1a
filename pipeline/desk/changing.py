"""One change of the page as a change of the note. Pure: what was not meant stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.desk.day import Change, Conflict
from pipeline.desk.found import Deed, left
from pipeline.desk.pairing import HAND, Keys, keys_of, pairs, plain
from pipeline.desk.scene import is_entry
from pipeline.desk.values import FIELD_ORDER, refusal
from pipeline.errors import Issue, NoteError
from pipeline.ports import Feedback, Notebook
from pipeline.text import short_hash, squash
from pipeline.types import Candidate, Image, Note, NoteField, NoteItem
from pipeline.urls import is_web_url

_DIGITS = re.compile(r"\d{0,2}\Z")
_ABOUT = {"stars": "星标", "accept": "星标", "title": "标题", "image": "图片"}
_LINK = re.compile(r"\s*(https?://\S+)\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A note on the desk: its items and their keys, and what is needed to change it.

    `gone` is how each key left the note last, `words` how it left last as a whole item, `given`
    the reader's stars; `compose` writes an item as the draft would, `refresh` brings one that left
    with that decision up to the last draft.
    """

    note: Note
    keys: Keys
    notebook: Notebook
    gone: dict[str, Feedback]
    words: dict[str, Feedback]
    given: dict[str, int]
    candidates: Sequence[Candidate]
    compose: Callable[[str], NoteItem | None]
    refresh: Callable[[str, NoteItem, Feedback], NoteItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The note as it shall be, with its keys, what was decided, and how to call it."""

    note: Note
    keys: Keys
    deeds: tuple[Deed, ...]
    what: str


Answer = Planned | Conflict | Issue


def plan(sheet: Sheet, change: Change) -> Answer:
    """What the change makes of the note, or why it makes nothing of it."""
    if change.action == "add":
        return _add(sheet, change)
    if change.action == "restore":
        return _restore(sheet, change)
    place = sheet.keys.items.index(change.key) if change.key in sheet.keys.items else -1
    if change.action == "promote" or (change.action == "drop" and place < 0):
        return _from_list(sheet, change)
    if place < 0:
        return _missing(change)
    item = sheet.note.items[place]
    if clash := _clash(item, place, change):
        return clash
    if change.action == "drop":
        return _out(sheet, place, f"去掉“{_short(item)}”")
    if change.action == "demote":
        return _demote(sheet, place)
    if change.action == "move":
        return _move(sheet, place, int(change.value))
    return _edit(sheet, place, change)


def _missing(change: Change) -> Issue:
    sentence = "这一条已经不在笔记里了。"
    return refusal(change, sentence, "页面显示的是旧的；看看新的，再决定。", code="missing")


def _short(item: NoteItem) -> str:
    title = squash(item.title)
    return title if len(title) <= 24 else f"{title[:23]}…"


def current(item: NoteItem, place: int, change: Change) -> str | None:
    """What stands in the file for what the change is about; None where that says nothing."""
    match change.action:
        case "stars" | "accept":
            return str(item.stars)
        case "title":
            return item.title
        case "image":
            return item.image.url if item.image else ""
        case "move":
            return str(place + 1)
        case "field":
            return next((f.value for f in item.fields if f.name == change.field), "")
    return None


def _clash(item: NoteItem, place: int, change: Change) -> Conflict | None:
    theirs = current(item, place, change)
    if change.expected is None or theirs is None or _flat(theirs) == _flat(change.expected):
        return None
    if _flat(theirs) == _flat(change.value) and change.action != "accept":
        return None
    field = change.field or change.action
    return Conflict(key=change.key, field=field, mine=change.value, theirs=theirs)


def _flat(text: str) -> str:
    """A value as forms hand it back: line ends and outer spaces do not count."""
    return "\n".join(line.strip() for line in text.replace("\r", "").split("\n")).strip()


def _edit(sheet: Sheet, place: int, change: Change) -> Answer:
    old = sheet.note.items[place]
    new = _edited(old, change)
    settled = _without_comment(sheet.notebook, new, _ABOUT.get(change.action, change.field))
    items = (*sheet.note.items[:place], settled, *sheet.note.items[place + 1 :])
    deed, what = _said(change, new, place)
    return Planned(note=replace(sheet.note, items=items), keys=sheet.keys, deeds=(deed,), what=what)


def _said(change: Change, new: NoteItem, place: int) -> tuple[Deed, str]:
    match change.action:
        case "stars":
            deed = Deed(action="star", key=change.key, value=change.value)
            return deed, f"给“{_short(new)}”{change.value} 星"
        case "accept":
            deed = Deed(action="accept", key=change.key, value=str(new.stars))
            return deed, f"同意“{_short(new)}”{new.stars} 星"
    name = change.field or change.action
    words = {"title": "题目", "image": "图片"}.get(name, name)
    return Deed(action="edit", key=change.key, value=name), f"改“{_short(new)}”的{words}"


def _edited(item: NoteItem, change: Change) -> NoteItem:
    match change.action:
        case "stars":
            return replace(item, stars=int(change.value))
        case "title":
            return replace(item, title=squash(change.value))
        case "image":
            return replace(item, image=Image(url=change.value) if change.value else None)
        case "field":
            return replace(item, fields=_with_field(item.fields, change.field, change.value))
    return item


def _with_field(fields: Sequence[NoteField], name: str, value: str) -> tuple[NoteField, ...]:
    """The fields with this value; an empty one takes the field out."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not value:
        return tuple(f for f in fields if f.name != name)
    if any(f.name == name for f in fields):
        return tuple(replace(f, value=value, links=()) if f.name == name else f for f in fields)
    place = _place_of(fields, name)
    return (*fields[:place], NoteField(name=name, value=value), *fields[place:])


def _place_of(fields: Sequence[NoteField], name: str) -> int:
    """Behind the last field that comes before it in the house's order."""
    rank = _rank(name)
    return max((at for at, f in enumerate(fields, start=1) if _rank(f.name) <= rank), default=0)


def _rank(name: str) -> int:
    base = _DIGITS.sub("", name)
    return FIELD_ORDER.index(base) if base in FIELD_ORDER else len(FIELD_ORDER) - 2


def _without_comment(notebook: Notebook, item: NoteItem, about: str) -> NoteItem:
    """The item without a rerun's remark on what the reader has just settled."""
    kept = tuple(x for x in item.extra if not any(w == about for w, _ in notebook.conflicts([x])))
    return replace(item, extra=kept)


def _out(sheet: Sheet, place: int, what: str, also: Note | None = None) -> Planned:
    """The note without an item; prose that stands below it stays."""
    note = sheet.note
    item = note.items[place]
    loose = item.raw[sheet.notebook.loose(item) :]
    own = replace(item, raw=item.raw[: len(item.raw) - len(loose)])
    rest = note.items[:place] + note.items[place + 1 :]
    head = note.head
    if loose and place:
        rest = (*rest[: place - 1], _reread(sheet, rest[place - 1], loose), *rest[place:])
    elif loose:
        head = f"{head}{loose}"
    keys = sheet.keys.items
    return Planned(
        note=replace(also or note, items=rest, head=head, numbers=()),
        keys=replace(sheet.keys, items=keys[:place] + keys[place + 1 :]),
        deeds=(left("drop", keys[place], own, keys[:place]),),
        what=what,
    )


def _reread(sheet: Sheet, item: NoteItem, more: str) -> NoteItem:
    """The item with more lines below it."""
    gap = "" if item.raw.endswith("\n\n") else "\n" if item.raw.endswith("\n") else "\n\n"
    raw = f"{item.raw}{gap}{more}"
    read = sheet.notebook.parse(f"{sheet.note.head}\n\n{raw}", sheet.note.day)
    return read.items[-1] if read.items else item


def _demote(sheet: Sheet, place: int) -> Planned:
    item, key = sheet.note.items[place], sheet.keys.items[place]
    entry = NoteItem(title=item.title, url=item.url, stars=0, article_id=key)
    note = replace(sheet.note, also_seen=(*sheet.note.also_seen, entry))
    made = _out(sheet, place, f"把“{_short(item)}”放到还看到", note)
    keys = replace(made.keys, also_seen=(*made.keys.also_seen, key))
    return replace(made, keys=keys, deeds=(replace(made.deeds[0], action="demote"),))


def _move(sheet: Sheet, place: int, number: int) -> Planned:
    target = min(number, len(sheet.note.items)) - 1
    items, keys = list(sheet.note.items), list(sheet.keys.items)
    item = items.pop(place)
    items.insert(target, item)
    keys.insert(target, keys.pop(place))
    deed = Deed(action="move", key=keys[target], value=str(target + 1))
    return Planned(
        note=replace(sheet.note, items=tuple(items), numbers=()),
        keys=replace(sheet.keys, items=tuple(keys)),
        deeds=(deed,) if target != place else (),
        what=f"把“{_short(item)}”移到第 {target + 1} 条",
    )


def _from_list(sheet: Sheet, change: Change) -> Answer:
    """An entry of the also seen: up into the note, or out of it."""
    if change.key not in sheet.keys.also_seen:
        return _missing(change)
    place = sheet.keys.also_seen.index(change.key)
    entry = sheet.note.also_seen[place]
    listed = sheet.keys.also_seen
    note = replace(
        sheet.note,
        also_seen=sheet.note.also_seen[:place] + sheet.note.also_seen[place + 1 :],
        numbers=(),
    )
    keys = replace(sheet.keys, also_seen=listed[:place] + listed[place + 1 :])
    if change.action == "drop":
        deed = left("drop", change.key, entry, listed[:place])
        what = f"去掉“{_short(entry)}”"
        return Planned(note=note, keys=keys, deeds=(deed,), what=what)
    item = _lines_below(sheet, entry) or _words_of(sheet, change.key)
    item = _with_given(sheet, change.key, item or replace(entry, raw="", fields=()))
    deed = Deed(action="promote", key=change.key, value=str(item.stars))
    what = f"把“{_short(entry)}”收进笔记"
    return Planned(
        note=replace(note, items=(*note.items, item)),
        keys=replace(keys, items=(*keys.items, change.key)),
        deeds=(deed,),
        what=what,
    )


def _lines_below(sheet: Sheet, entry: NoteItem) -> NoteItem | None:
    """An entry that the reader moved into the list as a whole item, as an item again."""
    if "\n" not in entry.raw.strip():
        return None
    return read_item(sheet.notebook, sheet.note, f"1. {plain(entry.raw)}\n\n")


def _words_of(sheet: Sheet, key: str) -> NoteItem | None:
    """The item with the words it had when the reader took it out, else as the draft would."""
    gone = sheet.words.get(key)
    if gone and (item := _left_so(sheet, key, gone)):
        return item
    item = sheet.compose(key)
    return item and _with_given(sheet, key, item)


def _left_so(sheet: Sheet, key: str, gone: Feedback) -> NoteItem | None:
    """The item as it left the note, with what runs brought since."""
    read = read_item(sheet.notebook, sheet.note, gone.text)
    return _with_given(sheet, key, sheet.refresh(key, read, gone)) if read else None


def _with_given(sheet: Sheet, key: str, item: NoteItem) -> NoteItem:
    return replace(item, stars=sheet.given.get(key, item.stars))


def read_item(notebook: Notebook, note: Note, raw: str) -> NoteItem | None:
    """The one item in these lines, None where they hold none or several."""
    if not raw.strip() or is_entry(raw):
        return None
    try:
        read = notebook.parse(f"# {note.day:%Y.%m.%d}\n\n{raw}", note.day)
    except NoteError:
        return None
    return read.items[0] if len(read.items) == 1 and not read.also_seen else None


def _restore(sheet: Sheet, change: Change) -> Answer:
    if change.key in sheet.keys.all:
        return refusal(change, "这一条就在笔记里。", "不用再恢复。", code="there")
    gone = sheet.gone.get(change.key)
    if gone is None:
        return _missing(change)
    own = _left_so(sheet, change.key, gone)
    if own is None and is_entry(gone.text):
        return _restore_entry(sheet, change.key, gone)
    item = own or _words_of(sheet, change.key)
    if item is None:
        return _missing(change)
    return _insert(sheet, change.key, item, gone, "restore", f"恢复“{_short(item)}”")


def _restore_entry(sheet: Sheet, key: str, gone: Feedback) -> Answer:
    """A line of the also seen, back among them."""
    listed = sheet.keys.also_seen
    place = _behind(listed, gone.before)
    entry = _entry(sheet, gone.text)
    note = sheet.note
    return Planned(
        note=replace(note, also_seen=(*note.also_seen[:place], entry, *note.also_seen[place:])),
        keys=replace(sheet.keys, also_seen=(*listed[:place], key, *listed[place:])),
        deeds=(Deed(action="restore", key=key),),
        what=f"恢复“{_short(entry)}”",
    )


def _entry(sheet: Sheet, raw: str) -> NoteItem:
    probe = replace(
        Note(day=sheet.note.day, items=sheet.note.items[:1]),
        also_seen=(NoteItem(title="x", url="https://example.org/", stars=0),),
    )
    text = sheet.notebook.render(probe)
    shown = sheet.notebook.parse(text, sheet.note.day)
    again = sheet.notebook.parse(text.replace(shown.also_seen[0].raw, raw), sheet.note.day)
    return again.also_seen[0]


def _behind(keys: Sequence[str], before: Sequence[str]) -> int:
    """Behind the nearest of its old neighbours that is still there, else first."""
    return next((keys.index(key) + 1 for key in before if key in keys), 0)


def _insert(
    sheet: Sheet, key: str, item: NoteItem, gone: Feedback, action: str, what: str
) -> Planned:
    keys = sheet.keys.items
    place = _behind(keys, gone.before)
    items = sheet.note.items
    return Planned(
        note=replace(sheet.note, items=(*items[:place], item, *items[place:]), numbers=()),
        keys=replace(sheet.keys, items=(*keys[:place], key, *keys[place:])),
        deeds=(Deed(action=action, key=key, value=str(item.stars)),),
        what=what,
    )


def _add(sheet: Sheet, change: Change) -> Answer:
    item = _written(sheet, change.value)
    if item is None:
        sentence = "没有看懂要加的这一条。"
        return refusal(change, sentence, "只写一条：第一行 [题目](网址)，下面几行以 - 开头。")
    note = replace(sheet.note, items=(*sheet.note.items, item), numbers=())
    key = keys_of(note, sheet.note, sheet.keys, sheet.candidates).items[-1]
    there = pairs([item], (*sheet.note.items, *sheet.note.also_seen), alike=False)
    known = sheet.keys.all[there[0]] if there else ""
    if known in sheet.keys.items:
        return refusal(change, "笔记里已经有这一条了。", "直接改那一条。", code="there")
    if known in sheet.keys.also_seen:
        return _from_list(sheet, replace(change, action="promote", key=known))
    if key in sheet.gone and not key.startswith(HAND):
        return _restore(sheet, replace(change, key=key))
    return Planned(
        note=note,
        keys=replace(sheet.keys, items=(*sheet.keys.items, key)),
        deeds=(Deed(action="add", key=key, value=str(item.stars)),),
        what=f"加上“{_short(item)}”",
    )


def _written(sheet: Sheet, value: str) -> NoteItem | None:
    """The item in what the reader typed: an address alone, or the Markdown of one item."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if matched := _LINK.fullmatch(value):
        url = matched[1]
        return NoteItem(title=url, url=url, stars=0) if is_web_url(url) else None
    raw = f"1. {plain(value)}\n"
    item = read_item(sheet.notebook, sheet.note, raw)
    if item is None or not item.title.strip():
        return None
    seed = short_hash(value)
    extra = tuple(line.strip() for line in item.extra)
    return replace(item, raw="", extra=extra, article_id=f"{HAND}{seed}")
