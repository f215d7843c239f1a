"""What the store knows of a day's candidates, kept until a run changes it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.ports import LEAD, Drafter, Store
from pipeline.types import Candidate, Image, NoteItem, Score
from pipeline.urls import is_web_url

_MOST_PICTURES = 24


@dataclass(slots=True)
class Material:
    """A day's candidates (all that may belong to it), its scores, and who was drafted for it."""

    stamp: str
    day: date
    candidates: tuple[Candidate, ...]
    scores: Mapping[str, Score]
    by_key: Mapping[str, Candidate]
    drafter: Drafter
    composed: dict[str, NoteItem] = field(default_factory=dict)
    pictured: dict[str, tuple[Image, ...]] = field(default_factory=dict)

    def compose(self, key: str) -> NoteItem | None:
        """The item as the draft would write it, None for a key without a candidate."""
        if key not in self.by_key:
            return None
        if key not in self.composed:
            candidate = self.by_key[key]
            scores = {key: self.scores[key]} if key in self.scores else {}
            note = self.drafter.draft(self.day, [candidate], scores, [key])
            self.composed[key] = note.items[0]
        return self.composed[key]

    def pictures(self, key: str) -> tuple[Image, ...]:
        """The article's pictures that a note may show, the lead first, each once."""
        if key not in self.by_key:
            return ()
        if key not in self.pictured:
            self.pictured[key] = tuple(_pictures(self.by_key[key]))
        return self.pictured[key]


def _pictures(candidate: Candidate) -> Iterator[Image]:
    article = candidate.article
    lead = (article.lead_image,) if article.lead_image else ()
    every = {i.url: i for i in reversed((*lead, *article.images)) if is_web_url(i.url)}
    yield from list(reversed(every.values()))[:_MOST_PICTURES]


def gather(store: Store, drafter: Drafter, day: date, stamp: str) -> Material:
    """Read the day's candidates; an article covered by another is a candidate of its own here."""
    rows = store.candidates_for(day)
    by_key: dict[str, Candidate] = {}
    for candidate, _ in rows:
        for article in candidate.covered_by:
            alone = replace(candidate, article=article, covered_by=(), papers=(), repos=())
            by_key.setdefault(article.id, alone)
    by_key |= {candidate.article.id: candidate for candidate, _ in rows}
    by_key |= _as_looked_at(store, by_key)
    scores = {c.article.id: score for c, score in rows if score}
    return Material(stamp, day, tuple(c for c, _ in rows), scores, by_key, drafter)


def _as_looked_at(store: Store, by_key: Mapping[str, Candidate]) -> Iterator[tuple[str, Candidate]]:
    """The candidates whose pictures were looked at, with the one that was chosen then."""
    for key, (text, _) in store.recall(LEAD, list(by_key)).items():
        candidate = by_key[key]
        url = json.loads(text)
        lead = next((i for i in candidate.article.images if i.url == url), None)
        if lead != candidate.article.lead_image:
            yield key, replace(candidate, article=replace(candidate.article, lead_image=lead))


class Materials:
    """The newest few days' material; read again where the store says that a run was there."""

    def __init__(self, store: Store, drafter: Drafter, most: int = 4) -> None:
        self._store, self._drafter, self._most = store, drafter, most
        self._kept: dict[date, Material] = {}

    def of(self, day: date) -> Material:
        """The day's material as it is now."""
        stamp = self._store.desk_stamp(day)
        kept = self._kept.pop(day, None)
        if kept is None or kept.stamp != stamp:
            kept = gather(self._store, self._drafter, day, stamp)
        self._kept[day] = kept
        while len(self._kept) > self._most:
            self._kept.pop(next(iter(self._kept)), None)
        return kept
