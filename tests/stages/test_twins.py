"""Articles that may be about one paper are told to the reader and stay two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from pipeline.stages.twins import CODE
from pipeline.types import Candidate
from tests.stages.mornings import EqualScorer, Morning


class Doubting(EqualScorer):
    """Takes the first two for twins, as long as it is told to."""

    def __init__(self) -> None:
        self.doubts = True

    def twins(self, candidates: Sequence[Candidate]) -> tuple[tuple[int, int], ...]:
        return ((0, 1),) if self.doubts else ()


def test_a_doubtful_pair_is_told_kept_apart_and_forgotten_when_it_is_none(morning: Morning) -> None:
    scorer = Doubting()
    morning.app = replace(morning.app, scorer=lambda day: scorer)
    now = morning.clock.now()
    morning.publishes(now - timedelta(hours=3), now - timedelta(hours=2))
    report = morning.runs()
    said = [i for stage in report.stages for i in stage.issues if i.code == CODE]
    assert len(said) == 1
    assert "说的是同一篇" in said[0].sentence
    rows = morning.app.store.candidates_for(now.date())
    assert [[i.code for i in c.issues] for c, _ in rows] == [[CODE], [CODE]]
    assert all(score for _, score in rows)
    assert len(morning.app.notebook.days()) == 1
    scorer.doubts = False
    morning.clock.time += timedelta(minutes=5)
    morning.runs()
    assert [c.issues for c, _ in morning.app.store.candidates_for(now.date())] == [(), ()]
