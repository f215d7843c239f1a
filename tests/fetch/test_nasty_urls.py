"""Every address that browsers are tested with ends in a page or an issue, never in an exception."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.fetch import PoliteFetcher
from pipeline.fetch.addresses import literal_address
from pipeline.types import FetchRequest
from pipeline.urls import canonical_url, host_of, is_web_url, redacted_url, wechat_identity
from tests.fetch.server import FaultServer

NASTY = (
    "http://host:99999/",
    "http://host:-1/",
    "http://host:١٢/",
    "http://[::1",
    "http://[::1]x/",
    "http://[v1.x]/",
    f"http://{'a' * 64}.example/",
    f"http://{'a.' * 200}example/",
    "http://.example./",
    "http://xn--/",
    "http://xn--a/",
    "http://\ud800.example/\udfff?\ud801=\ud802#\ud803",
    "https://mp.weixin.qq.com/s?__biz=\ud800&mid=1&idx=\udfff",
    "https://mp.weixin.qq.com/s/\ud800abcdefghijk",
    "http://e.example/?token=\ud800",
    "http://user:p\x00w@e.example/",
    "http://e.example/%",
    "http://e.example/%zz?%ff#%",
)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)


def nasty(corpus: Path) -> list[str]:
    found = set(NASTY)
    for path in sorted((corpus / "text/url_wpt").glob("*.json")):
        found.update(strings(json.loads(path.read_bytes())))
    return sorted(found)


def outcomes(fetcher: PoliteFetcher, urls: list[str]) -> list[str]:
    requests = [FetchRequest(url=url) for url in urls]
    return [f.issue.code if f.issue else "page" for f in fetcher.fetch_many(requests)]


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network in which no name is known."""

    def unknown(host: str, *_: object, **__: object) -> list[Any]:
        host.encode("idna")  # as the real one does; an overlong label is a UnicodeError
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)


@pytest.mark.usefixtures("no_names")
def test_nasty_urls_one_by_one(make: Callable[..., PoliteFetcher]) -> None:
    for url in NASTY:
        (code,) = outcomes(make(), [url])
        assert code in ("fetch.bad_url", "fetch.dns", "fetch.forbidden_address"), ascii(url)


@pytest.mark.usefixtures("no_names")
def test_every_recorded_url(make: Callable[..., PoliteFetcher], corpus: Path) -> None:
    urls = [u for u in nasty(corpus) if literal_address(host_of(u)) is None]
    codes = outcomes(make(), urls)
    assert len(codes) == len(urls) > 5000
    assert set(codes) <= {"fetch.bad_url", "fetch.dns", "fetch.forbidden_address", "fetch.connect"}


def test_every_recorded_url_through_a_gateway(
    make: Callable[..., PoliteFetcher], corpus: Path
) -> None:
    urls = nasty(corpus)
    with FaultServer({}) as server:
        codes = outcomes(make(gateway=server.url("/"), max_redirects=0), urls)
    assert len(codes) == len(urls)
    assert "fetch.not_found" in codes


def test_every_recorded_url_has_one_canonical_form(corpus: Path) -> None:
    for url in nasty(corpus):
        once = canonical_url(url)
        assert canonical_url(once) == once
        assert once.encode("utf-8") or not url.strip()
        assert not re.search("[\ud800-\udfff]", redacted_url(url))
        assert not is_web_url(url) or host_of(url)
        assert wechat_identity(url) is None or "weixin" in url
