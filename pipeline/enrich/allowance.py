"""How much services still allow, as the headers of their answers say, and what they sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pipeline.enrich.waiting import LONGEST, rate_limit_reset
from pipeline.types import ServiceLimit

Listener = Callable[[str, Mapping[str, str], datetime], None]
"""Told (service, headers of its answer, now)."""
Scale = Callable[[str, int, int], None]
"""Told (address asked, requests sent to it, decoded bytes that came)."""

_RESOURCES = {"core": "github", "search": "github-search", "graphql": "github-graphql"}
"""What GitHub calls its limits (`x-ratelimit-resource`), and what we call them."""
_PART = re.compile(r"\b([rtq])=(\d{1,9})\b")
_NUMBER = re.compile(r"\d{1,9}")


class Meter:
    """Keeps each service's last word on its limits, and the weight of all answers by host.

    An answer that says nothing of limits changes nothing.
    """

    def __init__(self) -> None:
        self._said: dict[str, ServiceLimit] = {}
        self._hosts: dict[str, tuple[int, int]] = {}

    def heard(self, service: str, headers: Mapping[str, str], now: datetime) -> None:
        """Read an answer's headers; `service` is who was asked, where they do not say it."""
        if found := limit_of(service, headers, now):
            self._said[found.service] = found

    def said(self) -> tuple[ServiceLimit, ...]:
        """Every service that said anything, by name."""
        return tuple(self._said[name] for name in sorted(self._said))

    def weighed(self, address: str, requests: int, size: int) -> None:
        """Count requests sent, answered or not, and the decoded bytes that came."""
        host = urlsplit(address).hostname or ""
        sent, came = self._hosts.get(host, (0, 0))
        self._hosts[host] = (sent + requests, came + size)

    def per_host(self) -> Mapping[str, tuple[int, int]]:
        """Requests and decoded bytes so far, by host."""
        return dict(self._hosts)


def limit_of(service: str, headers: Mapping[str, str], now: datetime) -> ServiceLimit | None:
    """The limit that an answer's headers tell, None where they tell none.

    Three spellings: GitHub's `x-ratelimit-*` (reset in epoch seconds), `ratelimit-*` of the
    IETF's earlier drafts (reset in seconds), and the later `RateLimit: "name";r=…;t=…` with the
    quota in `RateLimit-Policy` (Hugging Face).
    """
    lower = {str(k).lower(): str(v)[:300] for k, v in headers.items()}
    for read in (_github, _fields, _structured):
        if found := read(service, lower, now):
            return found
    return None


def _github(service: str, headers: Mapping[str, str], now: datetime) -> ServiceLimit | None:
    remaining = _number(headers.get("x-ratelimit-remaining"))
    if remaining is None:
        return None
    return ServiceLimit(
        service=_RESOURCES.get(headers.get("x-ratelimit-resource", ""), service),
        remaining=remaining,
        limit=_number(headers.get("x-ratelimit-limit")),
        resets_at=_after(rate_limit_reset(headers, now), now),
    )


def _fields(service: str, headers: Mapping[str, str], now: datetime) -> ServiceLimit | None:
    remaining = _number(headers.get("ratelimit-remaining"))
    if remaining is None:
        return None
    return ServiceLimit(
        service=service,
        remaining=remaining,
        limit=_number(headers.get("ratelimit-limit")),
        resets_at=_after(_number(headers.get("ratelimit-reset")), now),
    )


def _structured(service: str, headers: Mapping[str, str], now: datetime) -> ServiceLimit | None:
    parts = dict(_PART.findall(headers.get("ratelimit", "")))
    if "r" not in parts:
        return None
    policy = dict(_PART.findall(headers.get("ratelimit-policy", "")))
    return ServiceLimit(
        service=service,
        remaining=int(parts["r"]),
        limit=_number(policy.get("q")),
        resets_at=_after(_number(parts.get("t")), now),
    )


def _number(text: str | None) -> int | None:
    found = _NUMBER.match((text or "").strip())
    return int(found.group()) if found else None


def _after(seconds: float | None, now: datetime) -> datetime | None:
    if seconds is None:
        return None
    return (now + timedelta(seconds=min(seconds, LONGEST))).replace(microsecond=0)
