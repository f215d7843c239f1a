"""One browser for each file, a page and a stocked house for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.house import House, browser, chromium, serving
from tests.review.stock import rooms_of, stocked

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """Gone when the file is done: while it is there, an event loop runs in this thread."""
    if chromium() is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with browser() as opened:
        yield opened


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The page over a draft of six items, four also seen."""
    workspace = stocked(tmp_path / "notes")
    with rooms_of(workspace) as rooms, serving(rooms) as address:
        yield House(address=address, rooms=rooms, workspace=workspace)


@pytest.fixture
def page(chrome: Browser, house: House) -> Iterator[Page]:
    """A page that may ask nobody but the house, and must not stumble."""
    context = chrome.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    asked: list[str] = []
    stumbled: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: stumbled.append(str(error)))
    yield opened
    context.close()
    assert [url for url in asked if not url.startswith(house.address)] == []
    assert stumbled == []
