"""What every `ports.Journal` keeps its word about, on each implementation."""

from __future__ import annotations

from dataclasses import replace

from pipeline.ports import DraftRecord, Feedback, Hunk, KnownNote, Outgoing, Step, Store
from pipeline.types import ArchiveItem, Score
from tests.contracts.filling import enriched
from tests.store.samples import DAY, HOUR, NOW

KNOWN = KnownNote(day=DAY, text="b\n", items=("x",))
MADE = Feedback(
    article_id="x", day=DAY, action="star", value="4", at=NOW, suggested=2, relevance=0.5, model="m"
)


def step(number: int, who: str = "page", **more: object) -> Step:
    made = Step(
        day=DAY,
        number=number,
        who=who,  # type: ignore[arg-type]
        what=f"第 {number} 步",
        before="1" * 64,
        after="2" * 64,
        at=NOW,
        hunks=(Hunk(start=0, old=("a\n",), new=("b\n",)),),
        feedback=(replace(MADE, value=str(number)),),
        known=KNOWN,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def states(store: Store) -> list[str]:
    return [s.state for s in store.steps(DAY)]


def test_a_step_is_intended_then_settled_with_what_it_decided(store: Store) -> None:
    assert (store.known_note(DAY), store.steps(DAY), store.last_step(DAY)) == (None, [], 0)
    store.intend(step(1))
    assert (states(store), store.feedback_of(DAY)) == (["intended"], [])
    whole = store.intended(DAY)
    assert whole is not None
    assert whole.hunks == step(1).hunks
    store.settle(step(1, draft=DraftRecord(day=DAY, revision=0, text="t")), NOW)
    store.settle(step(1), NOW)
    assert (states(store), store.intended(DAY), store.last_step(DAY)) == (["done"], None, 1)
    assert store.known_note(DAY) == KNOWN
    assert store.feedback_of(DAY) == store.feedback() == [replace(MADE, value="1")], "kept once"
    drafted = store.last_draft(DAY)
    assert drafted is not None
    assert drafted.text == "t"
    assert store.draft_days() == [DAY]


def test_what_was_intended_and_never_made_is_forgotten(store: Store) -> None:
    store.settle(step(1), NOW)
    store.intend(step(2))
    store.forget_intended(DAY)
    assert [s.number for s in store.steps(DAY)] == [1]


def test_undo_takes_decisions_back_and_redo_makes_them_again(store: Store) -> None:
    enriched(store, "x", "y")
    drop = replace(MADE, action="drop", value="")
    store.settle(step(1, feedback=(drop,)), NOW)
    assert [d.title for d in store.dropped()] == ["文章 x"]
    store.settle(step(2, "undo", target=1, feedback=()), NOW)
    assert (store.dropped(), store.feedback(), states(store)) == ([], [], ["undone", "done"])
    store.settle(step(3, "redo", target=1, feedback=()), NOW)
    assert [d.title for d in store.dropped()] == ["文章 x"]
    store.settle(step(4, "undo", target=1, feedback=()), NOW)
    store.settle(step(5, "run", feedback=()), NOW)
    assert states(store)[0] == "undone", "a run does not end what can be redone"
    store.settle(step(6, "file"), NOW)
    assert states(store)[0] == "gone"
    assert [(i.title, i.stars) for i in store.rated()] == [("文章 x", 6)]


def test_decisions_and_what_was_passed_over(store: Store) -> None:
    enriched(store, "x", "y", "z")
    store.save_scores([Score(article_id=n, relevance=0.3, suggested_stars=1) for n in "xyz"], "v")
    record = DraftRecord(day=DAY, revision=0, text="t", items=("x",), also_seen=("y", "z"))
    known = replace(KNOWN, also_seen=("y",))
    store.settle(step(1, feedback=(MADE,), known=known, draft=record), NOW)
    assert [(d.article_id, d.outcome, d.given) for d in store.decisions()] == [("x", "kept", 4)]
    item = ArchiveItem(day=DAY, position=1, title="t", url="https://e.org", stars=4)
    said = replace(MADE, action="publish")
    for digest in ("d1", "d2"):
        store.learn(DAY, digest, [item], [said])
    assert store.learned(DAY) == "d2"
    assert store.archive() == [item]
    assert store.rated() == []
    found = {d.article_id: (d.outcome, d.given, d.suggested) for d in store.decisions()}
    assert found == {"x": ("kept", 4, 2), "y": ("passed", None, 1)}, "z was never shown"
    assert [f.action for f in store.feedback_of(DAY)].count("publish") == 1


def test_articles_and_publications(store: Store) -> None:
    enriched(store, "x")
    found = store.article("x")
    assert found is not None
    assert (found.title, store.article("y")) == ("文章 x", None)
    before = store.desk_stamp(DAY)
    row = Outgoing(target="t", revision="r", day=DAY, files=(("notes/a.md", "h"),))
    store.save_outgoing(row, NOW)
    assert store.publications() == []
    store.save_outgoing(replace(row, state="pushed"), NOW + HOUR)
    assert store.publications() == [(replace(row, state="pushed"), NOW + HOUR)]
    assert store.desk_stamp(DAY) == before
    store.save_draft(DraftRecord(day=DAY, revision=0, text="t"), NOW)
    assert store.desk_stamp(DAY) != before
