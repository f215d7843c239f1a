"""The client: an event loop in a thread of its own, results handed over one by one."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.errors import Issue
from pipeline.fetch.addresses import Guard
from pipeline.fetch.causes import FetchFailure
from pipeline.fetch.pacing import Hosts
from pipeline.fetch.policy import FetchPolicy
from pipeline.fetch.robots import Rules
from pipeline.ports import Clock
from pipeline.types import Fetched, FetchRequest, Page

if TYPE_CHECKING:
    from types import SimpleNamespace

    from aiohttp import TraceConfig

    from pipeline.fetch.exchange import Answer, Exchange
    from pipeline.fetch.route import Hop
    from pipeline.fetch.traffic import Hand, Traffic


class PoliteFetcher:
    """`ports.Fetcher` on aiohttp.

    May be used again and again; what it learned of hosts (pauses, blocks, robots.txt, counts)
    lasts as long as the object. Closing the iterator early cancels what is under way.
    """

    def __init__(self, policy: FetchPolicy, clock: Clock) -> None:
        if policy.gateway and not urlsplit(policy.gateway).path:
            policy = replace(policy, gateway=f"{policy.gateway}/")
        self._policy = policy
        self._clock = clock
        self._hosts = Hosts()
        self._robots: dict[str, Rules] = {}
        own = [_host_and_port(u) for u in (policy.gateway, policy.proxy) if u]
        self._guard = Guard(policy.allow_private, own)

    def fetch_many(self, requests: Iterable[FetchRequest]) -> Iterator[Fetched]:
        """Yield one outcome per request as each completes; never raises for a URL."""
        batch = tuple(requests)
        if not batch:
            return
        with _Errand(self, batch) as errand:
            yield from errand

    def block_host(self, host: str, issue: Issue) -> None:
        """Answer everything still queued for `host` with `issue` instead of asking it."""
        self._hosts.block(host, issue)

    def bytes_per_host(self) -> Mapping[str, tuple[int, int]]:
        """Requests and decoded bytes per host since the client was made."""
        return self._hosts.totals()


class _Errand:
    """One batch: a thread with its loop, and the queue between it and the consumer.

    The queue needs no bound of its own, since a result occupies a `Hand` until it is taken.
    """

    def __init__(self, client: PoliteFetcher, batch: tuple[FetchRequest, ...]) -> None:
        self._client = client
        self._batch = batch
        self._results: queue.SimpleQueue[tuple[Fetched, Hand] | BaseException] = queue.SimpleQueue()
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="fetch", daemon=True)

    def __enter__(self) -> _Errand:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop and self._task and self._thread.is_alive():
            _call(self._loop, self._task.cancel)
        self._thread.join()

    def __iter__(self) -> Iterator[Fetched]:
        for _ in self._batch:
            result = self._results.get()
            if isinstance(result, BaseException):
                raise result
            fetched, hand = result
            if self._loop:
                _call(self._loop, hand.give_back)
            yield fetched

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except asyncio.CancelledError:
            return  # the consumer closed the iterator
        except BaseException as error:
            self._results.put(error)
        finally:
            self._started.set()

    async def _main(self) -> None:
        import aiohttp

        from pipeline.fetch.exchange import Exchange
        from pipeline.fetch.resolving import GuardedResolver
        from pipeline.fetch.traffic import Traffic

        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._started.set()
        client = self._client
        traffic = Traffic(client._policy, client._hosts)
        connector = aiohttp.TCPConnector(limit=0, resolver=GuardedResolver(client._guard))
        async with aiohttp.ClientSession(
            connector=connector,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": client._policy.user_agent},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            trace_configs=[_telling(traffic)],
        ) as session:
            exchange = Exchange(
                client._policy, client._guard, client._hosts, traffic, session, client._robots
            )
            async with asyncio.TaskGroup() as group:
                for request in self._batch:
                    group.create_task(self._one(exchange, traffic, request))

    async def _one(self, exchange: Exchange, traffic: Traffic, request: FetchRequest) -> None:
        from pipeline.fetch.exchange import Budget
        from pipeline.fetch.traffic import HostBlocked

        hand = traffic.hand()
        budget = Budget(self._client._policy.timeout, self._client._policy.max_bytes)
        try:
            answer = await exchange.get(request, hand, budget)
            fetched = self._fetched(request, answer)
        except FetchFailure as failure:
            fetched = Fetched(
                request=request,
                issue=failure.issue(request.url),
                retry_after=failure.retry_after,
                asked=failure.asked,
            )
        except HostBlocked as blocked:
            fetched = Fetched(request=request, issue=blocked.issue)
        self._results.put((fetched, hand))

    def _fetched(self, request: FetchRequest, answer: Answer) -> Fetched:
        if answer.status == 304:
            return Fetched(request=request, unchanged=True)
        page = Page(
            url=request.url,
            final_url=_final_url(request.url, answer.hop),
            body=answer.body,
            fetched_at=self._client._clock.now(),
            status=answer.status,
            content_type=answer.headers.get("content-type"),
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
        )
        return Fetched(request=request, page=page)


def _telling(traffic: Traffic) -> TraceConfig:
    """Tell when a request really goes out, which is later than its turn where it connects."""
    import aiohttp

    async def sent(_session: object, context: SimpleNamespace, _parameters: object) -> None:
        traffic.sent(context.trace_request_ctx)

    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(sent)
    return trace


def _final_url(asked: str, hop: Hop) -> str:
    """Where the page was found; the address as it was asked for where nothing redirected."""
    from yarl import URL

    plain = hop.authorization is None and "#" not in asked
    return asked if plain and URL(asked.strip()) == hop.url else str(hop.url)


def _call(loop: asyncio.AbstractEventLoop, function: object) -> None:
    """Run it in the loop's thread, unless the loop has ended meanwhile."""
    try:
        loop.call_soon_threadsafe(function)  # type: ignore[arg-type]
    except RuntimeError:
        return  # the loop is closed: nothing left to release or cancel


def _host_and_port(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or {"https": 443}.get(parts.scheme, 80)
    return f"{parts.hostname}:{port}"
