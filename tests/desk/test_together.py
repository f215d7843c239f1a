"""Two pages, a run and an editor at once: no edit lost, conflicts shown."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

import pytest

from pipeline.desk import Change, Conflict
from pipeline.errors import NoteError
from pipeline.notes import FileLock
from tests.conftest import StillClock
from tests.desk.conftest import NAMES
from tests.desk.test_killed import consistent
from tests.desk.world import Reader, keys
from tests.store.samples import DAY, forked

ROUNDS = 8


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        sleep(seconds)


def at_once(*works: Callable[[], None]) -> None:
    """Run them in threads that start together; what one raises is raised."""
    gate, failed = threading.Barrier(len(works)), list[BaseException]()

    def begin(work: Callable[[], None]) -> None:
        gate.wait()
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=begin, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def test_two_tabs_a_run_and_an_editor_at_once(reader: Reader) -> None:
    folder = reader.folder
    shown: list[Conflict] = []

    def tab(name: str, key: str) -> None:
        """Words for an item of its own, and for one that both tabs want."""
        mine = Reader(folder, Clock())
        seen = "文章 丙"
        for n in range(ROUNDS):
            own = Change(
                action="field", key=key, field="Tips", value=f"{name} {n}", id=f"{name}{n}"
            )
            assert mine.desk.apply(DAY, own).applied
            both = Change(
                action="field", key="丙", field="Abstract", value=f"{name} {n}", expected=seen
            )
            done = mine.desk.apply(DAY, both)
            if done.conflict:
                shown.append(done.conflict)
                seen = done.conflict.theirs
            else:
                seen = f"{name} {n}"
        mine.store.close()

    def runs() -> None:
        other = Reader(folder, Clock())
        for n in range(ROUNDS // 2):
            other.rate(NAMES, n + 1)
            other.run()
        other.store.close()

    def editor() -> None:
        """Reads and saves in one go, as an editor does on a file it has just loaded again."""
        other = Reader(folder, Clock())
        for n in range(ROUNDS):
            with other.lock.held():  # stands for the microseconds that an editor's save takes
                other.edit("## :paperclip:  Others", f"闲话 {n}。\n\n## :paperclip:  Others")
            sleep(0.005)
        other.store.close()

    at_once(lambda: tab("左", "甲"), lambda: tab("右", "乙"), runs, editor)
    consistent(reader)
    day = reader.day()
    tips = {i.key: [f.value for f in i.item.fields if f.name == "Tips"] for i in day.items}
    assert (tips["甲"], tips["乙"]) == ([f"左 {ROUNDS - 1}"], [f"右 {ROUNDS - 1}"])
    assert keys(day) == list(NAMES[:5])
    assert all(day.text.count(f"闲话 {n}。") == 1 for n in range(ROUNDS))
    assert all(c.key == "丙" and c.mine and c.theirs for c in shown)
    made = [s for s in reader.said() if s[:2] == ("丙", "edit")]
    assert len(made) + len(shown) == 2 * ROUNDS, "each was made or shown as a conflict"


def test_an_editor_that_saves_while_a_change_is_on_its_way_is_not_overwritten(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, times = type(reader.book).swap, [0]

    def late(book: object, *args: object) -> bool:
        times[0] += 1
        if times[0] < 4:
            reader.edit("Abstract: 文章", f"Abstract: 编辑器 {times[0]} 文章")
        return real(book, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(type(reader.book), "swap", late)
    assert reader.apply("stars", "戊", "5").applied
    assert times[0] == 4
    assert all(f"编辑器 {n} 文章" in reader.text for n in (1, 2, 3))
    assert [s[:2] for s in reader.said()].count(("戊", "star")) == 1
    consistent(reader)


def test_a_file_that_never_rests_is_left_alone_and_said(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = iter(range(1_000))

    def never(book: object, *args: object) -> bool:
        reader.edit("   - Abstract: ", f"   - Abstract: {next(count)} ")
        return False

    monkeypatch.setattr(type(reader.book), "swap", never)
    with pytest.raises(NoteError) as caught:
        reader.apply("stars", "戊", "5")
    assert caught.value.issues[0].code == "desk.restless"
    reader.collect("壬")
    with pytest.raises(NoteError):
        reader.run()
    monkeypatch.undo()
    assert {s[1] for s in reader.said()} == {"edit"}, "the editor's, not the page's"
    consistent(reader)


def test_processes_take_turns(reader: Reader) -> None:
    def work(name: str) -> None:
        mine = Reader(reader.folder, Clock())
        for n in range(5):
            assert mine.apply("add", value=f"https://{name}.example/{n}").applied

    import os

    children = [forked(lambda n=name: work(n)) for name in ("a", "b", "c")]  # type: ignore[misc]
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 3
    consistent(reader)
    assert len(reader.day().items) == 20


def test_a_waiter_gets_the_lock_though_another_takes_it_again_and_again(tmp_path: Path) -> None:
    turns, begun, over = [0], threading.Event(), threading.Event()

    def greedy() -> None:
        lock = FileLock(tmp_path / "l", Clock())
        while not over.is_set():
            with lock.held():
                begun.set()
                sleep(0.002)
                turns[0] += 1

    thread = threading.Thread(target=greedy)
    thread.start()
    begun.wait()
    waited = []
    for _ in range(10):
        sleep(0.01)  # the other has it again
        before = turns[0]
        with FileLock(tmp_path / "l", Clock()).held():
            waited.append(turns[0] - before)
    over.set()
    thread.join()
    assert sorted(waited)[len(waited) // 2] <= 3


def test_the_lock_is_waited_for_and_then_said(tmp_path: Path) -> None:
    clock = StillClock()
    first, second = FileLock(tmp_path / "l", clock), FileLock(tmp_path / "l", clock, 0.5)
    with first.held(), pytest.raises(NoteError) as caught, second.held():
        raise AssertionError("two at once")
    assert caught.value.issues[0].code == "notes.busy"
    assert sum(clock.slept) >= 0.5
    with second.held():
        pass
