"""Telling the reader, once each: which event of a run is worth a message, and to whom."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from pipeline.errors import Issue
from pipeline.ports import Clock, Store
from pipeline.settings import Workspace
from pipeline.text import short_hash
from pipeline.types import RunReport, StageReport

if TYPE_CHECKING:
    from pipeline.notify import Message

_DEAD_AFTER = timedelta(days=3)
"""A source that has failed for as long is called dead; a shorter outage mends itself."""


def review_address(workspace: Workspace, day: date) -> str:
    """Where the day's draft can be reviewed, as the reader reaches the page."""
    page = workspace.settings.notify.page or f"http://127.0.0.1:{workspace.settings.review.port}"
    return f"{page.rstrip('/')}/day/{day}"


def wants_notices(workspace: Workspace) -> bool:
    """Whether the reader named any address."""
    return bool(_addresses(workspace))


def tell_of_run(workspace: Workspace, store: Store, clock: Clock, report: RunReport) -> StageReport:
    """Say that the draft is ready and which sources died, each once; how that went."""
    from pipeline.notify import draft_ready, source_dead

    began = perf_counter()
    teller = _Teller(workspace, store, clock)
    language = workspace.settings.reader.language
    if report.note_path and report.items:
        link = review_address(workspace, report.day)
        ready = draft_ready(report.day, report.items, link, report.caught_up, language)
        teller.tell("draft.ready", [f"{report.day}"], lambda _: ready)
    month = f"{report.day:%Y-%m}"
    dead = {f"{month} {name}": name for name in _dead(store, clock, report)}
    teller.tell("source.dead", list(dead), lambda k: source_dead([dead[x] for x in k], language))
    return StageReport(
        stage="notify",
        seen=teller.sent + len(teller.issues),
        made=teller.sent,
        skipped=len(teller.issues),
        seconds=round(perf_counter() - began, 3),
        issues=tuple(teller.issues),
    )


def tell_of_publication(
    workspace: Workspace, store: Store, clock: Clock, day: date, address: str
) -> tuple[Issue, ...]:
    """Say that the day's note was published, once; what went wrong with saying so."""
    from pipeline.notify import publish_done

    teller = _Teller(workspace, store, clock)
    message = publish_done(day, address, workspace.settings.reader.language)
    teller.tell("publish.done", [f"{day}"], lambda _: message)
    return tuple(teller.issues)


def _dead(store: Store, clock: Clock, report: RunReport) -> list[str]:
    """The sources that were found stale, and those that have failed for days."""
    stale = [i.subject for s in report.stages for i in s.issues if i.code == "feed.stale"]
    before = clock.now() - _DEAD_AFTER
    failing = [
        feed.title
        for feed, memory, issue in store.feed_health()
        if issue and memory.failures > 2 and memory.last_ok_at and memory.last_ok_at < before
    ]
    return list(dict.fromkeys([*stale, *failing]))


def _addresses(workspace: Workspace) -> tuple[str, ...]:
    from pipeline.notify import find_addresses

    return find_addresses(os.environ, workspace.settings.notify.urls)


class _Teller:
    """Sends each event to each address at most once: the store's row is claimed before."""

    def __init__(self, workspace: Workspace, store: Store, clock: Clock) -> None:
        self._workspace, self._store, self._clock = workspace, store, clock
        self.sent = 0
        self.issues: list[Issue] = []

    def tell(
        self, event: str, keys: Sequence[str], words: Callable[[Sequence[str]], Message]
    ) -> None:
        """Send `words` about those of `keys` that this address has not heard of yet."""
        from pipeline.notify import send

        wanted = self._workspace.settings.notify
        if event not in wanted.events:
            return
        for address in _addresses(self._workspace):
            rows = {k: f"{event} {k} {short_hash(address)}" for k in keys}
            now = self._clock.now()
            fresh = [k for k in keys if self._store.claim_notice(rows[k], now)]
            if not fresh:
                continue
            issue = send(address, words(fresh), wanted.timeout)
            for key in fresh:
                self._store.settle_notice(rows[key], sent=issue is None, now=self._clock.now())
            self.sent += issue is None
            if issue:
                self.issues.append(issue)
