"""Lead pictures looked at before they enter a note: through the real client, against loopback."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pipeline.fetch import FetchPolicy, PoliteFetcher
from pipeline.pictures.eye import PictureEye
from pipeline.pictures.shelf import PictureShelf
from pipeline.stages.app import App
from pipeline.stages.mirror import mirrored
from pipeline.stages.sight import TRIES, looked_at
from pipeline.store import open_store
from pipeline.types import Article, Candidate, Image, Note, NoteItem, PageState
from tests.conftest import StillClock
from tests.fetch.server import Asked, FaultServer, Send, reply
from tests.pictures import drawn

DAY = date(2026, 9, 18)
SITE = "https://pic.example/"


def _drawing(draw: drawn.Draw, seed: str) -> bytes:
    return drawn.encoded(draw(random.Random(seed)))


BODIES = {
    "plot.png": _drawing(drawn.plot, "a"),
    "boxes.png": _drawing(drawn.pipeline, "b"),
    "code.png": _drawing(drawn.code, "c"),
    "code2.png": _drawing(drawn.code_coloured, "d"),
    "poster.png": _drawing(drawn.follow_poster, "e"),
    "line.png": _drawing(drawn.divider, "f"),
    "blank.png": _drawing(drawn.blank, "g"),
    "page.png": b"<!doctype html><title>no picture</title>",
}


async def _answer(asked: Asked, send: Send) -> None:
    name = asked.path.rsplit("/", 1)[1]
    if name == "down.png":
        await send(reply(b"", "503 Service Unavailable"))
    elif name in BODIES:
        await send(reply(BODIES[name], Connection="close"))
    else:
        await send(reply(b"", "404 Not Found"))


@pytest.fixture
def house() -> Iterator[FaultServer]:
    names = (*BODIES, "down.png", "gone.png", "gone2.png")
    with FaultServer({f"/{SITE}{name}": _answer for name in names}) as server:
        yield server


@pytest.fixture
def app(house: FaultServer, tmp_path: Path, clock: StillClock) -> App:
    policy = FetchPolicy(gateway=house.url("/"), obey_robots=False, host_delays={}, timeout=5.0)
    rooms = SimpleNamespace(
        clock=clock,
        store=open_store(f"sqlite:///{tmp_path}/state.db"),
        fetcher=PoliteFetcher(policy, clock),
        eye=PictureEye(),
        shelf=None,
    )
    return cast(App, rooms)


def candidate(number: int, *names: str, account: str = "") -> Candidate:
    figures = tuple(Image(url=f"{SITE}{name}") for name in names)
    article = Article(
        id=f"a{number}",
        identity=f"a{number}",
        url=f"https://e.org/{number}",
        state=PageState.OK,
        title=f"文章 {number}",
        account=account or f"号{number}",
        images=figures,
        lead_image=next(iter(figures), None),
        figures=figures,
    )
    return Candidate(article=article)


def note_of(*candidates: Candidate) -> Note:
    items = tuple(
        NoteItem(
            title=c.article.title,
            url=c.article.url,
            stars=2,
            image=c.article.lead_image,
            article_id=c.article.id,
        )
        for c in candidates
    )
    return Note(day=DAY, items=items)


def names(note: Note) -> list[str | None]:
    return [item.image.url.removeprefix(SITE) if item.image else None for item in note.items]


def test_what_is_no_figure_makes_way_for_the_next(app: App, house: FaultServer) -> None:
    given = [
        candidate(1, "plot.png", "boxes.png"),
        candidate(2, "code.png", "boxes.png"),
        candidate(3, "line.png", "code2.png", "plot.png"),
        candidate(4, "poster.png"),
        candidate(5, "blank.png", "code.png", "line.png", "plot.png"),
        candidate(6, "page.png", "boxes.png"),
        candidate(7),
    ]
    note, issues = looked_at(app, note_of(*given), given)
    assert names(note) == ["plot.png", "boxes.png", "plot.png", None, None, "boxes.png", None]
    assert issues == ()
    asked = [request.path for request in house.asked]
    assert len(asked) == len(set(asked)) == 8, "each once, whoever wants it"


def test_a_second_run_asks_for_nothing_and_says_the_same(app: App, house: FaultServer) -> None:
    given = [candidate(1, "code.png", "plot.png"), candidate(2, "page.png", "gone.png")]
    first, _ = looked_at(app, note_of(*given), given)
    asked = len(house.asked)
    assert asked == 4
    anew = cast(App, SimpleNamespace(**{**vars(app), "eye": PictureEye()}))
    again, issues = looked_at(anew, note_of(*given), given, {"a1", "a2"})
    assert (again, issues, len(house.asked)) == (first, (), asked)
    unsettled, _ = looked_at(anew, note_of(*given), given)
    assert (unsettled, len(house.asked)) == (first, asked)


def test_a_failing_host_changes_nothing(app: App, house: FaultServer) -> None:
    given = [candidate(1, "down.png", "plot.png"), candidate(2, "code.png", "down.png", "plot.png")]
    note, issues = looked_at(app, note_of(*given), given)
    assert (names(note), issues) == (["down.png", "down.png"], ())
    house.routes[f"/{SITE}down.png"] = reply(BODIES["code.png"])
    before = len(house.asked)
    later, _ = looked_at(app, note_of(*given), given, {"a1", "a2"})
    assert (later, len(house.asked)) == (note, before), "what the reader has seen stays"
    fresh, _ = looked_at(app, note_of(*given), given)
    assert names(fresh) == ["plot.png", "plot.png"]


def test_a_lost_picture_is_told_only_where_it_stays(app: App) -> None:
    given = [candidate(1, "gone.png", "plot.png"), candidate(2, "gone2.png", "code.png")]
    note, issues = looked_at(app, note_of(*given), given)
    assert names(note) == ["plot.png", "gone2.png"]
    assert [(i.code, i.subject) for i in issues] == [("picture.gone", f"{SITE}gone2.png")]


def test_no_more_than_three_of_an_article(app: App, house: FaultServer) -> None:
    given = [candidate(1, "code.png", "code2.png", "line.png", "plot.png")]
    note, _ = looked_at(app, note_of(*given), given)
    assert (names(note), len(house.asked)) == ([None], TRIES)


def of_one(number: int, *names: str) -> Candidate:
    return candidate(number, *names, account="一个号")


def test_a_picture_of_two_articles_comes_last(app: App, house: FaultServer) -> None:
    one, two = of_one(1, "plot.png", "boxes.png"), of_one(2, "plot.png", "page.png")
    note, _ = looked_at(app, note_of(one, two), [one, two])
    assert names(note) == ["boxes.png", "plot.png"], "unless there is no other"
    again, _ = looked_at(app, note_of(one, two), [one, two], {"a1", "a2"})
    assert again == note
    alone = of_one(3, "boxes.png", "poster.png", "blank.png")
    note, _ = looked_at(app, note_of(alone), [alone])
    assert names(note) == ["boxes.png"]
    fresh = of_one(4, "gone.png", "down.png")
    note, _ = looked_at(app, note_of(fresh), [fresh])
    assert names(note) == ["down.png"]


def test_a_picture_of_three_articles_is_the_account_s(app: App, house: FaultServer) -> None:
    one, two = of_one(1, "plot.png", "boxes.png"), of_one(2, "plot.png")
    note, _ = looked_at(app, note_of(one), [one])
    assert names(note) == ["plot.png"], "nobody can know it yet"
    note, _ = looked_at(app, note_of(two), [two])
    assert names(note) == ["plot.png"]
    three = of_one(3, "plot.png", "down.png")
    only = of_one(4, "plot.png")
    note, _ = looked_at(app, note_of(three, only), [three, only])
    assert names(note) == ["down.png", None], "remembered from other days"
    note, _ = looked_at(app, note_of(one), [one, three], {"a1"})
    assert names(note) == ["plot.png"], "what the reader has seen stays"
    other = candidate(5, "plot.png", "down.png")
    note, _ = looked_at(app, note_of(other), [other])
    assert names(note) == ["down.png"], "looked at for another article"


def test_accounts_are_told_apart(app: App, house: FaultServer) -> None:
    given = [candidate(number, "down.png", "plot.png") for number in range(4)]
    note, _ = looked_at(app, note_of(*given), given)
    assert names(note) == ["down.png"] * 4, "the same news in four accounts"


def test_a_file_has_many_addresses(app: App, house: FaultServer) -> None:
    """WeChat's: host, format and what follows the file's key differ from article to article."""
    hosts = ("mmbiz.qpic.cn/mmbiz_png", "mmbiz.qpic.cn/sz_mmbiz_jpg", "mmecoa.qpic.cn/mmecoa_png")
    key = "Abcdefghijklmnopqrstuvwxyz0123456789"
    given = []
    for number, host in enumerate(hosts):
        strip = Image(url=f"https://{host}/{key}/640?wx_fmt=png&tp={number}")
        own = of_one(number, f"own{number}.png")
        figures = (strip, *own.article.figures)
        article = replace(own.article, figures=figures, lead_image=strip, images=figures)
        given.append(Candidate(article=article))
    note, _ = looked_at(app, note_of(*given), given)
    assert names(note) == ["own0.png", "own1.png", "own2.png"]


def test_what_the_drafter_did_not_choose_is_left_alone(app: App, house: FaultServer) -> None:
    own = candidate(1, "code.png", "plot.png")
    chosen = replace(note_of(own).items[0], image=Image(url=f"{SITE}poster.png"))
    by_hand = NoteItem(title="t", url="u", stars=1, image=Image(url=f"{SITE}line.png"))
    film = candidate(2, "code.png")
    poster = replace(film.article.images[0], kind="video")
    film = replace(film, article=replace(film.article, lead_image=poster, figures=(poster,)))
    items = (chosen, by_hand, *note_of(film).items)
    note, _ = looked_at(app, Note(day=DAY, items=items), [own, film])
    assert (note.items, house.asked) == (items, [])


def test_old_articles_without_figures_have_one(app: App) -> None:
    old = candidate(1, "code.png")
    old = replace(old, article=replace(old.article, figures=()))
    note, _ = looked_at(app, note_of(old), [old])
    assert names(note) == [None]


def test_off_nothing_is_asked(app: App, house: FaultServer) -> None:
    blind = cast(App, SimpleNamespace(**{**vars(app), "eye": None}))
    given = [candidate(1, "code.png", "plot.png")]
    note = note_of(*given)
    assert looked_at(blind, note, given) == (note, ())
    assert house.asked == []


def test_a_mirrored_picture_is_fetched_once(app: App, house: FaultServer, tmp_path: Path) -> None:
    shelf = PictureShelf(tmp_path / "notes", tmp_path / "pictures.json")
    keeping = cast(App, SimpleNamespace(**{**vars(app), "shelf": shelf}))
    given = [candidate(1, "code.png", "plot.png"), candidate(2, "gone.png")]
    note, issues = looked_at(keeping, note_of(*given), given)
    assert issues == (), "mirroring will say it"
    home, lacking = mirrored(keeping, note)
    assert [i.code for i in lacking] == ["fetch.not_found"]
    (place, _) = names(home)
    assert place
    assert (tmp_path / "notes" / "202609" / place).read_bytes() == BODIES["plot.png"]
    assert sum(request.path.endswith("plot.png") for request in house.asked) == 1
