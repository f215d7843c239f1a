"""The run report as Markdown: stages, reasons, hosts, and what the services still allow."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from pipeline.report.words import issue_lines, limit_words, outcome, stage_name
from pipeline.types import HostUse, RunReport, StageReport

MAX_HOSTS = 200
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$])")


def as_markdown(report: RunReport) -> str:
    """The report with a table of stages and one of hosts; foreign words are escaped."""
    parts = [f"# {report.day} 的运行报告：{_plain(outcome(report))}", _stages(report.stages)]
    for stage in report.stages:
        if stage.issues:
            parts.append(
                f"## {_plain(stage_name(stage.stage))}：略过与失败（{len(stage.issues)} 处）"
            )
            parts.append("\n".join(f"- {_plain(line[2:])}" for line in issue_lines(stage.issues)))
    if report.hosts:
        parts += ["## 主机 Hosts", _hosts(report.hosts)]
    if report.limits:
        parts.append("## 额度 Limits left")
        parts.append("\n".join(f"- {_plain(limit_words(limit))}" for limit in report.limits))
    return "\n\n".join(parts) + "\n"


def _stages(stages: Sequence[StageReport]) -> str:
    head = (
        "步骤",
        "见到 seen",
        "做了 made",
        "略过 skipped",
        "失败 failed",
        "请求 requests",
        "秒 s",
    )
    rows = [
        (stage_name(s.stage), s.seen, s.made, s.skipped, s.failed, s.requests, f"{s.seconds:.1f}")
        for s in stages
    ]
    return _table(head, rows)


def _hosts(hosts: Sequence[HostUse]) -> str:
    shown = hosts[:MAX_HOSTS]
    rows: list[tuple[object, ...]] = [(u.host, u.requests, f"{u.bytes:,}") for u in shown]
    if rest := hosts[MAX_HOSTS:]:
        total = sum(u.bytes for u in rest)
        rows.append((f"另有 {len(rest)} 个", sum(u.requests for u in rest), f"{total:,}"))
    return _table(("主机 host", "请求 requests", "字节 bytes"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    cells = [*lines, *([_plain(str(cell)) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _plain(text: str) -> str:
    """On one line, and shown as it is whatever Markdown or HTML it holds."""
    line = "".join(c if c.isprintable() else " " for c in text)
    return html.escape(_SPECIAL.sub(r"\\\1", line), quote=False)
