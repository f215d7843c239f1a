"""Poll the feeds: what is new, from the first of each feed's addresses that still lives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from pipeline.errors import Issue
from pipeline.stages.app import App, Run, Tally
from pipeline.stages.collect import LONGEST, about, backoff
from pipeline.stages.freshness import LEAST_SILENCE, Freshness, freshness, stale_issue
from pipeline.types import Feed, FeedMemory, Fetched, FetchRequest, Poll, StageReport

_BACKOFF = timedelta(minutes=15)


def poll(app: App, run: Run) -> StageReport:
    """Ask every feed that is due what is new, and remember its entries.

    Where an address fails, or answers but has gone stale, the feed's next one is asked in the
    same run; the store knows the entries by their addresses, so nothing is there twice.
    """
    tally = Tally("poll", run, total=len(app.feeds))
    now = app.clock.now()
    app.store.sync_feeds(app.feeds, now)
    rounds = _Rounds(app, tally)
    asking = rounds.begin(now)
    while asking:
        asking = rounds.ask(asking)
    rounds.end()
    return tally.report()


@dataclass(slots=True)
class _Asking:
    """A feed in the middle of being polled.

    `attempt` counts its addresses; `asked` says that somebody was asked, not only refused by us,
    `answered` that one of them brought a feed, `failure` is the first thing that went wrong and `retry_after` the longest wait asked for. `newest` is
    the latest article of the address that answered last, `lively` says that it is no older than
    the feed's rhythm explains, and `stale` how it stood with the first one that was not.
    """

    feed: Feed
    memory: FeedMemory
    attempt: int = 0
    asked: bool = False
    answered: bool = False
    new: int = 0
    failure: Issue | None = None
    retry_after: float | None = None
    newest: datetime | None = None
    stale: Freshness | None = None
    lively: bool = True
    finished: bool = False
    issues: tuple[Issue, ...] = ()

    @property
    def has_more(self) -> bool:
        return self.attempt < len(self.feed.fallbacks)

    def failed(self, issue: Issue, retry_after: float | None) -> None:
        """Remember why an address brought nothing."""
        self.failure = self.failure or issue
        if retry_after is not None:
            self.retry_after = max(self.retry_after or 0.0, retry_after)


class _Rounds:
    """One round asks one address of every feed that still needs an answer."""

    def __init__(self, app: App, tally: Tally) -> None:
        self._app = app
        self._tally = tally
        self._done: list[_Asking] = []
        self._unchanged: list[str] = []

    def begin(self, now: datetime) -> list[_Asking]:
        """The feeds on the network that are due; those on disk are read at once."""
        memories = self._app.store.memories([f.id for f in self._app.feeds])
        asking = []
        for feed in self._app.feeds:
            memory = memories[feed.id]
            # Further off than any wait of ours: the clock was ahead when it was set.
            if memory.next_poll_at and now < memory.next_poll_at <= now + LONGEST:
                self._tally.step("skipped", _waiting(feed, memory, self._tally.run.zone))
            elif self._app.source.request(feed, memory) is None:
                self._settle(one := _Asking(feed, memory), None)
                self._finish(one)
            else:
                asking.append(_Asking(feed, memory))
        self._remember_unchanged()
        return asking

    def ask(self, asking: list[_Asking]) -> list[_Asking]:
        """Ask each feed's current address; those that need their next one."""
        waiting = {one.feed.id: one for one in asking}
        requests = [self._request(one) for one in asking]
        self._tally.requests += len(requests)
        for fetched in self._app.fetcher.fetch_many(requests):
            one = waiting[fetched.request.token]
            one.asked = one.asked or fetched.asked
            if fetched.issue:
                one.failed(fetched.issue, fetched.retry_after)
            else:
                self._settle(one, fetched)
            if one.answered or not one.has_more:
                self._finish(one)
        self._remember_unchanged()
        return self._next_addresses(asking)

    def _remember_unchanged(self) -> None:
        """All in one transaction: as many of their own would cost more than the asking."""
        self._app.store.record_unchanged(self._unchanged, self._app.clock.now())
        self._unchanged.clear()

    def _request(self, one: _Asking) -> FetchRequest:
        """The feed's next address: failures so far, in this run too, decide which."""
        turn = replace(one.memory, failures=one.memory.failures + one.attempt)
        request = self._app.source.request(one.feed, turn)
        assert request is not None, "a feed does not move from the network to the disk"
        return replace(request, token=one.feed.id, purpose="feed")

    def _next_addresses(self, asking: list[_Asking]) -> list[_Asking]:
        self._judge([one for one in asking if one.answered and one.has_more])
        again = [one for one in asking if one.has_more and not (one.answered and one.lively)]
        for one in again:
            one.attempt += 1
        return again

    def _settle(self, one: _Asking, fetched: Fetched | None) -> None:
        """Read what the feed answered (or its file on disk) and store its new entries."""
        app, now = self._app, self._app.clock.now()
        if fetched and fetched.unchanged:
            read = Poll(feed_id=one.feed.id, unchanged=True)
        else:
            page = fetched.page if fetched else None
            # Read in full what stands in, so that the next run looks at the first address anew.
            memory = replace(one.memory, body_hash=None) if one.attempt else one.memory
            read = app.source.read(one.feed, page, memory, now)
        fatal = next((i for i in read.issues if i.code.startswith("feed.not_")), None)
        if fatal:
            one.failed(fatal, None)
            return
        one.answered = True
        if read.unchanged:
            self._unchanged.append(one.feed.id)
            return
        one.new += app.store.record_poll(read, now)
        one.newest = max((e.published for e in read.entries if e.published), default=None)
        one.issues = read.issues

    def _finish(self, one: _Asking) -> None:
        """Count a feed, once, when it answered or has no address left."""
        if one.finished:
            return
        one.finished = True
        self._done.append(one)
        if not one.answered:
            self._failed(one)
        elif one.failure:
            self._tally.step("made", _stood_in(one), *one.issues, count=0)
        else:
            self._tally.step("made", *one.issues, count=0)

    def _failed(self, one: _Asking) -> None:
        assert one.failure is not None
        now = self._app.clock.now()
        named = about(one.feed.title, one.failure)
        wait = backoff(_BACKOFF, one.memory.failures, one.feed.id) if one.asked else timedelta(0)
        if one.retry_after is not None:
            wait = max(wait, timedelta(seconds=min(one.retry_after, LONGEST.total_seconds())))
        self._app.store.record_poll_failure(one.feed.id, named, now, now + wait)
        self._tally.step("failed", named)

    def end(self) -> None:
        """Add up what was new, and name the feeds that answered but have gone stale."""
        self._tally.counts["made"] += sum(one.new for one in self._done)
        quiet = [one for one in self._done if one.answered and not one.new and not one.stale]
        self._judge(quiet, self._app.clock.now() - LEAST_SILENCE)
        for one in self._done:
            if one.stale:
                self._tally.issues.append(stale_issue(one.feed, one.stale, stood_in=one.lively))

    def _judge(self, asking: list[_Asking], silent_since: datetime | None = None) -> None:
        """Find out which of these are silent for longer than their own rhythm explains."""
        now = self._app.clock.now()
        dates = self._app.store.published_dates([one.feed.id for one in asking], silent_since)
        for one in asking:
            fresh = freshness(dates.get(one.feed.id, ()), now, one.newest)
            one.lively = not (fresh and fresh.stale)
            one.stale = one.stale or (None if one.lively else fresh)


def _waiting(feed: Feed, memory: FeedMemory, zone: tzinfo) -> Issue:
    assert memory.next_poll_at is not None
    due = memory.next_poll_at.astimezone(zone)
    return Issue(
        subject=feed.title,
        code="feed.backing_off",
        sentence=f"之前连续失败 {memory.failures} 次，这次先不问。",
        remedy=f"{due:%Y-%m-%d %H:%M} 之后自动再试；stardraft sources 看原因。",
        temporary=True,
    )


def _stood_in(one: _Asking) -> Issue:
    assert one.failure is not None
    return Issue(
        subject=one.feed.title,
        code="feed.stood_in",
        sentence=f"有地址没有回应（{one.failure.sentence.rstrip('。')}），这次用了备用地址。",
        remedy="文章没有缺；如果总是这样，请在 feeds.opml 里把好用的地址排到前面。",
        temporary=True,
    )
