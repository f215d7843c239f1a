"""How the cost of a new article grows with what is stored, and what a second worker brings.

    ./run.sh bench scale [--stored 10000,1000000] [--feeds 10000] [--new 500] [--rounds 3]

On a PostgreSQL server of its own. Rows are generated inside the database, straight into the
schema; then the product's own stages poll all feeds, of which `new` have one new article each,
read it, make candidates, score them (with a stand-in that costs nothing) and draft the day. The
web and the indexes answer from memory, so what is measured is stages and store. Prints seconds
of wall clock per new article, best of `rounds`, and the ratio of the two sizes; then seconds for
reading the same pages with one worker and with two, and how often an article was done twice.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.settings import load_workspace
from pipeline.stages import App, Run, run_stages
from pipeline.stages.read import extract
from pipeline.store import open_store
from pipeline.types import Feed, Fetched, FetchRequest, Page
from pipeline.wiring import SystemClock, build
from tests.postgres import binaries, database, server
from tests.stages.rooms import Fair, Nobody

_NOW = datetime.now(UTC)
_SERVER = ("shared_buffers=1GB", "max_wal_size=8GB", "synchronous_commit=off", "fsync=off")
_PARAGRAPH = "<p>本文提出了一种新的目标检测方法，把被遮挡的目标找回来，精度提高了三个点。</p>"
_PAGE = (
    "<html><head><title>第 {n} 篇</title></head><body><article><h1>第 {n} 篇</h1>"
    + _PARAGRAPH * 60
    + '<p>论文 <a href="https://arxiv.org/abs/2110.{n:05}">论文</a></p></article></body></html>'
)
_ENTRY = """{"feed_id":"f' || f || '","key":"k' || n || '","url":"https://e.org/' || n || '","title":"t' || n || '"}"""
_ARTICLE = """{"id":"a' || n || '","identity":"https://e.org/' || n || '","url":"https://e.org/' || n || '","state":"ok","title":"t' || n || '","text":"' || repeat('正文', 200) || '"}"""


class Web:
    """Every feed is unchanged but the first `new`, each with an article of this `round`."""

    def __init__(self, new: int) -> None:
        self.new, self.round = new, 0

    def fetch_many(self, requests: Iterable[FetchRequest]) -> Iterator[Fetched]:
        for request in requests:
            if request.purpose == "page":
                yield Fetched(request=request, page=self._page(request.url, _PAGE.format(n=7)))
            elif int(request.url.rsplit("/", 1)[1]) < self.new:
                yield Fetched(request=request, page=self._page(request.url, self._rss(request.url)))
            else:
                yield Fetched(request=request, unchanged=True)

    def _rss(self, url: str) -> str:
        number = url.rsplit("/", 1)[1]
        link = f"https://e.org/new/{self.round}/{number}"
        item = f"<item><title>新 {self.round} {number}</title><link>{link}</link></item>"
        return f'<rss version="2.0"><channel><title>t</title>{item}</channel></rss>'

    def _page(self, url: str, body: str) -> Page:
        kind = "text/html; charset=utf-8"
        return Page(url=url, final_url=url, body=body.encode(), fetched_at=_NOW, content_type=kind)

    def block_host(self, host: str, issue: object) -> None:
        raise AssertionError("no host is blocked here")

    def bytes_per_host(self) -> Mapping[str, tuple[int, int]]:
        return {}


def fill(url: str, feeds: int, articles: int) -> None:
    """Feeds, and settled articles of the past with candidates, scores and notes."""
    store = open_store(url)
    known = [Feed(id=f"f{n}", title=f"f{n}", url=f"https://f.org/{n}") for n in range(feeds)]
    store.sync_feeds(known, _NOW)
    yesterday = (_NOW - timedelta(days=1)).date()
    past = f"timestamptz '{yesterday} 00:00+00' - (n / 3000.0) * interval '1 hour'"
    with store.database.write() as connection:
        for sql in (
            "INSERT INTO entries (id, feed_id, url_key, state, carries_all, attempts, "
            "first_seen_at, published, doc) SELECT lpad(to_hex(n), 16, '0'), 'f' || f, "
            f"lpad(to_hex(n), 16, '0'), 'done', false, 0, {past}, {past}, '{_ENTRY}' "
            "FROM (SELECT n, n % :feeds AS f FROM generate_series(1, :articles) n) s",
            "INSERT INTO articles (id, entry_id, state, published, candidate_id, doc) SELECT "
            f"'a' || n, lpad(to_hex(n), 16, '0'), 'ok', {past}, 'a' || n, '{_ARTICLE}' "
            "FROM generate_series(1, :articles) n",
            "INSERT INTO candidates (article_id, note_day, first_seen_at, covered, doc) SELECT "
            f"'a' || n, date '{yesterday}' - (n / 500), {past}, '[]', "
            '\'{"feed_title":"f"}\' FROM generate_series(1, :articles) n',
            "INSERT INTO scores (article_id, version, doc) SELECT 'a' || n, '1', "
            '\'{"article_id":"a\' || n || \'","relevance":0.5,"suggested_stars":2}\' '
            "FROM generate_series(1, :articles) n",
        ):
            statement = sql.replace(":feeds", str(feeds)).replace(":articles", str(articles))
            connection.exec_driver_sql(statement.replace("%", "%%"))
    with store.database.alone() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    store.close()


def workspace(folder: Path, url: str) -> Any:
    """Settings that name this database; the feeds are given by hand."""
    (folder / "settings.toml").write_text(f'[store]\nurl = "{url}"\n', "utf-8")
    (folder / "feeds.opml").write_text(
        '<opml><body><outline type="rss" title="x" xmlUrl="https://f.org/0"/></body></opml>',
        "utf-8",
    )
    return load_workspace(folder)


def furnish(app: App, web: Web, feeds: int) -> App:
    """The real rooms, but for web, indexes and model."""
    known = [Feed(id=f"f{n}", title=f"f{n}", url=f"https://f.org/{n}") for n in range(feeds)]
    index: Any = Nobody()
    return replace(
        app, feeds=tuple(known), fetcher=web, papers=index, repos=index,
        catalogues=(), finders=(), scorer=lambda day: Fair(),
    )  # fmt: skip


def per_article(url: str, feeds: int, new: int, rounds: int) -> tuple[float, dict[str, float]]:
    """Seconds per new article, best of the rounds, and the stages' seconds of that round."""
    taken: list[tuple[float, dict[str, float]]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        build(workspace(Path(folder), url), SystemClock()) as built,
    ):
        web = Web(new)
        app = furnish(built, web, feeds)
        for number in range(rounds + 1):
            web.round += 1
            now = _NOW + timedelta(days=number)
            run = Run(run_id=f"r{number}", day=now.date(), started_at=now)
            began = time.perf_counter()
            report = run_stages(app, run)
            seconds = time.perf_counter() - began
            made = {s.stage: s.made for s in report.stages}
            assert made["score"] == new, made
            if number:  # the first round warms caches and is not counted
                taken.append((seconds / new, {s.stage: s.seconds for s in report.stages}))
    return min(taken, key=lambda pair: pair[0])


@dataclass(frozen=True, slots=True)
class Shift:
    """What one worker did: seconds from the start signal to its end, and what they went on."""

    wall: float
    cpu: float
    reading: float
    """CPU seconds spent reading pages; the rest of `cpu` is the store's."""
    startup: float
    """CPU seconds before the start signal: imports, opening the store, the first page."""
    keys: tuple[str, ...]


def shared(url: str, pages: int, workers: int) -> tuple[float, list[Shift], int]:
    """Wall seconds from the start signal to the last worker's end, what each did, and how many
    pages were read twice. Workers are warm before the signal, as one that runs all day is."""
    store = open_store(url)
    with store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM leases")
    _wait_pages(store, pages, f"w{workers}")
    store.close()
    gate, go = os.pipe()
    children = [_worker(url, gate, go) for _ in range(workers)]
    os.close(gate)
    for _, said in children:
        assert os.read(said, 1) == b"r", "a worker died before it was ready"
    before = time.perf_counter()
    os.close(go)
    shifts = []
    for _, said in children:
        with os.fdopen(said) as words:
            wall, cpu, reading, startup, *keys = words.read().split()
        numbers = (float(n) for n in (wall, cpu, reading, startup))
        shifts.append(Shift(*numbers, keys=tuple(keys)))
    seconds = time.perf_counter() - before
    assert [os.waitpid(pid, 0)[1] for pid, _ in children] == [0] * workers
    done = Counter(key for shift in shifts for key in shift.keys)
    assert len(done) == pages, (len(done), pages)
    return seconds, shifts, sum(done.values()) - len(done)


def _wait_pages(store: Any, pages: int, tag: str) -> None:
    from pipeline.types import Entry, Poll

    entries = tuple(
        Entry(feed_id="f0", key=f"{tag}{n}", url=f"https://e.org/{tag}/{n}", title=f"{n}")
        for n in range(pages)
    )
    store.record_poll(Poll(feed_id="f0", entries=entries), _NOW)
    for item in store.entries_to_fetch(_NOW, pages):
        url = item.entry.url
        body = _PAGE.format(n=int(url.rsplit("/", 1)[1])).encode()
        kind = "text/html; charset=utf-8"
        store.save_page(
            item.entry_id,
            Page(url=url, final_url=url, body=body, fetched_at=_NOW, content_type=kind),
        )


class _Noted:
    """An extractor that notes what it read, and for how long."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.seconds = inner, 0.0
        self.keys: list[str] = []

    def extract(self, page: Page, entry: Any = None) -> Any:
        began = time.process_time()
        self.keys.append(page.url)
        try:
            return self.inner.extract(page, entry)
        finally:
            self.seconds += time.process_time() - began


def _worker(url: str, gate: int, go: int) -> tuple[int, int]:
    """A process that reads pages once the gate is closed; its id, and the pipe it speaks on."""
    said, write = os.pipe()
    if pid := os.fork():
        os.close(write)
        return pid, said
    status = 1
    try:
        os.close(go)
        _work(url, gate, write)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _work(url: str, gate: int, write: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        build(workspace(Path(folder), url), SystemClock()) as built,
    ):
        body = _PAGE.format(n=0).encode()
        warm = Page(url="https://e.org/0", final_url="https://e.org/0", body=body, fetched_at=_NOW)
        built.extractor.extract(warm, None)
        startup = time.process_time()
        noted: Any = _Noted(built.extractor)
        app = replace(built, extractor=noted)
        os.write(write, b"r")
        os.read(gate, 1)
        now = datetime.now(UTC)
        began = time.perf_counter()
        extract(app, Run(run_id="w", day=now.date(), started_at=now))
        wall = time.perf_counter() - began
        cpu = time.process_time() - startup
    numbers = [f"{n:.3f}" for n in (wall, cpu, noted.seconds, startup)]
    with os.fdopen(write, "w") as said:
        said.write(" ".join([*numbers, *noted.keys]))


def main(arguments: list[str]) -> int:
    """Fill, measure, and print."""
    parser = argparse.ArgumentParser(prog="bench scale")
    parser.add_argument("--stored", default="10000,1000000")
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--new", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=1500)
    options = parser.parse_args(arguments)
    if binaries() is None:
        print("bench scale needs PostgreSQL: apt-get install postgresql", file=sys.stderr)
        return 2
    costs = []
    with server(_SERVER) as address:
        for stored in (int(n) for n in options.stored.split(",")):
            with database(address) as url:
                began = time.perf_counter()
                fill(url, options.feeds, stored)
                filled = time.perf_counter() - began
                cost, stages = per_article(url, options.feeds, options.new, options.rounds)
                costs.append(cost)
                parts = "  ".join(f"{name} {seconds:.2f}" for name, seconds in stages.items())
                print(
                    f"{stored:>9} stored, {options.feeds} feeds, {options.new} new: "
                    f"{cost * 1000:.2f} ms per new article   (s: {parts}; filled in {filled:.0f} s)",
                    flush=True,
                )
        print(f"ratio: {costs[-1] / costs[0]:.2f}")
        with database(address) as url:
            _workers(url, options.pages, options.rounds)
    return 0


def _workers(url: str, pages: int, rounds: int) -> None:
    fill(url, 10, 1000)
    speedups, twice = [], 0
    for number in range(rounds):
        one, alone, _ = shared(url, pages, 1)
        _forget(url)
        two, both, again = shared(url, pages, 2)
        _forget(url)
        twice += again
        speedups.append(one / two)
        print(f"round {number}: {pages} pages, {one / two:.2f} x", flush=True)
        print(f"  one worker  {one:.2f} s: {_shift(alone[0])}", flush=True)
        for shift in both:
            print(f"  one of two  {shift.wall:.2f} s: {_shift(shift)}", flush=True)
    print(f"two workers: {statistics.median(speedups):.2f} x one; done twice: {twice}")


def _shift(shift: Shift) -> str:
    return (
        f"{len(shift.keys)} pages, {shift.cpu:.2f} CPU s ({shift.reading:.2f} reading), "
        f"before it {shift.startup:.2f} CPU s to start"
    )


def _forget(url: str) -> None:
    store = open_store(url)
    with store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM pages")
        connection.exec_driver_sql("DELETE FROM articles WHERE candidate_id IS NULL")
        connection.exec_driver_sql(
            "DELETE FROM entries WHERE id NOT IN (SELECT entry_id FROM articles)"
        )
    store.close()
