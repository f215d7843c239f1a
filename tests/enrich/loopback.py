"""A small HTTP server on loopback that answers what a test tells it, and keeps what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Says:
    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    """Seconds between single bytes of the body."""


class _QuietServer(ThreadingHTTPServer):
    """A client that hangs up is what half of the tests are about: nothing to print."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        return


class Loopback:
    """`answer` is called for every request; `asked` lists them."""

    def __init__(self, answer: Callable[[Asked], Says]) -> None:
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                parts = urlsplit(self.path)
                query = {k: v[0] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
                asked = Asked(
                    self.command,
                    parts.path,
                    query,
                    {k.lower(): v for k, v in self.headers.items()},
                    self.rfile.read(length),
                )
                outer.asked.append(asked)
                self._say(answer(asked))

            do_GET = do_POST = _serve  # noqa: N815 - the names the base class calls

            def _say(self, says: Says) -> None:
                outer.closing.wait(says.delay)
                body = says.body.encode() if isinstance(says.body, str) else says.body
                try:
                    self.send_response(says.status)
                    for key, value in says.headers.items():
                        self.send_header(key, value)
                    if "Content-Length" not in says.headers:
                        self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    if says.drip:
                        for byte in body:
                            self.wfile.write(bytes([byte]))
                            self.wfile.flush()
                            if outer.closing.wait(says.drip):
                                return
                    else:
                        self.wfile.write(body)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *args: object) -> None:
                return

        self._server = _QuietServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def serving(answer: Callable[[Asked], Says]) -> Iterator[Loopback]:
    server = Loopback(answer)
    try:
        yield server
    finally:
        server.close()


def in_turn(*answers: Says) -> Callable[[Asked], Says]:
    """Each answer once, the last for ever."""
    left = list(answers)
    return lambda _asked: left.pop(0) if len(left) > 1 else left[0]


class MemoryLimiter:
    """The limiter port in memory: slots `interval` apart, nobody before `until`."""

    def __init__(self) -> None:
        self.next: dict[str, datetime] = {}
        self.pushed: list[tuple[str, datetime]] = []

    def reserve(self, name: str, interval: float, now: datetime) -> float:
        at = max(now, self.next.get(name, now))
        self.next[name] = at + timedelta(seconds=interval)
        return (at - now).total_seconds()

    def push_back(self, name: str, until: datetime) -> None:
        self.pushed.append((name, until))
        self.next[name] = max(until, self.next.get(name, until))


class RealClock:
    """Real time for time-outs, but sleeping only turns the hands."""

    def __init__(self, start: datetime) -> None:
        self._start, self._began, self._slept = start, time.monotonic(), 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        gone = time.monotonic() - self._began + self._slept
        return self._start + timedelta(seconds=gone)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._slept += seconds
