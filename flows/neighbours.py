"""Who listens on our loopback port: nobody, a stranger, the reader's Prefect, one of ours."""

from __future__ import annotations

import hashlib
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CARD = "/stardraft"
"""Where a server of ours says whose it is and how long it stays."""

_ANSWER_WITHIN = 2.0
_LONGEST = 10_000
"""Bytes of an answer that are read, whoever gave it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A server of ours: its workspace as `mark` tells it, the process (pid) that it ends with, and
    whether it stays (`stardraft serve`) or goes with the run that it was started for."""

    mark: str
    pid: int
    lasting: bool


def mark(home: Path) -> str:
    """Tells two workspaces apart without telling a stranger where they are."""
    return hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]


def card(home: Path, pid: int, lasting: bool) -> dict[str, Any]:
    """What a server of ours answers at `CARD`."""
    return {"mark": mark(home), "pid": pid, "lasting": lasting}


def api(port: int) -> str:
    """The address of the API of a Prefect server on that port."""
    return f"http://127.0.0.1:{port}/api"


def is_prefect(api_url: str) -> bool:
    """True where a healthy Prefect server answers, and not just anything on that port."""
    return _json(f"{api_url}/health") is True and str(_json(f"{api_url}/admin/version")).startswith(
        "3."
    )


def neighbour(api_url: str) -> Neighbour | None:
    """Which server of ours answers there; None where it is none."""
    said = _json(api_url.removesuffix("/api") + CARD)
    if not isinstance(said, Mapping):
        return None
    try:
        return Neighbour(
            mark=str(said["mark"]), pid=int(said["pid"]), lasting=said["lasting"] is True
        )
    except (KeyError, TypeError, ValueError):
        return None


def _json(url: str) -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=_ANSWER_WITHIN) as answer:
            return json.loads(answer.read(_LONGEST))
    except (OSError, ValueError, urllib.error.URLError):
        return None


def is_free(port: int) -> bool:
    """Whether a server can listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does: connections that ended a moment ago are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def any_free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
