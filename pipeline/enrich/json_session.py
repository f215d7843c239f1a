"""Polite questions to services that answer with JSON. Loaded only when something is asked.

Every request books a slot of the limiter; time, size and redirects are bounded, and a redirect
never leads to another host, so that no answer can send us to a machine of the reader's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from pipeline.enrich.allowance import Listener, Scale
from pipeline.enrich.waiting import retry_after
from pipeline.ports import Clock, Limiter

_MAX_BODY = 4 * 1024 * 1024
_CHUNK = 64 * 1024
_MAX_REDIRECTS = 2
_MINUTE = 60.0


class Heard(Enum):
    """`FOUND` and `MISSING` are about the question, the others about the service."""

    FOUND = auto()
    MISSING = auto()
    LATER = auto()
    """It asks to wait for longer than we do, or wants to see a human."""
    FAILING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answer; `words` say why there is none."""

    heard: Heard
    data: Any = None
    words: str = ""


class _UnfitError(requests.RequestException):
    """The answer is too large, too slow, or elsewhere."""


class JsonDesk:
    """Asks the service `name` at `base_url`; `sent` counts requests. Times in seconds."""

    def __init__(
        self,
        name: str,
        base_url: str,
        limiter: Limiter,
        clock: Clock,
        *,
        interval: float,
        timeout: float,
        patience: float,
        heard: Listener | None = None,
        weighed: Scale | None = None,
    ) -> None:
        self.sent = 0
        self._heard, self._weighed = heard, weighed
        self._name, self._base = name, base_url.rstrip("/")
        self._limiter, self._clock = limiter, clock
        self._interval, self._timeout, self._patience = interval, timeout, patience
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "stardraft"
        self._session.headers["Accept"] = "application/json"

    def get(self, path: str, params: Mapping[str, str]) -> Told:
        """The JSON at `base_url` + `path`; one try, since a later run asks again."""
        wait = self._limiter.reserve(self._name, 0.0, self._clock.now())
        if wait > self._patience:
            return Told(heard=Heard.LATER, words="要求的等待时间太长")
        try:
            response, body = self._fetch(self._base + path, params)
        except requests.Timeout:
            return Told(heard=Heard.FAILING, words="超时")
        except _UnfitError:
            return Told(heard=Heard.FAILING, words="的回答无法使用")
        except (requests.RequestException, HTTPError, UnicodeError):
            return Told(heard=Heard.FAILING, words="连不上")
        return self._judge(response, body)

    def _fetch(self, url: str, params: Mapping[str, str] | None) -> tuple[requests.Response, bytes]:
        for _ in range(_MAX_REDIRECTS + 1):
            wait = self._limiter.reserve(self._name, self._interval, self._clock.now())
            if wait > 0:
                self._clock.sleep(wait)
            response, body = self._send(url, params)
            if not response.is_redirect:
                return response, body
            target = urljoin(response.url, response.headers["Location"])
            if urlsplit(target)[:2] != urlsplit(self._base)[:2]:
                raise _UnfitError("redirect to another host")
            url, params = target, None
        raise _UnfitError("too many redirects")

    def _send(self, url: str, params: Mapping[str, str] | None) -> tuple[requests.Response, bytes]:
        self.sent += 1
        body = b""
        try:
            response = self._session.get(
                url,
                params=params,
                timeout=(self._timeout, self._timeout),
                allow_redirects=False,
                stream=True,
            )
            with response:
                if self._heard:
                    self._heard(self._name, response.headers, self._clock.now())
                body = b"" if response.is_redirect else self._read(response)
            return response, body
        finally:
            if self._weighed:
                self._weighed(url, 1, len(body))

    def _read(self, response: requests.Response) -> bytes:
        deadline = self._clock.now() + timedelta(seconds=2 * self._timeout)
        body = bytearray()
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > _MAX_BODY or self._clock.now() > deadline:
                raise _UnfitError("too much")
        return bytes(body)

    def _judge(self, response: requests.Response, body: bytes) -> Told:
        status = response.status_code
        if status in (404, 410):
            return Told(heard=Heard.MISSING)
        if status in (403, 429, 503):
            wish = retry_after(response.headers.get("Retry-After"), self._clock.now())
            until = self._clock.now() + timedelta(seconds=max(wish or _MINUTE, _MINUTE))
            self._limiter.push_back(self._name, until)
            return Told(heard=Heard.LATER, words=f"正在限流（HTTP {status}）")
        if status != 200:
            return Told(heard=Heard.FAILING, words=f"没有正常回答（HTTP {status}）")
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            return Told(heard=Heard.FAILING, words="的回答无法识别")
        if not isinstance(data, dict):
            return Told(heard=Heard.FAILING, words="的回答无法识别")
        return Told(heard=Heard.FOUND, data=data)
