"""The server that the tests on PostgreSQL share: one for each process, and none left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import binaries

_ROOT = Path(__file__).parents[2]
_WANTS_ONE = """
import sys
from tests.postgres import server
with server() as address:
    print(address, flush=True)
    sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(binaries() is None, reason="no PostgreSQL installed")


def wants_one(tmp: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WANTS_ONE],
        cwd=_ROOT,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def gone(tmp: Path) -> bool:
    """Whether the folders are removed, which is done last."""
    for _ in range(300):
        if not list(tmp.iterdir()):
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def tmp() -> Iterator[Path]:
    """A folder that the unprivileged user of the server may enter, unlike those of the tests."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


def test_two_have_their_own_and_whoever_is_killed_leaves_nothing(tmp: Path) -> None:
    import psycopg

    ends = {number: wants_one(tmp) for number in (signal.SIGKILL, signal.SIGTERM)}
    said = {p.stdout.readline().strip() for p in ends.values() if p.stdout}
    assert len(said) == 2
    for address in said:
        psycopg.connect(address.replace("+psycopg", "")).close()
    assert len(list(tmp.iterdir())) == 2
    for number, process in ends.items():
        process.send_signal(number)
        assert process.wait(timeout=30) == -number
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()
    assert gone(tmp)
    for address in said:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(address.replace("+psycopg", "")).close()
