"""Changes over HTTP on a real desk: sent twice, applied once; what counts as decided."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.review.app import make_app
from pipeline.review.charts import explanation
from pipeline.review.guard import Gate, local_hosts
from pipeline.review.words import Words
from pipeline.types import Reason, Score
from pipeline.wiring.review import ReviewRooms
from tests.review.fakes import DAY
from tests.review.stock import rooms_of, stocked
from tests.review.test_guard import BASE, CHANGE, OURS


class Sender:
    """A page's script over a draft of three items and two also seen."""

    def __init__(self, rooms: ReviewRooms) -> None:
        gate = Gate(hosts=local_hosts(4218), secret=rooms.secret())
        self.rooms, self.token = rooms, gate.form_token
        self.client = TestClient(make_app(rooms, gate), base_url=BASE)

    def send(self, **form: str) -> int:
        """Post one change; the status of the answer."""
        headers = OURS | {"HX-Request": "true"}
        data = {"csrf": self.token, **form}
        return self.client.post(CHANGE, data=data, headers=headers).status_code

    def keys(self) -> list[str]:
        """The keys of the note's items, in their order."""
        day = self.rooms.desk.open(DAY)
        assert day
        return [item.key for item in day.items]

    def states(self) -> dict[str, str]:
        """The states of the note's items."""
        day = self.rooms.desk.open(DAY)
        assert day
        return {item.key: item.state for item in day.items}


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    with rooms_of(stocked(tmp_path / "notes", items=3, also=2)) as rooms:
        yield Sender(rooms)


def test_a_change_sent_twice_is_applied_once(sender: Sender) -> None:
    first, second, third = sender.keys()
    again = {"key": first, "do": "down", "id": "one-and-the-same"}
    assert [sender.send(**again), sender.send(**again)] == [200, 200]
    assert sender.keys() == [second, first, third]
    assert [step.who for step in sender.rooms.desk.history(DAY)].count("page") == 1
    assert sender.send(**again | {"id": "another"}) == 200
    assert sender.keys() == [second, third, first]


def test_moving_decides_nothing_and_promoting_does(sender: Sender) -> None:
    first, second, third = sender.keys()
    day = sender.rooms.desk.open(DAY)
    assert day
    sender.send(key=third, do="up", id="a")
    assert set(sender.states().values()) == {"pending"}
    assert [d.decided for d in sender.rooms.desk.days()] == [0]
    sender.send(key=day.also_seen[0].key, do="promote", id="b")
    sender.send(key=second, do="accept", id="c")
    kept = {key for key, state in sender.states().items() if state == "kept"}
    assert kept == {day.also_seen[0].key, second}
    assert [d.decided for d in sender.rooms.desk.days()] == [2]
    assert sender.states()[first] == "pending"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", ["关注 · 目标检测", "有论文", "基础分"]),
        ("en", ["interest · 目标检测", "has a paper", "starting score"]),
    ],
)
def test_reasons_are_said_in_plain_words(language: str, told: list[str]) -> None:
    reasons = (
        Reason(kind="interest", label="目标检测", share=0.4),
        Reason(kind="metadata", label="有论文", share=0.1),
        Reason(kind="metadata", label="起点", share=0.2),
    )
    score = Score(
        article_id="a", relevance=0.7, suggested_stars=4, why="", model="m", reasons=reasons
    )
    chart = explanation(score, Words(language))
    for words in told:
        assert words in chart.table
        assert words in chart.svg
    assert "来历" not in chart.svg
