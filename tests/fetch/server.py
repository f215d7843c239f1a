"""A loopback server that answers exactly as a test wants it to, also wrongly."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from types import TracebackType

Send = Callable[[bytes], Awaitable[None]]
Handler = Callable[["Asked", Send], Awaitable[None]]


class Asked:
    """One request as the server saw it: path, headers in lower case, and its start in s."""

    def __init__(self, path: str, headers: dict[str, str], at: float, peer: int) -> None:
        self.path, self.headers, self.at, self.peer = path, headers, at, peer


def reply(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; header names take `_` for `-`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{k.replace('_', '-')}: {v}" for k, v in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class FaultServer:
    """Serves `routes` (path → bytes or handler) on 127.0.0.1, in a thread of its own."""

    def __init__(self, routes: dict[str, bytes | Handler], tls: object = None) -> None:
        self.routes = routes
        self.asked: list[Asked] = []
        self.most_in_flight = 0
        self._in_flight: set[Asked] = set()
        self._tls = tls
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> FaultServer:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        """The address of a path."""
        return f"{scheme}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, in order, robots.txt left out."""
        return [a.path for a in self.asked if not a.path.endswith("/robots.txt")]

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._client, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")[1]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if not await self._answer(head.decode("latin-1"), writer, peer):
                    return
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    async def _answer(self, head: str, writer: asyncio.StreamWriter, peer: int) -> bool:
        first, *lines = head.split("\r\n")
        headers = {k.lower(): v for k, v in (li.split(": ", 1) for li in lines if ": " in li)}
        path = first.split(" ")[1]
        asked = Asked(path, headers, self._loop.time(), peer)
        self.asked.append(asked)
        route = self.routes.get(path.split("?")[0], reply(b"", "404 Not Found"))

        async def send(data: bytes) -> None:
            self._in_flight.discard(asked)  # from now on the client may ask for the next thing
            writer.write(data)
            await writer.drain()

        self._in_flight.add(asked)
        self.most_in_flight = max(self.most_in_flight, len(self._in_flight))
        try:
            if isinstance(route, bytes):
                await send(route)
                return True
            await route(asked, send)
            return False
        finally:
            self._in_flight.discard(asked)
