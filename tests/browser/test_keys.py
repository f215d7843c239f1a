"""Keys can be changed and switched off, and never act while somebody writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.settings import load_workspace
from pipeline.wiring import SystemClock
from pipeline.wiring.review import ReviewRooms
from tests.browser.house import serving
from tests.review.fakes import FakeDesk, workspace_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.parametrize(
    ("settings", "given"),
    [
        ("[review.keys]\nstar4 = 'w'\nnext = 's'\n", [4]),
        ("[review]\nshortcuts = false\n", []),
        ("[review.keys]\nstar4 = ''\n", []),
    ],
)
def test_keys_are_the_readers(
    chrome: Browser, tmp_path: Path, settings: str, given: list[int]
) -> None:
    workspace_at(tmp_path)
    file = tmp_path / "settings.toml"
    file.write_text(file.read_text(encoding="utf-8") + settings, encoding="utf-8")
    desk = FakeDesk()
    rooms = ReviewRooms(load_workspace(tmp_path), SystemClock(), desk)
    with serving(rooms) as address:
        page = chrome.new_page()
        page.goto(address)
        for key in ("s" if "next" in settings else "j", "w", "4"):
            page.keyboard.press(key)
        page.locator("#q").click()
        page.keyboard.type("4wx")
        page.locator("body:not([data-saving])").wait_for()
        assert [int(c.value) for c in desk.changes if c.action == "stars"] == given
        assert not [c for c in desk.changes if c.action == "drop"]
        page.close()
