"""Which item of a note is which: over edits, reruns, and among the candidates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.identifiers import identify
from pipeline.ports import KnownNote
from pipeline.text import normal_title, short_hash
from pipeline.types import Candidate, Note, NoteItem
from pipeline.urls import canonical_url

_NUMBER = re.compile(
    r"\A[\u200b\ufeff ]{0,5}(?:#{1,6}[ \t]+)?(?:[0-9０-９]{1,4}[.)、．。]|[-*+•](?=[ \t\[]))?[ \t]*"
)
_ALIKE = 0.6
_MOST_COMPARED = 2_000
HAND = "hand-"
"""How the key of an item begins that the reader wrote."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a note's items and of its also seen, in their order."""

    items: tuple[str, ...] = ()
    also_seen: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.items, *self.also_seen)


def keys_of(note: Note, known: Note | None, keys: Keys, candidates: Sequence[Candidate]) -> Keys:
    """A key for every item: the one it had in `known`, its candidate's, or one of its own."""
    items = (*note.items, *note.also_seen)
    given: dict[int, str] = {}
    if known:
        old = (*known.items, *known.also_seen)
        given = {at: keys.all[place] for at, place in pairs(items, old).items()}
    taken = set(given.values())
    rest = [at for at in range(len(items)) if at not in given]
    free = [c for c in _articles(candidates) if c[0] not in taken]
    for at, place in pairs([items[at] for at in rest], [i for _, i in free], alike=False).items():
        given[rest[at]] = free[place][0]
    taken = set(given.values())
    for at in rest:
        if at not in given:
            given[at] = _own_key(items[at], taken)
            taken.add(given[at])
    every = tuple(given[at] for at in range(len(items)))
    return Keys(every[: len(note.items)], every[len(note.items) :])


def _own_key(item: NoteItem, taken: Iterable[str]) -> str:
    seed = plain(item.raw) or item.title
    return next(
        key
        for count in range(len(set(taken)) + 1)
        if (key := HAND + short_hash(f"{seed}{count or ''}")) not in taken
    )


def _articles(candidates: Iterable[Candidate]) -> list[tuple[str, NoteItem]]:
    """Every article of the candidates as an item to compare with, the leading ones first."""
    leading, covered = [], []
    for candidate in candidates:
        article = candidate.article
        leading.append((article.id, NoteItem(title=article.title, url=article.url, stars=0)))
        covered += [
            (a.id, NoteItem(title=a.title, url=a.url, stars=0)) for a in candidate.covered_by
        ]
    return list({key: (key, item) for key, item in [*covered, *leading]}.values())


def pairs(
    items: Sequence[NoteItem], others: Sequence[NoteItem], *, alike: bool = True
) -> dict[int, int]:
    """For places in `items`, the place in `others` of the same item.

    By the very same lines, else address, else a title that is unique in both, else a paper that
    is, else (with `alike`) by likeness between the same neighbours.
    """
    found: dict[int, int] = {}
    _match(items, others, found, lambda item: plain(item.raw), unique=False)
    _match(items, others, found, _address, unique=False)
    _match(items, others, found, lambda item: normal_title(item.title), unique=True)
    _match(items, others, found, _paper, unique=True)
    if alike:
        _match_alike(items, others, found)
    return found


def plain(raw: str) -> str:
    """The item's lines without its number and the gaps around it."""
    return _NUMBER.sub("", raw, count=1).strip()


def _address(item: NoteItem) -> str:
    return canonical_url(item.url) if item.url else ""


def _paper(item: NoteItem) -> str:
    for line in item.fields:
        for link in line.links:
            identity = identify(link.url)
            if identity and identity.kind == "paper":
                return identity.id
    return ""


def _match(
    items: Sequence[NoteItem],
    others: Sequence[NoteItem],
    found: dict[int, int],
    key: Callable[[NoteItem], str],
    *,
    unique: bool,
) -> None:
    """Pair what is not paired yet by a key; the first with the first where several have it."""
    taken = set(found.values())
    places: dict[str, list[int]] = {}
    for place, other in enumerate(others):
        if place not in taken and (name := key(other)):
            places.setdefault(name, []).append(place)
    mine = Counter(key(item) for at, item in enumerate(items) if at not in found) if unique else {}
    for at, item in enumerate(items):
        if at in found or not (free := places.get(key(item))):
            continue
        if not unique or (len(free) == 1 and mine[key(item)] == 1):
            found[at] = free.pop(0)


def _match_alike(
    items: Sequence[NoteItem], others: Sequence[NoteItem], found: dict[int, int]
) -> None:
    """An item whose address and title were both changed still stands where it stood."""
    left = [at for at in range(len(items)) if at not in found]
    taken = set(found.values())
    free = [place for place in range(len(others)) if place not in taken]
    if not items or not others or len(left) * len(free) > _MOST_COMPARED:
        return
    for at in left:
        near = _neighbour(at, found)
        for place in free:
            if near == _neighbour(place, _swapped(found)) and _alike(items[at], others[place]):
                found[at] = place
                free.remove(place)
                break


def _neighbour(at: int, found: Mapping[int, int]) -> int:
    """How many of the paired stand before it: the same for items in the same gap."""
    return sum(place < at for place in found)


def _swapped(found: Mapping[int, int]) -> dict[int, int]:
    return {place: at for at, place in found.items()}


def _alike(one: NoteItem, other: NoteItem) -> bool:
    mine, theirs = _body(one), _body(other)
    if mine and theirs and len(mine & theirs) * 2 >= max(len(mine), len(theirs)):
        return True
    titles = normal_title(one.title)[:200], normal_title(other.title)[:200]
    return all(titles) and SequenceMatcher(None, *titles, autojunk=False).ratio() >= _ALIKE


def _body(item: NoteItem) -> set[str]:
    return {line.strip() for line in item.raw.split("\n")[1:] if line.strip() not in ("", "</div>")}


def known_keys(known: KnownNote) -> Keys:
    """The keys that were kept with a known note."""
    return Keys(known.items, known.also_seen)
