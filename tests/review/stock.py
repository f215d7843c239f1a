"""A workspace with a real day's draft: articles in the store, scored, drafted into a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.settings import Workspace, load_workspace
from pipeline.stages.app import Run
from pipeline.stages.write import draft
from pipeline.types import Entry, Feed, Poll
from pipeline.wiring import SystemClock, build
from pipeline.wiring.review import ReviewRooms, review_rooms
from tests.conftest import StillClock
from tests.review.fakes import DAY, Dress, desk_item

_FEEDS = """<?xml version="1.0"?><opml version="2.0"><body>
<outline type="rss" text="一个来源" xmlUrl="https://feed.example.org/rss"/></body></opml>"""
_SETTINGS = """
[reader]
language = "{language}"
[draft]
max_items = {items}
per_feed = 200
[publish]
target = "folder"
repository = "published"
"""


def stocked(
    folder: Path, items: int = 6, also: int = 4, dress: Dress = str, language: str = "zh"
) -> Workspace:
    """The workspace at `folder`, with a note of so many items and so many also seen."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "published").mkdir(exist_ok=True)
    settings = _SETTINGS.format(items=items, language=language)
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    (folder / "feeds.opml").write_text(_FEEDS, encoding="utf-8")
    (folder / "interests.toml").write_text("", encoding="utf-8")
    workspace = load_workspace(folder)
    _fill(workspace, items + also, dress)
    return workspace


def _fill(workspace: Workspace, count: int, dress: Dress) -> None:
    made = [desk_item(number + 1, dress=dress) for number in range(count)]
    candidates = [i.candidate for i in made if i.candidate]
    with build(workspace, SystemClock()) as app:
        now = StillClock().now()
        app.store.sync_feeds(app.feeds, now)
        _settle(app.store, app.feeds[0], [c.article for c in candidates], now)
        app.store.save_candidates(candidates, now, None)
        app.store.save_scores([i.score for i in made if i.score], "test")
        draft(app, Run(run_id="test", day=DAY, started_at=now))


def _settle(store: object, feed: Feed, articles: Sequence[object], now: object) -> None:
    """The articles with the entries they came from, as a run leaves them."""
    entries = tuple(
        Entry(feed_id=feed.id, key=a.id, url=a.url, title=a.title)  # type: ignore[attr-defined]
        for a in articles
    )
    store.record_poll(Poll(feed_id=feed.id, entries=entries), now)  # type: ignore[attr-defined]
    waiting = {
        p.entry.key: p.entry_id
        for p in store.entries_to_fetch(now, len(entries))  # type: ignore[attr-defined]
    }
    for one in articles:
        store.save_article(waiting[one.id], one, now)  # type: ignore[attr-defined]


@contextmanager
def rooms_of(workspace: Workspace) -> Iterator[ReviewRooms]:
    """The rooms behind the page, on a workspace."""
    with review_rooms(workspace, SystemClock()) as rooms:
        yield rooms
