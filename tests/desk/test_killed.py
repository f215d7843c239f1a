"""Killed anywhere between a key and its answer: nothing acknowledged is lost, nothing half done."""

from __future__ import annotations

import os
import random
import select
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.desk import Change
from pipeline.desk.ledger import digest
from pipeline.notes import FolderNotebook
from pipeline.store.sql_store import SqlStore
from tests.desk.conftest import NAMES
from tests.desk.world import Reader, keys
from tests.store.samples import DAY, forked

KILLS = 50


class Killed(BaseException):
    """The process ended here."""


BOUNDARIES: dict[str, tuple[Any, str, bool]] = {
    "before the intention": (SqlStore, "intend", False),
    "after the intention": (SqlStore, "intend", True),
    "before the file": (FolderNotebook, "swap", False),
    "after the file": (FolderNotebook, "swap", True),
    "before it is settled": (SqlStore, "settle", False),
    "after it is settled": (SqlStore, "settle", True),
    "before the rename": (Path, "replace", False),
    "after the rename": (Path, "replace", True),
    "at the first sync": (os, "fsync", False),
}


def kill_at(patch: pytest.MonkeyPatch, boundary: str) -> None:
    """End the process at that boundary, once."""
    owner, name, after = BOUNDARIES[boundary]
    real: Callable[..., Any] = getattr(owner, name)

    def dying(*args: Any, **more: Any) -> Any:
        patch.undo()
        if after:
            real(*args, **more)
        raise Killed

    patch.setattr(owner, name, dying)


def consistent(reader: Reader) -> None:
    """The log says what the file says."""
    day = reader.day()
    assert len(set(keys(day))) == len(day.items)
    known = reader.store.known_note(DAY)
    assert known is not None
    assert known.text == reader.text
    steps = reader.store.steps(DAY)
    assert [s.number for s in steps] == list(range(1, len(steps) + 1))
    assert "intended" not in {s.state for s in steps}
    assert steps[-1].after == digest(reader.text)
    assert [s.before for s in steps[1:]] == [s.after for s in steps[:-1]]


CHANGES = (
    Change(action="stars", key="乙", value="5", id="c"),
    Change(action="drop", key="丙", id="c"),
    Change(action="add", value="https://hand.example/x", id="c"),
    Change(action="move", key="戊", value="1", id="c"),
    Change(action="accept", key="甲", id="c"),
)


@pytest.mark.parametrize("change", CHANGES, ids=[c.action for c in CHANGES])
@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_change_killed_at_each_boundary_and_sent_again(
    reader: Reader, boundary: str, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_at(monkeypatch, boundary)
    if change.action == "accept" and boundary not in (
        "before it is settled",
        "after it is settled",
    ):
        assert reader.desk.apply(DAY, change).applied, "no file is written, nothing is intended"
    else:
        with pytest.raises(Killed):
            reader.desk.apply(DAY, change)
    monkeypatch.undo()
    consistent(reader)
    assert reader.desk.apply(DAY, change).applied
    consistent(reader)
    assert len(reader.log()) == 1, "made once"
    made = reader.text
    assert reader.desk.undo(DAY).applied
    consistent(reader)
    assert reader.log() == []
    assert (reader.text == made) == (change.action == "accept")


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_undo_and_a_run_killed_at_each_boundary(
    reader: Reader, boundary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = reader.text
    reader.apply("drop", "乙")
    kill_at(monkeypatch, boundary)
    with pytest.raises(Killed):
        reader.desk.undo(DAY)
    monkeypatch.undo()
    consistent(reader)
    if reader.day().undo:
        reader.desk.undo(DAY)
    assert reader.text == before
    assert reader.log() == []
    reader.collect("壬")
    kill_at(monkeypatch, boundary)
    with pytest.raises(Killed):
        reader.run()
    monkeypatch.undo()
    consistent(reader)
    reader.run()
    consistent(reader)
    assert reader.text.count("文章 壬)") <= 1
    assert reader.log() == [], "what a run wrote is no decision of the reader"
    assert reader.day().undo == ""


def test_an_editor_writes_between_the_kill_and_the_next_look(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    for boundary in ("before the rename", "before it is settled"):
        kill_at(monkeypatch, boundary)
        with pytest.raises(Killed):
            reader.apply("stars", "乙", "5" if "rename" in boundary else "4")
        monkeypatch.undo()
        reader.edit("Abstract: 文章", "Abstract: 改过的文章")
        consistent(reader)
    assert [s for s in reader.said() if s[1] == "star"] == [("乙", "star", "4")]
    assert sum(s[1] == "edit" for s in reader.said()) == 2


def _save_for_ever(folder: Path, pipe: int) -> None:
    """Star, move and word items at random; say on the pipe what was acknowledged."""
    reader = Reader(folder)
    dice = random.Random(os.getpid())
    while True:
        key, number = dice.choice(NAMES[:5]), str(dice.randint(1, 5))
        what = dice.choice(("stars", "field", "move"))
        value = f"提示 {dice.random()}" if what == "field" else number
        more = {"field": "Tips"} if what == "field" else {}
        assert reader.apply(what, key, value, **more).applied
        os.write(pipe, f"{what} {key} {value}\n".encode())


def test_fifty_kills_of_a_process_that_saves_in_a_loop(reader: Reader) -> None:
    dice = random.Random(8)
    acknowledged = 0
    for _ in range(KILLS):
        out, into = os.pipe()
        pid = forked(lambda: _save_for_ever(reader.folder, into))  # noqa: B023
        os.close(into)
        said = _read_until(out, dice.randint(1, 4))
        select.select([], [], [], dice.random() * 0.02)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        said += _read_until(out, 1_000)
        os.close(out)
        lines = [line.split(" ", 2) for line in said.decode().split("\n") if line]
        acknowledged += sum(what != "move" for what, _, _ in lines)
        consistent(reader)
        _holds(reader, lines)
        saved = [s for s in reader.store.steps(DAY) if s.who == "page"]
        assert len(saved) >= acknowledged, "each of them is in the journal"
    assert acknowledged >= KILLS
    reader.apply("stars", "甲", "3")
    assert [p.name for p in reader.file.parent.iterdir()] == [reader.file.name], "no litter"


def _read_until(pipe: int, lines: int) -> bytes:
    """What the child said, up to so many lines or its end."""
    said = b""
    while said.count(b"\n") < lines:
        more = os.read(pipe, 65536)
        if not more:
            break
        said += more
    return said


def _holds(reader: Reader, lines: list[list[str]]) -> None:
    """The last acknowledged change of its kind is in the file, or a later one that was made but
    not acknowledged any more."""
    steps = [s for s in reader.store.steps(DAY) if s.who == "page"]
    items = {i.key: i.item for i in reader.day().items}
    last = {(what, key): value for what, key, value in lines if what != "move"}
    after = reader.store.step(DAY, steps[-1].number)
    for (what, key), value in last.items():
        unsaid = {f.article_id for f in after.feedback}
        tips = next((f.value for f in items[key].fields if f.name == "Tips"), "")
        found = str(items[key].stars) if what == "stars" else tips
        assert found == value or key in unsaid
