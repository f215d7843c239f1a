"""A Prefect server for as long as a flow runs: the reader's, one of ours, or a child.

Order: `PREFECT_API_URL` (or the setting) is used as it is and nothing is started; else one of
ours already listening on the fixed loopback port is joined; else Prefect's server is started as
a child that dies with its parent, however that ends.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pipeline.errors import Issue, StardraftError

START_TIMEOUT = 120.0

_MIGRATED = "migrated-by"
"""Names the Prefect version that has brought the database beside it up to date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The server a flow is recorded on; `api_url` ends in `/api`."""

    api_url: str
    kind: Literal["given", "joined", "started"]


def environment(home: Path, port: int) -> dict[str, str]:
    """Prefect's settings as we need them; the port by environment, else its UI calls another."""
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(int(START_TIMEOUT)),
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # the command speaks for itself
        "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # after 90 days
        "PREFECT_SERVER_MEMO_STORE_PATH": str(home / "memo.toml"),
    }


def _short_lived(home: Path) -> dict[str, str]:
    """What a server for one run can do without: block types, and migrating a database that
    this very version has migrated before (0.6 s of its start)."""
    made = {"PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false"}
    if (home / "prefect.db").is_file() and _migrated(home) == version("prefect"):
        made["PREFECT_SERVER_DATABASE_MIGRATE_ON_START"] = "false"
    return made


def _migrated(home: Path) -> str:
    try:
        return (home / _MIGRATED).read_text(encoding="utf-8")
    except OSError:
        return ""


@contextmanager
def engine(
    home: Path,
    port: int,
    given: str = "",
    *,
    lasting: bool = False,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[Engine]:
    """Have a server while the block runs, with the environment set for `import prefect`.

    `lasting` is for a server that stays and is looked at, `meanwhile` is done while it starts.
    Raises `StardraftError` where a child server does not come up in 120 s.
    """
    url = given or os.environ.get("PREFECT_API_URL", "")
    before = dict(os.environ)
    child: subprocess.Popen[bytes] | None = None
    try:
        os.environ.update({k: v for k, v in environment(home, port).items() if k not in before})
        home.parent.mkdir(parents=True, exist_ok=True)  # Prefect makes the last folder only
        if url:
            made = Engine(api_url=url, kind="given")
        elif _is_prefect(_api(port)):
            made = Engine(api_url=_api(port), kind="joined")
        else:
            port = port if _is_free(port) else _any_free_port()
            os.environ["PREFECT_SERVER_API_PORT"] = str(port)
            if not lasting:
                quick = _short_lived(home)
                os.environ.update({k: v for k, v in quick.items() if k not in before})
            child = _start(home, port)
            made = Engine(api_url=_api(port), kind="started")
        os.environ["PREFECT_API_URL"] = made.api_url
        if child:
            _wait_for(child, made.api_url, home, meanwhile)
            (home / _MIGRATED).write_text(version("prefect"), encoding="utf-8")
        yield made
    finally:
        if child:
            _stop(child)
        for key in set(os.environ) - set(before):
            del os.environ[key]
        os.environ.update(before)


def found(port: int, given: str = "") -> str:
    """The API of a server that is there already, as `engine` would use it; empty where none is.

    A given one is not asked: it may want credentials, which Prefect's client has.
    """
    api = given or os.environ.get("PREFECT_API_URL", "")
    return api or (_api(port) if _is_prefect(_api(port)) else "")


def _api(port: int) -> str:
    return f"http://127.0.0.1:{port}/api"


def _start(home: Path, port: int) -> subprocess.Popen[bytes]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603  (our own module, our own numbers)
            [sys.executable, "-m", "flows.server", str(port), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl+C is ours; we stop the child when the flow has ended
        )


def _wait_for(
    child: subprocess.Popen[bytes], api_url: str, home: Path, meanwhile: Callable[[], object]
) -> None:
    import prefect  # noqa: F401  (its import takes as long as the server's start: side by side)

    meanwhile()
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and child.poll() is None:
        if _is_prefect(api_url):
            return
        time.sleep(0.05)
    raise StardraftError(
        Issue(
            subject=api_url,
            code="prefect.no_server",
            sentence="Prefect 服务器没有启动。",
            remedy=f"看 {home / 'server.log'}；或先用 stardraft run --no-prefect。",
        )
    )


def _is_prefect(api_url: str) -> bool:
    """True where a healthy Prefect server answers, and not just anything on that port."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{api_url}/health", timeout=2) as health:
            healthy = json.load(health) is True
        with opener.open(f"{api_url}/admin/version", timeout=2) as version:
            return healthy and str(json.load(version)).startswith("3.")
    except (OSError, ValueError, urllib.error.URLError):
        return False


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _any_free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(timeout=15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
