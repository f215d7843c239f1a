"""What every `ports.Store` keeps its word about, on each implementation."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import RunLockedError
from pipeline.ports import DraftRecord, Store
from pipeline.store import open_store
from pipeline.types import (
    ArchiveItem,
    CodeClue,
    CodeNews,
    FeedMemory,
    PageState,
    Poll,
    RunReport,
    Score,
)
from tests.store.samples import (
    DAY,
    HOUR,
    ISSUE,
    NOW,
    article,
    candidate,
    entry,
    feed,
    forked,
    killed,
    page,
    paper,
    repo,
)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    opened.sync_feeds([feed("a"), feed("b")], NOW)
    yield opened
    opened.close()


def pending(store: Store) -> list[str]:
    return [p.entry.key for p in store.entries_to_fetch(NOW, 100)]


def extracted(store: Store, *names: str) -> None:
    """Bring articles of these names as far as enrichment."""
    store.record_poll(Poll(feed_id="a", entries=tuple(entry(n) for n in names)), NOW)
    for item in store.entries_to_fetch(NOW, 100):
        store.save_page(item.entry_id, page())
    for read in store.pages_to_extract(100):
        store.save_article(read.entry_id, article(read.entry.key), NOW)


def enriched(store: Store, *names: str) -> None:
    extracted(store, *names)
    store.save_candidates([candidate(n) for n in names], NOW, None)


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


# enrichment


def test_an_article_is_enriched_once(store: Store) -> None:
    extracted(store, "1")
    assert store.articles_to_enrich(NOW, 10) == [(article("1"), "账号 a", NOW)]
    store.save_candidates([candidate("1")], NOW, NOW)
    assert store.articles_to_enrich(NOW + HOUR, 10) == []


def test_pending_ids_are_offered_again_when_due(store: Store) -> None:
    extracted(store, "1", "2")
    made = [candidate("1", pending=("arxiv:1",)), candidate("2")]
    store.save_candidates(made, NOW, NOW + HOUR)
    assert store.articles_to_enrich(NOW, 10) == []
    assert [a.id for a, _, _ in store.articles_to_enrich(NOW + HOUR, 10)] == ["1"]
    store.save_candidates([candidate("1", papers=(paper(),))], NOW, None)
    assert store.articles_to_enrich(NOW + HOUR, 10) == []


def test_unfinished_candidates_are_offered_again_when_due(store: Store) -> None:
    extracted(store, "1", "2")
    store.save_candidates([candidate("1"), candidate("2")], NOW, NOW + HOUR, ["2"])
    assert [a.id for a, _, _ in store.articles_to_enrich(NOW + HOUR, 10)] == ["2"]


def test_small_texts_are_kept_by_kind_and_key(store: Store) -> None:
    store.remember("miss", {"a": "1", "\ud800": "2"}, NOW)
    store.remember("miss", {"a": "3"}, NOW + HOUR)
    assert store.recall("miss", ["a", "b", "\ud800"]) == {
        "a": ("3", NOW + HOUR),
        "\ud800": ("2", NOW),
    }
    assert store.recall("etag", ["a"]) == {}
    assert store.known_missing(["a"], NOW) == frozenset()


def test_found_code_comes_back_and_so_does_that_there_was_none(store: Store) -> None:
    clue = CodeClue(
        paper_id="arxiv:1", repo=repo(), source="GitHub", confidence=0.8, evidence="README 写着 1"
    )
    store.save_code({"search arxiv:1": clue, "search arxiv:2": None}, NOW)
    keys = ["search arxiv:1", "search arxiv:2", "hub arxiv:1"]
    assert store.known_code(keys) == {keys[0]: (clue, NOW), keys[1]: (None, NOW)}


def test_items_of_past_notes_come_back_by_day_and_place(store: Store) -> None:
    enriched(store, "1", "2", "3")
    for day, items in ((DAY, ("2", "1")), (DAY + timedelta(days=1), ("3",))):
        store.save_draft(DraftRecord(day=day, revision=0, text=str(items), items=items), NOW)
    found = store.noted_candidates(DAY, DAY + timedelta(days=1))
    assert [(day, c.article.id) for day, c in found] == [(DAY, "2"), (DAY, "1")]
    assert store.noted_candidates(DAY - timedelta(days=9), DAY) == []


def test_news_of_code_is_kept_once_per_article(store: Store) -> None:
    news = CodeNews(article_id="1", title="题", url="https://github.com/o/n", noted=DAY)
    store.save_news([news], NOW)
    store.save_news([replace(news, told=DAY + timedelta(days=1))], NOW)
    assert list(store.news()) == [replace(news, told=DAY + timedelta(days=1))]


def test_covered_articles_come_back_and_are_not_enriched_again(store: Store) -> None:
    extracted(store, "1", "2", "3")
    folded = candidate("1", covered_by=(article("3"), article("2")))
    store.save_candidates([folded], NOW, None)
    assert store.candidates_to_score("v") == [folded]
    assert store.articles_to_enrich(NOW, 10) == []


def test_papers_are_known_by_id_and_by_the_title_asked(store: Store) -> None:
    store.save_papers({"Some Title": paper()}, ["Unknown"], NOW)
    known = store.known_papers(["Some Title", paper().id, "Unknown", "other"])
    assert known == {"Some Title": paper(), paper().id: paper()}
    assert store.known_missing(["Some Title", "Unknown", "other"], NOW) == {"Unknown"}
    assert store.known_missing(["Unknown"], NOW + HOUR) == frozenset()
    store.save_papers({"Unknown": paper("2203.00001")}, [], NOW + HOUR)
    assert store.known_papers(["Unknown"]) == {"Unknown": paper("2203.00001")}
    assert store.known_missing(["Unknown"], NOW) == frozenset()


def test_repositories_grow_stale(store: Store) -> None:
    store.save_repos({repo().id: repo()}, ["github.com/o/gone"], NOW)
    assert store.known_repos([repo().id], NOW) == {repo().id: repo()}
    assert store.known_repos([repo().id], NOW + HOUR) == {}
    assert store.known_missing(["github.com/o/gone"], NOW) == {"github.com/o/gone"}
    assert store.known_papers([repo().id]) == {}


# scores and drafts


def test_scores_are_kept_under_their_version(store: Store) -> None:
    enriched(store, "1", "2")
    assert [c.article.id for c in store.candidates_to_score("v1")] == ["1", "2"]
    score = Score(article_id="1", relevance=0.5, suggested_stars=2)
    store.save_scores([score], "v1")
    assert [c.article.id for c in store.candidates_to_score("v1")] == ["2"]
    assert len(store.candidates_to_score("v2")) == 2
    assert [s for _, s in store.candidates_for(DAY)] == [score, None]


def test_a_candidate_with_new_facts_is_scored_again(store: Store) -> None:
    enriched(store, "1")
    store.save_scores([Score(article_id="1", relevance=0.5, suggested_stars=2)], "v")
    store.save_candidates([candidate("1")], NOW, None)
    assert store.candidates_to_score("v") == []
    store.save_candidates([candidate("1", papers=(paper(),))], NOW, None)
    assert store.candidates_to_score("v") == [candidate("1", papers=(paper(),))]


def test_drafted_and_shown_candidates_belong_to_the_day(store: Store) -> None:
    enriched(store, "1", "2", "3")
    store.save_draft(
        DraftRecord(day=DAY, revision=0, text="t", items=("2",), also_seen=("1",)), NOW
    )
    tomorrow = DAY + timedelta(days=1)
    assert [c.article.id for c, _ in store.candidates_for(DAY)] == ["1", "2", "3"]
    assert [c.article.id for c, _ in store.candidates_for(tomorrow)] == ["3"]
    assert len(store.candidates_to_score("v")) == 3, "the newest note may still change"
    store.save_draft(DraftRecord(day=tomorrow, revision=0, text="t", items=("3",)), NOW)
    assert [c.article.id for c in store.candidates_to_score("v")] == ["3"]
    store.save_candidates([candidate("1", papers=(paper(),))], NOW, None)
    assert [c.article.id for c, _ in store.candidates_for(tomorrow)] == ["3"]


def test_equal_text_keeps_the_revision(store: Store) -> None:
    assert store.last_draft(DAY) is None
    for text, items in (("one", ("1",)), ("one", ("1", "2")), ("two", ("2",)), ("one", ())):
        store.save_draft(DraftRecord(day=DAY, revision=0, text=text, items=items), NOW)
    assert store.last_draft(DAY) == DraftRecord(day=DAY, revision=3, text="one")
    kept = [row["doc"]["items"] for row in store.dump()["drafts"]]  # type: ignore[attr-defined]
    assert sorted(kept) == [[], ["1", "2"], ["2"]]


# the past


def past(day: date, position: int, title: str) -> ArchiveItem:
    return ArchiveItem(day=day, position=position, title=title, url="https://e.org", stars=2)


def test_the_archive_is_replaced_by_day(store: Store) -> None:
    other = DAY - timedelta(days=1)
    assert store.import_archive([past(DAY, 1, "b"), past(DAY, 0, "a"), past(other, 0, "c")]) == 3
    assert store.import_archive([past(DAY, 0, "new")]) == 2
    assert store.archive() == [past(other, 0, "c"), past(DAY, 0, "new")]
    assert store.import_archive([]) == 2


def test_dropped_candidates_are_the_past_of_what_was_not_wanted(store: Store) -> None:
    enriched(store, "1", "2", "3")
    store.save_candidates([candidate("1", papers=(paper(),), repos=(repo(),))], NOW, None)
    for name, action in (("1", "drop"), ("2", "drop"), ("2", "restore"), ("3", "star")):
        for _ in range(2):
            store.record_feedback(name, DAY, action, "", NOW)
    assert [(f.article_id, f.action) for f in store.feedback()] == [
        ("1", "drop"),
        ("2", "drop"),
        ("2", "restore"),
        ("3", "star"),
    ]
    (item,) = store.dropped()
    assert (item.day, item.position, item.title, item.stars) == (DAY, 0, "文章 1", 0)
    assert (item.paper_ids, item.repo_ids) == ((paper().id,), (repo().id,))
    assert item.text == "文章 1 Paper 2203.15332 正文"


# runs


def test_a_living_run_holds_the_lock(store: Store) -> None:
    store.begin_run("1", DAY, NOW, "test")
    store.begin_run("1", DAY, NOW, "test")
    with pytest.raises(RunLockedError) as caught:
        store.begin_run("2", DAY, NOW + HOUR, "test")
    assert f"{NOW.astimezone():%H:%M}" in str(caught.value)
    assert str(os.getpid()) in str(caught.value)
    store.end_run(RunReport(run_id="1", day=DAY, started_at=NOW, finished_at=NOW + HOUR))
    store.begin_run("2", DAY, NOW + HOUR, "test")
    assert [(r.run_id, r.finished_at) for r in store.last_runs(5)] == [
        ("2", None),
        ("1", NOW + HOUR),
    ]
    assert len(store.last_runs(1)) == 1


def test_a_dead_run_is_taken_over(store: Store, url: str) -> None:
    def work() -> None:
        open_store(url).begin_run("dead", DAY, NOW, "test")
        os.kill(os.getpid(), signal.SIGKILL)

    assert killed(os.waitpid(forked(work), 0)[1])
    store.begin_run("2", DAY, NOW + HOUR, "test")
    assert [r.run_id for r in store.last_runs(5)] == ["2", "dead"]
    store.end_run(RunReport(run_id="dead", day=DAY, started_at=NOW))
    with pytest.raises(RunLockedError):
        store.begin_run("3", DAY, NOW + HOUR, "test")


# limits and vectors


def test_slots_are_an_interval_apart(store: Store) -> None:
    assert [store.reserve("arxiv", 3.0, NOW) for _ in range(3)] == [0.0, 3.0, 6.0]
    assert store.reserve("github", 1.0, NOW) == 0.0
    assert store.reserve("arxiv", 3.0, NOW + HOUR) == 0.0


def test_pushing_back_makes_everybody_wait(store: Store) -> None:
    store.push_back("arxiv", NOW + timedelta(seconds=60))
    store.push_back("arxiv", NOW + timedelta(seconds=30))
    assert store.reserve("arxiv", 0.0, NOW) == 60.0
    assert store.reserve("arxiv", 3.0, NOW) == 60.0
    assert store.reserve("arxiv", 3.0, NOW) == 63.0


def test_two_processes_never_get_the_same_slot(url: str, store: Store, tmp_path: Path) -> None:
    def work(name: str) -> Callable[[], None]:
        def reserve() -> None:
            mine = open_store(url)
            waits = [mine.reserve("arxiv", 3.0, NOW) for _ in range(25)]
            (tmp_path / name).write_text("\n".join(map(str, waits)))

        return reserve

    children = [forked(work(name)) for name in ("one", "two")]
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0, 0]
    waits = [float(w) for n in ("one", "two") for w in (tmp_path / n).read_text().split()]
    assert sorted(waits) == [3.0 * n for n in range(50)]


def test_vectors_are_kept_by_model_and_hash(store: Store) -> None:
    store.put_vectors("m", {"h": b"\x00\x01", "i": b""})
    store.put_vectors("m", {"h": b"\x00\x01"})
    assert store.get_vectors("m", ["h", "i", "j"]) == {"h": b"\x00\x01", "i": b""}
    assert store.get_vectors("n", ["h"]) == {}
    many = {f"{n}": b"v" for n in range(12_000)}
    store.put_vectors("m", many)
    assert store.get_vectors("m", list(many)) == many


# being killed


def test_a_kill_inside_a_transaction_leaves_nothing_of_it(url: str, store: Store) -> None:
    def work() -> None:
        mine = open_store(url)
        with mine.database.write() as connection:
            connection.exec_driver_sql("DELETE FROM feeds")
            os.kill(os.getpid(), signal.SIGKILL)

    assert killed(os.waitpid(forked(work), 0)[1])
    assert len(store.feed_health()) == 2
    assert store.record_poll(Poll(feed_id="a", entries=(entry("1"),)), NOW) == 1
