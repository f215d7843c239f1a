"""How politely and how patiently the client asks: plain numbers, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WECHAT_HOST = "mp.weixin.qq.com"


def _default_delays() -> Mapping[str, float]:
    return {WECHAT_HOST: 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """Limits of one client; times in seconds, sizes in decoded bytes.

    `host_delays` maps a host or a suffix of it (`qq.com`) to the least time between two starts.
    `allow_private` names the bridges (`host` or `host:port`) that may live on loopback or in a
    private network; everything else there is refused. `gateway` is an address that the original
    URL is appended to (`http://127.0.0.1:8899/` asks `http://127.0.0.1:8899/https://…`); it may
    be private itself. `robots_exempt` are hosts (or suffixes) whose robots.txt the reader has decided
    not to apply to single pages read by a person; WeChat's, for one, forbids every article to every
    program, so without the reader's word its pages are left alone. `longest_wait` is how long a Retry-After is obeyed within the run.
    """

    user_agent: str = "stardraft (+https://pypi.org/project/stardraft/; personal reading list)"
    concurrency: int = 50
    per_host: int = 4
    host_delays: Mapping[str, float] = field(default_factory=_default_delays)
    timeout: float = 30.0
    max_bytes: int = 15 * 1024 * 1024
    max_redirects: int = 5
    proxy: str | None = None
    allow_private: tuple[str, ...] = ()
    gateway: str | None = None
    obey_robots: bool = True
    robots_exempt: tuple[str, ...] = ()
    retries: int = 2
    longest_wait: float = 20.0

    def delay_of(self, host: str) -> float:
        """Seconds between two requests to `host`: the longest matching suffix decides."""
        matches = [s for s in self.host_delays if _covers(s, host)]
        return self.host_delays[max(matches, key=len)] if matches else 0.0

    def asks_robots(self, host: str) -> bool:
        """True where robots.txt decides about pages of `host`."""
        return self.obey_robots and not any(_covers(s, host) for s in self.robots_exempt)


def _covers(suffix: str, host: str) -> bool:
    return host == suffix or host.endswith("." + suffix)
