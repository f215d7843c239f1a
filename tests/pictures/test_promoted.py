"""A picture of what was also seen is looked at before the reader can take it into the note."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pipeline.fetch import FetchPolicy, PoliteFetcher
from pipeline.pictures.eye import PictureEye
from pipeline.stages.app import App
from pipeline.stages.sight import looked_at
from pipeline.types import Image, Poll
from tests.desk.world import MAX_ITEMS, Reader
from tests.fetch.server import Asked, FaultServer, Send, reply
from tests.pictures import drawn
from tests.store.samples import DAY, NOW, article, candidate, entry, feed, page

SITE = "https://pic.example/"
NAMES = ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛")
DRAWN = {"plot": drawn.plot, "code": drawn.code, "line": drawn.divider}


async def _answer(asked: Asked, send: Send) -> None:
    kind = asked.path.rsplit("/", 1)[1].split("-")[0]
    body = drawn.encoded(DRAWN[kind](random.Random(asked.path)))
    await send(reply(body, Connection="close"))


def _pictures(name: str) -> tuple[Image, ...]:
    """The first and the sixth article lead with a code, the seventh has nothing else."""
    kinds = {"甲": ("code", "plot"), "己": ("code", "line", "plot"), "庚": ("code", "line")}
    at = NAMES.index(name)
    return tuple(Image(url=f"{SITE}{kind}-{at}.png") for kind in kinds.get(name, ("plot",)))


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Five items and three also seen, all with pictures."""
    made = Reader(tmp_path)
    made.store.sync_feeds([feed("a")], NOW)
    made.store.record_poll(Poll(feed_id="a", entries=tuple(map(entry, NAMES))), NOW)
    for item in made.store.entries_to_fetch(NOW, 1000):
        made.store.save_page(item.entry_id, page())
    found = []
    for read in made.store.pages_to_extract(1000):
        pictures = _pictures(read.entry.key)
        told = replace(
            article(read.entry.key), images=pictures, lead_image=pictures[0], figures=pictures
        )
        made.store.save_article(read.entry_id, told, NOW)
        found.append(replace(candidate(read.entry.key), article=told))
    made.store.save_candidates(found, NOW, None)
    made.rate(NAMES, 2)
    yield made
    made.store.close()


@pytest.fixture
def house() -> Iterator[FaultServer]:
    with FaultServer(
        {f"/{image.url}": _answer for name in NAMES for image in _pictures(name)}
    ) as server:
        yield server


def _run(reader: Reader, house: FaultServer) -> None:
    policy = FetchPolicy(gateway=house.url("/"), obey_robots=False, host_delays={}, timeout=5.0)
    rooms = SimpleNamespace(
        clock=reader.clock,
        store=reader.store,
        fetcher=PoliteFetcher(policy, reader.clock),
        eye=PictureEye(),
        shelf=None,
    )
    note, base, record = reader.drafted()
    assert len(note.items) == MAX_ITEMS
    candidates = [c for c, _ in reader.store.candidates_for(DAY)]
    note, _ = looked_at(cast(App, rooms), note, candidates, base.items if base else ())
    reader.redraft.redraft(note, base, record)


def _picture_of(reader: Reader, name: str) -> str:
    image = next(i.item.image for i in reader.day().items if i.key == name)
    return image.url.removeprefix(SITE) if image else ""


def test_what_is_taken_up_leads_with_a_figure(reader: Reader, house: FaultServer) -> None:
    _run(reader, house)
    assert _picture_of(reader, "甲") == "plot-0.png"
    for name in ("己", "庚", "辛"):
        assert reader.apply("promote", name).applied
    assert _picture_of(reader, "己") == "plot-5.png"
    assert _picture_of(reader, "庚") == "", "nothing but a code and a line"
    assert _picture_of(reader, "辛") == "plot-7.png"
    asked = [request.path for request in house.asked]
    _run(reader, house)
    assert [request.path for request in house.asked] == asked, "each was looked at once"
    assert _picture_of(reader, "己") == "plot-5.png"


def test_taking_up_waits_for_no_host(reader: Reader, house: FaultServer) -> None:
    _run(reader, house)
    asked = len(house.asked)
    assert reader.apply("promote", "己").applied
    assert len(house.asked) == asked


def test_what_was_not_looked_at_keeps_its_article_s(reader: Reader) -> None:
    reader.run()
    assert reader.apply("promote", "己").applied
    assert _picture_of(reader, "己") == "code-5.png"
