"""The picture proxy: fetched once with the right Referer, by its own bytes, never markup."""

from __future__ import annotations

import os
import struct
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from starlette.testclient import TestClient

from pipeline.review.app import make_app
from pipeline.review.frame import Frame
from pipeline.review.guard import Gate, local_hosts
from pipeline.settings import load_workspace
from pipeline.wiring import SystemClock
from pipeline.wiring.review import ReviewRooms
from tests.review.fakes import FakeDesk, workspace_at
from tests.review.test_guard import BASE


def png(side: int = 20) -> bytes:
    """A small grey square."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * side for _ in range(side)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


BODIES = {
    "/a.png": png(),
    "/page": b"<!doctype html><script>alert(1)</script>",
    "/drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
}


class Web(BaseHTTPRequestHandler):
    """A host of pictures that says everything is one."""

    asked: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Referer", "")))
        body = BODIES[self.path]
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def web() -> Iterator[str]:
    Web.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def proxy(folder: Path, allowed: str) -> tuple[TestClient, Frame]:
    workspace_at(folder)
    settings = folder / "settings.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\n[fetch]\nallow_private = ["{allowed}"]\n', encoding="utf-8")
    rooms = ReviewRooms(load_workspace(folder), SystemClock(), FakeDesk())
    gate = Gate(hosts=local_hosts(4218), secret=rooms.secret())
    return TestClient(make_app(rooms, gate), base_url=BASE), Frame(rooms, gate)


def test_a_picture_is_fetched_once_with_its_referer(tmp_path: Path, web: str) -> None:
    client, frame = proxy(tmp_path, web)
    address = frame.picture(f"http://{web}/a.png", "https://a.example/article")
    for _ in range(2):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.content == BODIES["/a.png"]
    assert Web.asked == [("/a.png", "https://a.example/article")]


@pytest.mark.parametrize("path", ["/page", "/drawing.svg"])
def test_markup_is_never_served_whatever_it_calls_itself(
    tmp_path: Path, web: str, path: str
) -> None:
    client, frame = proxy(tmp_path, web)
    answer = client.get(frame.picture(f"http://{web}{path}", "https://a.example/"))
    assert answer.status_code == 404
    assert answer.content == b""
    assert list((tmp_path / ".stardraft" / "pictures").iterdir()) == []


def test_a_private_host_is_refused_even_when_an_article_names_it(tmp_path: Path, web: str) -> None:
    client, frame = proxy(tmp_path, "bridge.example:1")
    assert client.get(frame.picture(f"http://{web}/a.png", "")).status_code == 404
    assert Web.asked == []


def test_the_oldest_pictures_make_room_and_what_vanishes_meanwhile_is_no_harm(
    tmp_path: Path, web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, frame = proxy(tmp_path, web)
    kept = tmp_path / ".stardraft" / "pictures"
    kept.mkdir(parents=True)
    (kept / "moved-by-another-request.part").symlink_to(kept / "nowhere")
    old = kept / "old"
    old.write_bytes(b"x" * 100)
    os.utime(old, (1, 1))
    monkeypatch.setattr("pipeline.wiring.review._MAX_CACHED", len(png()) + 50)
    assert client.get(frame.picture(f"http://{web}/a.png", "")).content == png()
    assert not old.exists()
    assert [path.read_bytes() for path in kept.iterdir() if path.is_file()] == [png()]
