"""Addresses on their way: how a URL is written on the wire, through which gateway, with whose
credentials, and where a redirect leads."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace

from yarl import URL

from pipeline.fetch.causes import FetchFailure

_ODD = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True)
class Hop:
    """One address to ask: `url` is the original one without fragment and credentials.

    `authorization` is the header made from credentials in the reader's own URL; it never
    travels to another origin.
    """

    url: URL
    authorization: str | None = None

    @property
    def host(self) -> str:
        """The host in lower case, in its wire form."""
        return (self.url.raw_host or "").lower()

    @property
    def port(self) -> int:
        """The port, also where it is the default one."""
        return self.url.port or 0

    def wire(self, gateway: str | None) -> URL:
        """What is really asked: the URL itself, or the gateway with the URL appended."""
        return URL(gateway + str(self.url), encoded=True) if gateway else self.url

    def onwards(self, location: str, gateway: str | None) -> Hop:
        """Where a Location header leads; credentials stay behind when the origin changes."""
        if gateway and location.startswith(gateway):
            location = location.removeprefix(gateway)
        try:
            target = _clean(self.url.join(URL(_repaired(location))))
        except FetchFailure as failure:
            raise FetchFailure("bad_redirect", failure.detail) from failure
        except ValueError as error:
            raise FetchFailure("bad_redirect") from error
        same = target.origin() == self.url.origin()
        return replace(self, url=target, authorization=self.authorization if same else None)


def first_hop(url: str) -> Hop:
    """The start of a request; raises `FetchFailure` for anything but an http(s) URL."""
    try:
        parsed = URL(url.strip())
        target = _clean(parsed)
    except ValueError as error:
        raise FetchFailure("bad_url") from error
    return Hop(target, _authorization(parsed))


def _clean(url: URL) -> URL:
    if url.scheme not in ("http", "https") or not url.raw_host or not url.port:
        raise FetchFailure("bad_url")
    if _ODD.search(str(url)):
        raise FetchFailure("bad_url")
    return url.with_user(None).with_fragment(None)


def _repaired(location: str) -> str:
    """A header is read as Latin-1 or with surrogates; servers send bare UTF-8 in it."""
    text = location.strip().replace(" ", "%20")
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        return text.encode("ascii", "ignore").decode()


def _authorization(url: URL) -> str | None:
    if url.user is None and url.password is None:
        return None
    pair = f"{url.user or ''}:{url.password or ''}"
    return "Basic " + base64.b64encode(pair.encode("utf-8", "replace")).decode()
