"""A PostgreSQL server of our own for the tests: made in a temporary folder, gone afterwards.

`STARDRAFT_TEST_POSTGRES` (postgresql+psycopg://…) names a running one instead.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_USER = "stardraft"
_QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
    "shared_buffers=128MB",
)
"""Nothing here outlives the tests, so nothing needs to reach the disk."""


def binaries() -> Path | None:
    """The folder with `initdb`, of the newest version installed; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).parent if named else None


def _version(initdb: Path) -> int:
    name = initdb.parents[1].name
    return int(name) if name.isdigit() else 0


@contextmanager
def server(options: tuple[str, ...] = _QUICK) -> Iterator[str]:
    """The address of a fresh server on a free loopback port; `binaries()` must not be None."""
    programs = binaries()
    assert programs is not None, "no PostgreSQL installed"
    folder = Path(tempfile.mkdtemp(prefix="stardraft-pg-"))
    try:
        as_whom = _unprivileged(folder)
        data = folder / "data"
        initdb = [programs / "initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8"]
        _run([*initdb, "--locale=C", "--no-sync"], as_whom, folder)
        with _running(programs, data, options, as_whom, folder) as port:
            yield f"postgresql+psycopg://{_USER}@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> dict[str, int]:
    """Whom to run as: PostgreSQL refuses root, so its own user, or nobody."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, found.pw_uid, found.pw_gid)
        return {"user": found.pw_uid, "group": found.pw_gid}
    raise RuntimeError("PostgreSQL does not run as root, and there is no user postgres or nobody")


def _run(command: list[object], as_whom: dict[str, int], folder: Path) -> None:
    words = [str(c) for c in command]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, **as_whom)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _running(
    programs: Path, data: Path, options: tuple[str, ...], as_whom: dict[str, int], folder: Path
) -> Iterator[int]:
    port = _free_port()
    log = folder / "log"
    words = [str(programs / "postgres"), "-D", str(data)]
    here = ("listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=")
    for setting in (*here, *options):
        words += ["-c", setting]
    with log.open("ab") as said:
        child = subprocess.Popen(words, cwd=folder, stdout=said, stderr=said, **as_whom)  # type: ignore[call-overload]
    try:
        _wait_for(child, port, log)
        yield port
    finally:
        child.send_signal(signal.SIGINT)  # "fast": open connections are cut
        child.wait(timeout=30)


def _wait_for(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    import psycopg

    for _ in range(600):
        assert child.poll() is None, log.read_text(errors="replace")
        try:
            psycopg.connect(f"postgresql://{_USER}@127.0.0.1:{port}/postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise AssertionError(f"PostgreSQL did not answer: {log.read_text(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database(address: str) -> Iterator[str]:
    """The address of an empty database of its own on that server."""
    from sqlalchemy import create_engine, make_url

    name = f"stardraft_{uuid.uuid4().hex[:12]}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield make_url(address).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        engine.dispose()
