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

from pipeline.errors import StoreError
from pipeline.store import open_store
from tests.postgres import binaries, database
from tests.store.samples import NOW, feed

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


def test_a_database_without_an_encoding_holds_chinese_as_well(postgres: str) -> None:
    """As `initdb` makes one where no locale is set."""
    with database(postgres, "SQL_ASCII") as url:
        store = open_store(url)
        store.sync_feeds([feed("量子位😀")], NOW)
        ((kept, _, _),) = store.feed_health()
        store.close()
    assert kept.title == "账号 量子位😀"


def test_a_database_that_cannot_hold_chinese_is_refused(postgres: str) -> None:
    with database(postgres, "LATIN1") as url, pytest.raises(StoreError) as caught:
        open_store(url)
    (issue,) = caught.value.issues
    assert issue.code == "store.encoding"
    assert "LATIN1" in issue.sentence
    assert "ENCODING 'UTF8'" in issue.remedy
