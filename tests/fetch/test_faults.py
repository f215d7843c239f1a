"""Every way a server can fail ends in a named issue, and the others are served meanwhile."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest

from pipeline.fetch import PoliteFetcher
from pipeline.types import FetchRequest
from tests.fetch.conftest import Get
from tests.fetch.server import Asked, FaultServer, Handler, Send, reply


def sends(*pieces: bytes, pause: float = 0.0) -> Handler:
    """A handler that writes the pieces and closes the connection."""

    async def handle(_asked: Asked, send: Send) -> None:
        for piece in pieces:
            await send(piece)
            await asyncio.sleep(pause)

    return handle


async def hang(_asked: Asked, _send: Send) -> None:
    await asyncio.sleep(3600)


async def endless(_asked: Asked, send: Send) -> None:
    await send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        await send(b"x" * 65536)


def drip(piece: bytes) -> Handler:
    async def handle(_asked: Asked, send: Send) -> None:
        while True:
            await send(piece)
            await asyncio.sleep(0.02)

    return handle


def gzip_bomb() -> bytes:
    return gzip.compress(b"\0" * 40_000_000)


_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

FAULTS: dict[str, tuple[bytes | Handler, str]] = {
    "hang": (hang, "timeout"),
    "drip of headers": (drip(b"X-A: b\r\n"), "protocol timeout"),
    "drip of body": (
        lambda a, s: drip(b"1\r\nx\r\n")(a, _started(s)),
        "timeout",
    ),
    "closed at once": (sends(), "reset"),
    "no http": (sends(b"SSH-2.0-OpenSSH\r\n"), "protocol"),
    "header of a megabyte": (sends(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000_000), "protocol reset"),
    "truncated": (sends(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), "truncated"),
    "truncated gzip": (
        reply(gzip.compress(b"a" * 9999)[:20], Content_Encoding="gzip"),
        "truncated",
    ),
    "no gzip": (reply(b"plain text", Content_Encoding="gzip"), "bad_encoding"),
    "no brotli": (reply(b"\xff" * 100, Content_Encoding="br"), "bad_encoding"),
    "truncated brotli": (
        reply(brotli.compress(bytes(range(256)) * 40)[:100], Content_Encoding="br"),
        "truncated",
    ),
    "zstd unasked": (reply(b"\x28\xb5\x2f\xfd", Content_Encoding="zstd"), "bad_encoding"),
    "gzip within gzip": (
        reply(gzip.compress(gzip_bomb()), Content_Encoding="gzip, gzip"),
        "bad_encoding",
    ),
    "gzip bomb": (reply(gzip_bomb(), Content_Encoding="gzip"), "too_large"),
    "deflate bomb": (
        reply(zlib.compress(b"\0" * 40_000_000), Content_Encoding="deflate"),
        "too_large",
    ),
    "brotli bomb": (
        reply(brotli.compress(b"\0" * 40_000_000, quality=3), Content_Encoding="br"),
        "too_large",
    ),
    "gzip in a thousand members": (
        reply(gzip.compress(b"") * 5000, Content_Encoding="gzip"),
        "bad_encoding",
    ),
    "100 MB announced": (
        sends(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n"),
        "too_large",
    ),
    "100 MB unannounced": (
        sends(_CHUNKED, *[b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 1600),
        "too_large",
    ),
    "endless body": (endless, "too_large"),
    "not found": (reply(b"", "404 Not Found"), "not_found"),
    "gone": (reply(b"", "410 Gone"), "gone"),
    "forbidden": (reply(b"", "403 Forbidden"), "denied"),
    "teapot": (reply(b"", "418 Teapot"), "http_status"),
    "broken": (reply(b"", "500 Oops"), "server_error"),
    "304 unasked": (reply(b"", "304 Not Modified"), "http_status"),
    "redirect to itself": (reply(b"", "302 Found", Location="/fault"), "too_many_redirects"),
    "redirect to a file": (reply(b"", "302 Found", Location="file:///etc/passwd"), "bad_redirect"),
    "redirect to nonsense": (reply(b"", "302 Found", Location="http://[::x]/"), "bad_redirect"),
    "redirect to loopback": (
        reply(b"", "302 Found", Location="http://127.0.0.2:9/"),
        "forbidden_address",
    ),
    "redirect to metadata": (
        reply(b"", "302 Found", Location="http://169.254.169.254/latest/meta-data/"),
        "forbidden_address",
    ),
    "busy, no word when": (reply(b"", "503 Unavailable"), "unavailable"),
}


def _started(send: Send) -> Send:
    """The same connection with the head of a chunked answer before the first piece."""
    begun = False

    async def later(piece: bytes) -> None:
        nonlocal begun
        head = b"" if begun else _CHUNKED
        begun = True
        await send(head + piece)

    return later


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_named_issue(name: str, make: Callable[..., PoliteFetcher]) -> None:
    route, causes = FAULTS[name]
    with FaultServer({"/fault": route, "/fine": reply(b"fine")}) as server:
        fetcher = make(timeout=2.0, max_bytes=1_000_000)
        urls = [server.url("/fault"), server.url("/fine")]
        results = {f.request.url: f for f in fetcher.fetch_many(FetchRequest(url=u) for u in urls)}
    issue = results[urls[0]].issue
    assert results[urls[0]].asked, "whoever redirects us was asked"
    assert issue is not None
    assert issue.code.removeprefix("fetch.") in causes.split()
    assert issue.sentence
    assert issue.remedy
    fine = results[urls[1]].page
    assert fine is not None
    assert fine.body == b"fine"


def test_nobody_listens(get: Get) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    issue = get(f"http://127.0.0.1:{port}/").issue
    assert issue is not None
    assert (issue.code, issue.temporary) == ("fetch.refused", True)


def test_unknown_name(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    issue = get("http://no-such-name.example/").issue
    assert issue is not None
    assert (issue.code, issue.temporary) == ("fetch.dns", True)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://",
        "http://[",
        "javascript:1",
        "http://a b/",
        "http://example.com:99999/",
        "//example.com/",
        "gopher://x/",
        "http://\x00/",
    ],
)
def test_no_address_at_all(url: str, get: Get) -> None:
    issue = get(url).issue
    assert issue is not None
    assert issue.code == "fetch.bad_url"


def test_a_certificate_nobody_signed(get: Get, tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))
    with FaultServer({"/": reply(b"secret")}, tls=context) as server:
        issue = get(server.url(scheme="https")).issue
    assert issue is not None
    assert issue.code == "fetch.tls"


def _self_signed(folder: Path) -> Path:
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(pem)
    )
    return path
