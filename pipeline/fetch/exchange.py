"""One request from its first hop to a page, within the limits of the policy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from pipeline.fetch.addresses import Guard
from pipeline.fetch.causes import FetchFailure, cause_of_status
from pipeline.fetch.decode import TooLargeError, inflater
from pipeline.fetch.failures import told_as_failures
from pipeline.fetch.pacing import Hosts
from pipeline.fetch.policy import FetchPolicy
from pipeline.fetch.robots import ALLOW_ALL, Rules, parse_robots
from pipeline.fetch.route import Hop, first_hop
from pipeline.fetch.traffic import Hand, Traffic
from pipeline.types import FetchRequest

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024
_ROBOTS_BYTES = 512 * 1024
_ROBOTS_SECONDS = 10.0
_ACCEPT = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json;q=0.9, "
    "application/xml;q=0.8, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8",
    "image": "image/*, */*;q=0.5",
}


@dataclass(slots=True)
class Budget:
    """Seconds and decoded bytes left for a request; waiting for its turn costs nothing."""

    seconds: float
    max_bytes: int
    spent: float = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Spend the time of the block; past the end it is a `fetch.timeout`."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(max(self.seconds - self.spent, 0.001)):
                yield
        except TimeoutError as error:
            raise FetchFailure("timeout") from error
        finally:
            self.spent += loop.time() - began


@dataclass(frozen=True, slots=True)
class Answer:
    """What one hop brought; headers by lower-case name."""

    hop: Hop
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def location(self) -> str | None:
        """Where it redirects to."""
        return self.headers.get("location") if self.status in _REDIRECTS else None


class Exchange:
    """Asks for URLs one hop at a time: guard, robots.txt, turn, deadline, cap."""

    def __init__(
        self,
        policy: FetchPolicy,
        guard: Guard,
        hosts: Hosts,
        traffic: Traffic,
        session: aiohttp.ClientSession,
        robots: dict[str, Rules],
    ) -> None:
        self._policy = policy
        self._guard = guard
        self._hosts = hosts
        self._traffic = traffic
        self._session = session
        self._robots = robots
        self._asking_robots: dict[str, asyncio.Lock] = {}

    async def get(self, request: FetchRequest, hand: Hand, budget: Budget) -> Answer:
        """The final answer (2xx or 304) to a request; everything else is a `FetchFailure`."""
        answer = await self._follow(request, hand, budget, obey_robots=request.purpose == "page")
        conditional = request.etag or request.last_modified
        if 200 <= answer.status < 300 or (answer.status == 304 and conditional):
            return answer
        cause = cause_of_status(answer.status)
        raise FetchFailure(cause, f"HTTP {answer.status}" if cause == "http_status" else "")

    async def _follow(
        self, request: FetchRequest, hand: Hand, budget: Budget, *, obey_robots: bool
    ) -> Answer:
        hop = first_hop(request.url)
        headers = _headers(request)
        seen = {hop.url}
        for _ in range(self._policy.max_redirects + 1):
            if obey_robots and not await self._robots_allow(hop, hand):
                raise FetchFailure("robots")
            try:
                answer = await self._ask_patiently(hop, headers, hand, budget)
            except FetchFailure as failure:
                failure.asked = failure.cause != "forbidden_address" or len(seen) > 1
                raise
            if answer.location is None:
                return answer
            hop = hop.onwards(answer.location, self._policy.gateway)
            if hop.url in seen:
                break
            seen.add(hop.url)
        raise FetchFailure("too_many_redirects")

    async def _ask_patiently(
        self, hop: Hop, headers: dict[str, str], hand: Hand, budget: Budget
    ) -> Answer:
        """Ask again after a short Retry-After; a long one is handed to a later run."""
        for left in range(self._policy.retries, -1, -1):
            answer = await self._ask(hop, headers, hand, budget)
            if answer.status not in (429, 503):
                return answer
            wait = retry_after(answer.headers.get("retry-after"), datetime.now(UTC))
            if wait is not None:
                self._hosts.rest(hop.host, asyncio.get_running_loop().time() + wait)
            if wait is None or wait > self._policy.longest_wait or not left:
                raise FetchFailure(cause_of_status(answer.status), retry_after=wait)
        raise AssertionError("the loop above always returns or raises")

    async def _ask(self, hop: Hop, headers: dict[str, str], hand: Hand, budget: Budget) -> Answer:
        if self._guard.host_is_refused(hop.host, hop.port):
            raise FetchFailure("forbidden_address")
        if hop.authorization:
            headers = {**headers, "Authorization": hop.authorization}
        async with self._traffic.turn(hop.host, hand), budget.running():
            with told_as_failures():
                return await self._transfer(hop, headers, budget)

    async def _transfer(self, hop: Hop, headers: dict[str, str], budget: Budget) -> Answer:
        async with self._session.get(
            hop.wire(self._policy.gateway),
            headers=headers,
            allow_redirects=False,
            proxy=self._policy.proxy,
            trace_request_ctx=hop.host,
        ) as response:
            found = {k.lower(): v for k, v in response.headers.items()}
            wanted = 200 <= response.status < 300
            body = await _read(response, budget.max_bytes) if wanted else b""
            self._hosts.count(hop.host, len(body))
            return Answer(hop, response.status, found, body)

    async def _robots_allow(self, hop: Hop, hand: Hand) -> bool:
        if not self._policy.asks_robots(hop.host):
            return True
        origin = str(hop.url.origin())
        if origin not in self._robots:
            async with self._asking_robots.setdefault(origin, asyncio.Lock()):
                if origin not in self._robots:
                    self._robots[origin] = await self._read_robots(hop.url, hand)
        return self._robots[origin].allows(hop.url.raw_path_qs)

    async def _read_robots(self, url: URL, hand: Hand) -> Rules:
        """The rules of a site; whatever goes wrong leaves everything allowed."""
        budget = Budget(min(_ROBOTS_SECONDS, self._policy.timeout), _ROBOTS_BYTES)
        request = FetchRequest(url=str(url.origin() / "robots.txt"))
        try:
            answer = await self._follow(request, hand, budget, obey_robots=False)
        except FetchFailure:
            return ALLOW_ALL
        if answer.status != 200:
            return ALLOW_ALL
        agent = self._policy.user_agent.split("/")[0].split(" ")[0]
        return parse_robots(answer.body.decode("utf-8", "replace"), agent)


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The decoded body; stops as soon as it goes over `limit`, compressed or not."""
    decoder = inflater(response.headers.get("Content-Encoding"))
    if (response.content_length or 0) > limit:
        raise TooLargeError
    pieces: list[bytes] = []
    raw = decoded = 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        raw += len(chunk)
        if raw > limit:
            raise TooLargeError
        piece = decoder.feed(chunk, limit - decoded)
        decoded += len(piece)
        pieces.append(piece)
    if not decoder.finished():
        raise FetchFailure("truncated")
    return b"".join(pieces)


def _headers(request: FetchRequest) -> dict[str, str]:
    headers = {"Accept": _ACCEPT[request.purpose], "Accept-Encoding": "gzip, deflate, br"}
    wishes = {
        "If-None-Match": request.etag,
        "If-Modified-Since": request.last_modified,
        "Referer": request.referer,
    }
    return headers | {name: _one_line(value) for name, value in wishes.items() if value}


def _one_line(value: str) -> str:
    """A header value that cannot smuggle in another header."""
    return (
        "".join(c for c in value if c.isprintable()).encode("latin-1", "ignore").decode("latin-1")
    )


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds until a Retry-After header's time, in either of its forms; None if unreadable."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
