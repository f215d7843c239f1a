"""Work shared by several workers: leased, expired, handed back, never done twice."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.store import open_store, processes
from pipeline.store.leases import LEASE
from pipeline.types import Poll, Score
from tests.store.samples import HOUR, NOW, article, candidate, entry, feed, forked, page

ARTICLES = 60


@pytest.fixture
def store(url: str) -> Iterator[Any]:
    """A store with pages that wait to be read."""
    opened = open_store(url)
    opened.sync_feeds([feed()], NOW)
    entries = tuple(entry(f"{n:03}") for n in range(ARTICLES))
    opened.record_poll(Poll(feed_id="a", entries=entries), NOW)
    for item in opened.entries_to_fetch(NOW, ARTICLES):
        opened.save_page(item.entry_id, page())
    yield opened
    opened.close()


def test_what_is_leased_is_ours_alone(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.lease_pages(10, NOW)
    assert len(first) == 10
    assert store.lease_pages(10, NOW) == first, "our own lease is no obstacle after a mistake"
    me = processes.this_process()
    other = processes.Process(host="elsewhere", boot="b", pid=me.pid, process_start="1")
    monkeypatch.setattr("pipeline.store.leases.this_process", lambda: other)
    second = store.lease_pages(100, NOW)
    assert {p.entry_id for p in second}.isdisjoint(p.entry_id for p in first)
    assert store.leased_elsewhere("extract", NOW) == 10
    assert store.leased_elsewhere("extract", NOW + LEASE + timedelta(seconds=1)) == 0
    store.release("extract")
    assert len(store.lease_pages(100, NOW)) == ARTICLES - 10


def test_another_machines_lease_ends_and_a_jumping_clock_makes_none_eternal(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = processes.Process(host="elsewhere", boot="b", pid=1, process_start="1")
    with monkeypatch.context() as there:
        there.setattr("pipeline.store.leases.this_process", lambda: other)
        store.lease_pages(ARTICLES, NOW)
    assert store.lease_pages(9, NOW + timedelta(seconds=1)) == []
    assert len(store.lease_pages(9, NOW - 24 * HOUR)) == 9, "leased by a clock that was ahead"
    store.release("extract")
    assert len(store.lease_pages(9, NOW + LEASE + timedelta(seconds=1))) == 9


def test_a_dead_worker_of_this_machine_is_known_at_once(store: Any, url: str) -> None:
    def work() -> None:
        open_store(url).lease_pages(ARTICLES, NOW)
        os.kill(os.getpid(), 9)

    os.waitpid(forked(work), 0)
    assert len(store.lease_pages(ARTICLES, NOW)) == ARTICLES


def test_two_workers_share_the_work_and_do_nothing_twice(
    store: Any, url: str, tmp_path: Path
) -> None:
    def work(name: str) -> None:
        mine = open_store(url)
        done = []
        while batch := mine.lease_pages(5, NOW):
            for item in batch:
                mine.save_article(item.entry_id, article(item.entry.key), NOW)
                done.append(item.entry.key)
            mine.release("extract")
        (tmp_path / name).write_text("\n".join(done))

    children = [forked(lambda n=name: work(n)) for name in ("one", "two", "three")]  # type: ignore[misc]
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0, 0, 0]
    done = Counter(k for n in ("one", "two", "three") for k in (tmp_path / n).read_text().split())
    assert set(done.values()) == {1}
    assert len(done) == ARTICLES
    assert store.leased_elsewhere("extract", NOW) == 0


def test_workers_that_meet_in_one_article_keep_it_once(
    store: Any, url: str, tmp_path: Path
) -> None:
    def work(number: int) -> None:
        mine = open_store(url)
        new = 0
        while batch := mine.lease_pages(1, NOW):
            for item in batch:
                new += mine.save_article(item.entry_id, article("same"), NOW)
            mine.release("extract")
        (tmp_path / f"{number}").write_text(f"{new}")

    children = [forked(lambda n=n: work(n)) for n in range(3)]  # type: ignore[misc]
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0, 0, 0]
    assert sum(int((tmp_path / f"{n}").read_text()) for n in range(3)) == 1
    states = Counter(row["state"] for row in store.dump()["entries"])
    assert states == {"done": 1, "duplicate": ARTICLES - 1}


def test_candidates_are_leased_like_pages(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for item in store.lease_pages(4, NOW):
        store.save_article(item.entry_id, article(item.entry.key), NOW)
        store.save_candidates([candidate(item.entry.key)], NOW, None)
    first = store.lease_candidates("v", 3, NOW)
    other = processes.Process(host="elsewhere", boot="b", pid=1, process_start="1")
    with monkeypatch.context() as there:
        there.setattr("pipeline.store.leases.this_process", lambda: other)
        assert len(store.lease_candidates("v", 9, NOW)) == 1
    scores = [Score(article_id=c.article.id, relevance=0.5, suggested_stars=2) for c in first]
    store.save_scores(scores, "v")
    store.release("score")
    assert store.lease_candidates("v", 9, NOW) == []
    assert store.leased_elsewhere("score", NOW) == 1
