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
from pathlib import Path

import pytest

from flows.engine import engine

pytestmark = pytest.mark.prefect

_RUN = """
import sys
from pathlib import Path
from flows.engine import engine
with engine(Path(sys.argv[1]), int(sys.argv[2])) as made:
    print(made.kind, made.api_url, flush=True)
    sys.stdin.read()
"""


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


def started(home: Path, port: int) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", _RUN, str(home), str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")},
    )
    assert child.stdout is not None
    assert child.stdout.readline().split() == ["started", f"http://127.0.0.1:{port}/api"]
    return child


def test_a_given_server_is_used_and_nothing_started(tmp_path: Path) -> None:
    before = dict(os.environ)
    with engine(tmp_path / "prefect", free_port(), "http://127.0.0.1:9/api") as made:
        assert (made.kind, made.api_url) == ("given", "http://127.0.0.1:9/api")
        assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:9/api"
    assert dict(os.environ) == before
    assert not (tmp_path / "prefect").exists()


def test_one_of_ours_is_joined_and_survives_us(tmp_path: Path) -> None:
    port = free_port()
    first = started(tmp_path / "prefect", port)
    try:
        with engine(tmp_path / "prefect", port) as made:
            assert made.kind == "joined"
        assert alive(port)
    finally:
        first.communicate("", timeout=60)
    assert first.returncode == 0
    assert wait_until_gone(port)


def test_a_killed_run_leaves_no_server_behind(tmp_path: Path) -> None:
    port = free_port()
    run = started(tmp_path / "prefect", port)
    run.send_signal(signal.SIGKILL)
    run.wait(timeout=30)
    for pipe in (run.stdin, run.stdout):
        assert pipe is not None
        pipe.close()
    assert wait_until_gone(port)


def test_a_stranger_on_our_port_is_left_alone(tmp_path: Path) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = int(stranger.getsockname()[1])
        with engine(tmp_path / "prefect", port) as made:
            assert made.kind == "started"
            assert made.api_url != f"http://127.0.0.1:{port}/api"
            with urllib.request.urlopen(f"{made.api_url}/health", timeout=10) as answer:
                assert json.load(answer) is True
