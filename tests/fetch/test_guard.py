"""Strangers' URLs stay out of loopback, private networks and metadata services."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetch import PoliteFetcher
from pipeline.fetch.addresses import Guard, is_local_name, is_public, literal_address
from pipeline.types import FetchRequest
from tests.fetch.conftest import Get
from tests.fetch.server import FaultServer, reply

CLOSED = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3
168.63.129.16 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.88.99.1
192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1
255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2
2001:db8::1 2001:10::1 2001:20::1 2002:7f00:1:: 2002:a00:1:: 2002:a9fe:a9fe::1 3fff::1 5f00::1
fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 2606:4700::5efe:127.0.0.1 2606:4700::200:5efe:10.0.0.1
""".split()
OPEN = "1.1.1.1 8.8.8.8 101.32.0.1 172.32.0.1 192.169.0.1 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::".split()


@pytest.mark.parametrize("address", CLOSED)
def test_closed_addresses(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_open_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "literal",
    "127.1 127.0.1 0177.0.0.1 017700000001 0x7f.0.0.1 0x7f000001 0X7F.1 2130706433 00000177.1 "
    "127.0.0.1. [::1] ::1 [::ffff:7f00:1] fe80::1%eth0 [::1%25lo] １２７.０.０.１ ①②⑦.⓪.⓪.① 127。0。0。1 "
    "0 0.0 4294967295 0xa9fea9fe 2852039166 169.16689662 0251.0376.0251.0376 08.8.8.8 10.0.0.08".split(),
)
def test_literals_mean_what_a_c_library_makes_of_them(literal: str) -> None:
    assert literal_address(literal) is not None
    if not literal.startswith("08"):
        assert Guard().host_is_refused(literal, 80)


_FORMS = ("{}", "0{:o}", "0x{:x}", "0X{:X}")


@given(st.data())
def test_every_spelling_of_an_address_means_what_the_c_library_says(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 4))
    numbers = [data.draw(st.integers(0, 255)) for _ in range(count - 1)]
    numbers.append(data.draw(st.integers(0, 256 ** (5 - count) - 1)))
    text = ".".join(data.draw(st.sampled_from(_FORMS)).format(number) for number in numbers)
    assert str(literal_address(text)) == socket.inet_ntoa(socket.inet_aton(text))


@pytest.mark.parametrize("name", "example.com 1.2.3.4.5 0xfoo 127.0.0.1.nip.io deadbeef".split())
def test_names_are_no_literals(name: str) -> None:
    assert literal_address(name) is None
    assert not Guard().host_is_refused(name, 80)


def test_local_names() -> None:
    assert all(
        is_local_name(n) for n in "localhost LOCALHOST. a.localhost nas.local x.internal".split()
    )
    assert not any(
        is_local_name(n) for n in "example.com localhost.com notlocal internal.com".split()
    )


def test_the_readers_own_bridge_is_let_through_and_nothing_else_of_that_host() -> None:
    guard = Guard(allowed=("127.0.0.1:4000", "nas.lan"), own=("127.0.0.1:8899",))
    assert guard.may_connect("127.0.0.1", 4000, "127.0.0.1")
    assert not guard.host_is_refused("127.0.0.1", 4000)
    assert guard.host_is_refused("127.0.0.1", 22)
    assert not guard.may_connect("127.0.0.1", 22, "127.0.0.1")
    assert guard.may_connect("nas.lan", 1, "192.168.0.7")
    assert guard.may_connect("127.0.0.1", 8899, "127.0.0.1")
    assert guard.host_is_refused("127.0.0.1", 8899)
    assert not guard.may_connect("example.com", 80, "192.168.0.7")


def test_a_name_that_resolves_inwards_is_not_connected_to(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer({"/": reply(b"inside")}) as server:
        _resolve_to(monkeypatch, "127.0.0.1")
        refused = get(server.url(host="rebind.example"), allow_private=())
        assert refused.issue is not None
        assert refused.issue.code == "fetch.forbidden_address"
        assert not refused.asked
        assert not server.asked


def test_of_a_mixed_answer_only_open_addresses_are_used(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer({"/": reply(b"inside")}) as server:
        _resolve_to(monkeypatch, "127.0.0.1", "::ffff:127.0.0.1", "169.254.169.254")
        assert get(server.url(host="mixed.example"), allow_private=()).page is None
        assert not server.asked


def _resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def answer(_host: str, port: int, *_: object) -> list[Any]:
        kinds = [(socket.AF_INET6 if ":" in a else socket.AF_INET, a) for a in addresses]
        return [(k, socket.SOCK_STREAM, 6, "", (a, port)) for k, a in kinds]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


_URL = re.compile(r"""https?://[^\s`'"<>)\]|]+(?:\][^\s`'"<>)|]*)?""")


def _inward(url: str) -> bool:
    """True for payloads that aim at an address or local name (not at a public demo name)."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    literal = literal_address(host)
    return is_local_name(host) or (literal is not None and not is_public(literal))


def test_no_recorded_payload_gets_out(corpus: Path, make: Callable[..., PoliteFetcher]) -> None:
    folders = [
        corpus / "text/security/SSRF-Testing",
        corpus / "text/security/PayloadsAllTheThings/Server Side Request Forgery",
        corpus / "text/security/PayloadsAllTheThings/Open Redirect",
    ]
    texts = [p.read_text("utf-8", "replace") for f in folders for p in f.rglob("*") if p.is_file()]
    payloads = {u for text in texts for u in _URL.findall(text) if _inward(u)}
    assert len(payloads) > 100
    fetcher = make(allow_private=(), timeout=2.0)
    results = list(fetcher.fetch_many(FetchRequest(url=u) for u in sorted(payloads)))
    codes = {r.issue.code if r.issue else "fetched" for r in results}
    assert codes <= {"fetch.forbidden_address", "fetch.bad_url"}
    assert fetcher.bytes_per_host() == {}
