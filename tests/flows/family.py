"""Every process that the tests of flows start, whoever its parent is by now.

They are known by a variable in their environment, which children inherit; read from /proc, so
where there is none (not Linux) nothing is found.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = "TESTS_OF_STARDRAFT_FAMILY"  # `Small` takes those that begin with STARDRAFT_ away
_OURS = uuid.uuid4().hex


@contextmanager
def at_home() -> Iterator[None]:
    """Children that are started meanwhile are ours, those of other tests are not."""
    os.environ[_NAME] = _OURS
    try:
        yield
    finally:
        os.environ.pop(_NAME, None)


def members() -> dict[int, str]:
    """The living by process id, each with its command line."""
    wanted = f"{_NAME}={_OURS}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                found[int(folder.name)] = b" ".join(words).decode(errors="replace")
        except OSError:  # ended meanwhile, or not ours to look at
            continue
    return found


def strangers(known: dict[int, str]) -> dict[int, str]:
    """Members that are neither known nor started by one of those."""
    return {pid: said for pid, said in members().items() if not _descends(pid, known)}


def _descends(pid: int, known: dict[int, str]) -> bool:
    while pid > 1:
        if pid in known:
            return True
        pid = _parent(pid)
    return False


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
