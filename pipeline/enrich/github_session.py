"""One connection to the GitHub API, through PyGithub. Loaded only when something is asked."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from typing import Any

import github
import requests
from github.GithubException import BadCredentialsException, GithubException
from github.GithubRetry import GithubRetry
from github.Requester import Requester
from urllib3.exceptions import HTTPError, InvalidHeader

from pipeline.enrich.github_facts import FRAGMENT
from pipeline.enrich.waiting import rate_limit_reset, retry_after
from pipeline.ports import Clock


class Outcome(Enum):
    """What an answer is about: the repository, or the service."""

    FOUND = auto()
    UNCHANGED = auto()
    GONE = auto()
    BLOCKED = auto()
    LIMITED = auto()
    REFUSED = auto()
    """401: the token is not accepted."""
    FAILING = auto()
    """Server errors, also after trying again."""
    DOWN = auto()
    """No connection, no answer in time."""
    GARBAGE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer; `wait` in seconds where GitHub asks for one, `remaining` of the hour's limit."""

    outcome: Outcome
    data: Any = None
    remaining: int | None = None
    wait: float | None = None
    words: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class _BoundedRetry(GithubRetry):
    """Tries server errors again, and limits only where the wait is short.

    `GithubRetry` sleeps through any Retry-After, up to hours, and on the real clock; this one
    gives up where the header asks for more than `max_rate_limit_wait`, and sleeps on ours.
    202 is retried here because PyGithub would otherwise ask again without end.
    """

    def __init__(self, *, clock: Clock, count: Callable[[], None], **kwargs: Any) -> None:
        self._clock, self._count = clock, count
        codes = kwargs.pop("status_forcelist", [202, 429, 500, 502, 503, 504])
        super().__init__(status_forcelist=[c for c in codes if c != 403], **kwargs)

    def new(self, **kw: Any) -> _BoundedRetry:
        return super().new(clock=self._clock, count=self._count, **kw)

    def increment(self, *args: Any, **kwargs: Any) -> Any:
        response = kwargs.get("response")
        wish = response.headers.get("Retry-After") if response is not None else None
        wait = retry_after(wish, self._clock.now())
        if response is not None and self._too_long(response.status, wait):
            raise GithubException(response.status, None, dict(response.headers.items()))
        made = super().increment(*args, **kwargs)
        self._count()
        return made

    def _too_long(self, status: int, wait: float | None) -> bool:
        """429 without a time means a minute at least."""
        if wait is None:
            return status == 429
        return status in (403, 429) and wait > (self.max_rate_limit_wait or 0.0)

    def sleep(self, response: Any = None) -> None:
        try:
            wish = self.get_retry_after(response) if response is not None else None
        except InvalidHeader:
            wish = None
        longest = self.max_rate_limit_wait or 0.0
        self._clock.sleep(min(max(wish or 0.0, self.get_backoff_time(), 0.2), longest))


class _WeighingRequester(Requester):
    """PyGithub's own, which tells nobody how large an answer was; this one counts its bytes."""

    received = 0

    def requestJson(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, Any], str]:  # noqa: N802
        status, headers, output = super().requestJson(*args, **kwargs)
        self.received += len(output.encode("utf-8", "surrogatepass"))
        return status, headers, output


class GithubDesk:
    """Asks GitHub one question at a time; `sent` counts requests, retries included, `received`
    the decoded bytes of the answers."""

    def __init__(
        self, api_url: str, token: str | None, clock: Clock, *, timeout: float, patience: float
    ) -> None:
        self.sent = 0
        self._clock = clock
        retry = _BoundedRetry(
            clock=clock,
            count=self._count,
            total=3,
            # A silent server has cost a whole time-out already: once more is enough.
            connect=1,
            read=1,
            max_rate_limit_wait=patience,
            secondary_rate_wait=patience + 1,
            backoff_factor=0.5,
        )
        self._requester = _WeighingRequester(
            auth=github.Auth.Token(token) if token else None,
            base_url=api_url.rstrip("/"),
            timeout=max(1, math.ceil(timeout)),
            user_agent="stardraft PyGithub",
            per_page=30,
            verify=True,
            retry=retry,
            pool_size=None,
            # Pacing is the limiter's, for PyGithub's own knows nothing of other processes.
            seconds_between_requests=None,
            seconds_between_writes=None,
        )

    @property
    def received(self) -> int:
        """Decoded bytes of all answers so far."""
        return self._requester.received

    def repository(self, name: str, etag: str | None = None) -> Said:
        """REST: one repository, renames followed; `UNCHANGED`, at no cost, where it is still
        the version of the ETag."""
        headers = {"If-None-Match": etag} if etag else None
        said = self._ask("GET", f"/repos/{name}", None, headers=headers)
        if etag and said.outcome is Outcome.FOUND and said.data is None:
            return replace(said, outcome=Outcome.UNCHANGED)
        return said

    def readme(self, name: str) -> Said:
        """REST: the README with its text in base64; `GONE` where there is none."""
        return self._ask("GET", f"/repos/{name}/readme", None)

    def search(self, query: str, count: int) -> Said:
        """REST: the repositories that match best."""
        wanted = {"q": query, "per_page": count}
        return self._ask("GET", "/search/repositories", None, parameters=wanted)

    def repositories(self, names: Sequence[str]) -> Said:
        """GraphQL: many repositories as aliases `r0`, `r1`, … of one query."""
        query = {"query": _query(names), "variables": {}}
        return self._ask("POST", self._requester.graphql_url, query)

    def _count(self) -> None:
        self.sent += 1

    def _ask(
        self,
        verb: str,
        url: str,
        question: Any,
        *,
        headers: dict[str, str] | None = None,
        parameters: dict[str, Any] | None = None,
    ) -> Said:
        self._count()
        try:
            headers, data = self._requester.requestJsonAndCheck(
                verb, url, parameters, headers, question
            )
        except GithubException as error:
            return _said_no(error, self._clock.now())
        except requests.Timeout:
            return Said(outcome=Outcome.DOWN, words="连接超时")
        except requests.exceptions.RetryError:
            return Said(outcome=Outcome.FAILING, words="服务器出错")
        except (requests.RequestException, HTTPError):
            return Said(outcome=Outcome.DOWN, words="连接失败")
        except (ValueError, RuntimeError, AssertionError, AttributeError, RecursionError):
            # How PyGithub meets answers that are no JSON, redirects to other hosts or schemes,
            # and JSON of another shape than GitHub's.
            return Said(outcome=Outcome.GARBAGE, words="回答无法识别")
        return Said(
            outcome=Outcome.FOUND, data=data, remaining=_remaining(headers), headers=headers
        )


def _query(names: Sequence[str]) -> str:
    """Names are checked against GitHub's alphabet before; quoting is by JSON all the same."""
    lines = []
    for number, name in enumerate(names):
        owner, _, repo = name.partition("/")
        given = f"owner: {json.dumps(owner)}, name: {json.dumps(repo)}"
        lines.append(f"  r{number}: repository({given}) {{ ...facts }}")
    return "query {\n" + "\n".join(lines) + "\n}\n" + FRAGMENT


def _said_no(error: GithubException, now: datetime) -> Said:
    headers = {k.lower(): str(v) for k, v in (error.headers or {}).items()}
    remaining = _remaining(headers)
    wait = retry_after(headers.get("retry-after"), now)
    if wait is None and remaining == 0:
        wait = rate_limit_reset(headers, now)
    return Said(
        outcome=_outcome(error, remaining, wait),
        data=error.data,
        remaining=remaining,
        wait=wait,
        words=f"HTTP {error.status}",
        headers=headers,
    )


def _outcome(error: GithubException, remaining: int | None, wait: float | None) -> Outcome:
    if isinstance(error, BadCredentialsException) or error.status == 401:
        return Outcome.REFUSED
    if error.status in (404, 410):
        return Outcome.GONE
    if error.status == 451:
        return Outcome.BLOCKED
    if error.status == 403 and _is_blocked(error.data):
        return Outcome.BLOCKED
    if error.status in (403, 429) or remaining == 0 or wait is not None:
        return Outcome.LIMITED
    return Outcome.FAILING


def _is_blocked(data: Any) -> bool:
    """GitHub tells a take-down also as 403 with a `block` object or in words."""
    if not isinstance(data, Mapping):
        return False
    return "block" in data or "access blocked" in str(data.get("message", "")).lower()


def _remaining(headers: Mapping[str, str]) -> int | None:
    text = str(headers.get("x-ratelimit-remaining", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
