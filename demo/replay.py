"""A replay server: one recorded or written day of the web, arXiv and GitHub on loopback.

    with ReplayServer(world) as server:
        server.gateway      http://127.0.0.1:PORT       + "/" + the original URL
        server.arxiv_url    http://127.0.0.1:PORT/arxiv/api/query
        server.github_url   http://127.0.0.1:PORT/github
        server.graphql_url  http://127.0.0.1:PORT/github/graphql
        server.lookup_url("crossref")   also "openreview" and "huggingface"

It runs in a thread of its own, answers any number of connections at once, and stops at once
even while answers hang. What was asked, how fast and how concurrently is in `stats`.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web

from demo.arxiv_api import ArxivApi
from demo.github_api import GithubApi
from demo.lookups import LookupApi
from demo.world import Answer, World
from pipeline.urls import host_of

_MAX_LINE = 64 * 1024
_MAX_BODY = 2 * 1024 * 1024
_START_SECONDS = 10.0
_LOOKUPS = {
    "crossref": "api.crossref.org",
    "openreview": "api2.openreview.net",
    "huggingface": "huggingface.co",
}
_OURS = frozenset({"content-length", "connection", "date", "transfer-encoding", "content-encoding"})
"""Headers of a recorded answer that only this server can know (bodies are stored decoded)."""


@dataclass(slots=True)
class HostStats:
    """What one host was asked; times in seconds from one request's start to the next's."""

    requests: int = 0
    in_flight: int = 0
    max_in_flight: int = 0
    min_gap: float | None = None
    last_start: float | None = None

    def begin(self, now: float) -> None:
        self.requests += 1
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        if self.last_start is not None:
            gap = now - self.last_start
            self.min_gap = gap if self.min_gap is None else min(self.min_gap, gap)
        self.last_start = now


@dataclass(slots=True)
class Stats:
    """What the server was asked: requests by kind, by address, by status and by host.

    Kinds are `web`, `arxiv`, `crossref`, `openreview`, `huggingface`, `github/repos`, `github/readme`, `github/search`,
    `github/graphql` and `github/other`; `violations` are requests to arXiv that came too soon.
    """

    requests: Counter[str] = field(default_factory=Counter)
    urls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    hosts: defaultdict[str, HostStats] = field(default_factory=lambda: defaultdict(HostStats))
    violations: int = 0


class ReplayServer:
    """Serves a `World` on an ephemeral loopback port while the context is entered.

    `arxiv_interval` is the politeness asked for in seconds (0: none), `arxiv_latency` what each
    of its answers takes; `token` is the only GitHub token accepted (None: any). `monotonic` and `now` are the clocks behind the limits.
    """

    def __init__(
        self,
        world: World,
        *,
        arxiv_interval: float = 0.0,
        arxiv_latency: float = 0.0,
        token: str | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.stats = Stats()
        self.port = 0
        self._world = world
        self._token = token
        self._latency = arxiv_latency
        self._monotonic = monotonic
        self._now = now
        self._arxiv = ArxivApi(world, interval=arxiv_interval, monotonic=monotonic, now=now)
        self._lookups = LookupApi(world)
        self._github: GithubApi | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None

    @property
    def url(self) -> str:
        """The server itself, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def gateway(self) -> str:
        """What stands, with a slash between, before an original address."""
        return self.url

    @property
    def arxiv_url(self) -> str:
        """The query endpoint of the arXiv API."""
        return f"{self.url}/arxiv/api/query"

    @property
    def github_url(self) -> str:
        """The base address of GitHub's REST API."""
        return f"{self.url}/github"

    @property
    def graphql_url(self) -> str:
        """GitHub's GraphQL endpoint, where PyGithub looks for it beside `github_url`."""
        return f"{self.github_url}/graphql"

    def lookup_url(self, service: str) -> str:
        """The base address of `crossref`, `openreview` or `huggingface`."""
        return f"{self.url}/{service}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise RuntimeError("the replay server did not start")
        if self._failure is not None:
            raise RuntimeError("the replay server did not start") from self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._stop is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None:
            self._thread.join(_START_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # told to the thread that waits for the start
            self._failure = failure
            self._ready.set()
            raise

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        served = web.Server(
            self._handle, max_line_size=_MAX_LINE, max_field_size=_MAX_LINE, access_log=None
        )
        listener = await self._loop.create_server(served, "127.0.0.1", 0, backlog=256)
        self.port = listener.sockets[0].getsockname()[1]
        self._github = GithubApi(
            self._world, base_url=self.github_url, token=self._token, now=self._now
        )
        self._ready.set()
        await self._stop.wait()
        listener.close()
        await served.shutdown(0.05)  # 0 would mean: wait for every answer
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        target = request.raw_path
        kind, host = _kind_of(target)
        counted = self.stats.hosts[host]
        self.stats.requests[kind] += 1
        self.stats.urls[target[1:]] += 1
        counted.begin(self._monotonic())
        try:
            answer = await self._answer(kind, target, request)
            if answer.delay > 0:
                await asyncio.sleep(answer.delay)
        finally:
            counted.in_flight -= 1
        self.stats.statuses[answer.status] += 1
        return _response(answer)

    async def _answer(self, kind: str, target: str, request: web.BaseRequest) -> Answer:
        if kind == "web":
            return self._from_web(original_url(target), request.headers)
        parts = urlsplit(target)
        if kind == "arxiv":
            params = dict(request.query)
            if request.method == "POST":
                params |= {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
            answer = self._arxiv.answer(params, len(target.encode()))
            self.stats.violations = self._arxiv.violations
            return replace(answer, delay=answer.delay + self._latency)
        if kind in _LOOKUPS:
            return self._lookups.answer(kind, parts.path.removeprefix(f"/{kind}"), parts.query)
        assert self._github is not None
        body = await request.content.read(_MAX_BODY) if request.can_read_body else b""
        path = parts.path.removeprefix("/github")
        return self._github.answer(request.method, path, parts.query, request.headers, body)

    def _from_web(self, url: str, headers: Mapping[str, str]) -> Answer:
        answer = self._world.web(url, headers)
        if answer is None:
            return Answer(
                status=404,
                headers={"Content-Type": "text/html; charset=utf-8"},
                body=b"<!doctype html><title>404 Not Found</title><h1>Not Found</h1>",
            )
        return conditional(answer, headers)


def original_url(target: str) -> str:
    """The address behind the gateway; clients that fold `//` into `/` are forgiven."""
    url = target[1:]
    for scheme in ("https:/", "http:/"):
        if url.startswith(scheme) and not url.startswith(scheme + "/"):
            return f"{scheme}/{url.removeprefix(scheme)}"
    return url


def conditional(answer: Answer, asked: Mapping[str, str]) -> Answer:
    """The answer with an ETag, or 304 where the client holds this version already."""
    if answer.status != 200:
        return answer
    given = {k.lower(): v for k, v in answer.headers.items()}
    tag = given.get("etag") or f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    answer = replace(answer, headers={**answer.headers, "ETag": tag})
    wanted = {k.lower(): v for k, v in asked.items()}
    if "if-none-match" in wanted:
        known = {t.strip().removeprefix("W/") for t in wanted["if-none-match"].split(",")}
        same = tag.removeprefix("W/") in known or "*" in known
    else:
        same = _not_newer(given.get("last-modified"), wanted.get("if-modified-since"))
    return replace(answer, status=304, body=b"") if same else answer


def _not_newer(changed: str | None, since: str | None) -> bool:
    if not changed or not since:
        return False
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


def _kind_of(target: str) -> tuple[str, str]:
    """The kind of a request and the host it is meant for."""
    path = target.partition("?")[0]
    if path.startswith("/arxiv/api/query"):
        return "arxiv", "export.arxiv.org"
    first = path.split("/")[1]
    if first in _LOOKUPS:
        return first, _LOOKUPS[first]
    if not path.startswith("/github/"):
        return "web", host_of(original_url(target))
    first, last = path.split("/")[2], path.rsplit("/", 1)[1]
    if first in ("repos", "repositories") and last == "readme":
        return "github/readme", "api.github.com"
    known = {"repos": "repos", "repositories": "repos", "search": "search", "graphql": "graphql"}
    return f"github/{known.get(first, 'other')}", "api.github.com"


def _response(answer: Answer) -> web.Response:
    headers = {k: v for k, v in answer.headers.items() if k.lower() not in _OURS}
    body = b"" if answer.status in (204, 304) else answer.body
    return web.Response(status=answer.status, headers=headers, body=body)
