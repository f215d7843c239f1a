"""How a run brings today's draft into the reader's file, and published notes into the past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from pipeline.desk.found import Deed
from pipeline.desk.ledger import Ledger, digest
from pipeline.desk.material import Materials
from pipeline.desk.pairing import Keys, keys_of
from pipeline.desk.scene import PUBLISH, Scene
from pipeline.errors import Issue, NoteError
from pipeline.ports import Clock, Drafter, DraftRecord, KnownNote, Notebook, NotesLock, Store
from pipeline.types import Note

_TRIES = 8
_DAYS_LEARNED = 60
"""Newest published notes that are looked at again for what the reader changed since."""


class DeskRedraft:
    """`ports.Redraft`: the same lock, journal and log as the review page's."""

    def __init__(
        self,
        notebook: Notebook,
        store: Store,
        lock: NotesLock,
        clock: Clock,
        drafter: Drafter,
    ) -> None:
        self._notebook, self._store, self._lock, self._clock = notebook, store, lock, clock
        self._materials = Materials(store, drafter)
        self._ledger = Ledger(notebook, store, clock, self._materials)

    def redraft(
        self,
        note: Note,
        base: DraftRecord | None,
        record: DraftRecord,
        finish: Callable[[str], str] = str,
    ) -> None:
        """Log what the reader changed in the file, merge the draft in and keep `record`."""
        with self._lock.held():
            for _ in range(_TRIES):
                if self._try(note, base, record, finish):
                    return
        raise _restless(self._notebook.path(note.day))

    def _try(
        self,
        note: Note,
        base: DraftRecord | None,
        record: DraftRecord,
        finish: Callable[[str], str],
    ) -> bool:
        there = self._ledger.scene(note.day)
        scene = there or self._ledger.missing(note.day)
        # The record is the draft alone, without the reader: what was dropped stays in it, for the
        # next run tells by it that it was dropped; given stars do not, for they can be taken back.
        record = replace(record, text=self._notebook.render(note))
        note = _with_given(note, scene) if scene else note
        note = _without_dropped(note, scene) if scene and not scene.text.strip() else note
        current = there.text if there else None
        before = base.text if base else None
        if base and there:
            before = self._shown_before(base, there)
        text = finish(self._notebook.merge(before, current, note))
        if text == current and base and base.text == record.text:
            self._store.save_draft(record, self._clock.now())
            return True
        known = self._known(note, scene, text)
        # A draft that changes nothing in the file is a step too: the journal tells by it which
        # draft the lines of a moment were made from.
        what = "" if text == current else "运行更新了草稿"
        return self._ledger.commit(note.day, current, known, who="run", what=what, draft=record)

    def _shown_before(self, base: DraftRecord, scene: Scene) -> str:
        """The last draft without what nobody took out and yet is not there.

        An item of the reader's own stood for it, and was taken back: so it comes anew.
        """
        note = self._notebook.parse(base.text, base.day)
        listed = base.also_seen if scene.note.also_head else ()
        lost = {*base.items, *listed} - {*scene.keys.all, *scene.gone()}
        same = (len(note.items), len(note.also_seen)) == (len(base.items), len(base.also_seen))
        if not lost or not same or not scene.text.strip():
            return base.text
        items = (i for key, i in zip(base.items, note.items, strict=True) if key not in lost)
        also = (i for key, i in zip(base.also_seen, note.also_seen, strict=True) if key not in lost)
        return self._notebook.render(replace(note, items=tuple(items), also_seen=tuple(also)))

    def _known(self, drafted: Note, scene: Scene | None, text: str) -> KnownNote:
        """The merged note with its keys: those of before, the draft's for what it added."""
        day = drafted.day
        merged = self._notebook.parse(text, day)
        keys = scene.keys if scene else Keys()
        made = keys_of(
            merged, scene.note if scene else None, keys, self._materials.of(day).candidates
        )
        return KnownNote(day=day, text=text, items=made.items, also_seen=made.also_seen)

    def learn(self) -> None:
        """Take published notes into the archive that suggestions learn from.

        A note changed after it was published counts as it is now.
        """
        days = {row.day: None for row, _ in self._store.publications()}
        for day in [*days][:_DAYS_LEARNED]:
            text = self._notebook.read(day)
            if text and text.strip() and self._store.learned(day) != digest(text):
                with self._lock.held():
                    self._learn(day)

    def _learn(self, day: date) -> None:
        scene = self._ledger.scene(day)
        if scene is None:
            return
        found = [
            Deed(action=PUBLISH, key=key, value=str(item.stars))
            for key, item in zip(scene.keys.items, scene.note.items, strict=True)
        ]
        items = self._notebook.past(scene.text, day)
        self._store.learn(day, scene.hash, items, self._ledger.feedback(day, found))


def _with_given(note: Note, scene: Scene) -> Note:
    """The draft with the stars that the reader gave or accepted."""
    given = scene.given()
    items = (replace(i, stars=given.get(i.article_id, i.stars)) for i in note.items)
    return replace(note, items=tuple(items))


def _without_dropped(note: Note, scene: Scene) -> Note:
    """The draft for a file that was emptied or deleted: without what was dropped before."""
    gone = scene.dropped()
    return replace(
        note,
        items=tuple(i for i in note.items if i.article_id not in gone),
        also_seen=tuple(i for i in note.also_seen if i.article_id not in gone),
    )


def _restless(path: str) -> NoteError:
    return NoteError(
        Issue(
            subject=path,
            code="desk.restless",
            sentence="笔记文件一直在被别的程序改写，今天的草稿没有写进去。",
            remedy="关掉正在写它的程序，再运行一次。",
            temporary=True,
        )
    )
