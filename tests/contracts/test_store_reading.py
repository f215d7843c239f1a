"""What every `ports.Store` keeps its word about: feeds, entries, pages and articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from pipeline.ports import Store
from pipeline.types import (
    FeedMemory,
    PageState,
    Poll,
)
from tests.contracts.filling import extracted, pending
from tests.store.samples import (
    HOUR,
    ISSUE,
    NOW,
    article,
    entry,
    feed,
    page,
    paper,
)

# feeds


def test_a_new_or_unknown_feed_has_an_empty_memory(store: Store) -> None:
    assert store.memories(["a", "x"]) == {
        "a": FeedMemory(feed_id="a"),
        "x": FeedMemory(feed_id="x"),
    }


def test_a_poll_is_remembered_with_its_entries(store: Store) -> None:
    poll = Poll(feed_id="a", entries=(entry("1"),), etag='"e"', last_modified="m", body_hash="h")
    assert store.record_poll(poll, NOW) == 1
    expected = FeedMemory(
        feed_id="a",
        etag='"e"',
        last_modified="m",
        body_hash="h",
        last_polled_at=NOW,
        last_ok_at=NOW,
    )
    assert store.memories(["a"])["a"] == expected


def test_an_unchanged_feed_keeps_its_etag(store: Store) -> None:
    store.record_poll(Poll(feed_id="a", etag='"e"', entries=(entry("1"),)), NOW)
    store.record_poll(Poll(feed_id="a", unchanged=True), NOW + HOUR)
    memory = store.memories(["a"])["a"]
    assert (memory.etag, memory.last_ok_at) == ('"e"', NOW + HOUR)


def test_many_unchanged_feeds_are_remembered_at_once(store: Store) -> None:
    store.record_poll(Poll(feed_id="a", etag='"e"', entries=(entry("1"),)), NOW)
    store.record_poll_failure("b", ISSUE, NOW, NOW + HOUR)
    store.record_unchanged(["a", "b"], NOW + HOUR)
    store.record_unchanged([], NOW + 2 * HOUR)
    memories = store.memories(["a", "b"])
    assert (memories["a"].etag, memories["a"].last_ok_at) == ('"e"', NOW + HOUR)
    assert (memories["b"].failures, memories["b"].next_poll_at) == (0, None)
    assert all(issue is None for _, _, issue in store.feed_health())


def test_an_answer_with_only_trouble_vouches_for_nothing(store: Store) -> None:
    store.record_poll(Poll(feed_id="a", etag='"login page"', issues=(ISSUE,)), NOW)
    assert store.memories(["a"])["a"].etag is None
    assert store.feed_health()[0][2] == ISSUE


def test_failures_count_until_a_poll_succeeds(store: Store) -> None:
    for n in (1, 2):
        store.record_poll_failure("a", ISSUE, NOW, NOW + n * HOUR)
    health, memory, issue = store.feed_health()[0]
    assert (health, memory.failures, memory.next_poll_at, issue) == (
        feed("a"),
        2,
        NOW + 2 * HOUR,
        ISSUE,
    )
    store.record_poll(Poll(feed_id="a", unchanged=True), NOW)
    _, memory, issue = store.feed_health()[0]
    assert (memory.failures, memory.next_poll_at, issue) == (0, None, None)


def test_feeds_no_longer_followed_are_kept_but_not_listed(store: Store) -> None:
    store.record_poll(Poll(feed_id="a", etag="e", entries=(entry("1"),)), NOW)
    store.sync_feeds([feed("c"), feed("b")], NOW)
    assert [f.id for f, _, _ in store.feed_health()] == ["c", "b"]
    store.sync_feeds([feed("a")], NOW)
    assert store.memories(["a"])["a"].etag == "e"


# entries


def test_a_known_entry_is_not_stored_again(store: Store) -> None:
    poll = Poll(feed_id="a", entries=(entry("1"), entry("2"), entry("1")))
    assert store.record_poll(poll, NOW) == 2
    assert store.record_poll(poll, NOW + HOUR) == 0
    assert sorted(pending(store)) == ["1", "2"]


def test_a_known_address_is_remembered_as_a_duplicate_and_fetched_once(store: Store) -> None:
    address = "https://mp.weixin.qq.com/s?__biz=B&mid=1&idx=1&sn=s"
    tracked = "http://mp.weixin.qq.com/s?__biz=B&amp;mid=1&idx=1&sn=s&chksm=1&scene=27#rd"
    assert store.record_poll(Poll(feed_id="a", entries=(entry("1", url=address),)), NOW) == 1
    assert store.record_poll(Poll(feed_id="b", entries=(entry("2", "b", url=tracked),)), NOW) == 0
    assert len(pending(store)) == 1
    states = [row["state"] for row in store.dump()["entries"]]  # type: ignore[attr-defined]
    assert sorted(states) == ["duplicate", "waiting"]


def test_a_whole_article_helps_where_fetching_failed(store: Store) -> None:
    store.record_poll(Poll(feed_id="a", entries=(entry("1", url="https://e.org/x"),)), NOW)
    store.fetch_failed(store.entries_to_fetch(NOW, 1)[0].entry_id, ISSUE, NOW, None)
    store.record_poll(Poll(feed_id="b", entries=(entry("2", "b", "https://e.org/x"),)), NOW)
    assert pending(store) == [], "a permanent failure is not tried again under another guid"
    full = entry("3", "b", "https://e.org/x", content="<p>全文</p>")
    store.record_poll(Poll(feed_id="b", entries=(full,)), NOW)
    assert pending(store) == ["3"]


def test_the_dates_of_a_feed_tell_its_rhythm(store: Store) -> None:
    day = 24 * HOUR
    dated = [replace(entry(f"{n}"), published=NOW - n * day) for n in range(3)]
    store.record_poll(Poll(feed_id="a", entries=(*dated, entry("undated"))), NOW)
    again = replace(entry("x", "b", url=dated[2].url), published=NOW - 2 * day)
    store.record_poll(Poll(feed_id="b", entries=(again,)), NOW)
    every = {feed_id: sorted(d) for feed_id, d in store.published_dates(["a", "b", "c"]).items()}
    assert every == {"a": [NOW - 2 * day, NOW - day, NOW], "b": [NOW - 2 * day]}
    assert set(store.published_dates(["a", "b"], NOW - day)) == {"b"}
    assert store.published_dates([]) == {}


def test_only_the_newest_days_of_a_feed_are_read(store: Store) -> None:
    noon = NOW.replace(hour=12, minute=0, second=0, microsecond=0)
    moments = [noon - n * 10 * HOUR for n in range(120)]
    dated = [replace(entry(f"{n}"), published=moment) for n, moment in enumerate(moments)]
    store.record_poll(Poll(feed_id="a", entries=tuple(dated)), NOW)
    newest: dict[date, datetime] = {}
    for moment in moments:
        newest.setdefault(moment.date(), moment)
    expected = sorted(newest.values())[-31:]
    for silent_since in (None, noon, noon + HOUR):
        assert sorted(store.published_dates(["a"], silent_since)["a"]) == expected
    assert store.published_dates(["a"], noon - HOUR) == {}


def test_entries_without_an_address_do_not_swallow_each_other(store: Store) -> None:
    poll = Poll(feed_id="a", entries=(entry("1", url=""), entry("2", url=" ")))
    assert store.record_poll(poll, NOW) == 2


def test_a_guid_used_again_is_another_article_unless_it_only_moved(store: Store) -> None:
    first = entry("1", url="https://e.org/1")
    moved = replace(first, url="https://e.org/moved")
    other = replace(first, url="https://e.org/2", title="另一篇")
    assert store.record_poll(Poll(feed_id="a", entries=(first,)), NOW) == 1
    assert store.record_poll(Poll(feed_id="a", entries=(moved,)), NOW) == 0
    for new in (1, 0):
        assert store.record_poll(Poll(feed_id="a", entries=(other,)), NOW) == new
    assert store.record_poll(Poll(feed_id="a", entries=(replace(first, title="改名"),)), NOW) == 0
    assert {p.entry.title for p in store.entries_to_fetch(NOW, 9)} == {"文章 1", "另一篇"}


def test_hostile_text_is_kept_as_far_as_text_goes(store: Store) -> None:
    bad = entry("k\x00\ud800", url="https://e.org/\ud800\x00' OR 1=1;--")
    assert store.record_poll(Poll(feed_id="a", entries=(bad,), etag="\x00\udfff"), NOW) == 1
    assert store.record_poll(Poll(feed_id="a", entries=(bad,)), NOW) == 0
    assert store.entries_to_fetch(NOW, 9)[0].entry.url.startswith("https://e.org/?")
    store.save_papers({"t\ud800\x00": paper()}, ["m\ud800"], NOW)
    assert store.known_papers(["t\ud800\x00"]) == {"t\ud800\x00": paper()}
    assert store.known_missing(["m\ud800"], NOW) == {"m\ud800"}


# pages and articles


def test_only_due_entries_are_offered_oldest_first(store: Store) -> None:
    store.record_poll(Poll(feed_id="a", entries=(entry("late"),)), NOW)
    store.record_poll(Poll(feed_id="b", entries=(entry("early", "b"),)), NOW - HOUR)
    assert pending(store) == ["early", "late"]
    assert len(store.entries_to_fetch(NOW, 1)) == 1
    first = store.entries_to_fetch(NOW, 1)[0]
    store.fetch_failed(first.entry_id, ISSUE, NOW, NOW + HOUR)
    assert pending(store) == ["late"]
    again = store.entries_to_fetch(NOW + HOUR, 1)[0]
    assert (again.entry.key, again.attempts) == ("early", 1)


def test_entries_of_some_days_only(store: Store) -> None:
    dated = [replace(entry(f"{n}"), published=NOW - n * timedelta(days=1)) for n in range(4)]
    undated = replace(entry("undated"), published=None)
    store.record_poll(Poll(feed_id="a", entries=(*dated, undated)), NOW)

    def keys(**window: datetime) -> set[str]:
        return {p.entry.key for p in store.entries_to_fetch(NOW, 9, **window)}

    assert keys() == {"0", "1", "2", "3", "undated"}
    assert keys(since=NOW - timedelta(days=2)) == {"0", "1", "2", "undated"}
    assert keys(until=NOW - timedelta(days=1)) == {"2", "3", "undated"}
    assert keys(since=NOW - timedelta(days=2), until=NOW) == {"1", "2", "undated"}


def test_a_page_comes_back_byte_for_byte(store: Store) -> None:
    store.record_poll(Poll(feed_id="a", entries=(entry("1"),)), NOW)
    key = store.entries_to_fetch(NOW, 1)[0].entry_id
    body = bytes(range(256)) * 1000
    store.save_page(key, page(body))
    store.save_page(key, page(body))
    assert pending(store) == []
    read = store.pages_to_extract(10)
    assert [(r.entry_id, r.page, r.entry) for r in read] == [(key, page(body), entry("1"))]


def test_an_article_settles_its_entry(store: Store) -> None:
    extracted(store, "1")
    assert store.pages_to_extract(10) == []
    assert [a for a, _, _ in store.articles_to_enrich(NOW, 10)] == [article("1")]


def test_a_known_article_makes_its_entry_a_duplicate(store: Store) -> None:
    store.record_poll(Poll(feed_id="a", entries=(entry("1"), entry("2"))), NOW)
    first, second = (p.entry_id for p in store.entries_to_fetch(NOW, 2))
    for key in (first, second):
        store.save_page(key, page())
    assert store.save_article(first, article("same"), NOW) is True
    assert store.save_article(second, article("same"), NOW) is False
    assert store.save_article(first, article("same"), NOW) is False, "it is known by now"
    assert store.pages_to_extract(10) == []
    states = {r["id"]: r["state"] for r in store.dump()["entries"]}  # type: ignore[attr-defined]
    assert states == {first: "done", second: "duplicate"}


def test_a_readable_article_replaces_an_unreadable_one(store: Store) -> None:
    store.record_poll(Poll(feed_id="a", entries=(entry("1"), entry("2"))), NOW)
    first, second = (p.entry_id for p in store.entries_to_fetch(NOW, 2))
    assert store.save_article(first, article("x", PageState.NO_ARTICLE), NOW) is True
    assert store.articles_to_enrich(NOW, 10) == []
    assert store.save_article(second, article("x"), NOW) is True
    assert store.save_article(first, article("x", PageState.NO_ARTICLE), NOW) is False
    assert [a.state for a, _, _ in store.articles_to_enrich(NOW, 10)] == [PageState.OK]
