"""What the reader did to a file in an editor, said in the words of the page's decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.desk.lines import rising
from pipeline.desk.pairing import Keys
from pipeline.types import Note, NoteItem

_LONGEST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One decision about one item: what `Feedback` says of it, without moment and score."""

    action: str
    key: str
    value: str = ""
    text: str = ""
    before: tuple[str, ...] = ()


def deeds(
    old: Note,
    old_keys: Keys,
    new: Note,
    keys: Keys,
    dropped: frozenset[str],
    stars: Mapping[str, int],
) -> list[Deed]:
    """Every decision that lies between two versions of a note.

    `dropped` are keys that were taken out before: those that are back are restored; `stars`
    those that were given or suggested before. A list of also seen that is gone altogether is a matter of
    taste, not a verdict on each of its lines.
    """
    found = [*_gone(old, old_keys, new, keys), *_came(old_keys, new, keys, dropped)]
    found += _moved(old_keys, keys)
    before = dict(zip(old_keys.items, old.items, strict=True))
    found += starred_anew(new, keys, {k: s for k, s in stars.items() if k not in before})
    for key, item in zip(keys.items, new.items, strict=True):
        if key in before:
            found += item_deeds(key, before[key], item)
    return found


def starred_anew(note: Note, keys: Keys, stars: Mapping[str, int]) -> Iterator[Deed]:
    """Stars of items that came with others than had been given or suggested."""
    for key, item in zip(keys.items, note.items, strict=True):
        if stars.get(key, item.stars) != item.stars:
            yield Deed(action="star", key=key, value=str(item.stars))


def item_deeds(key: str, old: NoteItem, new: NoteItem) -> Iterator[Deed]:
    """Stars given, and which parts were written anew."""
    if new.stars != old.stars:
        yield Deed(action="star", key=key, value=str(new.stars))
    parts = [name for name, a, b in _parts(old, new) if a != b]
    if parts:
        yield Deed(action="edit", key=key, value="、".join(parts)[:_LONGEST])


def _parts(old: NoteItem, new: NoteItem) -> Iterator[tuple[str, object, object]]:
    yield "title", old.title, new.title
    yield "url", old.url, new.url
    mine = {f.name: f.value for f in new.fields}
    theirs = {f.name: f.value for f in old.fields}
    for name in dict.fromkeys([*theirs, *mine]):
        yield name, theirs.get(name), mine.get(name)
    yield "image", old.image and old.image.url, new.image and new.image.url
    yield "prose", [x.strip() for x in old.extra], [x.strip() for x in new.extra]


def _gone(old: Note, old_keys: Keys, new: Note, keys: Keys) -> Iterator[Deed]:
    there = set(keys.all)
    whole_list = bool(old.also_seen) and not new.also_seen and not new.also_head
    for at, (key, item) in enumerate(zip(old_keys.items, old.items, strict=True)):
        if key in keys.also_seen:
            yield left("demote", key, item, old_keys.items[:at])
        elif key not in there:
            yield left("drop", key, item, old_keys.items[:at])
    for at, (key, item) in enumerate(zip(old_keys.also_seen, old.also_seen, strict=True)):
        if key not in there and not whole_list:
            yield left("drop", key, item, old_keys.also_seen[:at])


def left(action: str, key: str, item: NoteItem, before: tuple[str, ...]) -> Deed:
    """An item that leaves its place, with all that is needed to bring it back."""
    return Deed(action=action, key=key, text=item.raw, before=before[::-1])


def _came(old_keys: Keys, new: Note, keys: Keys, dropped: frozenset[str]) -> Iterator[Deed]:
    for key, item in zip(keys.items, new.items, strict=True):
        if key in old_keys.also_seen:
            yield Deed(action="promote", key=key, value=str(item.stars))
        elif key not in old_keys.items:
            action = "restore" if key in dropped else "add"
            yield Deed(action=action, key=key, value=str(item.stars))
    for key in keys.also_seen:
        if key not in old_keys.all:
            yield Deed(action="restore" if key in dropped else "add", key=key)


def _moved(old_keys: Keys, keys: Keys) -> Iterator[Deed]:
    places: Mapping[str, int] = {key: at for at, key in enumerate(old_keys.items)}
    stayed = [key for key in keys.items if key in places]
    steady = {stayed[at] for at in rising([places[key] for key in stayed])}
    for number, key in enumerate(keys.items, start=1):
        if key in places and key not in steady:
            yield Deed(action="move", key=key, value=str(number))
