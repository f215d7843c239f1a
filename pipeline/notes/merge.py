"""Three notes into one: last rendered, as it is in the file now, and today's draft.

The reader's edits win: stars, words, order, drops, own items and prose stay. What the reader
left alone follows today's draft, newcomers go to the end. Where both changed the same thing,
the reader's version stays and a comment beside it says what the draft would have written.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pipeline.text import normal_title
from pipeline.types import Image, Note, NoteField, NoteItem
from pipeline.urls import canonical_url

T = TypeVar("T")
_MARK = "stardraft 冲突"
_COMMENT = re.compile(
    rf"\s*<!-- {_MARK}（(?P<what>[^）]*)）(?:[^\n]*?草稿：(?P<shown>[^\n]*) -->)?"
)


def merge_notes(base: Note | None, current: Note, new: Note) -> Note:
    """The merged note; all three as parsed from text."""
    base = base or Note(day=new.day, verbatim=True)
    in_new = Matches(current.items, new.items)
    kept = _kept_items(current, Matches(current.items, base.items), in_new)
    added = _newcomers(base, current, in_new)
    promoted = set(Matches(kept, new.also_seen).pairs.values())
    also = _merge_also(base, current, new, promoted, added)
    head, head_note = _three(current.head, base.head, new.head, base.verbatim and bool(base.head))
    tail, tail_note = _three(current.tail, base.tail, new.tail, base.verbatim and bool(base.tail))
    return replace(
        current,
        items=(*kept, *added),
        also_seen=also,
        head=head + (_comment("开头", new.head.strip()) + "\n\n" if head_note else ""),
        tail=(_comment("结尾", new.tail.strip()) + "\n\n" if tail_note else "") + tail,
        numbers=(),
        also_head=current.also_head or new.also_head,
        also_tail=current.also_tail if current.also_head else new.also_tail,
    )


@dataclass(slots=True)
class Matches:
    """Which item of `others` is which of `items`: by address, then by a title unique in both."""

    items: Sequence[NoteItem]
    others: Sequence[NoteItem]
    pairs: dict[int, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._match(lambda item: canonical_url(item.url) if item.url else "", unique=False)
        self._match(lambda item: normal_title(item.title), unique=True)

    def _match(self, key: Callable[[NoteItem], str], *, unique: bool) -> None:
        taken = set(self.pairs.values())
        keys = [key(item) for item in self.others]
        counts = Counter(keys)
        places: dict[str, list[int]] = {}
        for place, found in enumerate(keys):
            if found and place not in taken and not (unique and counts[found] > 1):
                places.setdefault(found, []).append(place)
        mine = Counter(key(item) for item in self.items)
        for at, item in enumerate(self.items):
            wanted = key(item)
            if at in self.pairs or not places.get(wanted) or (unique and mine[wanted] > 1):
                continue
            self.pairs[at] = places[wanted].pop(0)

    def of(self, at: int) -> NoteItem | None:
        """The partner of the item at this place."""
        place = self.pairs.get(at)
        return None if place is None else self.others[place]

    def unmatched(self) -> list[NoteItem]:
        """The others that no item is paired with, in order."""
        taken = set(self.pairs.values())
        return [item for place, item in enumerate(self.others) if place not in taken]


def _kept_items(current: Note, in_base: Matches, in_new: Matches) -> list[NoteItem]:
    """The file's items in the file's order, those that only we changed brought up to date."""
    moved = _moved(in_base.pairs)
    kept = []
    for at, item in enumerate(current.items):
        old, today = in_base.of(at), in_new.of(at)
        if old is None:
            kept.append(item)
        elif today is not None:
            kept.append(_merge_item(item, old, today))
        elif at in moved or _said(item) != _said(old):
            kept.append(item)
    return kept


def _moved(pairs: Mapping[int, int]) -> set[int]:
    """The places that are out of order: all but a longest rising run of partners."""
    tops: list[int] = []
    chain: list[int] = []
    before: dict[int, int | None] = {}
    for at in sorted(pairs):
        place = bisect_left(tops, pairs[at])
        before[at] = chain[place - 1] if place else None
        tops[place : place + 1] = [pairs[at]]
        chain[place : place + 1] = [at]
    steady: set[int] = set()
    last: int | None = chain[-1] if chain else None
    while last is not None:
        steady.add(last)
        last = before[last]
    return set(pairs) - steady


def _said(item: NoteItem) -> tuple[object, ...]:
    """What an item says, whatever its spelling and gaps."""
    fields = tuple((f.name, f.value) for f in item.fields)
    extra = tuple(line.strip() for line in item.extra)
    return (item.title, item.url, item.stars, fields, item.image and item.image.url, extra)


def _newcomers(base: Note, current: Note, in_new: Matches) -> list[NoteItem]:
    """Today's items that the file lacks, but not those that the reader took out of it."""
    fresh = in_new.unmatched()
    dropped = _gone(fresh, (*base.items, *base.also_seen), current.also_seen)
    dropped |= set(Matches(fresh, base.items).pairs)
    return [item for at, item in enumerate(fresh) if at not in dropped]


def _merge_item(current: NoteItem, base: NoteItem, new: NoteItem) -> NoteItem:
    """One item three ways; disagreements become comments below it."""
    notes: dict[str, str] = {}

    def settle(what: str, mine: T, old: T, ours: T, shown: str) -> T:
        value, conflict = _three(mine, old, ours, True)
        if conflict:
            notes[what] = shown
        return value

    image = settle("图片", _url(current.image), _url(base.image), _url(new.image), _url(new.image))
    merged = replace(
        current,
        title=settle("标题", current.title, base.title, new.title, new.title),
        url=settle("链接", current.url, base.url, new.url, new.url),
        stars=settle("星标", current.stars, base.stars, new.stars, f"{new.stars} 星"),
        fields=_merge_fields(current.fields, base.fields, new.fields, notes),
        image=current.image if image == _url(current.image) else new.image,
    )
    return replace(merged, extra=_with_comments(current.extra, notes))


def _url(image: Image | None) -> str:
    return image.url if image else ""


def _three(mine: T, old: T, ours: T, known: bool) -> tuple[T, bool]:
    """The merged value, and whether both sides changed it to different things."""
    if not known or mine == ours or ours == old:
        return mine, False
    if mine == old:
        return ours, False
    return mine, True


_Keyed = dict[tuple[str, int], NoteField]


def _merge_fields(
    mine: Sequence[NoteField],
    old: Sequence[NoteField],
    ours: Sequence[NoteField],
    notes: dict[str, str],
) -> tuple[NoteField, ...]:
    """The labelled lines three ways, in the file's order; new ones after their neighbour."""
    current, base, new = _keyed(mine), _keyed(old), _keyed(ours)
    merged: _Keyed = {}
    for key, line in current.items():
        value, conflict = _three(line.value, _value(base, key), _value(new, key), True)
        if conflict:
            notes[key[0]] = _value(new, key) or "（草稿里已没有这一行）"
        if value == line.value:
            merged[key] = line
        elif key in new:
            merged[key] = replace(line, value=new[key].value, links=new[key].links)
    order = list(merged)
    for at, key in enumerate(new):
        if key in current:
            continue
        if key not in base:
            before = [k for k in list(new)[:at] if k in order]
            order.insert(order.index(before[-1]) + 1 if before else 0, key)
            merged[key] = new[key]
        elif new[key].value != base[key].value:
            notes[key[0]] = new[key].value
    return tuple(merged[key] for key in order)


def _keyed(fields: Iterable[NoteField]) -> _Keyed:
    """Fields by name and how often the name came before."""
    seen: Counter[str] = Counter()
    keyed: _Keyed = {}
    for line in fields:
        keyed[line.name, seen[line.name]] = line
        seen[line.name] += 1
    return keyed


def _value(fields: _Keyed, key: tuple[str, int]) -> str | None:
    return fields[key].value if key in fields else None


def _with_comments(extra: Sequence[str], notes: Mapping[str, str]) -> tuple[str, ...]:
    """The unknown lines with a comment per conflict; a newer one replaces that of before."""
    kept = [line for line in extra if _about(line) not in notes]
    return (*kept, *(f"   {_comment(what, shown)}" for what, shown in notes.items()))


def conflicts_in(lines: Iterable[str]) -> list[tuple[str, str]]:
    """What each conflict comment among the lines is about, and what the draft would write."""
    matched = (_COMMENT.match(line) for line in lines)
    return [(found["what"], found["shown"] or "") for found in matched if found]


def _about(line: str) -> str | None:
    matched = _COMMENT.match(line)
    return matched["what"] if matched else None


def _comment(what: str, shown: str) -> str:
    """An HTML comment of one line that its content cannot end."""
    flat = re.sub(r"-{2,}", "—", " ".join(shown.split())).replace(">", "＞").replace("<", "＜")
    return f"<!-- {_MARK}（{what}）：你改过这里，今天的草稿另有写法，保留了你的。草稿：{flat[:600]} -->"


def _merge_also(
    base: Note, current: Note, new: Note, promoted: set[int], added: Sequence[NoteItem]
) -> tuple[NoteItem, ...]:
    """Today's list without what the reader took out or up, and with the reader's own entries."""
    if base.also_seen and not current.also_seen and not current.also_head:
        return ()
    today = [item for at, item in enumerate(new.also_seen) if at not in promoted]
    dropped = _gone(today, (*base.also_seen, *base.items), (*current.also_seen, *current.items))
    in_file = Matches(today, current.also_seen)
    in_base = Matches(current.also_seen, base.also_seen)
    listed = [
        (_reader_line(item, in_file.of(at), base), in_file.pairs.get(at))
        for at, item in enumerate(today)
        if at not in dropped
    ]
    matched = set(in_file.pairs.values())
    promoted_now = set(Matches(current.also_seen, added).pairs)
    own = [
        (item, at)
        for at, item in enumerate(current.also_seen)
        if at not in in_base.pairs and at not in matched and at not in promoted_now
    ]
    return _with_own(listed, own)


def _with_own(
    listed: list[tuple[NoteItem, int | None]], own: Iterable[tuple[NoteItem, int]]
) -> tuple[NoteItem, ...]:
    """The list with the reader's own entries, each behind the one it follows in the file."""
    for item, at in own:
        above = [(place, n) for n, (_, place) in enumerate(listed) if place is not None]
        behind = max(((place, n + 1) for place, n in above if place < at), default=(0, 0))[1]
        listed.insert(behind, (item, at))
    return tuple(item for item, _ in listed)


def _gone(
    items: Sequence[NoteItem], before: Sequence[NoteItem], now: Sequence[NoteItem]
) -> set[int]:
    """The places of items that were in the note before and are no longer in the file."""
    return set(Matches(items, before).pairs) - set(Matches(items, now).pairs)


def _reader_line(item: NoteItem, mine: NoteItem | None, base: Note) -> NoteItem:
    """The file's own line where the reader changed it, else today's."""
    if mine is None:
        return item
    old = Matches([mine], base.also_seen).of(0)
    return mine if old is None or old.raw != mine.raw else item
