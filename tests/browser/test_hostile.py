"""Hostile words in every field of an item, article, feed and note: none of them runs or calls out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.settings import load_workspace
from pipeline.wiring import SystemClock
from pipeline.wiring.review import ReviewRooms
from tests.browser.house import serving
from tests.review.fakes import DAY, FakeDesk, desk_item, workspace_at
from tests.review.stock import rooms_of, stocked

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OWN = (
    "<script>alert(1)</script>",
    '"><script src=https://evil.example/x.js></script>',
    "'><img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&#40;1)</script>",
    "<math><mtext></table></math><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "![x](https://evil.example/pixel.png)",
    '![x](x"onerror="alert(1))',
    '<https://evil.example/"onmouseover="alert(1)>',
    "<img src=https://evil.example/1.png srcset='https://evil.example/2.png 2x'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example/><button autofocus onfocus=alert(1)>x</form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video autoplay src=https://evil.example/v.mp4 onplay=alert(1)></video>",
    "<object data=https://evil.example/x></object><embed src=https://evil.example/y>",
    "</textarea><script>alert(1)</script>",
    "</title></style></script><script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}${alert(1)}",
    "<div hx-get=/days hx-trigger=load hx-on::load='alert(1)'>x</div>",
    "<div hx-swap-oob=true id=pulse>x</div><b data-save>",
    "<template><script>alert(1)</script></template>",
    "\u202e\u2066<b onmouseover=alert(1)>\u2069",
)
_WATCH = """
window.ran = [];
for (const name of ["alert", "prompt", "confirm", "print"]) window[name] = () => { window.ran.push(name); };
document.addEventListener("securitypolicyviolation", (e) => { window.ran.push(e.violatedDirective + " " + e.blockedURI); });
"""
_GROUP = 150


class Watched:
    """A page of which every request and every script of others is noted."""

    def __init__(self, chrome: Browser, address: str) -> None:
        self.context = chrome.new_context()
        self.context.add_init_script(_WATCH)
        self.page: Page = self.context.new_page()
        self.away: list[str] = []
        self.address = address
        self.page.on("request", self._note)
        self.page.on("dialog", lambda dialog: self.away.append(f"dialog {dialog.message}"))

    def _note(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if not url.startswith(self.address):
            self.away.append(url)

    def visit(self, path: str) -> None:
        """Open a page of the house, stay there, and see that nothing of others happened."""
        self.page.goto(f"{self.address}{path}")
        self.quiet()

    def quiet(self) -> None:
        assert self.page.evaluate("window.ran") == []
        assert self.away == []
        assert self.page.url.startswith(self.address)


def hostile_desk(payloads: Sequence[str]) -> FakeDesk:
    """A desk with one payload in every field of each item, and many together in a few."""
    desk = FakeDesk(0, 0)
    single = [replace(desk_item(n, dress=lambda _, p=p: p)) for n, p in enumerate(payloads)]  # type: ignore[misc]
    together = [payloads[n : n + _GROUP] for n in range(0, len(payloads), _GROUP)]
    grouped = [
        replace(desk_item(10_000 + n, dress=lambda _, g=g: "\n".join(g)))  # type: ignore[misc]
        for n, g in enumerate(together)
    ]
    items = (*grouped, *single)
    text = "\n\n".join(
        f"1. [{p}](https://a.example/x) :star:\n   - Abstract: {p}\n\n{p}" for p in payloads
    )
    desk.now = replace(
        desk.now, items=items, text=text, undo=payloads[0], conflicts=tuple(payloads)
    )
    desk.articles = {i.key: i.candidate.article for i in items if i.candidate}
    return desk


def walk(chrome: Browser, folder: Path, payloads: Sequence[str]) -> None:
    desk = hostile_desk(payloads)
    rooms = ReviewRooms(load_workspace(workspace_at(folder)), SystemClock(), desk)
    with serving(rooms) as address:
        watched = Watched(chrome, address)
        # Rows that the search hides are parsed like any other; thousands shown would take minutes.
        words = "%3Cscript%3Ealert(1)%3C/script%3E" if len(payloads) > _GROUP else ""
        watched.visit(f"/day/{DAY}?q={words}")
        for number in range((len(payloads) + _GROUP - 1) // _GROUP):
            for view in ("entry", "article"):
                watched.visit(f"/day/{DAY}/pane?item=a{10_000 + number}&view={view}")
        watched.visit(f"/day/{DAY}/preview")
        watched.visit("/stats")
        watched.context.close()


def test_our_own_list_of_tricks(chrome: Browser, tmp_path: Path) -> None:
    walk(chrome, tmp_path, OWN)


def test_the_recorded_lists_of_tricks(chrome: Browser, tmp_path: Path, corpus: Path) -> None:
    lists = sorted((corpus / "text" / "security").rglob("Intruders/*.txt"))
    found = [
        line
        for path in lists
        if "XSS" in str(path)
        for line in path.read_text("utf-8", "replace").splitlines()
        if line.strip()
    ]
    assert len(found) > 2_000
    walk(chrome, tmp_path, found)


def test_tricks_through_the_real_drafter_file_and_desk(chrome: Browser, tmp_path: Path) -> None:
    words = iter(OWN * 400)
    workspace = stocked(
        tmp_path / "notes", items=12, dress=lambda said: f"{said[:8]} {next(words)}"
    )
    with rooms_of(workspace) as rooms, serving(rooms) as address:
        watched = Watched(chrome, address)
        watched.visit("/days")
        watched.visit(f"/day/{DAY}")
        page = watched.page
        for _ in range(12):
            page.keyboard.press("j")
            page.keyboard.press("3")
        page.locator("body:not([data-saving])").wait_for()
        page.keyboard.press("o")
        page.locator("#pane .reading").wait_for()
        watched.quiet()
        watched.visit(f"/day/{DAY}/preview")
        watched.visit(f"/day/{DAY}/publish")
        watched.context.close()


@pytest.mark.parametrize("path", ["change", "undo", "publish"])
def test_a_form_on_another_site_is_refused(chrome: Browser, tmp_path: Path, path: str) -> None:
    desk = FakeDesk()
    rooms = ReviewRooms(load_workspace(workspace_at(tmp_path)), SystemClock(), desk)
    with serving(rooms) as address:
        context = chrome.new_context()
        page = context.new_page()
        form = f"""<form method=post action="{address}/day/{DAY}/{path}"><input name=do value=drop>
        <input name=key value=a0001></form><script>document.forms[0].submit()</script>"""
        page.route(
            "http://evil.example/", lambda route: route.fulfill(body=form, content_type="text/html")
        )
        with page.expect_response(f"**/{path}") as answered:
            page.goto("http://evil.example/", wait_until="commit")
        assert answered.value.status == 403
        assert desk.changes == []
        context.close()
