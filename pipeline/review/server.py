"""The server: a socket on this machine, and the page behind it."""

from __future__ import annotations

import errno
import ipaddress
import secrets
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import Issue, UsageError
from pipeline.review.app import make_app
from pipeline.review.guard import Gate, local_hosts
from pipeline.wiring.review import ReviewRooms

if TYPE_CHECKING:
    import uvicorn


_REASONS = {
    errno.EADDRINUSE: "已有程序在用它",
    errno.EACCES: "没有权限用这个端口",
    errno.EADDRNOTAVAIL: "这台机器没有这个地址",
}

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - heard everywhere, opened here


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Where the page is: a bound socket, its address for a browser, the token it asks for."""

    listener: socket.socket
    address: str
    token: str


def is_loopback(host: str) -> bool:
    """True where only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def opening(host: str, port: int, token: str) -> Opening:
    """Bind the socket; beyond this machine a token is made where none was given.

    Port 0 takes any free one. Raises `UsageError` where the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
        listener.listen(64)  # a browser that comes before the server waits instead of failing
    except OSError as error:
        listener.close()
        raise UsageError(_taken(host, port, error)) from error
    if not is_loopback(host) and not token:
        token = secrets.token_urlsafe(18)
    shown = _ANYWHERE.get(host.strip("[]"), f"[{host}]" if ":" in host else host)
    taken = listener.getsockname()[1]
    return Opening(listener=listener, address=f"http://{shown}:{taken}", token=token)


def _taken(host: str, port: int, error: OSError) -> Issue:
    return Issue(
        subject=f"{host}:{port}",
        code="review.port",
        sentence=f"打不开这个地址：{_REASONS.get(error.errno or 0, error.strerror or error)}。",
        remedy="可能审阅页已经开着；要再开一个，用 --port 或 settings.toml 的 [review] 换一个 port。",
    )


def serve(rooms: ReviewRooms, found: Opening) -> None:
    """Answer until interrupted; requests under way are finished first."""
    server_of(rooms, found).run(sockets=[found.listener])


def server_of(rooms: ReviewRooms, found: Opening) -> uvicorn.Server:
    """The server that will answer at the opening."""
    import uvicorn

    port = found.listener.getsockname()[1]
    host = found.address.removeprefix("http://").rpartition(":")[0]
    names = (*rooms.workspace.settings.review.hosts, host)
    gate = Gate(hosts=local_hosts(port, names), secret=rooms.secret(), token=found.token)
    config = uvicorn.Config(
        make_app(rooms, gate),
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=5,
        limit_concurrency=100,
    )
    return uvicorn.Server(config)
