"""Pictures brought home: through the real client, onto a real shelf, into a note that stays whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pipeline.errors import Issue
from pipeline.fetch import FetchPolicy, PoliteFetcher
from pipeline.notes import FolderNotebook
from pipeline.pictures.shelf import PictureShelf
from pipeline.publish import gather
from pipeline.stages.app import App
from pipeline.stages.mirror import mirrored
from pipeline.types import Image, Note, NoteItem
from tests.conftest import StillClock
from tests.fetch.server import Asked, FaultServer, Send, reply
from tests.pictures import samples

DAY = date(2026, 9, 18)
STAND_IN = samples.png(300, 300, colour=200)
REAL = samples.png(640, 360)


class Picturehouse:
    """A WeChat of our own behind a prefix proxy: without its Referer it gives the stand-in."""

    def __init__(self) -> None:
        self.bodies = {"One": REAL, "Two": samples.jpeg(640, 480), "Evil": b"<svg onload=alert(1)>"}

    async def __call__(self, asked: Asked, send: Send) -> None:
        key = asked.path.split("/")[-2]
        welcome = asked.headers.get("referer", "").startswith("https://mp.weixin.qq.com/")
        body = self.bodies.get(key) if welcome else STAND_IN
        await send(reply(body, Connection="close") if body else reply(b"", "404 Not Found"))


def url_of(key: str) -> str:
    return f"https://mmbiz.qpic.cn/mmbiz_png/{key}/640?wx_fmt=png"


def path_of(key: str) -> str:
    return "/" + url_of(key).partition("?")[0]


@pytest.fixture
def house() -> Iterator[FaultServer]:
    answer = Picturehouse()
    with FaultServer({path_of(k): answer for k in ("One", "Two", "Evil", "Gone")}) as server:
        yield server


def app_for(folder: Path, server: FaultServer, clock: StillClock) -> App:
    policy = FetchPolicy(gateway=server.url("/"), obey_robots=False, host_delays={}, timeout=5.0)
    shelf = PictureShelf(folder / "notes", folder / "state" / "pictures.json")
    rooms = SimpleNamespace(fetcher=PoliteFetcher(policy, clock), shelf=shelf)
    return cast(App, rooms)


def note_of(*keys: str, **sizes: int) -> Note:
    items = tuple(
        NoteItem(
            title=f"文章 {key}",
            url=f"https://mp.weixin.qq.com/s/{key}",
            stars=2,
            image=Image(url=url_of(key), **sizes),
        )
        for key in keys
    )
    return Note(day=DAY, items=items)


def urls(note: Note) -> list[str]:
    return [item.image.url for item in note.items if item.image]


def test_pictures_come_home_and_failures_stay_links(
    house: FaultServer, tmp_path: Path, clock: StillClock
) -> None:
    app = app_for(tmp_path, house, clock)
    note, issues = mirrored(app, note_of("One", "Evil", "Gone", "Two"))
    one, evil, gone, two = urls(note)
    assert (evil, gone) == (url_of("Evil"), url_of("Gone"))
    assert {i.code for i in issues} == {"picture.markup", "fetch.not_found"}
    assert (tmp_path / "notes" / "202609" / one).read_bytes() == REAL
    assert two.endswith(".jpg"), "the true type, not the one in the address"
    book = FolderNotebook(tmp_path / "notes")
    text = book.render(note)
    assert f'src="{one}"' in text
    assert book.render(book.parse(text)) == text
    assert urls(book.parse(text)) == urls(note)


def test_a_rerun_asks_for_nothing_it_has(
    house: FaultServer, tmp_path: Path, clock: StillClock
) -> None:
    first, _ = mirrored(app_for(tmp_path, house, clock), note_of("One", "Two"))
    asked = len(house.asked)
    again, issues = mirrored(app_for(tmp_path, house, clock), note_of("One", "Two"))
    assert (again, issues, len(house.asked)) == (first, (), asked)
    (tmp_path / "state" / "pictures.json").write_text("{broken")
    anew, _ = mirrored(app_for(tmp_path, house, clock), note_of("One", "Two"))
    assert urls(anew) == urls(first), "the same bytes have the same name"


def test_the_reader_who_takes_a_picture_out_keeps_it_out(
    house: FaultServer, tmp_path: Path, clock: StillClock
) -> None:
    note, _ = mirrored(app_for(tmp_path, house, clock), note_of("One", "Two"))
    book = FolderNotebook(tmp_path / "notes")
    base = book.render(note)
    one, two = urls(note)
    line = f"<div align=center><img src=\"{one}\" style='zoom:100%'>\n</div>\n"
    assert line in base
    edited = base.replace(line, "")
    merged = book.merge(base, edited, note)
    assert merged == edited
    book.write(DAY, merged)
    material = gather(tmp_path / "notes", DAY)
    assert set(material.pictures) == {f"notes/202609/{two}"}, "a dropped picture is not published"
    assert material.issues == ()


def test_a_stand_in_found_out_late_is_taken_back(
    house: FaultServer, tmp_path: Path, clock: StillClock
) -> None:
    always = Picturehouse()
    always.bodies = dict.fromkeys(["One", "Two"], STAND_IN)
    house.routes |= {path_of("One"): always, path_of("Two"): always}
    note, issues = mirrored(app_for(tmp_path, house, clock), note_of("One", "Two"))
    assert urls(note) == [url_of("One"), url_of("Two")]
    assert [i.code for i in issues] == ["picture.placeholder"]
    later, _ = mirrored(app_for(tmp_path, house, clock), note_of("One"))
    assert urls(later) == [url_of("One")]


def test_a_stand_in_of_the_wrong_shape_is_never_kept(
    house: FaultServer, tmp_path: Path, clock: StillClock
) -> None:
    always = Picturehouse()
    always.bodies = {"One": STAND_IN}
    house.routes[path_of("One")] = always
    note, issues = mirrored(app_for(tmp_path, house, clock), note_of("One", width=1080, height=607))
    assert urls(note) == [url_of("One")]
    assert [i.code for i in issues] == ["picture.placeholder"]
    assert not list((tmp_path / "notes").rglob("*.png"))


def test_addresses_of_one_s_own_network_are_not_asked(tmp_path: Path, clock: StillClock) -> None:
    with FaultServer({"/a.png": reply(REAL)}) as inside:
        policy = FetchPolicy(obey_robots=False, host_delays={}, timeout=5.0)
        shelf = PictureShelf(tmp_path, tmp_path / "pictures.json")
        rooms = SimpleNamespace(fetcher=PoliteFetcher(policy, clock), shelf=shelf)
        picture = Image(url=inside.url("/a.png"))
        items = (NoteItem(title="t", url="https://e.org", stars=2, image=picture),)
        note, issues = mirrored(cast(App, rooms), Note(day=DAY, items=items))
        assert inside.asked == []
    assert urls(note) == [picture.url]
    assert [i.code for i in issues] == ["fetch.forbidden_address"]


def test_without_a_shelf_nothing_is_asked() -> None:
    note = note_of("One")
    assert mirrored(cast(App, SimpleNamespace(shelf=None)), note) == (note, ())


def test_a_link_out_of_the_notes_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "notes" / "202609").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "notes" / "202609" / "images").symlink_to(tmp_path / "elsewhere")
    shelf = PictureShelf(tmp_path / "notes", tmp_path / "m.json")
    kept = shelf.keep(Image(url="https://e.org/a.png"), REAL, DAY)
    assert isinstance(kept, Issue)
    assert kept.code == "picture.unwritable"
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_memory_that_others_wrote_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"x")
    names = {"https://e.org/a.png": "../../secret.png"}
    (tmp_path / "m.json").write_text(json.dumps({"names": names, "stand_ins": []}))
    shelf = PictureShelf(tmp_path / "notes", tmp_path / "m.json")
    assert shelf.find("https://e.org/a.png", DAY) is None
