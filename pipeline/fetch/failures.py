"""Network exceptions, told as one of our causes."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp

from pipeline.fetch.causes import FetchFailure
from pipeline.fetch.decode import BadEncodingError, TooLargeError
from pipeline.fetch.resolving import ForbiddenAddressError

_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (ForbiddenAddressError, "forbidden_address"),
    (TooLargeError, "too_large"),
    (BadEncodingError, "bad_encoding"),
    (aiohttp.ClientProxyConnectionError, "proxy"),
    (aiohttp.ClientHttpProxyError, "proxy"),
    (aiohttp.ClientConnectorDNSError, "dns"),
    (aiohttp.ClientSSLError, "tls"),
    (ssl.SSLError, "tls"),
    (aiohttp.InvalidURL, "bad_url"),
    (aiohttp.ClientPayloadError, "truncated"),
    (aiohttp.ClientResponseError, "protocol"),
    (aiohttp.ServerDisconnectedError, "reset"),
    (ConnectionRefusedError, "refused"),
    (ConnectionResetError, "reset"),
    (BrokenPipeError, "reset"),
    (TimeoutError, "timeout"),
    (OSError, "connect"),
    (aiohttp.ClientError, "protocol"),
)
_EXPECTED = (aiohttp.ClientError, OSError, TooLargeError, BadEncodingError)


@contextmanager
def told_as_failures() -> Iterator[None]:
    """Turn what the network can do to the block into `FetchFailure`; bugs pass through."""
    try:
        yield
    except _EXPECTED as error:
        raise FetchFailure(cause_of(error)) from error


def cause_of(error: BaseException) -> str:
    """The name in `CAUSES`; the innermost error decides where aiohttp wraps one."""
    inner = getattr(error, "os_error", None) or error
    for one in (inner, error):
        for kind, cause in _CAUSES[:-2]:
            if isinstance(one, kind):
                return cause
    return "connect" if isinstance(error, OSError) else "protocol"
