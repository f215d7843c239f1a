"""SIGKILL at fifty random points while a page saves: what was acknowledged is in the file."""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
from pathlib import Path
from urllib.parse import urlencode

from pipeline.review.guard import Gate, local_hosts
from pipeline.review.server import Opening, opening, server_of
from pipeline.settings import Workspace
from tests.review.fakes import DAY
from tests.review.stock import rooms_of, stocked
from tests.store.samples import forked, killed

KILLS = 50
ITEMS = 6


class Page:
    """What the page's script does: one change at a time, again with the same id until answered."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.shown: dict[str, str] = {}
        self.made = 0
        self.sending: dict[str, str] | None = None

    def next(self) -> None:
        """Think of the next change: an abstract that stands nowhere yet."""
        self.made += 1
        key = f"a{self.made % ITEMS + 1:04d}"
        self.sending = {
            "csrf": self.token,
            "key": key,
            "do": "field:Abstract",
            "value": f"第 {self.made} 次写的摘要。",
            "id": f"change-{self.made}",
        }
        if key in self.shown:
            self.sending["expected"] = self.shown[key]

    def send(self, patience: float) -> None:
        """Send it; once answered it is acknowledged. Raises `OSError` where nobody answers."""
        assert self.sending
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            "HX-Request": "true",
        }
        try:
            line.request("POST", f"/day/{DAY}/change", urlencode(self.sending), headers)
            answer = line.getresponse()
            answer.read()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            line.close()
        assert answer.status == 200, "a change sent again must not collide with itself"
        self.shown[self.sending["key"]] = self.sending["value"]
        self.sending = None


def _serve(workspace: Workspace, found: Opening) -> None:
    with rooms_of(workspace) as rooms:
        server_of(rooms, found).run(sockets=[found.listener])


def _lines(workspace: Workspace) -> str:
    return (workspace.notes / f"{DAY:%Y%m}" / f"{DAY:%m%d}.md").read_text(encoding="utf-8")


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    workspace = stocked(tmp_path / "notes", items=ITEMS, also=0)
    found = opening("127.0.0.1", 0, "")
    port = found.listener.getsockname()[1]
    with rooms_of(workspace) as rooms:
        gate = Gate(hosts=local_hosts(port), secret=rooms.secret())
    page = Page(port, gate.form_token)
    chance = random.Random(8)
    cut_short = 0
    for _ in range(KILLS):
        child = forked(lambda: _serve(workspace, found))
        try:
            if page.sending is None:
                page.next()
            page.send(60)  # the server is up, and what the last kill cut short is settled
            # From inside the first save to beyond it: a save takes some tens of milliseconds.
            wait = chance.uniform(0, 0.06)
            killer = threading.Timer(wait, os.kill, (child, signal.SIGKILL))
            killer.start()
            try:
                while True:
                    page.next()
                    page.send(4)
            except OSError:
                cut_short += 1
            killer.join()
        finally:
            _, status = os.waitpid(child, 0)
        assert killed(status)
        note = _lines(workspace)
        in_flight = page.sending["key"] if page.sending else ""
        for key, value in page.shown.items():
            unanswered = page.sending["value"] if page.sending and key == in_flight else value
            assert value in note or unanswered in note, key
    found.listener.close()
    assert cut_short == KILLS
    assert page.made > KILLS


def test_a_page_left_open_can_save_after_a_restart(tmp_path: Path) -> None:
    workspace = stocked(tmp_path / "notes", items=2, also=0)
    tokens = []
    for _ in range(2):
        with rooms_of(workspace) as rooms:
            tokens.append(Gate(hosts=frozenset(), secret=rooms.secret()).form_token)
    assert tokens[0] == tokens[1]
