"""Which addresses a stranger's URL may make us talk to.

The lists follow the IANA special-purpose registries. `ipaddress.is_global` is not enough: it
calls IPv4-mapped, 6to4, Teredo and NAT64 forms of private addresses global, and multicast too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

IPAddress = IPv4Address | IPv6Address

_CLOSED_V4 = tuple(
    IPv4Network(n)
    for n in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 "
        "192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 "
        "203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
        # Azure's metadata and DNS service, public in form only.
        "168.63.129.16/32"
    ).split()
)
_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    IPv6Network(n)
    for n in "2001:2::/48 2001:10::/28 2001:20::/28 2001:db8::/32 3fff::/20 5f00::/16".split()
)
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")
_LOCAL_NAMES = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home.arpa")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{0,16}|[0-9]{1,24}")


def is_public(address: IPAddress) -> bool:
    """True for addresses on the open internet, seen through every way to wrap an IPv4 one."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    inner = _wrapped(address)
    if inner is not None:
        return all(is_public(one) for one in inner)
    return address in _OPEN_V6 and not any(address in network for network in _CLOSED_V6)


def _wrapped(address: IPv6Address) -> tuple[IPv4Address, ...] | None:
    """The IPv4 addresses inside a mapped, compatible, NAT64, 6to4, Teredo or ISATAP one."""
    low = IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _COMPATIBLE or any(address in network for network in _NAT64):
        return (low,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if (int(address) >> 32) & 0xFDFFFFFF == 0x00005EFE:
        return (low,)
    return None


def literal_address(host: str) -> IPAddress | None:
    """The address a host literal means to a C library, None for a name.

    Reads `127.1`, `0177.0.0.1`, `0x7f000001`, `2130706433`, full-width digits, brackets and
    zone ids: everything `inet_aton` or a browser would turn into an address.
    """
    text = unicodedata.normalize("NFKC", host).replace("。", ".").strip("[]").rstrip(".")
    text = text.partition("%")[0]
    try:
        return ip_address(text)
    except ValueError:
        return _aton(text)


def _aton(text: str) -> IPv4Address | None:
    parts = text.split(".")
    if not 1 <= len(parts) <= 4 or not all(_NUMBER.fullmatch(p) for p in parts):
        return None
    numbers = [_number(p) for p in parts]
    last = numbers.pop()
    if last is None or None in numbers:
        return None
    value = 0
    for number in numbers:
        value = value << 8 | ((number or 0) & 0xFF)
    rest = 8 * (4 - len(numbers))
    return IPv4Address((value << rest | (last & ((1 << rest) - 1))) & 0xFFFFFFFF)


def _number(text: str) -> int | None:
    """C's idea of a number; a leading zero means octal, or decimal where it cannot be."""
    if text[:2] in ("0x", "0X"):
        return int(text[2:] or "0", 16)
    if len(text) > 1 and text[0] == "0" and not re.search("[89]", text):
        return int(text, 8)
    return int(text, 10)


def is_local_name(host: str) -> bool:
    """True for names that never belong to the open internet (`localhost`, `nas.lan`)."""
    name = host.rstrip(".").lower()
    return any(name == local or name.endswith("." + local) for local in _LOCAL_NAMES)


class Guard:
    """Judges hosts before and addresses while connecting.

    `allowed` names the reader's own bridges as `host` or `host:port`; `own` are the gateway and
    the proxy, which may be connected to but are no excuse for a URL that names them.
    """

    def __init__(self, allowed: Iterable[str] = (), own: Iterable[str] = ()) -> None:
        self._allowed = frozenset(a.strip().lower() for a in allowed)
        self._own = frozenset(a.strip().lower() for a in own)

    def host_is_refused(self, host: str, port: int) -> bool:
        """True where the host as written is already a forbidden address or local name."""
        if self._names(self._allowed, host, port):
            return False
        literal = literal_address(host)
        return is_local_name(host) if literal is None else not is_public(literal)

    def may_connect(self, host: str, port: int, address: str) -> bool:
        """True where `host` may be reached at the `address` it resolved to."""
        if self._names(self._allowed | self._own, host, port):
            return True
        literal = literal_address(address)
        return literal is not None and is_public(literal)

    @staticmethod
    def _names(entries: frozenset[str], host: str, port: int) -> bool:
        name = host.lower().strip("[]")
        return not entries.isdisjoint({name, f"{name}:{port}", f"[{name}]", f"[{name}]:{port}"})
