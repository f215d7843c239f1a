"""Who may start when: limits per host and in all, pauses between starts, blocked hosts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pipeline.errors import Issue
from pipeline.fetch.causes import FetchFailure
from pipeline.fetch.pacing import Hosts
from pipeline.fetch.policy import FetchPolicy

_SLACK = 16


class HostBlocked(Exception):
    """The caller blocked this host while the request was waiting."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.code)
        self.issue = issue


class Hand:
    """A place for one body in memory, from its first byte until the consumer took it.

    Because there are few, a slow consumer delays the start of requests instead of eating into
    their time-outs, and memory stays bounded.
    """

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._held = False

    async def take(self) -> None:
        """Wait for a place, once."""
        if not self._held:
            await self._places.acquire()
            self._held = True

    def give_back(self) -> None:
        """Let the next one have it; may be called twice."""
        if self._held:
            self._held = False
            self._places.release()


class Traffic:
    """The lights of one event loop over the hosts that all loops share."""

    def __init__(self, policy: FetchPolicy, hosts: Hosts) -> None:
        self._policy = policy
        self._hosts = hosts
        self._flights = asyncio.Semaphore(policy.concurrency)
        self._places = asyncio.Semaphore(policy.concurrency + _SLACK)
        self._lanes: dict[str, asyncio.Semaphore] = {}
        self._gates: dict[str, asyncio.Lock] = {}

    def hand(self) -> Hand:
        """A place that is not taken yet."""
        return Hand(self._places)

    @asynccontextmanager
    async def turn(self, host: str, hand: Hand) -> AsyncIterator[None]:
        """Wait until one more request to `host` may start, and hold its slot for the block.

        Waiting in a host's lane takes no global slot, so a slow host delays only itself.
        """
        lane = self._lanes.setdefault(host, asyncio.Semaphore(self._policy.per_host))
        async with lane:
            self._check(host)
            await self._start(host, hand)
            try:
                self._check(host)
                yield
            finally:
                self._flights.release()

    async def _start(self, host: str, hand: Hand) -> None:
        """Take the place, the slot and the moment.

        Where a host wants pauses its gate is held until the request really starts: one that
        woke late, or waited for a slot, would else be followed too soon.
        """
        if delay := self._policy.delay_of(host):
            async with self._gates.setdefault(host, asyncio.Lock()):
                await self._pause(host, delay)
                await self._take(hand)
                while (wait := self._hosts.too_soon_by(host, delay, self._now())) > 0:
                    await asyncio.sleep(wait)
                self._hosts.started(host, delay, self._now())
        else:
            await self._pause(host, 0.0)
            await self._take(hand)

    async def _take(self, hand: Hand) -> None:
        await hand.take()
        await self._flights.acquire()

    async def _pause(self, host: str, delay: float) -> None:
        wait = self._hosts.reserve(host, delay, self._now())
        if wait > 0:
            await asyncio.sleep(wait)

    def sent(self, host: str) -> None:
        """The request went out only now: connecting took its time before."""
        if delay := self._policy.delay_of(host):
            self._hosts.started(host, delay, self._now())

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    def _check(self, host: str) -> None:
        if issue := self._hosts.blocked(host):
            raise HostBlocked(issue)
        rest = self._hosts.rest_left(host, self._now())
        if rest > self._policy.longest_wait:
            raise FetchFailure("rate_limited", retry_after=rest)
