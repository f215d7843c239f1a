"""Entries are settled by what they are, not by the order in which feeds answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.store import open_store
from pipeline.types import Entry, Poll
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


FEEDS = ("a", "b", "c")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that knows the feeds and nothing else."""
    file = tmp_path_factory.mktemp("empty") / "s.db"
    store = open_store(str(file))
    store.sync_feeds([feed(name) for name in FEEDS], NOW)
    store.close()
    return file


def same_or_other(feed_id: str, key: int, address: int, whole: bool) -> Entry:
    """Entries that share addresses now and then; what a key stands for never changes."""
    return entry(f"{key}", feed_id, f"https://e.org/{address}", "<p>全文</p>" if whole else "")


ENTRIES = st.lists(
    st.builds(
        same_or_other,
        st.sampled_from(FEEDS),
        st.integers(0, 99),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=12,
    unique_by=lambda e: (e.feed_id, e.key),
)


@settings(max_examples=20, deadline=None)
@given(entries=ENTRIES, data=st.data())
def test_any_order_of_polls_ends_in_the_same_rows(
    empty: Path, entries: list[Entry], data: st.DataObject
) -> None:
    dumps = []
    for shuffled in (entries, data.draw(st.permutations(entries))):
        file = empty.with_name("copy.db")
        shutil.copy(empty, file)
        store = open_store(str(file))
        size = data.draw(st.integers(1, 4))
        portions = [shuffled[n : n + size] for n in range(0, len(shuffled), size)]
        new = 0
        for portion in portions:
            for name in FEEDS:
                given_by = tuple(e for e in portion if e.feed_id == name)
                new += store.record_poll(Poll(feed_id=name, entries=given_by), NOW)
        addresses = {e.url for e in entries}
        assert new == len(addresses)
        pending = [p.entry for p in store.entries_to_fetch(NOW, 99)]
        assert sorted(e.url for e in pending) == sorted(addresses), "each is fetched once"
        dumps.append(store.dump())
        assert len(dumps[-1]["entries"]) == len(entries), "none is lost"
        store.close()
    assert dumps[0] == dumps[1]
