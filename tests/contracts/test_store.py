"""What every `ports.Store` keeps its word about, from enrichment on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.errors import RunLockedError
from pipeline.ports import DraftRecord, Store
from pipeline.store import open_store
from pipeline.types import (
    ArchiveItem,
    CodeClue,
    CodeNews,
    Poll,
    RunReport,
    Score,
)
from tests.contracts.filling import enriched, extracted
from tests.store.samples import (
    DAY,
    HOUR,
    NOW,
    article,
    candidate,
    entry,
    forked,
    killed,
    paper,
    repo,
)

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
