"""The day as the page shows it, made of the file, the log and the candidates. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from pipeline.desk.changing import read_item
from pipeline.desk.day import Day, DeskItem, State
from pipeline.desk.material import Material
from pipeline.desk.pairing import HAND
from pipeline.desk.scene import Scene, redoable, undoable
from pipeline.errors import Issue
from pipeline.ports import Notebook
from pipeline.types import NoteItem


def shown(
    scene: Scene, material: Material, notebook: Notebook, path: str, published: date | None
) -> Day:
    """The day on the desk."""
    viewer = _Viewer(scene, material, notebook)
    undo, redo = undoable(scene.steps), redoable(scene.steps)
    around = [*scene.note.head.split("\n"), *scene.note.tail.split("\n")]
    return Day(
        day=scene.day,
        version=scene.hash,
        path=path,
        items=tuple(viewer.items()),
        also_seen=tuple(viewer.also_seen()),
        dropped=tuple(viewer.dropped()),
        text=scene.text,
        undo=undo.what if undo else "",
        redo=redo.what if redo else "",
        undo_step=undo.number if undo else 0,
        redo_step=redo.number if redo else 0,
        conflicts=tuple(f"{what}：{theirs}" for what, theirs in notebook.conflicts(around)),
        published=published,
    )


class _Viewer:
    def __init__(self, scene: Scene, material: Material, notebook: Notebook) -> None:
        self._scene, self._material, self._notebook = scene, material, notebook
        self._given, self._decided = scene.given(), scene.decided()

    def items(self) -> Iterator[DeskItem]:
        pairs = zip(self._scene.keys.items, self._scene.note.items, strict=True)
        for number, (key, item) in enumerate(pairs, start=1):
            hand = key.startswith(HAND)
            state: State = "kept" if hand or key in self._decided else "pending"
            given = item.stars if hand or key in self._given else None
            attention = (*self._doubts(key), *self._conflicts(key, item))
            yield replace(
                self._one(key, item),
                place="items",
                number=number,
                state=state,
                given=given,
                attention=attention,
            )

    def also_seen(self) -> Iterator[DeskItem]:
        pairs = zip(self._scene.keys.also_seen, self._scene.note.also_seen, strict=True)
        for key, entry in pairs:
            item = self._material.compose(key) or entry
            yield replace(self._one(key, item), attention=self._doubts(key))

    def dropped(self) -> Iterator[DeskItem]:
        there = set(self._scene.keys.all)
        gone = self._scene.gone()
        for key in sorted(self._scene.dropped() - there, key=list(gone).index):
            own = read_item(self._notebook, self._scene.note, gone[key].text)
            item = own or self._material.compose(key)
            if item is None:
                item = NoteItem(title=_title_of(gone[key].text), url="", stars=0)
            yield replace(self._one(key, item), place="dropped", state="dropped")

    def _one(self, key: str, item: NoteItem) -> DeskItem:
        return DeskItem(
            key=key,
            place="also_seen",
            number=0,
            item=replace(item, article_id="" if key.startswith(HAND) else key),
            candidate=self._material.by_key.get(key),
            score=self._material.scores.get(key),
            pictures=self._material.pictures(key),
        )

    def _doubts(self, key: str) -> tuple[Issue, ...]:
        candidate = self._material.by_key.get(key)
        if candidate is None:
            return ()
        waiting = (
            Issue(
                subject=asked,
                code="desk.pending",
                sentence="还没有查到它的资料。",
                remedy="下次运行会再查；也可以自己填。",
                temporary=True,
            )
            for asked in candidate.pending
        )
        return (*candidate.article.issues, *candidate.issues, *waiting)

    def _conflicts(self, key: str, item: NoteItem) -> Iterator[Issue]:
        for what, theirs in self._notebook.conflicts(item.extra):
            yield Issue(
                subject=what,
                code="desk.conflict",
                sentence=f"你改过{what}，今天的草稿另有写法，保留了你的。草稿：{theirs}",
                remedy="改一次这一处就算定了；也可以在文件里删掉那行注释。",
            )


def _title_of(text: str) -> str:
    first = text.strip().split("\n", 1)[0]
    return first[:200] or "（无题）"
