"""The journal at work: what is in the file, what the reader did to it, and one step more.

A change is written down as intended, the file is replaced, then the change is settled in one
transaction with what it decided. Whoever looks at the day next finishes what a kill
interrupted: the file itself says whether the change was made. All methods want the notes' lock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from pipeline.desk.found import Deed, deeds, starred_anew
from pipeline.desk.lines import cut, differences, hunks_between, reapplied, reverted
from pipeline.desk.material import Materials
from pipeline.desk.pairing import Keys, keys_of, known_keys
from pipeline.desk.scene import Scene
from pipeline.ports import (
    Clock,
    DraftRecord,
    Feedback,
    Journal,
    KnownNote,
    Notebook,
    Step,
)
from pipeline.types import Note

_HALF_WRITTEN = 0.15
"""Seconds in which an editor that is writing a file gets on with it."""
_LOOKS = 4
_PARSED = 4


def digest(text: str) -> str:
    """The hash of a whole note file."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class Ledger:
    """A day's file and its journal, kept in step."""

    def __init__(
        self, notebook: Notebook, journal: Journal, clock: Clock, materials: Materials
    ) -> None:
        self._notebook, self._journal = notebook, journal
        self._clock, self._materials = clock, materials
        self._parsed: dict[tuple[date, str], Note] = {}

    def scene(self, day: date) -> Scene | None:
        """The day as it is; what an editor did to the file is logged first. None: no file."""
        text, known = self._read(day)
        if self._recover(day, text or ""):
            known = self._journal.known_note(day)
        if text is None:
            return None
        return self._scene(known or self._adopt(day, text), text)

    def missing(self, day: date) -> Scene | None:
        """A day whose file was deleted, as if it had been emptied. None: it never was there."""
        known = self._journal.known_note(day)
        return replace(self._scene(known, ""), there=False) if known else None

    def _scene(self, known: KnownNote, text: str) -> Scene:
        keys, note = self._seen(known, text)
        return Scene(
            day=known.day,
            text=text,
            hash=digest(text),
            note=note,
            keys=keys,
            feedback=self._journal.feedback_of(known.day),
            steps=self._journal.steps(known.day),
        )

    def _read(self, day: date) -> tuple[str | None, KnownNote | None]:
        """The file, and the note as it was known; a file that is cut short is looked at again,
        for it may be in the writing."""
        text, known = self._notebook.read(day), self._journal.known_note(day)
        for _ in range(_LOOKS):
            if text is None or known is None:
                break
            if text == known.text or not known.text.startswith(text):
                break
            self._clock.sleep(_HALF_WRITTEN)
            text = self._notebook.read(day)
        return text, known

    def _recover(self, day: date, text: str) -> bool:
        """Finish what was intended: settled where the file has it, forgotten where not.

        True where there was something to finish.
        """
        step = self._journal.intended(day)
        if step is None:
            return False
        known = self._journal.known_note(day)
        before = known.text if known else ""
        after = reapplied(before, step.hunks)
        if digest(text) == step.after or _nearer(text, after, before):
            made = replace(step.known, text=after) if step.known else None
            self._journal.settle(replace(step, known=made), self._clock.now())
        else:
            self._journal.forget_intended(day)
        return True

    def _adopt(self, day: date, text: str) -> KnownNote:
        """The note of a day that was never on the desk: as a run drafted it, else as it is."""
        drafted = self._journal.last_draft(day) if text.strip() else None
        known = self._known(day, drafted.text if drafted else text, None, Keys())
        self.log(replace(self._step(day, "run", "", known.text, known), draft=drafted))
        return known

    def _known(self, day: date, text: str, old: Note | None, keys: Keys) -> KnownNote:
        note = self.parse(text, day)
        made = keys_of(note, old, keys, self._materials.of(day).candidates)
        return KnownNote(day=day, text=text, items=made.items, also_seen=made.also_seen)

    def parse(self, text: str, day: date) -> Note:
        """The note in `text`; the newest few are kept, as one save reads the same text thrice."""
        note = self._parsed.pop((day, text), None) or self._notebook.parse(text, day)
        self._parsed[day, text] = note
        while len(self._parsed) > _PARSED:
            self._parsed.pop(next(iter(self._parsed)))
        return note

    def _seen(self, known: KnownNote, text: str) -> tuple[Keys, Note]:
        """The file's items with their keys; differences to what was known become a step."""
        note = self.parse(text, known.day)
        keys = known_keys(known)
        if text == known.text and (len(keys.items), len(keys.also_seen)) == (
            len(note.items),
            len(note.also_seen),
        ):
            return keys, note
        old = self.parse(known.text, known.day)
        keys = _fitting(old, keys)
        fresh = keys_of(note, old, keys, self._materials.of(known.day).candidates)
        if text != known.text:
            found = self._found(known.day, old, keys, note, fresh, text)
            now = KnownNote(day=known.day, text=text, items=fresh.items, also_seen=fresh.also_seen)
            step = self._step(known.day, "file", _summary(found, text), known.text, now)
            self.log(replace(step, feedback=self.feedback(known.day, found)))
        return fresh, note

    def _found(
        self, day: date, old: Note, old_keys: Keys, new: Note, keys: Keys, text: str
    ) -> Sequence[Deed]:
        """What an edit of the file decided; an emptied file decides nothing."""
        if not text.strip():
            return ()
        said = self._journal.feedback_of(day)
        scores = self._materials.of(day).scores
        stood = {key: score.suggested_stars for key, score in scores.items()}
        stood |= Scene.given_in(said)
        if not (old.items or old.also_seen):
            return [*starred_anew(new, keys, stood)]
        return deeds(old, old_keys, new, keys, Scene.dropped_in(said), stood)

    def _step(self, day: date, who: str, what: str, before: str, known: KnownNote) -> Step:
        return Step(
            day=day,
            number=self._journal.last_step(day) + 1,
            who=who,  # type: ignore[arg-type]
            what=what,
            before=digest(before),
            after=digest(known.text),
            at=self._clock.now(),
            hunks=hunks_between(before, known.text),
            known=known,
        )

    def log(self, step: Step) -> None:
        """Settle a step for which no file need be written."""
        self._journal.settle(step, self._clock.now())

    def feedback(self, day: date, found: Iterable[Deed]) -> tuple[Feedback, ...]:
        """The deeds with this moment and what was suggested at it."""
        scores, now = self._materials.of(day).scores, self._clock.now()
        made = []
        for deed in found:
            score = scores.get(deed.key)
            made.append(
                Feedback(
                    article_id=deed.key,
                    day=day,
                    action=deed.action,
                    value=deed.value,
                    at=now,
                    suggested=score.suggested_stars if score else None,
                    relevance=score.relevance if score else None,
                    model=score.model if score else "",
                    profile=score.profile if score else "",
                    text=deed.text,
                    before=deed.before,
                )
            )
        return tuple(made)

    def commit(
        self,
        day: date,
        old: str | None,
        known: KnownNote,
        *,
        who: str,
        what: str,
        found: Iterable[Deed] = (),
        change: str = "",
        target: int = 0,
        draft: DraftRecord | None = None,
    ) -> bool:
        """Make one step from the file's `old` text to `known`; False where the file moved on."""
        step = replace(
            self._step(day, who, what, old or "", known),
            feedback=self.feedback(day, found),
            change=change,
            target=target,
            draft=draft,
        )
        if old == known.text:
            self.log(step)
            return True
        self._journal.intend(step)
        if not self._notebook.swap(day, old, known.text):
            self._journal.forget_intended(day)
            return False
        self._journal.settle(step, self._clock.now())
        return True

    def past(self, scene: Scene, wanted: str) -> str | None:
        """The newest text of the day with that hash, None where the journal lacks it."""
        text = scene.text
        for light in reversed(scene.steps):
            if digest(text) == wanted:
                return text
            text = reverted(text, self._journal.step(scene.day, light.number).hunks)
        return text if digest(text) == wanted else None

    def keys_at(self, scene: Scene, text: str, like: str | None = None) -> Keys:
        """The keys that the items of a text had when it was the day's.

        A text that never was is paired with the items of `like`, then with those of the scene.
        """
        if (keys := self._keys_then(scene, text)) is not None:
            return keys
        note, keys = scene.note, scene.keys
        if like is not None:
            note, keys = _joined(self.parse(like, scene.day), self.keys_at(scene, like), scene)
        return known_keys(self._known(scene.day, text, note, keys))

    def _keys_then(self, scene: Scene, text: str) -> Keys | None:
        wanted = digest(text)
        for light in reversed(scene.steps):
            if light.after == wanted:
                step = self._journal.step(scene.day, light.number)
                if step.known:
                    return known_keys(step.known)
        return None


def _joined(note: Note, keys: Keys, scene: Scene) -> tuple[Note, Keys]:
    """A note with those of the scene's items that it lacks."""
    mine = set(keys.all)
    more = [at for at, key in enumerate(scene.keys.items) if key not in mine]
    also = [at for at, key in enumerate(scene.keys.also_seen) if key not in mine]
    items = (*note.items, *(scene.note.items[at] for at in more))
    listed = (*note.also_seen, *(scene.note.also_seen[at] for at in also))
    return replace(note, items=items, also_seen=listed), Keys(
        (*keys.items, *(scene.keys.items[at] for at in more)),
        (*keys.also_seen, *(scene.keys.also_seen[at] for at in also)),
    )


def _fitting(note: Note, keys: Keys) -> Keys:
    """The keys, filled up where an older program read fewer items in the same text."""
    items, also = len(note.items), len(note.also_seen)
    if (len(keys.items), len(keys.also_seen)) == (items, also):
        return keys
    return keys_of(note, None, Keys(), ())


def _nearer(text: str, after: str, before: str) -> bool:
    """True where an editor changed the file after the step was made, not before."""
    return _distance(after, text) < _distance(before, text)


def _distance(one: str, other: str) -> int:
    blocks = differences(cut(one), cut(other))
    return sum(b.end - b.at + b.stop - b.start for b in blocks)


def _summary(found: Sequence[Deed], text: str) -> str:
    if not text.strip():
        return "笔记文件清空了，或是删掉了"
    return f"在文件里改的 {len(found)} 处" if found else "在文件里改的文字"
