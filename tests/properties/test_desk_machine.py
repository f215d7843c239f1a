"""Any sequence of page edits, file edits, runs, undo and kills loses no edit and doubles no item."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pipeline.desk import Change, Day, Outcome
from pipeline.types import Note, NoteField, NoteItem
from pipeline.urls import canonical_url
from tests.desk.conftest import NAMES
from tests.desk.test_file_edits import published
from tests.desk.test_killed import BOUNDARIES, Killed, kill_at
from tests.desk.test_taking_back import learn_paper
from tests.desk.world import Reader, keys, listed
from tests.properties.desk_truths import agree, as_drafted, given
from tests.store.samples import DAY

OTHER = date(2026, 9, 17)
OTHER_NOTE = """# 手写的（2026.9.17）

1. [文章 甲](https://example.org/甲)       :star::star:
   - Tips: 手记。

2. [别的](https://own.example/other)       :star::star:
"""
LATER = ("子", "丑", "寅", "卯")
places = st.integers(0, 30)
stars = st.integers(0, 5)
boundaries = st.none() | st.sampled_from(sorted(BOUNDARIES))


@cache
def drafted() -> Path:
    """A folder with a drafted day, made once."""
    folder = Path(tempfile.mkdtemp(prefix="desk-"))
    reader = Reader(folder)
    reader.collect(*NAMES)
    reader.run()
    reader.store.close()
    return folder


@dataclass
class Wish:
    """What the reader wanted so far: what must be found in the file and in the log."""

    items: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    stars: dict[str, int] = field(default_factory=dict)
    tips: dict[str, str] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    prose: list[str] = field(default_factory=list)
    bare: set[str] = field(default_factory=set)
    """Items that the reader wrote again without their papers."""


class DeskMachine(RuleBasedStateMachine):
    """The real desk, notebook and store on a disk, beside what the reader wished."""

    @initialize()
    def start(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(os, "fsync", lambda handle: None)  # no power cut here: kills only
        self.folder = Path(tempfile.mkdtemp(prefix="desk-"))
        shutil.copytree(drafted(), self.folder, dirs_exist_ok=True)
        self.reader = Reader(self.folder)
        day = self.reader.day()
        self.wish = Wish(items=keys(day), listed=listed(day))
        self.past: list[Wish] = []
        self.future: list[Wish] = []
        self.later = list(LATER)
        self.ran = False
        self.count = 0
        self.order = listed(day)
        self.elsewhere = [2, 2]
        self.other = self.folder / "notes" / self.reader.book.path(OTHER)
        self.other.write_text(OTHER_NOTE, encoding="utf-8")

    def teardown(self) -> None:
        if hasattr(self, "reader"):
            self.patch.undo()
            self.reader.store.close()
            shutil.rmtree(self.folder)

    # what a reader does

    def wished(self) -> Wish:
        """A new state of wishes, with the one before it kept for undo."""
        self.past.append(deepcopy(self.wish))
        self.future.clear()
        return self.wish

    def change(self, boundary: str | None, **what: str) -> Outcome:
        """Make a change on the page; where the process is killed, send it again."""
        self.count += 1
        change = Change(id=f"c{self.count}", **what)  # type: ignore[arg-type]
        done = self.through(boundary, lambda: self.reader.desk.apply(DAY, change))
        return done or self.reader.desk.apply(DAY, change)

    def through(self, boundary: str | None, act: Callable[[], Outcome]) -> Outcome | None:
        """Act; None where that was killed."""
        with pytest.MonkeyPatch.context() as patch:
            if boundary:
                kill_at(patch, boundary)
            try:
                return act()
            except Killed:
                return None

    def pick(self, of: list[str], place: int) -> str:
        return of[place % len(of)]

    @precondition(lambda self: self.wish.items)
    @rule(place=places, given=stars, boundary=boundaries)
    def star(self, place: int, given: int, boundary: str | None) -> None:
        key = self.pick(self.wish.items, place)
        assert self.change(boundary, action="stars", key=key, value=str(given)).applied
        self.wished().stars[key] = given

    @precondition(lambda self: self.wish.items)
    @rule(place=places, boundary=boundaries)
    def word(self, place: int, boundary: str | None) -> None:
        key, value = self.pick(self.wish.items, place), f"页面上写的 {self.count}"
        done = self.change(boundary, action="field", key=key, field="Tips", value=value)
        assert done.applied
        self.wished().tips[key] = value

    @precondition(lambda self: self.wish.items)
    @rule(place=places, boundary=boundaries)
    def drop(self, place: int, boundary: str | None) -> None:
        key = self.pick(self.wish.items, place)
        assert self.change(boundary, action="drop", key=key).applied
        self.out(self.wished(), key)

    def out(self, wish: Wish, key: str) -> None:
        wish.items.remove(key)
        wish.dropped.add(key)

    @precondition(lambda self: self.wish.dropped)
    @rule(place=places, boundary=boundaries)
    def restore(self, place: int, boundary: str | None) -> None:
        key = self.pick(sorted(self.wish.dropped), place)
        done = self.change(boundary, action="restore", key=key)
        assert done.applied
        wish = self.wished()
        wish.dropped.remove(key)
        wish.items.insert(keys(done.day).index(key), key)

    @precondition(lambda self: self.wish.listed)
    @rule(place=places, boundary=boundaries)
    def promote(self, place: int, boundary: str | None) -> None:
        key = self.pick(self.wish.listed, place)
        assert self.change(boundary, action="promote", key=key).applied
        wish = self.wished()
        wish.listed.remove(key)
        wish.items.append(key)

    @precondition(lambda self: self.wish.items)
    @rule(place=places, boundary=boundaries)
    def demote(self, place: int, boundary: str | None) -> None:
        key = self.pick(self.wish.items, place)
        assert self.change(boundary, action="demote", key=key).applied
        wish = self.wished()
        wish.items.remove(key)
        wish.listed.append(key)

    @precondition(lambda self: len(self.wish.items) > 1)
    @rule(place=places, onto=places, boundary=boundaries)
    def move(self, place: int, onto: int, boundary: str | None) -> None:
        at, to = place % len(self.wish.items), onto % len(self.wish.items)
        if at == to:
            return
        key = self.wish.items[at]
        assert self.change(boundary, action="move", key=key, value=str(to + 1)).applied
        wish = self.wished()
        wish.items.insert(to, wish.items.pop(at))

    @rule(boundary=boundaries)
    def add(self, boundary: str | None) -> None:
        done = self.change(boundary, action="add", value=f"https://hand.example/{self.count}")
        assert done.applied
        wish = self.wished()
        wish.items.append(keys(done.day)[-1])

    # what an editor does

    def save(self, note: Note) -> None:
        self.reader.file.write_text(
            self.reader.book.render(replace(note, numbers=())), encoding="utf-8"
        )

    def parsed(self) -> Note:
        return self.reader.book.parse(self.reader.text, DAY)

    @precondition(lambda self: self.wish.items)
    @rule(place=places, given=stars)
    def edit_in_file(self, place: int, given: int) -> None:
        """Stars and tips of one item in one save."""
        self.count += 1
        note = self.parsed()
        at = place % len(note.items)
        value = f"文件里写的 {self.count}"
        fields = tuple(f for f in note.items[at].fields if f.name != "Tips")
        tips = NoteField(name="Tips", value=value)
        item = replace(note.items[at], stars=given, fields=(*fields, tips))
        self.save(replace(note, items=(*note.items[:at], item, *note.items[at + 1 :])))
        wish = self.wished()
        if given != note.items[at].stars:  # the same again is nothing one could see
            wish.stars[wish.items[at]] = given
        wish.tips[wish.items[at]] = value
        self.reader.day()

    @precondition(lambda self: len(self.wish.items) > 1)
    @rule(place=places)
    def drop_and_turn_in_file(self, place: int) -> None:
        note = self.parsed()
        at = place % len(note.items)
        prose = [p for p in self.wish.prose if p in note.items[at].raw]
        self.save(replace(note, items=(note.items[:at] + note.items[at + 1 :])[::-1]))
        wish = self.wished()
        self.out(wish, wish.items[at])
        wish.items.reverse()
        wish.prose = [p for p in wish.prose if p not in prose]

    @rule()
    def write_in_file(self) -> None:
        """Prose above the closing section, and an item of one's own."""
        self.count += 1
        note = self.parsed()
        own = NoteItem(title=f"手写 {self.count}", url=f"https://own.example/{self.count}", stars=1)
        said = f"闲话 {self.count}。"
        self.save(replace(note, items=(*note.items, own), tail=f"{said}\n\n{note.tail}"))
        day = self.reader.day()
        wish = self.wished()
        wish.items.append(keys(day)[-1])
        wish.prose.append(said)

    @precondition(lambda self: len(self.wish.items) > 1)
    @rule(place=places, onto=places, given=stars)
    def edit_in_file_while_the_page_moves(self, place: int, onto: int, given: int) -> None:
        """The page has not seen the new stars yet when it moves the item."""
        note = self.parsed()
        at, to = place % len(note.items), onto % len(note.items)
        old = note.items[at]
        if at == to or given == old.stars:
            return
        items = (*note.items[:at], replace(old, stars=given), *note.items[at + 1 :])
        self.save(replace(note, items=items))
        key = self.wish.items[at]
        self.wished().stars[key] = given
        assert self.change(None, action="move", key=key, value=str(to + 1)).applied
        wish = self.wished()
        wish.items.insert(to, wish.items.pop(at))

    @precondition(lambda self: self.wish.listed)
    @rule(place=places)
    def paste_up_in_file(self, place: int) -> None:
        """A line of the also seen, cut and pasted as the last item."""
        note = self.parsed()
        at = place % len(note.also_seen)
        entry = note.also_seen[at]
        listed = note.also_seen[:at] + note.also_seen[at + 1 :]
        own = NoteItem(title=entry.title, url=entry.url, stars=2)
        self.save(replace(note, items=(*note.items, own), also_seen=listed))
        wish = self.wished()
        key = self.order.pop(at)
        score = next(i.score for i in self.shown.also_seen if i.key == key)
        if wish.stars.get(key, score.suggested_stars if score else 2) != 2:
            wish.stars[key] = 2  # the suggested ones pasted again are not given
        wish.listed.remove(key)
        wish.items.append(key)
        wish.tips.pop(key, None)
        wish.bare.add(key)

    @precondition(lambda self: self.wish.items and self.wish.listed)
    @rule(place=places)
    def paste_down_in_file(self, place: int) -> None:
        """An item, cut and pasted as a line of the also seen."""
        note = self.parsed()
        at = place % len(note.items)
        item = note.items[at]
        prose = [p for p in self.wish.prose if p in item.raw]
        entry = NoteItem(title=item.title, url=item.url, stars=0)
        items = note.items[:at] + note.items[at + 1 :]
        self.save(replace(note, items=items, also_seen=(*note.also_seen, entry)))
        wish = self.wished()
        wish.listed.append(wish.items.pop(at))
        wish.prose = [p for p in wish.prose if p not in prose]

    @precondition(lambda self: self.wish.items)
    @rule(meanwhile=st.sampled_from(["", "same", "other"]), boundary=boundaries)
    def delete_the_file(self, meanwhile: str, boundary: str | None) -> None:
        """By mistake, perhaps seen only after a run; then star something, so that nothing of it
        is left to be made again."""
        before = self.reader.day().text
        self.reader.file.unlink()
        if meanwhile == "other":
            self.news(self.count % 5 + 1)
        if meanwhile:
            self.reader.run()
        count = self.undone()
        self.through(boundary, lambda: self.reader.desk.undo(DAY))
        if not self.reader.file.exists() or self.undone() == count:
            assert self.reader.desk.undo(DAY).applied
        if meanwhile == "other":
            self.caught_up(self.reader.day())
        else:
            assert self.reader.text == before
        self.star(0, 3, None)

    def undone(self) -> int:
        self.reader.desk.open(DAY)
        return sum(s.who == "undo" for s in self.reader.store.steps(DAY))

    @rule(place=st.integers(0, 1), given=stars, by=st.sampled_from(["page", "file"]))
    def star_another_day(self, place: int, given: int, by: str) -> None:
        """A day of the reader's own hand, which has an article of this day too."""
        if by == "page":
            day = self.reader.desk.open(OTHER)
            assert day is not None
            change = Change(action="stars", key=keys(day)[place], value=str(given))
            assert self.reader.desk.apply(OTHER, change).applied
        else:
            note = self.reader.book.parse(self.other.read_text(encoding="utf-8"), OTHER)
            items = list(note.items)
            items[place] = replace(items[place], stars=given)
            text = self.reader.book.render(replace(note, items=tuple(items)))
            self.other.write_text(text, encoding="utf-8")
        self.elsewhere[place] = given

    # what a run does

    def news(self, suggested: int) -> None:
        """Other suggestions, and a paper whose title is known better by now."""
        name = NAMES[self.count % len(NAMES)]
        learn_paper(self.reader, name, f"Paper {name} {self.count}")
        self.reader.rate(NAMES, suggested)

    @rule(suggested=st.integers(1, 5), more=st.booleans(), boundary=boundaries)
    def run(self, suggested: int, more: bool, boundary: str | None) -> None:
        self.reader.day()
        self.count += 1
        if more and self.later:
            self.reader.collect(self.later.pop(0))
        self.news(suggested)
        before = self.reader.day()

        def act() -> Outcome:
            self.reader.run()
            return Outcome(day=before)

        if self.through(boundary, act) is None:
            self.reader.run()
        self.caught_up(self.reader.day())

    def caught_up(self, day: Day) -> None:
        """What a run brought is the wish too; nothing that was there may go."""
        self.wish.items += [k for k in keys(day) if k not in self.wish.items]
        assert set(self.wish.listed) <= set(listed(day))
        self.wish.listed = listed(day)
        assert not self.wish.dropped & {*keys(day), *listed(day)}
        self.ran = True

    @rule()
    def publish(self) -> None:
        """The day goes out and is learned from; what is changed after that is not out yet."""
        published(self.reader)
        self.reader.redraft.learn()
        day = self.reader.day()
        assert day.published == DAY
        archive = [(i.title, i.stars) for i in self.reader.store.archive()]
        assert archive == [(i.item.title, i.item.stars) for i in day.items]

    @rule(boundary=boundaries)
    def undo(self, boundary: str | None) -> None:
        self.back(boundary, "undo", self.past, self.future)

    @rule(boundary=boundaries)
    def redo(self, boundary: str | None) -> None:
        self.back(boundary, "redo", self.future, self.past)

    @rule(ways=st.sampled_from([("undo", "redo"), ("redo", "undo")]))
    def there_and_back(self, ways: tuple[str, str]) -> None:
        """Taken back and made again, or the other way, ends in the very same bytes and log."""
        text, said = self.reader.day().text, self.reader.said()
        desk = self.reader.desk
        if not getattr(desk, ways[0])(DAY).applied:
            assert (self.reader.text, self.reader.said()) == (text, said)
            return
        agree(self.reader, self.reader.day())
        assert getattr(desk, ways[1])(DAY).applied
        assert self.reader.text == text
        assert sorted(self.reader.said()) == sorted(said)

    def back(self, boundary: str | None, way: str, here: list[Wish], there: list[Wish]) -> None:
        before = self.reader.day()
        count = len(self.reader.store.steps(DAY))
        act = getattr(self.reader.desk, way)
        done = self.through(boundary, lambda: act(DAY))
        now = self.reader.day()
        if done is None and len(self.reader.store.steps(DAY)) == count:
            done = act(DAY)
            now = done.day
        elif done is None:
            done = Outcome(day=now, applied=True)
        if not here:
            assert done.issue is not None
            return
        if done.conflict:
            assert now.text == before.text, "nothing is changed in doubt"
            return
        assert done.applied
        there.append(deepcopy(self.wish))
        self.wish = here.pop()
        if self.ran:  # what runs brought since stays, and where is theirs to say
            self.wish.items = keys(now)
            self.wish.listed = listed(now)
            self.wish.dropped -= {*keys(now), *listed(now)}

    @precondition(lambda self: hasattr(self, "reader"))
    @invariant()
    def another_day_is_its_own(self) -> None:
        text = self.other.read_text(encoding="utf-8")
        note = self.reader.book.parse(text, OTHER)
        assert [item.stars for item in note.items] == self.elsewhere
        assert text.count("手记。") == 1

    @precondition(lambda self: hasattr(self, "reader"))
    @invariant()
    def nothing_is_lost_and_nothing_twice(self) -> None:
        day = self.shown = self.reader.day()
        agree(self.reader, day)
        assert given(self.reader) == self.wish.stars
        as_drafted(self.reader, day, self.wish.bare)
        assert keys(day) == self.wish.items
        assert sorted(listed(day)) == sorted(self.wish.listed)
        self.order = listed(day)
        every = [*keys(day), *listed(day)]
        assert len(set(every)) == len(every)
        addresses = [canonical_url(i.item.url) for i in (*day.items, *day.also_seen)]
        assert len(set(addresses)) == len(addresses)
        for item in day.items:
            if item.key in self.wish.stars:
                assert item.item.stars == self.wish.stars[item.key]
            if item.key in self.wish.tips:
                tips = [f.value for f in item.item.fields if f.name == "Tips"]
                assert tips == [self.wish.tips[item.key]]
        for said in self.wish.prose:
            assert day.text.count(said) == 1
        known = {f"文章 {k}" for k in self.wish.dropped if not k.startswith("hand-")}
        assert {d.title for d in self.reader.store.dropped()} == known
        assert {i.key for i in day.dropped} == self.wish.dropped
        assert self.parsed().numbers == tuple(range(1, len(day.items) + 1))


DeskMachine.TestCase.settings = settings(
    max_examples=int(os.environ.get("STARDRAFT_EXAMPLES", "15")),
    stateful_step_count=int(os.environ.get("STARDRAFT_STEPS", "12")),
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.explain],  # it traces every line
    suppress_health_check=list(HealthCheck),
)
TestDesk = DeskMachine.TestCase
