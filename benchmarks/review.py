"""`./run.sh bench review`: a draft of many items in Chromium, beside a static page of equal weight.

First paint is the browser's own `first-contentful-paint`. A key is timed in the page from the key
event to the moment the page knows that it is saved (answer received, row exchanged). The page is
served by the real command in a process of its own, so that it shares no interpreter with what
steers the browser. The static page holds the very bytes of the first answer, served from memory.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from tests.browser.house import browser, chromium
from tests.review.fakes import DAY
from tests.review.stock import rooms_of, stocked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

_PAINT = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null"""
_TIMER = """
window.took = [];
let pressed = 0;
addEventListener("keydown", () => { pressed = performance.now(); }, true);
document.addEventListener("DOMContentLoaded", () => {
  new MutationObserver(() => {
    if (!document.body.dataset.saving && pressed) { window.took.push(performance.now() - pressed); pressed = 0; }
  }).observe(document.body, { attributes: true, attributeFilter: ["data-saving"] });
});
"""

_SAVED = """(number) => new Promise((done) => {
  const asked = setInterval(() => {
    if (window.took.length > number) { clearInterval(asked); done(); }
  }, 50);
})"""


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and print; exit code 1 where a bound is broken."""
    parser = argparse.ArgumentParser(prog="bench review")
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--loads", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if chromium() is None:
        sys.stderr.write("no chromium on this machine: apt-get install chromium\n")
        return 2
    figures = measure(options.items, options.keys, options.loads)
    print(json.dumps(figures, indent=2) if options.json else _told(figures))
    return int(figures["first_paint_ms"] > 500 or figures["key_p95_ms"] > 100)


def measure(items: int, keys: int, loads: int) -> dict[str, Any]:
    """All figures of one run; times in milliseconds of wall clock, medians unless named p95."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = stocked(Path(folder) / "notes", items=items, also=20)
        with rooms_of(workspace) as rooms:
            opened = [_clocked(lambda: rooms.desk.open(DAY)) for _ in range(loads)]
        with _serving(workspace.root) as address, browser() as chrome:
            day = f"{address}/day/{DAY}"
            body = urlopen(day).read()
            with _static(body, address) as plain:
                paints, plains = [], []
                for _ in range(loads):
                    paints.append(_paint(chrome, day))
                    plains.append(_paint(chrome, plain))
            took = _keys(chrome, day, keys)
    return {
        "items": items,
        "page_kb": round(len(body) / 1024),
        "first_paint_ms": round(statistics.median(paints)),
        "static_first_paint_ms": round(statistics.median(plains)),
        "desk_open_ms": round(statistics.median(opened)),
        "key_median_ms": round(statistics.median(took)),
        "key_p95_ms": round(statistics.quantiles(took, n=20)[-1]),
        "keys": len(took),
    }


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    """`stardraft review` over that workspace; its address, as it says it itself."""
    command = [sys.executable, "-m", "pipeline.cli.main", "review", "--no-open", "--port", "0"]
    child = subprocess.Popen(
        [*command, "--config", str(folder)], stdout=subprocess.PIPE, encoding="utf-8"
    )
    try:
        assert child.stdout
        found = re.search(r"http://[0-9.]+:[0-9]+", child.stdout.readline())
        if found is None:
            raise RuntimeError("stardraft review did not start")
        yield found[0]
    finally:
        child.terminate()
        child.wait(20)


def _clocked(act: Any) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _paint(chrome: Browser, url: str) -> float:
    """The first contentful paint of a fresh visitor with an empty cache."""
    context = chrome.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(url)
    found = None
    for _ in range(100):
        found = page.evaluate(_PAINT)
        if found is not None:
            break
        page.wait_for_timeout(20)
    context.close()
    if found is None:
        raise RuntimeError("the browser painted nothing")
    return float(found)


def _keys(chrome: Browser, url: str, count: int) -> list[float]:
    context = chrome.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(_TIMER)
    page = context.new_page()
    page.goto(url)
    for number in range(count):
        page.keyboard.press("j")
        page.wait_for_timeout(200)  # a reader looks at an item before deciding
        page.keyboard.press(str(number % 5 + 1))
        # Asked for in the page: a question every few milliseconds from here would be measured too.
        page.evaluate(_SAVED, number)
    took = page.evaluate("window.took")
    context.close()
    return [float(t) for t in took]


@contextmanager
def _static(body: bytes, address: str) -> Iterator[str]:
    """A server of the same make that gives these bytes, and the same static files."""
    import threading

    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from pipeline.review.frame import static_files

    files = static_files()

    async def page(request: Request) -> Response:
        return Response(body, media_type="text/html")

    async def static(request: Request) -> Response:
        found = files[request.path_params["name"]]
        return Response(found.body, media_type=found.media_type)

    app = Starlette(routes=[Route("/", page), Route("/static/{name}", static)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        thread.join(10)


def _told(figures: dict[str, Any]) -> str:
    return "\n".join(f"{name:24} {value}" for name, value in figures.items())
