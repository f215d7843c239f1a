"""The arXiv API as a `PaperIndex`: few requests, no guesses, nothing lost when it is down."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.enrich import wording
from pipeline.enrich.allowance import Scale
from pipeline.enrich.arxiv_entry import bare_key
from pipeline.enrich.arxiv_reply import Reply, ReplyState
from pipeline.enrich.arxiv_search import (
    HITS_PER_TITLE,
    TITLES_PER_REQUEST,
    believed,
    by_key_words,
    by_phrase,
)
from pipeline.enrich.titles import searchable
from pipeline.errors import Issue
from pipeline.identifiers import arxiv_id
from pipeline.ports import Clock, Limiter, Lookup
from pipeline.types import Paper

if TYPE_CHECKING:
    from pipeline.enrich.arxiv_session import ArxivDesk

CAREFUL = 100
"""Ids per request after a larger one went wrong for another reason than being too early."""
_CONTROL_ID = "1706.03762"
"""A paper that certainly exists; asked along where a batch comes back empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArxivConfig:
    """How to ask arXiv; times in seconds.

    `interval` is arXiv's own rule (one request in three seconds); `timeout` bounds each step of
    a request; `page_size` is ids per request: arXiv allows slices of 2,000, its front server
    8,190 bytes of address, which 250 of the longest old ids do not reach; `patience` is the
    longest single wait for a slot or a Retry-After, `tries` how often one lookup asks again
    before it leaves the rest to a later run; `weighed` is told the size of every answer.
    """

    api_url: str = "https://export.arxiv.org/api/query"
    interval: float = 3.0
    timeout: float = 30.0
    page_size: int = 250
    patience: float = 60.0
    tries: int = 4
    weighed: Scale | None = field(default=None, repr=False, compare=False)


@dataclass(slots=True)
class _Work:
    """One lookup while it runs."""

    tries: int
    found: dict[str, Paper] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    deferred: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    requests: int = 0

    def lookup(self) -> Lookup[Paper]:
        return Lookup(
            found=self.found,
            missing=tuple(self.missing),
            deferred=tuple(self.deferred),
            issues=tuple(self.issues),
            requests=self.requests,
        )


class ArxivIndex:
    """Papers by id and by title; see `pipeline.ports.PaperIndex`.

    Every request books a slot named `arxiv` of the limiter. 429, 503, time-outs, pages that are
    no feed and feeds that promise more than they hold are tried again `config.tries` times per
    lookup, then the rest is deferred with one issue. `jitter` yields numbers in [0, 1).
    """

    def __init__(
        self,
        config: ArxivConfig,
        limiter: Limiter,
        clock: Clock,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._config, self._limiter, self._clock = config, limiter, clock
        self._jitter = jitter
        self._open_desk: ArxivDesk | None = None
        self._control = _CONTROL_ID
        self._gave_up = False

    def by_ids(self, ids: Sequence[str]) -> Lookup[Paper]:
        """The papers with these ids; ids of other schemes than `arxiv:` are passed over."""
        work = self._begin()
        asked = self._readable(ids, work)
        batches = deque(_chunks(list(asked), max(1, self._config.page_size)))
        while batches:
            batch = batches.popleft()
            reply = self._ask(work, ids=batch)
            if reply.state is ReplyState.EMPTY:
                reply = self._ask_with_control(batch, work)
            if reply.state is ReplyState.OK:
                self._sort(batch, asked, reply, work)
            elif reply.state is ReplyState.BAD_REQUEST:
                batches.extendleft(reversed(self._isolate(batch, asked, reply, work)))
            elif reply.too_much and len(batch) > CAREFUL:
                batches.extendleft(reversed([*_chunks(batch, CAREFUL)]))
            else:
                rest = [key for b in (batch, *batches) for key in b]
                self._defer((given for key in rest for given in asked[key]), reply, work)
                break
        return work.lookup()

    def by_titles(self, titles: Sequence[str]) -> Lookup[Paper]:
        """The paper that surely has each title; titles not in Latin letters are `missing`."""
        work = self._begin()
        asked: list[str] = []
        for title in dict.fromkeys(titles):
            (asked if searchable(title) else work.missing).append(title)
        # An empty page may be a hiccup: a title counts as missing after two different searches.
        left = self._search(asked, by_phrase, work, thorough=True)
        if work.deferred:
            work.deferred.extend(left)
        else:
            work.missing.extend(self._search(left, by_key_words, work, thorough=False))
        return work.lookup()

    def _search(
        self,
        titles: list[str],
        query: Callable[[Sequence[str]], str],
        work: _Work,
        *,
        thorough: bool,
    ) -> list[str]:
        """Search for several titles per request; those that were looked for and not found.

        `thorough`: where a request has more hits than fit, ask for each of its titles alone.
        """
        batches = deque(_chunks(titles, TITLES_PER_REQUEST))
        left: list[str] = []
        while batches:
            batch = batches.popleft()
            limit = HITS_PER_TITLE * max(len(batch), 3)
            reply = self._ask(work, query=query(batch), limit=limit)
            if reply.state in (ReplyState.OK, ReplyState.EMPTY):
                rest = self._match(batch, reply, work)
                cut = thorough and reply.total > len(reply.papers) and len(batch) > 1
                batches.extendleft([title] for title in reversed(rest if cut else []))
                left += [] if cut else rest
            elif reply.state is ReplyState.BAD_REQUEST:
                # One title spoils the query: ask each alone, and give up the one that does.
                alone = [[title] for title in batch if len(batch) > 1]
                batches.extendleft(reversed(alone))
                left += batch if len(batch) == 1 else []
            else:
                self._defer((t for b in (batch, *batches) for t in b), reply, work)
                break
        return left

    def _begin(self) -> _Work:
        """After a lookup that gave up, the next one asks once: an outage costs its tries once."""
        return _Work(0 if self._gave_up else self._config.tries)

    @staticmethod
    def _readable(ids: Sequence[str], work: _Work) -> dict[str, list[str]]:
        """Bare id → ids as asked, for those that can be asked; impossible ones are missing."""
        asked: dict[str, list[str]] = {}
        for given in dict.fromkeys(ids):
            if not given.startswith("arxiv:"):
                continue
            bare = arxiv_id(given.removeprefix("arxiv:"))
            if bare is None:
                work.missing.append(given)
            else:
                asked.setdefault(bare, []).append(given)
        return asked

    def _ask(
        self, work: _Work, *, ids: Sequence[str] = (), query: str = "", limit: int = 0
    ) -> Reply:
        """Ask until there is an answer about the question, or patience ends."""
        while True:
            reply = self._desk().ask(ids=ids, query=query, limit=limit)
            work.requests += reply.sent
            if not reply.state.worth_retrying:
                self._gave_up = False
                return reply
            wait = self._wait_after(reply, work)
            self._limiter.push_back("arxiv", self._clock.now() + timedelta(seconds=wait))
            if work.tries <= 0 or wait > self._config.patience:
                return reply
            # A time-out has already cost its patience: once more is enough.
            work.tries = 0 if reply.state is ReplyState.DOWN else work.tries - 1
            if len(ids) > CAREFUL and reply.state is not ReplyState.BUSY:
                return replace(reply, too_much=True)

    def _wait_after(self, reply: Reply, work: _Work) -> float:
        """The server's wish, never below the interval; without one twice as long each time."""
        if reply.retry_after is not None:
            return max(reply.retry_after, self._config.interval)
        failures = max(0, self._config.tries - work.tries)
        return float(self._config.interval * 2**failures * (1 + self._jitter() / 2))

    def _ask_with_control(self, batch: list[str], work: _Work) -> Reply:
        """An empty answer is either true or a hiccup; a paper known to exist tells which."""
        control = self._control
        if control in batch:
            return Reply(state=ReplyState.HOLLOW)
        reply = self._ask(work, ids=[*batch, control])
        if reply.state is ReplyState.EMPTY:
            return Reply(state=ReplyState.HOLLOW)
        return reply

    def _sort(
        self, batch: list[str], asked: dict[str, list[str]], reply: Reply, work: _Work
    ) -> None:
        """In an answer that holds papers, an id without one does not exist."""
        by_key = {bare_key(p.id): p for p in reply.papers}
        for bare in batch:
            paper = by_key.get(bare_key(bare))
            if paper is None:
                work.missing.extend(asked[bare])
            else:
                self._control = bare
                work.found.update(dict.fromkeys(asked[bare], paper))

    @staticmethod
    def _isolate(
        batch: list[str], asked: dict[str, list[str]], reply: Reply, work: _Work
    ) -> list[list[str]]:
        """A malformed id spoils its batch: take out the one the error names, else halve."""
        named = bare_key(reply.bad_id or "")
        bad = [b for b in batch if bare_key(b) == named]
        if len(batch) == 1:
            bad = batch
        if bad:
            work.missing.extend(asked[bad[0]])
            rest = [b for b in batch if b != bad[0]]
            return [rest] if rest else []
        middle = len(batch) // 2
        return [batch[:middle], batch[middle:]]

    @staticmethod
    def _match(batch: list[str], reply: Reply, work: _Work) -> list[str]:
        """Settle the titles that a hit surely has; the others."""
        for title in batch:
            if (paper := believed(title, reply.papers)) is not None:
                work.found[title] = paper
        return [title for title in batch if title not in work.found]

    def _defer(self, keys: Iterable[str], reply: Reply, work: _Work) -> None:
        self._gave_up = True
        rest = list(keys)
        work.deferred.extend(rest)
        work.issues.append(wording.arxiv_unavailable(reply, len(rest)))

    def _desk(self) -> ArxivDesk:
        if self._open_desk is None:
            from pipeline.enrich.arxiv_session import ArxivDesk

            c = self._config
            self._open_desk = ArxivDesk(
                c.api_url,
                self._limiter,
                self._clock,
                interval=c.interval,
                timeout=c.timeout,
                patience=c.patience,
                weighed=c.weighed,
            )
        return self._open_desk


def _chunks(items: list[str], size: int) -> Iterator[list[str]]:
    return (items[i : i + size] for i in range(0, len(items), size))
