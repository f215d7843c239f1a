"""Workers that need the same vectors embed each text once, on every kind of database."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.score import CachedEmbedder
from pipeline.score.sharing import Sharing
from pipeline.store import open_store, processes
from pipeline.store.leases import LEASE
from pipeline.types import Poll
from pipeline.wiring import SystemClock
from tests.flows.prefect_house import until
from tests.store.samples import NOW, entry, feed, forked, page

TEXTS = [f"第 {n} 篇的文字" for n in range(700)]


class Noting:
    """Embeds with some delay, and notes which texts; `meet` is done before the first."""

    name = "m"

    def __init__(self, meet: Callable[[], object] = lambda: None) -> None:
        self.done: list[str] = []
        self._meet = meet

    def embed(self, texts: Sequence[str]) -> Any:
        if not self.done:
            self._meet()
        time.sleep(0.02)
        self.done += texts
        return np.asarray([[len(t), sum(map(ord, t))] for t in texts], np.float32).reshape(-1, 2)


@pytest.fixture
def store(url: str) -> Iterator[Any]:
    opened = open_store(url)
    yield opened
    opened.close()


def shared(store: Any, inner: Noting) -> CachedEmbedder:
    return CachedEmbedder(inner, store, sharing=Sharing(leases=store, clock=SystemClock()))


def test_three_workers_embed_every_text_once_and_all_have_all_vectors(
    store: Any, url: str, tmp_path: Path
) -> None:
    def meet(number: int) -> None:
        """Hold what is in hand until a second worker has something in hand too."""
        (tmp_path / f"began{number}").touch()
        until(lambda: len([*tmp_path.glob("began*")]) > 1, 60)

    def work(number: int) -> None:
        inner = Noting(partial(meet, number))
        made = shared(open_store(url), inner).embed(TEXTS[number * 50 :])
        assert np.array_equal(made, Noting().embed(TEXTS[number * 50 :]))
        (tmp_path / f"done{number}").write_text("\n".join(inner.done), "utf-8")

    children = [forked(lambda n=n: work(n)) for n in range(3)]  # type: ignore[misc]
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0, 0, 0]
    said = [(tmp_path / f"done{n}").read_text("utf-8").splitlines() for n in range(3)]
    done = Counter(text for some in said for text in some)
    assert set(done) == set(TEXTS)
    assert set(done.values()) == {1}, "nothing was embedded twice"
    assert sum(bool(some) for some in said) > 1, "they shared it"
    assert store.leased_elsewhere("embed", NOW) == 0


def test_what_a_killed_worker_had_in_hand_is_embedded_by_another(store: Any, url: str) -> None:
    def work() -> None:
        open_store(url).lease_texts("m", ["a", "b"], 2, NOW)
        os.kill(os.getpid(), 9)

    os.waitpid(forked(work), 0)
    assert store.lease_texts("m", ["a", "b", "c"], 9, NOW) == ["a", "b", "c"]


def test_a_text_is_leased_by_model_and_until_the_lease_ends(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = processes.Process(host="elsewhere", boot="b", pid=1, process_start="1")
    with monkeypatch.context() as there:
        there.setattr("pipeline.store.leases.this_process", lambda: other)
        assert store.lease_texts("m", ["a", "b"], 1, NOW) == ["a"]
    assert store.lease_texts("m", ["a", "b"], 9, NOW) == ["b"]
    assert store.lease_texts("another", ["a"], 9, NOW) == ["a"]
    store.release("embed")
    assert store.lease_texts("m", ["a"], 9, NOW + LEASE + timedelta(seconds=1)) == ["a"]


def test_who_read_the_clock_first_and_comes_second_takes_nothing_away(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.sync_feeds([feed()], NOW)
    store.record_poll(Poll(feed_id="a", entries=(entry("1"),)), NOW)
    for item in store.entries_to_fetch(NOW, 1):
        store.save_page(item.entry_id, page())
    other = processes.Process(host="elsewhere", boot="b", pid=1, process_start="1")
    later = NOW + timedelta(seconds=1)
    with monkeypatch.context() as there:
        there.setattr("pipeline.store.leases.this_process", lambda: other)
        assert len(store.lease_pages(1, later)) == 1
        assert store.lease_texts("m", ["a"], 1, later) == ["a"]
    assert store.lease_pages(1, NOW) == []
    assert store.lease_texts("m", ["a"], 1, NOW) == []
