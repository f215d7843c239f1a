"""The Prefect engine: everything recorded, nothing left behind, the reader's server respected."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from flows.engine import engine, found
from flows.neighbours import is_prefect
from pipeline.errors import StardraftError
from tests.flows.prefect_house import environment

pytestmark = pytest.mark.prefect

_RUN = """
import sys
from pathlib import Path
from flows.engine import engine
from pipeline.errors import StardraftError
try:
    with engine(Path(sys.argv[1]), int(sys.argv[2]), lasting="lasting" in sys.argv) as made:
        print(made.kind, made.api_url, flush=True)
        sys.stdin.read()
except StardraftError as error:
    print(error.issues[0].code, error.issues[0].sentence, flush=True)
"""


@pytest.fixture(autouse=True)
def no_server_is_named() -> Iterator[None]:
    """As other tests' shared server would be."""
    with environment({}):
        yield


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def alive(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until_gone(port: int) -> bool:
    for _ in range(200):
        if not alive(port):
            return True
        time.sleep(0.1)
    return False


def begun(home: Path, port: int, *more: str) -> subprocess.Popen[str]:
    """A process with a server, until it hears the end of its input."""
    return subprocess.Popen(
        [sys.executable, "-c", _RUN, str(home), str(port), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")},
    )


def word(process: subprocess.Popen[str]) -> str:
    """The next line that it says."""
    assert process.stdout is not None
    return process.stdout.readline()


def started(home: Path, port: int, *more: str) -> subprocess.Popen[str]:
    child = begun(home, port, *more)
    assert word(child).split() == ["started", f"http://127.0.0.1:{port}/api"]
    return child


def test_a_given_server_is_used_and_nothing_started(tmp_path: Path) -> None:
    before = dict(os.environ)
    with engine(tmp_path / "prefect", free_port(), "http://127.0.0.1:9/api") as made:
        assert (made.kind, made.api_url) == ("given", "http://127.0.0.1:9/api")
        assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:9/api"
    assert dict(os.environ) == before
    assert not (tmp_path / "prefect").exists()


def test_one_that_stays_is_joined_by_runs_and_by_nobody_who_wants_to_stay_too(
    tmp_path: Path,
) -> None:
    port = free_port()
    first = started(tmp_path / "prefect", port, "lasting")
    try:
        with engine(tmp_path / "prefect", port) as made:
            assert made.kind == "joined"
            assert found(port) == made.api_url
        for whose, home in (("这个", tmp_path / "prefect"), ("另一个", tmp_path / "other")):
            refused = begun(home, port, "lasting")
            said, _ = refused.communicate(timeout=60)
            assert said.startswith(f"prefect.port_taken {whose}工作区"), said
            assert str(first.pid) in said
        assert alive(port)
    finally:
        first.communicate("", timeout=60)
    assert first.returncode == 0
    assert wait_until_gone(port)


def test_a_server_that_goes_with_a_run_is_left_to_it(tmp_path: Path) -> None:
    """Whoever joined it would lose it in the middle; who wants to stay waits for its port."""
    port = free_port()
    run = started(tmp_path / "prefect", port)
    staying = begun(tmp_path / "prefect", port, "lasting")
    try:
        assert found(port) == ""
        with engine(tmp_path / "prefect", port) as made:
            assert made.kind == "started"
            assert made.api_url != f"http://127.0.0.1:{port}/api"
            run.communicate("", timeout=60)
            assert is_prefect(made.api_url)
        assert word(staying).split() == ["started", f"http://127.0.0.1:{port}/api"]
    finally:
        for process in (run, staying):
            if process.poll() is None:
                process.communicate("", timeout=60)
    assert wait_until_gone(port)


def test_a_server_lost_in_the_middle_is_said_plainly(tmp_path: Path) -> None:
    with (
        pytest.raises(StardraftError) as caught,
        engine(tmp_path / "prefect", free_port(), f"http://127.0.0.1:{free_port()}/api") as made,
    ):
        httpx.get(f"{made.api_url}/health")
    assert caught.value.issues[0].code == "prefect.lost"
    with (
        pytest.raises(ZeroDivisionError),
        engine(tmp_path / "prefect", free_port(), f"http://127.0.0.1:{free_port()}/api"),
    ):
        1 / 0  # noqa: B018


def gives_up(api: str) -> None:
    """As Prefect does with a task."""
    try:
        httpx.post(f"{api}/v2/concurrency_limits/increment-with-lease")
    except httpx.ConnectError as away:
        raise RuntimeError("Unable to acquire concurrency slots") from away


def test_a_server_lost_and_back_again_is_said_as_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when `serve` is restarted: Prefect gave up a task while it was away, and wraps why."""
    monkeypatch.setattr("flows.engine.is_prefect", lambda url: True)
    with (
        pytest.raises(StardraftError) as caught,
        engine(tmp_path / "prefect", free_port(), f"http://127.0.0.1:{free_port()}/api") as made,
    ):
        gives_up(made.api_url)
    assert caught.value.issues[0].code == "prefect.lost"
    with (
        pytest.raises(httpx.ConnectError),
        engine(tmp_path / "prefect", free_port(), f"http://127.0.0.1:{free_port()}/api"),
    ):
        httpx.get(f"http://127.0.0.1:{free_port()}/somebody-else")


def test_a_killed_run_leaves_no_server_behind(tmp_path: Path) -> None:
    port = free_port()
    run = started(tmp_path / "prefect", port)
    run.send_signal(signal.SIGKILL)
    run.wait(timeout=30)
    for pipe in (run.stdin, run.stdout):
        assert pipe is not None
        pipe.close()
    assert wait_until_gone(port)


def test_a_stranger_on_our_port_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = int(stranger.getsockname()[1])
        with engine(tmp_path / "prefect", port) as made:
            assert made.kind == "started"
            assert made.api_url != f"http://127.0.0.1:{port}/api"
            with urllib.request.urlopen(f"{made.api_url}/health", timeout=10) as answer:
                assert json.load(answer) is True
        monkeypatch.setattr("flows.engine.CLOSE_TIMEOUT", 0.5)
        with pytest.raises(StardraftError) as caught, engine(tmp_path / "2", port, lasting=True):
            raise AssertionError("where nobody would look for it")
    assert caught.value.issues[0].code == "prefect.port_taken"
