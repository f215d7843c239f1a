"""The report says each kind of issue once, in whole sentences, and safely."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from pipeline.errors import Issue
from pipeline.report import (
    as_json,
    as_markdown,
    issue_lines,
    limits_line,
    outcome,
    stage_line,
    summary_lines,
    traffic_line,
)
from pipeline.types import HostUse, RunReport, ServiceLimit, StageReport

NOW = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)


def issue(subject: str, code: str = "page.deleted", sentence: str = "文章已被作者删除") -> Issue:
    return Issue(subject=subject, code=code, sentence=sentence, remedy="不会再试")


def report(*stages: StageReport) -> RunReport:
    return RunReport(
        run_id="r", day=date(2026, 9, 18), started_at=NOW, finished_at=NOW, stages=stages
    )


def test_equal_sentences_are_said_once_with_their_number() -> None:
    (line,) = issue_lines([issue("甲"), issue("乙"), issue("乙")])
    assert line == "· 甲 等 2 处：文章已被作者删除。不会再试。"


def test_one_kind_with_different_sentences_shows_the_first_and_the_number() -> None:
    (line,) = issue_lines([issue("甲", sentence="没有一号。"), issue("乙", sentence="没有二号。")])
    assert line.startswith("· 甲：没有一号。不会再试。（同类共 2 处")


def test_kinds_beyond_the_limit_are_counted() -> None:
    lines = issue_lines([issue("甲", code=f"c{n}") for n in range(5)], limit=3)
    assert len(lines) == 4
    assert "2 类" in lines[-1]


def test_a_foreign_title_cannot_steer_the_terminal_or_break_the_line() -> None:
    (line,) = issue_lines([issue("坏\x1b[2J标题\n第二行\u202e反")])
    assert line.isprintable()


def test_the_end_names_the_note_the_failures_and_the_next_step() -> None:
    failed = StageReport(stage="poll", seen=2, made=1, failed=1, issues=(issue("慢来源"),))
    done = report(failed)
    assert done.partly_failed
    lines = summary_lines(done, None)
    assert any("慢来源" in line for line in lines)
    assert lines[-1].startswith("下一步：")


def test_a_stage_line_counts_what_was_left_out() -> None:
    line = stage_line(StageReport(stage="fetch", made=3, skipped=2, failed=1, requests=6))
    assert all(part in line for part in ("3 个网页", "略过 2", "失败 1", "请求 6 次"))


def test_the_report_is_plain_json() -> None:
    data = json.loads(json.dumps(as_json(report(StageReport(stage="poll", issues=(issue("甲"),))))))
    assert data["day"] == "2026-09-18"
    assert data["stages"][0]["issues"][0]["code"] == "page.deleted"
    assert data["partly_failed"] is False


def test_traffic_is_said_with_its_busiest_hosts() -> None:
    hosts = tuple(HostUse(host=f"h{n}", requests=n, bytes=n * 10**6) for n in (9, 5, 3, 1))
    said = traffic_line(replace(report(), hosts=hosts))
    assert said == (
        "网络：4 个主机，请求 18 次，18.0 MB（h9 9 次 9.0 MB，h5 5 次 5.0 MB，h3 3 次 3.0 MB 等）"
    )
    assert traffic_line(report()) == ""
    data = as_json(replace(report(), hosts=hosts))
    assert data["hosts"][0] == {"host": "h9", "requests": 9, "bytes": 9_000_000}


def test_how_a_run_ended() -> None:
    assert outcome(report()) == "只收集，完成"
    assert outcome(report(StageReport(stage="score"))) == "只重新估计，完成"
    drafted = replace(report(), stages=(StageReport(stage="draft"),), items=3)
    assert outcome(drafted) == "完成，3 条"
    assert outcome(replace(drafted, caught_up=(date(2026, 9, 17),))) == "完成，3 条；还补写了 09-17"
    assert outcome(replace(drafted, finished_at=None)).startswith("没有做完")


def limited() -> RunReport:
    reset = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)
    said = ServiceLimit(service="github-graphql", remaining=4990, limit=5000, resets_at=reset)
    quiet = ServiceLimit(service="arxiv", paused_until=reset)
    return replace(report(), limits=(quiet, said))


def test_limits_say_what_is_left_and_until_when() -> None:
    assert limits_line(limited()) == (
        "额度：arXiv 09-18 02:00 UTC 以后才能再问；"
        "GitHub GraphQL 还剩 4990/5000（09-18 02:00 UTC 重置）"
    )
    assert limits_line(report()) == ""
    (quiet, said) = as_json(limited())["limits"]
    assert (quiet["service"], quiet["remaining"]) == ("arxiv", None)
    assert (said["remaining"], said["resets_at"]) == (4990, "2026-09-18T02:00:00+00:00")


def test_markdown_has_reasons_every_host_and_the_limits_and_shows_foreign_words_as_they_are() -> (
    None
):
    hosts = tuple(HostUse(host=f"h{n}.example.org", requests=n, bytes=n) for n in range(300))
    bad = issue("<img src=x onerror=y>|[点](javascript:1)\n# 假标题")
    stage = StageReport(stage="fetch", seen=2, made=1, skipped=1, issues=(bad,))
    text = as_markdown(replace(limited(), stages=(stage,), hosts=hosts))
    assert "| 取回网页 | 2 | 1 | 1 | 0 | 0 | 0.0 |" in text
    assert "h199.example.org" in text
    assert "| 另有 100 个 | 24950 | 24,950 |" in text
    assert "4990/5000" in text
    assert "<img" not in text
    assert "[点]" not in text
    assert "\n# 假" not in text
    assert "文章已被作者删除" in text
