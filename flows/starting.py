"""The server as our child: its environment, its start on a port of its own, its end."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from flows.neighbours import any_free_port, api, is_free, is_prefect, neighbour
from flows.server import uncollected
from pipeline.errors import Issue, StardraftError

START_TIMEOUT = 120.0
"""Seconds that a server may take until it answers."""

_PORTS = 3
"""How many ports are tried, where somebody takes one between our look and our start."""

_MIGRATED = "migrated-by"
"""Names the Prefect version that has brought the database beside it up to date."""

_SWEPT = "swept"
"""Was touched when a server was last started that forgets what is old in the database."""

_SWEEP_EVERY = 7 * 86400.0
"""Seconds; looking for what is old costs a run half a second."""

_SCHEDULING = (
    *("SCHEDULER", "LATE_RUNS", "PAUSE_EXPIRATIONS", "FOREMAN"),
    *("REPOSSESSOR", "CANCELLATION_CLEANUP", "CLEANUP_RECONCILER"),
)
"""Services of the server that look after schedules and workers; a single run has neither."""


def environment(home: Path, port: int) -> dict[str, str]:
    """Prefect's settings as we need them; the port by environment, else its UI calls another."""
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        **_at(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(int(START_TIMEOUT)),
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # the command speaks for itself
        "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",  # a server that is away we tell ourselves
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # after 90 days
        "PREFECT_SERVER_MEMO_STORE_PATH": str(home / "memo.toml"),
        "PY_KEY_VALUE_DISABLE_BEARTYPE": "true",  # one of its libraries checks types as it goes
    }


def _at(port: int) -> dict[str, str]:
    """Where the server listens, and that of all pages in a browser only its own may call it."""
    own = f"http://127.0.0.1:{port},http://localhost:{port}"
    return {"PREFECT_SERVER_API_PORT": str(port), "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": own}


def _lasting(home: Path) -> dict[str, str]:
    """Its page is laid out where we may write: the folder it was installed in may be root's."""
    page = home / "ui"
    page.mkdir(parents=True, exist_ok=True)
    return {"PREFECT_SERVER_UI_STATIC_DIRECTORY": str(page)}


def _short_lived(home: Path) -> dict[str, str]:
    """What a server for one run can do without: its page, block types, the care for schedules,
    looking for what is old more than once a week, and migrating a database that this very version
    has migrated before (0.6 s of its start)."""
    made = {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in _SCHEDULING}
    made["PREFECT_SERVER_UI_ENABLED"] = "false"
    made["PREFECT_SERVER_REGISTER_BLOCKS_ON_START"] = "false"
    if (home / "prefect.db").is_file() and _migrated(home) == version("prefect"):
        made["PREFECT_SERVER_DATABASE_MIGRATE_ON_START"] = "false"
    if _age(home / _SWEPT) < _SWEEP_EVERY:
        made["PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED"] = ","  # an empty list; "" means events
    return made


def _age(file: Path) -> float:
    """Seconds since it was written; endless where it is not there."""
    try:
        return abs(time.time() - file.stat().st_mtime)
    except OSError:
        return math.inf


def _migrated(home: Path) -> str:
    try:
        return (home / _MIGRATED).read_text(encoding="utf-8")
    except OSError:
        return ""


def start(
    home: Path,
    port: int,
    *,
    host: str,
    lasting: bool,
    kept: frozenset[str],
    meanwhile: Callable[[], object],
) -> tuple[subprocess.Popen[bytes], str]:
    """A server that answers, on `port` where that is free: the child and its API's address.

    Sets what it needs in the environment, but for the names in `kept`; `meanwhile` is done, and
    Prefect imported, while it starts. Raises `StardraftError` where it does not come up in 120 s.
    """
    tried = [port if is_free(port) else any_free_port()]
    while True:
        wanted = _at(tried[-1]) | (_lasting(home) if lasting else _short_lived(home))
        os.environ.update({k: v for k, v in wanted.items() if k not in kept})
        url = os.environ["PREFECT_API_URL"] = api(tried[-1])
        child = _spawn(home, host, tried[-1], lasting)
        try:
            _import_prefect(meanwhile)
            if _is_up(child, url):
                _remember(home, wanted)
                return child, url
        except BaseException:
            stop(child)
            raise
        stop(child)
        if is_free(tried[-1]) or len(tried) == _PORTS:
            raise StardraftError(_no_server(url, home))
        tried.append(any_free_port())


def _remember(home: Path, started_with: Mapping[str, str]) -> None:
    """What the next server of a single run need not do again."""
    (home / _MIGRATED).write_text(version("prefect"), encoding="utf-8")
    if "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED" not in started_with:
        (home / _SWEPT).touch()


def _spawn(home: Path, host: str, port: int, lasting: bool) -> subprocess.Popen[bytes]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603  (our own module, our own numbers)
            [
                *(sys.executable, "-m", "flows.server", host, str(port), str(os.getpid())),
                *(("lasting",) if lasting else ()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl+C is ours; we stop the child when the flow has ended
        )


def _import_prefect(meanwhile: Callable[[], object]) -> None:
    """Takes as long as the server's start, so it is done side by side."""
    with uncollected():
        import prefect.context

        # It read the environment when it was first imported, perhaps for another server.
        prefect.context.refresh_global_settings_context()
        meanwhile()


def _is_up(child: subprocess.Popen[bytes], url: str) -> bool:
    """Wait until it is our child that answers there, or has ended, or takes too long."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and child.poll() is None:
        ours = neighbour(url)
        if ours and ours.pid == os.getpid() and is_prefect(url):
            return True
        time.sleep(0.05)
    return False


def _no_server(url: str, home: Path) -> Issue:
    return Issue(
        subject=url,
        code="prefect.no_server",
        sentence="Prefect 服务器没有启动。",
        remedy=f"看 {home / 'server.log'}；或先用 stardraft run --no-prefect。",
    )


def stop(child: subprocess.Popen[bytes]) -> None:
    """End it, whatever it is doing."""
    child.terminate()
    try:
        child.wait(timeout=15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
