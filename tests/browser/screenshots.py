"""`python -m tests.browser.screenshots OUT`: a picture of every page, from the sample day.

The sample day is drafted anew with its replay server, which also stands in for the web the
pictures come from. Light and dark, a desk's width and a phone's.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from demo import __main__ as demo
from demo.day import SampleDay
from demo.replay import ReplayServer
from pipeline.desk import Change
from pipeline.settings import load_workspace
from pipeline.wiring.review import ReviewRooms
from tests.browser.house import browser, chromium, serving
from tests.review.stock import rooms_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DAY = date.fromisoformat(demo.DAY)
_LOOKS: tuple[tuple[str, Literal["light", "dark"], int, int], ...] = (
    ("light", "light", 1440, 900),
    ("dark", "dark", 1440, 900),
    ("phone", "light", 390, 844),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Take them all; exit code 2 where there is no browser."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots")
    parser.add_argument("out", type=Path)
    parser.add_argument("--workspace", type=Path, help="a sample day that was drafted before")
    options = parser.parse_args(arguments)
    if chromium() is None:
        sys.stderr.write("no chromium on this machine: apt-get install chromium\n")
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        _take_all(options.out, options.workspace or Path(made) / "day")
    return 0


def _take_all(out: Path, folder: Path) -> None:
    world = SampleDay()
    with ReplayServer(world) as server:
        drafted = (folder / demo.NOTE).is_file()
        demo.prepare(folder, world, server)
        _publish_to(folder)
        if not drafted:
            _draft(folder)
        with rooms_of(load_workspace(folder)) as rooms, serving(rooms) as address:
            _decide(rooms)
            with browser() as chrome:
                for name, scheme, width, height in _LOOKS:
                    _take(chrome, address, out, (name, scheme, width, height))


def _publish_to(folder: Path) -> None:
    settings = folder / "settings.toml"
    text = settings.read_text(encoding="utf-8")
    if "[publish]" not in text:
        text += '\n[publish]\ntarget = "folder"\nrepository = "published"\n'
        settings.write_text(text, encoding="utf-8")
    (folder / "published").mkdir(exist_ok=True)


def _draft(folder: Path) -> None:
    archive = Path(demo.__file__).parent / "day" / "archive"
    for words in (
        ("notes", "import", str(archive)),
        ("run", "--no-prefect", "--date", demo.DAY),
    ):
        command = [sys.executable, "-m", "pipeline.cli.main", *words, "--config", str(folder)]
        subprocess.run(command, env=demo.environment(os.environ), check=False)


def _decide(rooms: ReviewRooms) -> None:
    """A review half done, as a reader would meet it."""
    day = rooms.desk.open(DAY)
    assert day
    for item, stars in zip(day.items, ("3", "4", "2"), strict=False):
        if item.state == "pending":
            rooms.desk.apply(DAY, Change(action="stars", key=item.key, value=stars))
    if not day.dropped:
        rooms.desk.apply(DAY, Change(action="drop", key=day.items[-1].key))


def _take(
    chrome: Browser, address: str, out: Path, look: tuple[str, Literal["light", "dark"], int, int]
) -> None:
    name, scheme, width, height = look
    context = chrome.new_context(
        color_scheme=scheme, viewport={"width": width, "height": height}, device_scale_factor=2
    )
    page = context.new_page()
    page.goto(address)
    key = page.locator("#items .row").nth(0).get_attribute("data-key")
    pages = {
        "list": f"/day/{DAY}",
        "day": f"/day/{DAY}?item={key}",
        "article": f"/day/{DAY}?item={key}&view=article",
        "preview": f"/day/{DAY}/preview",
        "publish": f"/day/{DAY}/publish",
        "history": "/days",
        "statistics": "/stats",
        "keys": "/help",
        "run": "/run",
    }
    for shot, path in pages.items():
        page.goto(f"{address}{path}")
        page.evaluate("document.querySelectorAll('img').forEach((i) => { i.loading = 'eager'; })")
        page.wait_for_load_state("networkidle") if shot != "preview" else page.wait_for_timeout(
            2500
        )
        page.screenshot(path=out / f"{shot}-{name}.png")
    context.close()


if __name__ == "__main__":
    sys.exit(main())
