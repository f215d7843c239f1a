"""Lines of before, brought up to the draft of now.

The merge of a run takes the last draft for what the file's lines were made from. Lines that come
back after a run (taken back, made again, restored) were made from an older draft: what the runs
changed since would look like an edit of the reader's. So they are merged from their own draft to
the last one before they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from pipeline.desk.material import Materials
from pipeline.desk.pairing import Keys, keys_of
from pipeline.desk.scene import Scene
from pipeline.ports import DraftRecord, Feedback, Journal, Notebook, Step
from pipeline.types import Note, NoteField, NoteItem

Refresh = Callable[[str, NoteItem], NoteItem]
"""An item by its key, as it shall be written now."""


class CatchingUp:
    """What the drafts of a day said, then and now."""

    def __init__(self, notebook: Notebook, journal: Journal, materials: Materials) -> None:
        self._notebook, self._journal, self._materials = notebook, journal, materials

    def since(self, scene: Scene, number: int) -> Refresh:
        """Brings an item of the time of step `number` up to the last draft."""
        then, now = self._drafts(scene, number)
        if then is None or now is None or then.text == now.text:
            return lambda key, item: item
        old, new = self._by_key(then), self._by_key(now)

        def refresh(key: str, item: NoteItem) -> NoteItem:
            if key not in old or key not in new:
                return item
            return _caught_up(self._notebook, scene.day, item, old[key], new[key])

        return refresh

    def since_gone(self, scene: Scene, gone: Feedback) -> Refresh:
        """Brings an item that left the note with this decision up to the last draft."""
        for light in reversed(scene.steps):
            if light.state == "done" and light.who in ("page", "file"):
                step = self._journal.step(scene.day, light.number)
                if gone in step.feedback:
                    return self.since(scene, step.number)
        return lambda key, item: item

    def merged(self, scene: Scene, number: int, text: str, given: Mapping[str, int]) -> str:
        """A whole note of the time of step `number` as if the runs since had found it so."""
        then, now = self._drafts(scene, number)
        if then is None or now is None or then.text == now.text:
            return text
        note = self._notebook.parse(now.text, scene.day)
        keys = self._keys(now, note).items
        items = (
            replace(i, stars=given.get(k, i.stars)) for k, i in zip(keys, note.items, strict=True)
        )
        return self._notebook.merge(then.text, text, replace(note, items=tuple(items)))

    def _drafts(self, scene: Scene, number: int) -> tuple[DraftRecord | None, DraftRecord | None]:
        then = self._draft_at(scene.day, scene.steps, number)
        return then, self._journal.last_draft(scene.day)

    def _draft_at(self, day: date, steps: Sequence[Step], number: int) -> DraftRecord | None:
        """The last draft that was made by step `number`."""
        runs = (s for s in reversed(steps) if s.who == "run" and s.number <= number)
        drafts = (self._journal.step(day, light.number).draft for light in runs)
        return next((draft for draft in drafts if draft), None)

    def _by_key(self, record: DraftRecord) -> dict[str, NoteItem]:
        note = self._notebook.parse(record.text, record.day)
        return dict(zip(self._keys(record, note).items, note.items, strict=True))

    def _keys(self, record: DraftRecord, note: Note) -> Keys:
        if len(record.items) == len(note.items):
            return Keys(record.items)
        return keys_of(note, None, Keys(), self._materials.of(record.day).candidates)


def _caught_up(
    notebook: Notebook, day: date, mine: NoteItem, old: NoteItem, new: NoteItem
) -> NoteItem:
    """The item three ways; what stands as drafted has no remark of a conflict any more."""
    stars = new.stars if mine.stars == old.stars else mine.stars
    base, current = (notebook.render(Note(day=day, items=(i,))) for i in (old, mine))
    made = notebook.parse(notebook.merge(base, current, Note(day=day, items=(new,))), day)
    if len(made.items) != 1:
        return replace(mine, stars=stars)
    item = made.items[0]
    merged = replace(
        mine, title=item.title, url=item.url, stars=stars, fields=item.fields, image=item.image
    )
    settled = {*_as_drafted(merged, new), "星标"}
    extra = (x for x in item.extra if not settled & {w for w, _ in notebook.conflicts([x])})
    return replace(merged, extra=tuple(extra))


def _as_drafted(item: NoteItem, new: NoteItem) -> set[str]:
    """The parts of an item that say what the draft says, as the remarks of conflicts call them."""
    ours = _fields(new.fields)
    parts = {name for name, values in _fields(item.fields).items() if ours.get(name) == values}
    parts |= {"标题"} if item.title == new.title else set()
    parts |= {"链接"} if item.url == new.url else set()
    same = (item.image and item.image.url) == (new.image and new.image.url)
    return parts | ({"图片"} if same else set())


def _fields(fields: Sequence[NoteField]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in fields:
        found.setdefault(line.name, []).append(line.value)
    return found
