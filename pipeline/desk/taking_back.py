"""Undo and redo: one step of the reader out of the file again, or back into it.

A step is taken back by the reverse of the lines that made it last, and made again by the reverse
of the lines that took it back, so that there and back ends in the same bytes. What runs brought
meanwhile stays, and the stars that the log then says were given stand in the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.desk.catching_up import CatchingUp, Refresh
from pipeline.desk.day import Conflict
from pipeline.desk.ledger import Ledger
from pipeline.desk.lines import Clash, merged, reverted
from pipeline.desk.pairing import Keys, plain
from pipeline.desk.scene import STARS, Scene, redoable, undoable
from pipeline.errors import Issue
from pipeline.ports import Feedback, Journal, KnownNote, Notebook, Step
from pipeline.types import Note, NoteItem
from pipeline.urls import canonical_url

Answer = Conflict | Issue | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One way to go: `step` out (undo) or in (redo), by the reverse of what `made` did last."""

    who: str
    step: Step
    made: Step
    base: str
    goal: str
    given: Mapping[str, int]

    @property
    def starred(self) -> frozenset[str]:
        """Keys whose stars the step decided."""
        return frozenset(f.article_id for f in self.step.feedback if f.action in STARS)

    @property
    def stars_alone(self) -> bool:
        return self.step.who == "page" and all(f.action in STARS for f in self.step.feedback)


class TakingBack:
    """Undo and redo on the scene of a day."""

    def __init__(
        self, notebook: Notebook, journal: Journal, ledger: Ledger, catching_up: CatchingUp
    ) -> None:
        self._notebook, self._journal = notebook, journal
        self._ledger, self._catching_up = ledger, catching_up

    def undo(self, scene: Scene, id: str = "", expected: int | None = None) -> Answer:
        """Take back the reader's newest change; False where the file moved on."""
        if _is_made(scene, id):
            return True
        light = undoable(scene.steps)
        if light is None:
            return _nothing("没有可以撤销的改动。")
        if expected not in (None, light.number):
            return _moved_on("撤销", light)
        step = self._journal.step(scene.day, light.number)
        made = self._newest(scene, "redo", step) or step
        return self._go(scene, "undo", id, step, made, _without(scene.feedback, step.feedback))

    def redo(self, scene: Scene, id: str = "", expected: int | None = None) -> Answer:
        """Make again what was taken back last; False where the file moved on."""
        if _is_made(scene, id):
            return True
        light = redoable(scene.steps)
        if light is None:
            return _no_redo(scene.steps)
        if expected not in (None, light.number):
            return _moved_on("重做", light)
        step = self._journal.step(scene.day, light.number)
        made = self._newest(scene, "undo", step)
        assert made, "what is undone was undone by a step"
        return self._go(scene, "redo", id, step, made, (*scene.feedback, *step.feedback))

    def _newest(self, scene: Scene, who: str, step: Step) -> Step | None:
        found = (s for s in reversed(scene.steps) if s.who == who and s.target == step.number)
        light = next(found, None)
        return self._journal.step(scene.day, light.number) if light else None

    def _go(
        self,
        scene: Scene,
        who: str,
        id: str,
        step: Step,
        made: Step,
        feedback: Sequence[Feedback],
    ) -> Answer:
        base = self._ledger.past(scene, made.after)
        if base is None:
            return _nothing("找不到那时的笔记，没有动任何东西。", "直接在文件里改。")
        given = Scene.given_in(feedback)
        goal = reverted(base, made.hunks)
        way = _Way(who=who, step=step, made=made, base=base, goal=goal, given=given)
        text = self._carried(scene, way)
        if isinstance(text, Clash):
            return Conflict(key="", field=who, mine=text.theirs, theirs=text.mine)
        known = self._brought_up(scene, way, text)
        return self._ledger.commit(
            scene.day,
            scene.text if scene.there else None,
            known,
            who=who,
            what=step.what,
            change=id,
            target=step.number,
        )

    def _carried(self, scene: Scene, way: _Way) -> str | Clash:
        """The file with what lies between base and goal."""
        if way.who == "undo" and not way.base.strip():  # what stands there now, a run drafted
            return self._catching_up.merged(scene, way.made.number, way.goal, way.given)
        if way.base == scene.text:
            return way.goal
        text = merged(way.base, scene.text, way.goal)
        if isinstance(text, Clash):
            return self._starred(scene, way) or text
        return self._renumbered(scene, self._in_one_place(scene, way, text))

    def _in_one_place(self, scene: Scene, way: _Way, text: str) -> str:
        """Without what the step moved where a run has moved it, too: as lines it is there twice."""
        note, goal = (self._ledger.parse(made, scene.day) for made in (text, way.goal))
        both = _in_both(note) - _in_both(scene.note) - _in_both(goal)
        if not both:
            return text
        up = both & _urls(goal.items)
        down = both - up
        items = tuple(i for i in note.items if canonical_url(i.url) not in down)
        also = tuple(i for i in note.also_seen if canonical_url(i.url) not in up)
        return self._notebook.render(replace(note, items=items, also_seen=also, numbers=()))

    def _starred(self, scene: Scene, way: _Way) -> str | None:
        """A step of stars alone is about an item, whatever else a run wrote on its line."""
        if not way.stars_alone or not way.starred <= set(scene.keys.items):
            return None
        keys = self._ledger.keys_at(scene, way.goal).items
        note = self._ledger.parse(way.goal, scene.day)
        stars = {k: i.stars for k, i in zip(keys, note.items, strict=True) if k in way.starred}
        items = zip(scene.keys.items, scene.note.items, strict=True)
        changed = tuple(replace(i, stars=stars.get(k, i.stars)) for k, i in items)
        return self._notebook.render(replace(scene.note, items=changed))

    def _renumbered(self, scene: Scene, text: str) -> str:
        if scene.note.numbers != tuple(range(1, len(scene.note.numbers) + 1)):
            return text
        note = self._notebook.parse(text, scene.day)
        return self._notebook.render(replace(note, numbers=()))

    def _brought_up(self, scene: Scene, way: _Way, text: str) -> KnownNote:
        """The note with what runs brought meanwhile to what the step was about."""
        note, keys = (
            self._ledger.parse(text, scene.day),
            self._ledger.keys_at(scene, text, way.goal),
        )
        refresh = self._catching_up.since(scene, way.made.number)
        there = dict(zip(scene.keys.items, scene.note.items, strict=True))
        items = tuple(
            _settled(way, refresh, key, item, there.get(key))
            for key, item in zip(keys.items, note.items, strict=True)
        )
        if items != note.items:
            text = self._notebook.render(replace(note, items=items))
            keys = self._checked(scene, text, keys)
        return KnownNote(day=scene.day, text=text, items=keys.items, also_seen=keys.also_seen)

    def _checked(self, scene: Scene, text: str, keys: Keys) -> Keys:
        note = self._ledger.parse(text, scene.day)
        same = (len(note.items), len(note.also_seen)) == (len(keys.items), len(keys.also_seen))
        return keys if same else self._ledger.keys_at(scene, text)


def _in_both(note: Note) -> set[str]:
    """Addresses that are an item's and an entry's of the also seen."""
    return _urls(note.items) & _urls(note.also_seen)


def _urls(items: Sequence[NoteItem]) -> set[str]:
    return {canonical_url(i.url) for i in items if i.url}


def _settled(
    way: _Way, refresh: Refresh, key: str, item: NoteItem, there: NoteItem | None
) -> NoteItem:
    """The item as it shall stand; one that the step did not touch stays as it is."""
    same = there is not None and plain(there.raw) == plain(item.raw)
    if same and key not in way.starred:
        return item
    fresh = refresh(key, item)
    return replace(fresh, stars=way.given.get(key, fresh.stars))


def _without(feedback: Sequence[Feedback], taken: Sequence[Feedback]) -> list[Feedback]:
    """The decisions in force without these, the newest of equal ones first."""
    rest = list(feedback)[::-1]
    for one in taken:
        if one in rest:
            rest.remove(one)
    return rest[::-1]


def _is_made(scene: Scene, id: str) -> bool:
    """True where this very wish was granted before, and its answer got lost."""
    return bool(id) and any(step.change == id for step in scene.steps)


def _nothing(sentence: str, remedy: str = "") -> Issue:
    return Issue(subject="undo", code="desk.nothing", sentence=sentence, remedy=remedy)


def _no_redo(steps: Sequence[Step]) -> Issue:
    if any(step.state == "gone" for step in steps):
        remedy = "还想要的话，照改动记录（stardraft notes log）再改一次。"
        return _nothing("撤销之后又改过笔记，撤销掉的不能再重做。", remedy)
    return _nothing("没有可以重做的改动。")


def _moved_on(way: str, light: Step) -> Issue:
    return Issue(
        subject="undo",
        code="desk.moved_on",
        sentence=f"页面显示之后笔记又变过，没有{way}。现在能{way}的是：{light.what}。",
        remedy=f"看看现在的笔记，再决定要不要{way}。",
    )
