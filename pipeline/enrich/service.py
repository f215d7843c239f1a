"""A service that answers with JSON, as settings describe it; loaded when it is first asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.enrich.allowance import Listener, Scale
from pipeline.ports import Clock, Limiter

if TYPE_CHECKING:
    from pipeline.enrich.json_session import JsonDesk, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConfig:
    """How to ask a service; times in seconds. `most` bounds the requests of one lookup, the
    rest waits for a later run; `heard` is told the headers of every answer, `weighed` its size."""

    api_url: str
    interval: float = 1.0
    timeout: float = 15.0
    patience: float = 5.0
    most: int = 20
    heard: Listener | None = field(default=None, repr=False, compare=False)
    weighed: Scale | None = field(default=None, repr=False, compare=False)


class Service:
    """The service called `name`; `sent` counts its requests."""

    def __init__(self, name: str, config: ServiceConfig, limiter: Limiter, clock: Clock) -> None:
        self._name, self._config = name, config
        self._limiter, self._clock = limiter, clock
        self.sent = 0

    def get(self, path: str, params: Mapping[str, str]) -> Told:
        """The JSON at `path`; one try, since a later run asks again."""
        try:
            return self._desk.get(path, params)
        finally:
            self.sent = self._desk.sent

    @cached_property
    def _desk(self) -> JsonDesk:
        from pipeline.enrich.json_session import JsonDesk

        c = self._config
        return JsonDesk(
            self._name,
            c.api_url,
            self._limiter,
            self._clock,
            interval=c.interval,
            timeout=c.timeout,
            patience=c.patience,
            heard=c.heard,
            weighed=c.weighed,
        )
