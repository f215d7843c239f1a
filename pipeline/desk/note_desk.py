"""`NoteDesk`: drafts as the review page sees and changes them; the file is their only truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, tzinfo

from pipeline.desk.catching_up import CatchingUp
from pipeline.desk.changing import Planned, Sheet, plan
from pipeline.desk.day import Change, Conflict, Day, DayBrief, Outcome
from pipeline.desk.ledger import Ledger, digest
from pipeline.desk.material import Materials
from pipeline.desk.pairing import Keys, plain
from pipeline.desk.scene import Scene
from pipeline.desk.showing import shown
from pipeline.desk.taking_back import TakingBack
from pipeline.desk.values import check, refusal
from pipeline.errors import Issue, NoteError
from pipeline.ports import Clock, Drafter, KnownNote, Notebook, NotesLock, Step, Store
from pipeline.types import Article, Note, NoteItem

_TRIES = 8
"""How often a change is tried on a file that an editor keeps writing at the same moment."""

_WITHOUT_TRACE = ("title", "field", "image", "move")
"""Changes that decide nothing where they change nothing."""


class NoteDesk:
    """`desk.Desk` on a notebook and a store."""

    def __init__(
        self,
        notebook: Notebook,
        store: Store,
        lock: NotesLock,
        clock: Clock,
        drafter: Drafter,
        zone: tzinfo,
    ) -> None:
        self._notebook, self._store, self._lock, self._zone = notebook, store, lock, zone
        self._materials = Materials(store, drafter)
        self._ledger = Ledger(notebook, store, clock, self._materials)
        self._catching_up = CatchingUp(notebook, store, self._materials)
        self._taking_back = TakingBack(notebook, store, self._ledger, self._catching_up)
        self._counted: dict[str, int] = {}

    def days(self) -> Sequence[DayBrief]:
        """Every day that has a draft or a note file, newest first."""
        drafted, files = set(self._store.draft_days()), set(self._notebook.days())
        published = {row.day for row, _ in self._store.publications()}
        return [
            self._brief(day, day in drafted, day in published)
            for day in sorted(drafted | files, reverse=True)
        ]

    def _brief(self, day: date, drafted: bool, published: bool) -> DayBrief:
        text = self._notebook.read(day) or ""
        known = self._store.known_note(day) if drafted else None
        if known and known.text == text:
            decided = Scene.decided_in(self._store.feedback_of(day))
            return DayBrief(
                day=day,
                items=len(known.items),
                decided=len(decided & set(known.items)),
                drafted=drafted,
                published=published,
            )
        items = self._count(text, day)
        return DayBrief(day=day, items=items, decided=0, drafted=drafted, published=published)

    def _count(self, text: str, day: date) -> int:
        key = digest(text)
        if key not in self._counted:
            self._counted[key] = len(self._notebook.parse(text, day).items) if text else 0
        return self._counted[key]

    def open(self, day: date) -> Day | None:
        """The day as it is now; edits made in an editor are found and logged. None: no note."""
        with self._lock.held():
            scene = self._ledger.scene(day)
        return self._shown(scene) if scene else None

    def apply(self, day: date, change: Change) -> Outcome:
        """Make one change; what it answers as applied is on disk and logged."""
        return self._on(day, lambda scene: self._apply(scene, change))

    def undo(self, day: date, *, id: str = "", expected: int | None = None) -> Outcome:
        """Take back the newest change that is not taken back, be it that the file was deleted."""
        back = self._taking_back
        return self._on(day, lambda scene: back.undo(scene, id, expected), deleted=True)

    def redo(self, day: date, *, id: str = "", expected: int | None = None) -> Outcome:
        """Make the newest undone change again."""
        return self._on(day, lambda scene: self._taking_back.redo(scene, id, expected))

    def history(self, day: date) -> Sequence[Step]:
        """Every change of the day's file, newest first, by whomever it was made."""
        return [step for step in reversed(self._store.steps(day)) if step.what]

    def article(self, key: str) -> Article | None:
        """The article of an item, to read; its `html` is foreign and must be sanitised again."""
        return self._store.article(key)

    def _on(
        self,
        day: date,
        act: Callable[[Scene], Conflict | Issue | bool],
        *,
        deleted: bool = False,
    ) -> Outcome:
        """Act on the day under the lock, again where an editor wrote in between."""
        answer: Conflict | Issue | bool = False
        with self._lock.held():
            for _ in range(_TRIES):
                scene = self._there(day, deleted=deleted)
                answer = act(scene)
                if answer is not False:
                    break
            else:
                raise _restless(self._notebook.path(day))
            scene = self._there(day)
        return Outcome(
            day=self._shown(scene),
            applied=answer is True,
            conflict=answer if isinstance(answer, Conflict) else None,
            issue=answer if isinstance(answer, Issue) else None,
        )

    def _there(self, day: date, *, deleted: bool = False) -> Scene:
        """The day's file; with `deleted` also one that was known and is gone."""
        scene = self._ledger.scene(day)
        if scene is None and deleted:
            scene = self._ledger.missing(day)
        if scene is None:
            raise _no_note(self._notebook.path(day))
        return scene

    def _shown(self, scene: Scene) -> Day:
        path = self._notebook.path(scene.day)
        published = next(
            (
                at.astimezone(self._zone).date()
                for row, at in self._store.publications()
                if row.day == scene.day
                and any(p.endswith(path) and h == scene.hash for p, h in row.files)
            ),
            None,
        )
        return shown(scene, self._materials.of(scene.day), self._notebook, path, published)

    def _apply(self, scene: Scene, change: Change) -> Conflict | Issue | bool:
        if change.id and any(step.change == change.id for step in scene.steps):
            return True
        if issue := check(change):
            return issue
        material = self._materials.of(scene.day)
        sheet = Sheet(
            note=scene.note,
            keys=scene.keys,
            notebook=self._notebook,
            gone=scene.gone(),
            words=scene.words(),
            given=scene.given(),
            candidates=material.candidates,
            compose=material.compose,
            refresh=lambda key, item, gone: self._catching_up.since_gone(scene, gone)(key, item),
        )
        answer = plan(sheet, change)
        return self._make(scene, change, answer) if isinstance(answer, Planned) else answer

    def _make(self, scene: Scene, change: Change, planned: Planned) -> Issue | bool:
        text = self._rendered(planned.note)
        if text is None:
            sentence = "这样写会弄乱笔记里别的内容，没有改。"
            return refusal(change, sentence, "换一种写法，或直接在文件里改。", code="unsafe")
        if text == scene.text and change.action in _WITHOUT_TRACE:
            return True
        return self._ledger.commit(
            scene.day,
            scene.text,
            _known(scene.day, text, planned.keys),
            who="page",
            what=planned.what,
            found=planned.deeds,
            change=change.id,
        )

    def _rendered(self, note: Note) -> str | None:
        """The note's text if it reads back as that note; where gaps lack, with gaps."""
        for one in (note, replace(note, items=tuple(_spaced(i) for i in note.items))):
            text = self._notebook.render(one)
            if _reads_as(self._ledger.parse(text, note.day), one):
                return text
        return None


def _known(day: date, text: str, keys: Keys) -> KnownNote:
    return KnownNote(day=day, text=text, items=keys.items, also_seen=keys.also_seen)


def _spaced(item: NoteItem) -> NoteItem:
    if not item.raw or item.raw.endswith("\n\n"):
        return item
    return replace(item, raw=item.raw.rstrip("\n") + "\n\n")


def _reads_as(read: Note, wanted: Note) -> bool:
    """True where the text holds the items that were meant, and nothing slipped out of one."""
    if (len(read.items), len(read.also_seen)) != (len(wanted.items), len(wanted.also_seen)):
        return False
    gone = bool(wanted.also_head) and not wanted.also_seen
    last = len(wanted.items) - 1 if gone else -1
    pairs = enumerate(zip(read.items, wanted.items, strict=True))
    return all(_is(a, b, last=at == last) for at, (a, b) in pairs) and all(
        map(_is_entry, read.also_seen, wanted.also_seen)
    )


def _is(read: NoteItem, wanted: NoteItem, *, last: bool) -> bool:
    """True for the same item; prose below a list that went comes to stand below the last one."""
    mine, theirs = plain(read.raw), plain(wanted.raw)
    if wanted.raw and (mine == theirs or (last and mine.startswith(f"{theirs}\n\n"))):
        return True
    return (
        (read.stars, bool(read.image)) == (wanted.stars, bool(wanted.image))
        and (len(read.extra) == len(wanted.extra) or (last and len(read.extra) > len(wanted.extra)))
        and [f.name for f in read.fields] == [f.name for f in wanted.fields]
        and bool(read.url) == bool(wanted.url)
    )


def _is_entry(read: NoteItem, wanted: NoteItem) -> bool:
    return not wanted.raw or plain(read.raw) == plain(wanted.raw)


def _no_note(path: str) -> NoteError:
    remedy = "先运行 stardraft run；误删的用 stardraft notes undo --date 日期 找回。"
    return NoteError(
        Issue(subject=path, code="desk.no_note", sentence="这一天还没有笔记文件。", remedy=remedy)
    )


def _restless(path: str) -> NoteError:
    remedy = "关掉正在写它的程序，再试一次；这次的改动没有写进去。"
    return NoteError(
        Issue(
            subject=path,
            code="desk.restless",
            sentence="笔记文件一直在被别的程序改写。",
            remedy=remedy,
            temporary=True,
        )
    )
