"""Log lines: what happened in a run, one JSON object a line, all with the same fields.

time     UTC, ISO 8601, to the second
level    info, or warning where something failed
event    run.start, run.wait, stage.progress, stage.end, issue, run.end
stage    poll, fetch, extract, enrich, score, draft, notify, embed; null outside of one
subject  what it concerns: the note's day, a source, an address, an id; null in general
code     the issue's, stable (`fetch.timeout`); null where there is none
numbers  counts, seconds and bytes by name; empty where there are none
message  the same in the reader's words
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

from pipeline.errors import Issue
from pipeline.report.words import issue_lines, outcome, stage_line, stage_name
from pipeline.types import RunReport, StageReport

MAX_KINDS = 20
"""Kinds of issues told of one stage, as in the report; all are in `stardraft status --json`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One thing that happened; see the module for the fields."""

    time: datetime
    event: str
    message: str
    level: Literal["info", "warning"] = "info"
    stage: str | None = None
    subject: str | None = None
    code: str | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> str:
        """On one line, its fields always in the same order."""
        return json.dumps(
            {
                "time": self.time.astimezone(UTC).isoformat(timespec="seconds"),
                "level": self.level,
                "event": self.event,
                "stage": self.stage,
                "subject": self.subject and _one_line(self.subject),
                "code": self.code,
                "numbers": dict(self.numbers),
                "message": self.message,
            },
            ensure_ascii=False,
        )


def _one_line(text: str) -> str:
    """No line breaks of any kind: a foreign title must not begin a line of its own."""
    return "".join(c if c.isprintable() else " " for c in text)


def run_start(day: date, now: datetime) -> LogLine:
    """A run begins."""
    return LogLine(
        time=now, event="run.start", subject=f"{day}", message=f"开始：{day:%Y-%m-%d} 的笔记"
    )


def run_wait(other: Issue, now: datetime) -> LogLine:
    """Another run has to end first."""
    words = f"{other.sentence}等它结束再开始。"
    return LogLine(
        time=now, event="run.wait", subject=other.subject, code=other.code, message=words
    )


def stage_progress(stage: str, done: int, total: int, now: datetime) -> LogLine:
    """A long stage is so far."""
    return LogLine(
        time=now,
        event="stage.progress",
        stage=stage,
        numbers={"done": done, "total": total},
        message=f"{stage_name(stage)}：{done}/{total}",
    )


def stage_end(report: StageReport, now: datetime) -> Iterator[LogLine]:
    """A stage has ended: its counts, then a line for each kind of issue it met."""
    counted = ("seen", "made", "skipped", "failed", "requests", "seconds")
    yield LogLine(
        time=now,
        level="warning" if report.failed else "info",
        event="stage.end",
        stage=report.stage,
        numbers={name: getattr(report, name) for name in counted},
        message=stage_line(report),
    )
    groups: dict[str, list[Issue]] = {}
    for issue in report.issues:
        groups.setdefault(issue.code, []).append(issue)
    for code, group in list(groups.items())[:MAX_KINDS]:
        yield LogLine(
            time=now,
            level="warning",
            event="issue",
            stage=report.stage,
            subject=group[0].subject,
            code=code,
            numbers={"count": len(group)},
            message=issue_lines(group)[0].removeprefix("· "),
        )


def run_end(report: RunReport, now: datetime) -> LogLine:
    """A run has ended: what it made and what it cost."""
    seconds = (now - report.started_at).total_seconds()
    return LogLine(
        time=now,
        level="warning" if report.partly_failed else "info",
        event="run.end",
        subject=f"{report.day}",
        numbers={
            "items": report.items,
            "also_seen": report.also_seen,
            "issues": sum(len(s.issues) for s in report.stages),
            "requests": sum(u.requests for u in report.hosts),
            "bytes": sum(u.bytes for u in report.hosts),
            "seconds": round(seconds, 3),
        },
        message=f"{report.day:%Y-%m-%d}：{outcome(report)}",
    )
