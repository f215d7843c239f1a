"""The way to GitHub that everything in this room shares: slots, limits, the token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.enrich.allowance import Listener, Scale
from pipeline.enrich.waiting import rate_limit_reset
from pipeline.ports import Clock, Limiter

if TYPE_CHECKING:
    from pipeline.enrich.github_session import GithubDesk, Said

SERVICE, SEARCH = "github", "github-search"
"""Names of the limiter's slots; searches have a limit of their own (10 a minute, 30 with a token)."""
_MINUTE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GithubConfig:
    """How to ask GitHub; times in seconds.

    `token` never appears in the repr. `batch` is repositories per GraphQL query; `keep` are
    requests of the anonymous hourly 60 that are left for the reader's other tools; `patience` is
    the longest single wait, everything above is left to a later run; `interval` is the least
    time between two requests; `heard` is told the headers of every answer, `weighed` its size.
    """

    api_url: str = "https://api.github.com"
    token: str | None = field(default=None, repr=False)
    timeout: float = 20.0
    batch: int = 100
    keep: int = 2
    patience: float = 10.0
    interval: float = 0.1
    heard: Listener | None = field(default=None, repr=False, compare=False)
    weighed: Scale | None = field(default=None, repr=False, compare=False)


class GithubDoor:
    """Books slots, asks, and tells every process of limits."""

    def __init__(self, config: GithubConfig, limiter: Limiter, clock: Clock) -> None:
        self._config, self._limiter, self._clock = config, limiter, clock
        self.token = config.token
        self._open_desk: GithubDesk | None = None
        self._sent_before = 0

    @property
    def sent(self) -> int:
        """Requests sent through this door."""
        return self._sent_before + (self._open_desk.sent if self._open_desk else 0)

    def ask(self, question: Callable[[GithubDesk], Said], service: str = SERVICE) -> Said | None:
        """Book a slot and ask; None where the slot is too far away."""
        # An interval of 0 books nothing: a slot we would not wait for is left to others.
        if self._limiter.reserve(service, 0.0, self._clock.now()) > self._config.patience:
            return None
        wait = self._limiter.reserve(service, self._config.interval, self._clock.now())
        if wait > 0:
            self._clock.sleep(wait)
        said = self._put(question)
        if self._config.heard:
            self._config.heard(service, said.headers, self._clock.now())
        return said

    def _put(self, question: Callable[[GithubDesk], Said]) -> Said:
        desk = self._desk()
        sent, received = desk.sent, desk.received
        try:
            return question(desk)
        finally:
            if self._config.weighed:
                self._config.weighed(
                    self._config.api_url, desk.sent - sent, desk.received - received
                )

    def limited(self, said: Said, service: str = SERVICE) -> None:
        """Nobody asks before GitHub said; without a time, a minute, as its documentation asks."""
        now = self._clock.now()
        wait = said.wait if said.wait is not None else rate_limit_reset(said.headers, now)
        self._limiter.push_back(service, now + timedelta(seconds=wait or _MINUTE))

    def drop_token(self) -> None:
        """Go on without the token, which was refused."""
        self._sent_before = self.sent
        self.token, self._open_desk = None, None

    def _desk(self) -> GithubDesk:
        if self._open_desk is None:
            from pipeline.enrich.github_session import GithubDesk

            c = self._config
            self._open_desk = GithubDesk(
                c.api_url, self.token, self._clock, timeout=c.timeout, patience=c.patience
            )
        return self._open_desk
