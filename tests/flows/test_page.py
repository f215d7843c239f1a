"""`stardraft serve --review`: the page beside the schedules, back when it dies, gone with them."""

from __future__ import annotations

import os
import re
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from demo.replay import ReplayServer
from flows.neighbours import any_free_port
from tests.flows import family
from tests.flows.prefect_house import until
from tests.flows.small import Small, SmallWeb

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(600)]


class Page:
    """`serve --review` in a workspace, and the page as a browser asks for it."""

    def __init__(self, small: Small, host: str) -> None:
        port = any_free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.serving = small.start(
            *("serve", "--review"),
            STARDRAFT_PREFECT__PORT=str(any_free_port()),
            STARDRAFT_PREFECT__HOST=host,
            STARDRAFT_REVIEW__PORT=str(port),
            PREFECT_RUNNER_POLL_FREQUENCY="1",
        )
        assert self.serving.stdout is not None
        self.said = self.serving.stdout

    def ask(self, path: str, form: dict[str, str] | None = None) -> str:
        """What it answers; empty where nobody does."""
        body = urlencode(form).encode() if form else None
        headers = {"Origin": self.address} if form else {}
        request = urllib.request.Request(self.address + path, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:
            return ""

    def run_now(self) -> None:
        """Press “run now”."""
        token = re.search(r'name="csrf" value="([^"]+)"', self.ask("/run"))
        assert token
        assert self.ask("/run", {"csrf": token[1]})


@contextmanager
def page(small: Small, host: str = "127.0.0.1") -> Iterator[Page]:
    made = Page(small, host)
    with made.said:
        try:
            assert made.said.readline().startswith("开始了")
            until(lambda: made.ask("/"))
            yield made
        finally:
            if made.serving.poll() is None:
                made.serving.kill()
            made.serving.wait(timeout=60)


def pids(words: str) -> list[int]:
    """Of the processes that these tests have started, those with such a command line."""
    return [pid for pid, said in family.members().items() if words in said]


def test_the_page_comes_back_and_takes_its_run_with_it(tmp_path: Path) -> None:
    web, before = SmallWeb(), family.members()
    with ReplayServer(web) as replay:
        small = Small(tmp_path / "reader", replay)
        with page(small) as opened:
            (first,) = pids("review --no-open")
            os.kill(first, signal.SIGKILL)
            (second,) = until(lambda: set(pids("review --no-open")) - {first})
            assert second != first
            until(lambda: opened.ask("/"))
            web.slow = 50.0
            opened.run_now()
            until(web.asked.is_set)
            assert pids("main run")
            opened.serving.send_signal(signal.SIGTERM)
            said = opened.said.read()
            assert opened.serving.wait(timeout=60) == 0, said
            assert said.strip().endswith("没有留下任何进程。")
            assert not family.strangers(before), "it said so"
            assert small.notes() == {}
        web.slow = 0.0
        small.run("run", "--no-prefect")
        assert len(small.notes()) == 1


def test_the_page_dies_with_a_killed_server(tmp_path: Path) -> None:
    before = family.members()
    with ReplayServer(SmallWeb()) as replay, page(Small(tmp_path / "reader", replay)) as opened:
        assert pids("review --no-open")
        opened.serving.kill()
        until(lambda: not family.strangers(before), 30, lambda: family.strangers(before))


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="no /proc tells who listens")
@pytest.mark.parametrize(("host", "told"), [("127.0.0.1", "0100007F"), ("0.0.0.0", "00000000")])
def test_the_schedules_are_seen_from_where_the_settings_say(
    tmp_path: Path, host: str, told: str
) -> None:
    with ReplayServer(SmallWeb()) as replay:
        small = Small(tmp_path / "reader", replay)
        with page(small, host) as opened:
            shown = re.search(r"http://127\.0\.0\.1:(\d+)", opened.said.readline())
            assert shown
            listening = Path("/proc/net/tcp").read_text()  # proc(5): local, remote, 0A is LISTEN
            assert f"{told}:{int(shown[1]):04X} 00000000:0000 0A" in listening
            with urllib.request.urlopen(shown[0], timeout=10) as answer:
                assert b"<title>Prefect" in answer.read()
            laid_out = small.folder / ".stardraft" / "prefect" / "ui"
            assert list(laid_out.glob("*/index.html")), "not where only root may write"
