"""A Prefect server for as long as a flow runs: the reader's, one of ours, or a child.

Order: `PREFECT_API_URL` (or the setting) is used as it is and nothing is started; else one that
stays and listens on the fixed loopback port already is joined; else Prefect's server is started
as a child that dies with its parent, however that ends. A server that was started for another run
is never joined: it goes with that run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flows.neighbours import Neighbour, api, is_free, is_prefect, mark, neighbour
from flows.starting import environment, start, stop
from pipeline.errors import Issue, StardraftError

LEAVE_TIMEOUT = 600.0
"""Seconds that a server which stays waits for the port while a run's server has it."""

CLOSE_TIMEOUT = 20.0
"""Seconds that it waits while somebody has the port who does not answer: perhaps one that ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The server a flow is recorded on; `api_url` ends in `/api`."""

    api_url: str
    kind: Literal["given", "joined", "started"]


@contextmanager
def engine(
    home: Path,
    port: int,
    given: str = "",
    *,
    host: str = "127.0.0.1",
    lasting: bool = False,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[Engine]:
    """Have a server while the block runs, with the environment set for `import prefect`.

    `lasting` is for a server that stays and is looked at, on this machine or, as `host` says, from
    others; `meanwhile` is done while it starts.
    Raises `StardraftError` where a child server does not come up in 120 s, where a lasting one
    finds another or a stranger on its port (on any other, `status` and `pause` would not find it),
    and where the server is lost while the block runs.
    """
    url = given or os.environ.get("PREFECT_API_URL", "")
    before = dict(os.environ)
    child: subprocess.Popen[bytes] | None = None
    try:
        os.environ.update({k: v for k, v in environment(home, port).items() if k not in before})
        home.parent.mkdir(parents=True, exist_ok=True)  # Prefect makes the last folder only
        if url:
            made = Engine(api_url=url, kind="given")
        elif _to_join(home, port, lasting):
            made = Engine(api_url=api(port), kind="joined")
        else:
            kept = frozenset(before)
            child, url = start(
                home, port, host=host, lasting=lasting, kept=kept, meanwhile=meanwhile
            )
            made = Engine(api_url=url, kind="started")
        os.environ["PREFECT_API_URL"] = made.api_url
        with _while_it_answers(made):
            yield made
    finally:
        if child:
            stop(child)
        for key in set(os.environ) - set(before):
            del os.environ[key]
        os.environ.update(before)


def found(port: int, given: str = "") -> str:
    """The API of a server that is there already, as `engine` would use it; empty where none is.

    A given one is not asked: it may want credentials, which Prefect's client has.
    """
    named = given or os.environ.get("PREFECT_API_URL", "")
    return named or (api(port) if _stays(api(port)) else "")


def _stays(api_url: str) -> bool:
    """Whether a Prefect server is there that does not go with somebody else's run."""
    if not is_prefect(api_url):
        return False
    ours = neighbour(api_url)
    return ours is None or ours.lasting


def _to_join(home: Path, port: int, lasting: bool) -> bool:
    """Whether the server on our port is the one to use. One that is to last itself waits for a
    run's server to go, and stands beside no other of its kind."""
    if not lasting:
        return _stays(api(port))
    began = time.monotonic()
    while not is_free(port):
        waited = time.monotonic() - began
        if not is_prefect(api(port)):
            if waited > CLOSE_TIMEOUT:
                raise StardraftError(_strange(port))
        elif (ours := neighbour(api(port))) is None:
            return True
        elif ours.lasting or waited > LEAVE_TIMEOUT:
            raise StardraftError(_taken(ours, home, port))
        time.sleep(0.2)
    return False


def _strange(port: int) -> Issue:
    return Issue(
        subject=f"127.0.0.1:{port}",
        code="prefect.port_taken",
        sentence="别的程序正在用这个端口。",
        remedy="在 settings.toml 的 [prefect] 里换一个 port，或停掉那个程序。",
    )


def _taken(other: Neighbour, home: Path, port: int) -> Issue:
    same = other.mark == mark(home)
    what = "stardraft serve" if other.lasting else "stardraft run"
    return Issue(
        subject=f"127.0.0.1:{port}",
        code="prefect.port_taken",
        sentence=f"{'这个' if same else '另一个'}工作区的 {what} 正在用这个端口，进程号 {other.pid}。",
        remedy="先停掉它。" if same else "在 settings.toml 的 [prefect] 里换一个 port。",
    )


@contextmanager
def _while_it_answers(made: Engine) -> Iterator[None]:
    """Say plainly where the server went away in the middle, as when `serve` is restarted."""
    try:
        yield
    except Exception as error:
        if not _was_away(error, made):
            raise
        raise StardraftError(_lost(made)) from error


def _was_away(error: BaseException, made: Engine) -> bool:
    """Whether the server could not be reached, be it back by now; Prefect wraps what it met."""
    lost: type[Exception] | tuple[()] = getattr(sys.modules.get("httpx"), "TransportError", ())
    met: BaseException | None = error
    while met and not isinstance(met, lost):
        met = met.__cause__
    if met is None:
        return False
    asked = str(getattr(met, "_request", None) and met.request.url)  # type: ignore[attr-defined]
    return asked.startswith(made.api_url) or not is_prefect(made.api_url)


def _lost(made: Engine) -> Issue:
    return Issue(
        subject=made.api_url,
        code="prefect.lost",
        sentence="记录这次运行的 Prefect 服务器中途停了。",
        remedy="再运行一次就会接着做；不想依赖它，用 stardraft run --no-prefect。",
        temporary=True,
    )
