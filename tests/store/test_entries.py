"""Entries are settled by what they are, not by the order in which feeds answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.store import open_store
from pipeline.types import Poll
from tests.store.samples import NOW, entry, feed


@pytest.mark.parametrize("content", ["", "<p>全文</p>"])
def test_which_entry_is_the_duplicate_does_not_depend_on_who_answered_first(
    tmp_path: Path, content: str
) -> None:
    one = Poll(feed_id="a", entries=(entry("1", url="https://e.org/x"),))
    two = Poll(feed_id="b", entries=(entry("2", "b", "https://e.org/x#top", content=content),))
    dumps = []
    for name, polls in (("1", (one, two)), ("2", (two, one, two))):
        opened = open_store(str(tmp_path / name / "s.db"))
        opened.sync_feeds([feed("a"), feed("b")], NOW)
        assert sum(opened.record_poll(poll, NOW) for poll in polls) == 1
        dumps.append(opened.dump())
        if content:
            assert [p.entry.key for p in opened.entries_to_fetch(NOW, 9)] == ["2"], (
                "the entry that needs no fetching stands for both"
            )
        opened.close()
    assert dumps[0] == dumps[1]
