"""Log lines have one schema, stay on one line, and are few."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime

import pytest

from pipeline.errors import Issue
from pipeline.report.lines import MAX_KINDS, run_end, stage_end
from pipeline.types import HostUse, RunReport, StageReport
from pipeline.wiring.log import log_watch, style_of
from tests.conftest import StillClock

NOW = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)
FIELDS = ["time", "level", "event", "stage", "subject", "code", "numbers", "message"]


def issue(code: str, subject: str = "某来源") -> Issue:
    return Issue(subject=subject, code=code, sentence="没有传完。", remedy="下次再试。")


def report(*stages: StageReport) -> RunReport:
    return RunReport(
        run_id="r", day=date(2026, 9, 18), started_at=NOW, finished_at=NOW, stages=stages
    )


def test_every_line_is_one_object_with_the_same_fields() -> None:
    said: list[str] = []
    watch = log_watch("json", said.append, StillClock())
    watch.began(date(2026, 9, 18))
    watch.waiting(issue("run.locked"))
    watch.progress("embed", 300, 1000)
    bad = issue("fetch.timeout", "坏\n标题\u2028\x1b[2J")
    watch.done(StageReport(stage="poll", seen=3, made=2, failed=1, seconds=0.5, issues=(bad, bad)))
    watch.ended(report())
    rows = [json.loads(line) for line in said]
    assert all(list(row) == FIELDS for row in rows)
    assert [row["event"] for row in rows] == [
        *("run.start", "run.wait", "stage.progress", "stage.end", "issue", "run.end")
    ]
    assert all(len(line.splitlines()) == 1 for line in said)
    ended, met = rows[3], rows[4]
    assert (ended["level"], ended["stage"], ended["numbers"]["failed"]) == ("warning", "poll", 1)
    assert (met["code"], met["numbers"]) == ("fetch.timeout", {"count": 2})
    assert rows[0]["time"] == "2026-09-18T01:00:00+00:00"


def test_the_end_counts_what_the_run_cost() -> None:
    stages = (
        StageReport(stage="fetch", requests=5),
        StageReport(stage="enrich", requests=2),
    )
    used = (HostUse(host="a", requests=5, bytes=1000), HostUse(host="api", requests=2, bytes=9))
    run = RunReport(
        run_id="r", day=date(2026, 9, 18), started_at=NOW, stages=stages, items=4, hosts=used
    )
    numbers = run_end(run, NOW.replace(second=7)).numbers
    assert numbers["requests"] == 7, "each request is counted once, by its host"
    assert (numbers["bytes"], numbers["items"], numbers["seconds"]) == (1009, 4, 7.0)


def test_a_stage_says_how_far_it_is_at_most_three_times_and_only_when_long() -> None:
    said: list[str] = []
    watch = log_watch("json", said.append, StillClock())
    for done in range(1, 5001):
        watch.progress("fetch", done, 5000)
        watch.progress("extract", done, done)
    for done in range(1, 400):
        watch.progress("poll", done, 400)
    assert [json.loads(line)["numbers"]["done"] for line in said] == [1250, 2500, 3750]


def test_a_thousand_kinds_of_issues_are_still_few_lines() -> None:
    many = tuple(issue(f"c{n}") for n in range(1000))
    assert len(list(stage_end(StageReport(stage="poll", issues=many), NOW))) == 1 + MAX_KINDS


def test_text_is_a_sentence_a_stage() -> None:
    said: list[str] = []
    watch = log_watch("text", said.append, StillClock())
    watch.began(date(2026, 9, 18))
    watch.done(StageReport(stage="poll", made=2, issues=(issue("x"),)))
    watch.ended(report())
    assert said == ["查看来源：2 条新条目（0.0 秒）"]


@pytest.mark.parametrize(
    ("setting", "tty", "style"),
    [
        ("auto", True, "pretty"),
        ("auto", False, "json"),
        ("text", True, "text"),
        ("pretty", False, "pretty"),
        ("json", True, "json"),
    ],
)
def test_pretty_for_people_and_json_for_pipes(setting: str, tty: bool, style: str) -> None:
    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return tty

    assert style_of(setting, Stream()) == style
