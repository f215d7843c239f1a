"""One running server and one browser for all browser tests."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.review.server import opening, server_of
from pipeline.settings import Workspace
from pipeline.wiring.review import ReviewRooms
from tests.review.fakes import DAY

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A running review page and what stands behind it."""

    address: str
    rooms: ReviewRooms
    workspace: Workspace

    @property
    def day(self) -> str:
        """The address of the day's page."""
        return f"{self.address}/day/{DAY}"

    def note(self) -> str:
        """The note's file as it is now."""
        return (self.workspace.notes / f"{DAY:%Y%m}" / f"{DAY:%m%d}.md").read_text(encoding="utf-8")

    def published(self) -> bytes:
        """The bytes that were published."""
        path = self.workspace.root / "published" / "notes" / f"{DAY:%Y%m}" / f"{DAY:%m%d}.md"
        return path.read_bytes()


@contextmanager
def serving(rooms: ReviewRooms, token: str = "") -> Iterator[str]:
    """The page over these rooms on a free port; its address."""
    found = opening("127.0.0.1", 0, token)
    server = server_of(rooms, found)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [found.listener]}, daemon=True)
    thread.start()
    try:
        yield found.address
    finally:
        server.should_exit = True
        thread.join(10)
        found.listener.close()


def chromium() -> str | None:
    """The browser of the system, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()
