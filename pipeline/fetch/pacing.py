"""Per host: when the next request may start, and whether any may start at all."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from pipeline.errors import Issue


@dataclass(slots=True)
class _Host:
    next_start: float = 0.0
    last_start: float = float("-inf")
    rests_until: float = 0.0
    blocked: Issue | None = None
    requests: int = 0
    decoded_bytes: int = 0


class Hosts:
    """What is known of every host, shared by threads; times are of one monotonic clock."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def _of(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())

    def reserve(self, host: str, delay: float, now: float) -> float:
        """Book the next start at `host`; the seconds to wait for it."""
        with self._lock:
            state = self._of(host)
            start = max(now, state.next_start)
            state.next_start = start + delay
            return start - now

    def started(self, host: str, delay: float, now: float) -> None:
        """A request to `host` starts now: the next one no sooner than `delay` after it."""
        with self._lock:
            state = self._of(host)
            state.last_start = now
            state.next_start = max(state.next_start, now + delay)

    def too_soon_by(self, host: str, delay: float, now: float) -> float:
        """Seconds until `delay` has passed since the last start at `host`."""
        return self._of(host).last_start + delay - now

    def rest(self, host: str, until: float) -> None:
        """Let nobody start at `host` before `until`: the server asked for it."""
        with self._lock:
            state = self._of(host)
            state.rests_until = max(state.rests_until, until)
            state.next_start = max(state.next_start, until)

    def rest_left(self, host: str, now: float) -> float:
        """Seconds for which the server still wants to be left alone."""
        state = self._hosts.get(host)
        return max(0.0, state.rests_until - now) if state else 0.0

    def block(self, host: str, issue: Issue) -> None:
        """Start nothing more at `host`."""
        with self._lock:
            self._of(host.lower()).blocked = issue

    def blocked(self, host: str) -> Issue | None:
        """Why nothing may start at `host`, None where it may."""
        state = self._hosts.get(host)
        return state.blocked if state else None

    def count(self, host: str, decoded_bytes: int) -> None:
        """Add one answered request."""
        with self._lock:
            state = self._of(host)
            state.requests += 1
            state.decoded_bytes += decoded_bytes

    def totals(self) -> dict[str, tuple[int, int]]:
        """Requests and decoded bytes of every host that was asked."""
        with self._lock:
            return {
                name: (state.requests, state.decoded_bytes)
                for name, state in sorted(self._hosts.items())
                if state.requests
            }
