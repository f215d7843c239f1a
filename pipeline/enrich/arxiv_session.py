"""One connection to the arXiv API, through the `arxiv` package.

The package pages and parses; it has no time-out, drops Retry-After and takes an HTML page for
zero results. So its session gets an adapter of ours, which books a slot of the limiter before
every request (also those the package makes by itself for paging), bounds time and size, and
keeps what the package forgets. Loaded only when something is asked: `requests` and `arxiv` are
slow to import.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import arxiv
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, ReadTimeoutError

from pipeline.enrich.allowance import Scale
from pipeline.enrich.arxiv_entry import paper_of
from pipeline.enrich.arxiv_reply import Reply, ReplyState
from pipeline.enrich.waiting import retry_after
from pipeline.ports import Clock, Limiter
from pipeline.types import Paper

_MAX_BODY = 24 * 1024 * 1024
"""Bytes after decoding; a page of 2,000 papers is about 6 MB."""
_CHUNK = 64 * 1024
_MAX_PAGES = 4
"""Requests per question, redirects and pages together; one is the rule."""
_TOTAL = re.compile(rb"totalResults[^<>]{0,200}>\s{0,20}(\d{1,9})\s{0,20}<")
_BAD_ID = re.compile(rb"incorrect id format for ([^\s<]{1,60})")


class _BusyError(requests.RequestException):
    """The service is booked or blocked for longer than we are willing to wait."""


class _TooMuchError(requests.RequestException):
    """The answer takes too long or is too large."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the package would have thrown away."""

    status: int = 0
    is_feed: bool = False
    total: int | None = None
    retry_after: float | None = None
    bad_id: str | None = None


class _PoliteAdapter(HTTPAdapter):
    """Books, sends, bounds and remembers; see the module."""

    def __init__(
        self,
        home: str,
        limiter: Limiter,
        clock: Clock,
        *,
        interval: float,
        timeout: float,
        patience: float,
        weighed: Scale | None,
    ) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1)
        self._home = urlsplit(home)
        self._limiter, self._clock = limiter, clock
        self._interval, self._timeout, self._patience = interval, timeout, patience
        self.sent = 0
        self.sent_for_question = 0
        self._weighed = weighed
        self.answer = _Answer()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        self.answer = _Answer()
        if self.sent_for_question >= _MAX_PAGES:
            raise _TooMuchError("the answer has no end")
        if not self._is_home(request.url or ""):
            raise _TooMuchError("the answer lies elsewhere")
        self._wait_for_slot()
        self.sent += 1
        self.sent_for_question += 1
        request.headers["User-Agent"] = f"stardraft arxiv.py/{arxiv.__version__}"
        limits = (self._timeout, self._timeout)
        body = b""
        try:
            response = super().send(
                request, stream=True, timeout=limits, verify=verify, cert=cert, proxies=proxies
            )
            body = self._read(response)
        finally:
            if self._weighed:
                self._weighed(request.url or "", 1, len(body))
        self.answer = self._remember(response, body)
        return _with_body(response, body)

    def _is_home(self, url: str) -> bool:
        """No redirect leads to another machine, but for the hosts of arXiv among themselves."""
        parts, suffix = urlsplit(url), "arxiv.org"
        if parts[1] == self._home[1]:
            return True
        names = (parts.hostname or "", self._home.hostname or "")
        return parts.scheme == "https" and all(f".{n}".endswith(f".{suffix}") for n in names)

    def _wait_for_slot(self) -> None:
        # An interval of 0 books nothing: a slot we would not wait for is left to others.
        wait = self._limiter.reserve("arxiv", 0.0, self._clock.now())
        if wait > self._patience:
            raise _BusyError(f"{wait:.0f} 秒")
        wait = self._limiter.reserve("arxiv", self._interval, self._clock.now())
        if wait > 0:
            self._clock.sleep(wait)

    def _read(self, response: requests.Response) -> bytes:
        """The decoded body; a server that drips is given twice the time-out in all."""
        deadline = self._clock.now() + timedelta(seconds=2 * self._timeout)
        body = bytearray()
        # read1 comes back with what has arrived; read would wait for a full chunk.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > _MAX_BODY or self._clock.now() > deadline:
                response.close()
                raise _TooMuchError(f"{len(body)} bytes")
        return bytes(body)

    def _remember(self, response: requests.Response, body: bytes) -> _Answer:
        total, bad = _TOTAL.search(body, 0, 20_000), _BAD_ID.search(body, 0, 20_000)
        return _Answer(
            status=response.status_code,
            is_feed=b"<feed" in body[:2000] and b"w3.org/2005/Atom" in body[:2000],
            total=int(total.group(1)) if total else None,
            retry_after=retry_after(response.headers.get("Retry-After"), self._clock.now()),
            bad_id=bad.group(1).decode("ascii", "replace") if bad else None,
        )


def _with_body(response: requests.Response, body: bytes) -> requests.Response:
    """The same answer with a body that is already decoded and in memory."""
    made = requests.Response()
    made.status_code, made.reason = response.status_code, response.reason
    made.url, made.request = response.url, response.request
    made.headers = response.headers
    made.raw = BytesIO(body)
    return made


class ArxivDesk:
    """Asks one question at a time and says what kind of answer came."""

    def __init__(
        self,
        api_url: str,
        limiter: Limiter,
        clock: Clock,
        *,
        interval: float,
        timeout: float,
        patience: float,
        weighed: Scale | None = None,
    ) -> None:
        self._adapter = _PoliteAdapter(
            api_url,
            limiter,
            clock,
            interval=interval,
            timeout=timeout,
            patience=patience,
            weighed=weighed,
        )
        # Waiting and trying again are ours: the package would do both blindly.
        self._client = arxiv.Client(delay_seconds=0.0, num_retries=0)
        self._client.query_url_format = api_url.rstrip("?") + "?{}"
        session = self._client._session
        session.max_redirects = 3
        session.mount("http://", self._adapter)
        session.mount("https://", self._adapter)

    def ask(self, *, ids: Sequence[str] = (), query: str = "", limit: int = 0) -> Reply:
        """The papers among these bare ids, or the first `limit` that match a search; one page."""
        page = len(ids) or limit
        return self._ask(arxiv.Search(query=query, id_list=list(ids), max_results=page), page)

    def _ask(self, search: arxiv.Search, page: int) -> Reply:
        self._client.page_size = page
        before = self._adapter.sent
        self._adapter.sent_for_question = 0
        try:
            papers = tuple(p for r in self._client.results(search) if (p := paper_of(r)))
        except _BusyError as busy:
            return self._reply(ReplyState.BOOKED, before, words=str(busy))
        except arxiv.HTTPError as error:
            return self._reply(_state_of(error.status), before, words=f"HTTP {error.status}")
        except (requests.RequestException, HTTPError) as error:
            return self._reply(ReplyState.DOWN, before, words=_kind(error))
        except (arxiv.ArxivError, ValueError):
            # ValueError: the package reads dates strictly, a damaged entry breaks the page.
            return self._reply(ReplyState.GARBAGE, before, words="数据残缺")
        return self._reply(self._judge(papers), before, papers)

    def _judge(self, papers: tuple[Paper, ...]) -> ReplyState:
        answer = self._adapter.answer
        if papers:
            return ReplyState.OK
        if not answer.is_feed or answer.total is None:
            return ReplyState.GARBAGE
        return ReplyState.EMPTY if answer.total == 0 else ReplyState.HOLLOW

    def _reply(
        self,
        state: ReplyState,
        before: int,
        papers: tuple[Paper, ...] = (),
        words: str = "",
    ) -> Reply:
        answer = self._adapter.answer
        return Reply(
            state=state,
            papers=papers,
            total=answer.total or 0,
            retry_after=answer.retry_after,
            bad_id=answer.bad_id,
            words=words,
            sent=self._adapter.sent - before,
        )


def _state_of(status: int) -> ReplyState:
    if status == 400:
        return ReplyState.BAD_REQUEST
    return ReplyState.BUSY if status in (403, 429, 503) else ReplyState.DOWN


def _kind(error: Exception) -> str:
    if isinstance(error, (requests.Timeout, ReadTimeoutError)):
        return "超时"
    return "回答太长或太慢" if isinstance(error, _TooMuchError) else "连不上"
