"""A publication to GitHub killed by the system at every request, for real, and begun again."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from pipeline.publish import GithubTarget, Publisher, ReadmeWords, gather
from pipeline.store import open_store
from pipeline.wiring import SystemClock
from tests.publish.github_server import REPO, Hub
from tests.publish.samples import DAY, NOTE, write_note

_FRESH = multiprocessing.get_context("forkserver")
_FRESH.set_forkserver_preload([__name__])


def publish(folder: Path, url: str, how: str) -> None:
    """What `stardraft publish` does, in a process of its own or in ours."""
    store = open_store(f"sqlite:///{folder / 'state.db'}")
    token, pull = "token-of-the-reader", how == "pull"
    target = GithubTarget(REPO, token=token, api_url=url, pull_request=pull, pause=0)
    Publisher(target, store, SystemClock(), ReadmeWords()).publish(gather(folder / "notes", DAY))
    store.close()


class Executioner:
    """Kills the process that is asking at its n-th request, before it or after it was obeyed."""

    def __init__(self, hub: Hub, number: int, *, obeyed: bool) -> None:
        self._left, self._obeyed = number, obeyed
        self.pid, self.struck = 0, False
        hub.before, hub.lose = self.before, self.lose

    def before(self, verb: str, path: str) -> int | None:
        self._left -= 1
        if self._left == 0 and not self._obeyed:
            self._strike()
            return 503
        return None

    def lose(self, verb: str, path: str) -> bool:
        if self._left == 0 and self._obeyed:
            self._strike()
        return False

    def _strike(self) -> None:
        while not self.pid:
            time.sleep(0.001)
        os.kill(self.pid, signal.SIGKILL)
        self._left, self.struck = -1, True


def killed(folder: Path, hub: Hub, how: str, executioner: Executioner) -> int:
    """Publish in a process that the executioner waits for; how it ended."""
    process = _FRESH.Process(target=publish, args=(folder, hub.url, how))
    process.start()
    executioner.pid = process.pid or 0
    process.join(60)
    return process.exitcode or 0


def revisions(hub: Hub) -> list[str]:
    """The trailers of every commit that a branch shows."""
    branches = [ref.removeprefix("heads/") for ref in hub.refs]
    shown = {message for branch in branches for message in hub.log(branch)}
    listed = [m for branch in branches for m in hub.log(branch) if "Stardraft-Revision" in m]
    assert len(listed) == len(set(listed)), "one revision in two commits"
    return [m for m in shown if "Stardraft-Revision" in m]


@pytest.mark.parametrize("how", ["commit", "pull"])
def test_one_commit_whichever_request_it_died_in(how: str, hub: Hub, tmp_path: Path) -> None:
    """First learn how many requests there are, then die in each, on both sides of it."""
    write_note(tmp_path / "notes")
    open_store(f"sqlite:///{tmp_path / 'empty.db'}").close()
    publish(tmp_path, hub.url, how)
    requests = len(hub.asked)
    assert requests >= 8
    deaths = 0
    for number in range(1, requests + 1):
        for obeyed in (False, True):
            day = tmp_path / f"{how}-{number}-{obeyed}"
            write_note(day / "notes")
            shutil.copyfile(tmp_path / "empty.db", day / "state.db")  # made once: it takes long
            here = Hub()
            executioner = Executioner(here, number, obeyed=obeyed)
            assert killed(day, here, how, executioner) == -signal.SIGKILL
            assert executioner.struck
            deaths += 1
            here.before, here.lose = (lambda verb, path: None), (lambda verb, path: False)
            publish(day, here.url, how)
            assert len(revisions(here)) == 1, f"request {number}, obeyed: {obeyed}"
            assert len(here.pulls) == (how == "pull")
            branch = next((r for r in here.refs if r != "heads/main"), "heads/main")
            files = here.files(branch.removeprefix("heads/"))
            assert files["notes/202207/0710.md"] == NOTE.encode()
            here.close()
    assert deaths == 2 * requests
