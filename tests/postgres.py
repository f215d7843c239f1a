"""A PostgreSQL server of our own for the tests: made in a temporary folder, gone afterwards.

`STARDRAFT_TEST_POSTGRES` (postgresql+psycopg://…) names a running one instead. The server is kept
by a process of its own (`python -m tests.postgres`) that stops it and removes its folder as soon as
whoever wanted it is gone, be it killed: so an interrupted run of the tests leaves nothing behind.
Each process that asks has a server, a port and a folder of its own.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
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

_PORTS = 5
"""How many ports are tried, where somebody takes one between our look and our start."""


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
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres", *options],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl+C is for the tests; the keeper sees them go
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    with keeper, keeper.stdout:
        try:
            port = keeper.stdout.readline().strip()
            assert port, "PostgreSQL did not start; the reason stands above"
            yield f"postgresql+psycopg://{_USER}@127.0.0.1:{port}/postgres"
        finally:
            keeper.stdin.close()
            keeper.wait(timeout=60)


def keep(options: tuple[str, ...]) -> None:
    """Run a server, say its port, and stop it when nobody holds our input any more."""
    programs = binaries()
    assert programs is not None, "no PostgreSQL installed"
    folder = Path(tempfile.mkdtemp(prefix="stardraft-pg-"))
    try:
        as_whom = _unprivileged(folder)
        data = folder / "data"
        initdb = [programs / "initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8"]
        _run([*initdb, "--locale=C", "--no-sync"], as_whom, folder)
        with _running(programs, data, options, as_whom, folder) as port:
            print(port, flush=True)
            sys.stdin.read()
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
    log = folder / "log"
    for _ in range(_PORTS):
        port = _free_port()
        words = [str(programs / "postgres"), "-D", str(data)]
        here = ("listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=")
        for setting in (*here, *options):
            words += ["-c", setting]
        with log.open("ab") as said:
            child = subprocess.Popen(  # type: ignore[call-overload]
                words, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said, **as_whom
            )
        try:
            if _answers(child, port):
                yield port
                return
        finally:
            child.send_signal(signal.SIGINT)  # "fast": open connections are cut
            child.wait(timeout=30)
    raise AssertionError(f"PostgreSQL did not answer: {log.read_text(errors='replace')}")


def _answers(child: subprocess.Popen[bytes], port: int) -> bool:
    import psycopg

    for _ in range(600):
        if child.poll() is not None:  # as where another took the port
            return False
        try:
            psycopg.connect(f"postgresql://{_USER}@127.0.0.1:{port}/postgres").close()
            return True
        except psycopg.OperationalError:
            time.sleep(0.05)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database(address: str, encoding: str = "UTF8") -> Iterator[str]:
    """The address of an empty database of its own on that server."""
    from sqlalchemy import create_engine, make_url

    name = f"stardraft_{uuid.uuid4().hex[:12]}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(
                f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0"
            )
        yield make_url(address).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        engine.dispose()


if __name__ == "__main__":
    keep(tuple(sys.argv[1:]))
