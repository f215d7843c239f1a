"""What holds of a day after every step, whatever was done: file, page and journal say the same."""

from __future__ import annotations

from pipeline.desk.day import Day
from pipeline.desk.ledger import digest
from pipeline.desk.lines import reapplied
from pipeline.desk.scene import PUBLISH, Scene
from pipeline.ports import Feedback
from pipeline.types import NoteItem
from tests.desk.world import Reader, keys, listed
from tests.store.samples import DAY


def agree(reader: Reader, day: Day) -> None:
    """The file is what the page shows, and what the journal comes to when it is replayed."""
    assert day.text == reader.text
    note = reader.book.parse(reader.text, DAY)
    assert [i.item.stars for i in day.items] == [i.stars for i in note.items]
    assert len(day.also_seen) == len(note.also_seen)
    known = reader.store.known_note(DAY)
    assert known is not None
    assert (known.text, known.items) == (reader.text, tuple(keys(day)))
    assert known.also_seen == tuple(listed(day))
    _replayed(reader)


def _replayed(reader: Reader) -> None:
    """Every step from the first, and of what is done every decision once."""
    text, decided = "", []
    for at, light in enumerate(reader.store.steps(DAY), start=1):
        step = reader.store.step(DAY, light.number)
        assert (step.number, step.before) == (at, digest(text))
        assert step.state != "intended"
        text = reapplied(text, step.hunks)
        assert step.after == digest(text)
        decided += list(step.feedback) if step.state == "done" else []
    assert text == reader.text
    for logged in (reader.store.feedback_of(DAY), reader.store.feedback()):
        own = [f for f in logged if f.day == DAY and f.action != PUBLISH]
        assert _by_article(own) == _by_article(decided)


def _by_article(decided: list[Feedback]) -> dict[str, list[Feedback]]:
    """The decisions on each article in their order; between articles there is none."""
    found: dict[str, list[Feedback]] = {}
    for one in decided:
        found.setdefault(one.article_id, []).append(one)
    return found


def given(reader: Reader) -> dict[str, int]:
    """The stars that were given, as the log has them."""
    return Scene.given_in(reader.store.feedback_of(DAY))


def as_drafted(reader: Reader, day: Day, bare: set[str]) -> None:
    """What the reader did not decide is as the last draft has it; `bare` lack their papers."""
    draft = reader.store.last_draft(DAY)
    assert draft is not None
    items = reader.book.parse(draft.text, DAY).items
    drafted = dict(zip(draft.items, items, strict=True))
    decided = given(reader)
    for item in day.items:
        if item.key in decided:
            assert item.item.stars == item.given == decided[item.key]
        elif item.key in drafted:
            assert (item.item.stars, item.given) == (drafted[item.key].stars, None)
        if item.key in drafted and item.key not in bare:
            assert papers(item.item) == papers(drafted[item.key])
    if not bare:
        assert "冲突" not in day.text


def papers(item: NoteItem) -> list[str]:
    return [f.value for f in item.fields if f.name == "Paper"]
