"""The words of a run report: one line per stage, issues by what they concern, the next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from pipeline.errors import Issue
from pipeline.types import RunReport, ServiceLimit, StageReport

STAGE_NAMES = {
    "poll": "查看来源",
    "fetch": "取回网页",
    "extract": "读出文章",
    "enrich": "核对论文与代码",
    "score": "估计相关程度",
    "draft": "写笔记",
}
_MORE_NAMES = {"notify": "通知", "embed": "计算向量"}
"""What follows the stages of some runs, and what they do on the way."""
SERVICE_NAMES = {
    "arxiv": "arXiv",
    "crossref": "Crossref",
    "github": "GitHub",
    "github-graphql": "GitHub GraphQL",
    "github-search": "GitHub 搜索",
    "huggingface": "Hugging Face",
    "openreview": "OpenReview",
}
_MADE = {
    "poll": "条新条目",
    "fetch": "个网页",
    "extract": "篇文章",
    "enrich": "篇已核对",
    "score": "篇已估计",
    "draft": "条写入笔记",
    "notify": "条发出",
}
MAX_ISSUES_SHOWN = 20
MAX_HOSTS_SHOWN = 3


def stage_name(stage: str) -> str:
    """What the reader calls a stage."""
    return STAGE_NAMES.get(stage) or _MORE_NAMES.get(stage, stage)


def stage_line(stage: StageReport) -> str:
    """One line for a finished stage."""
    name = stage_name(stage.stage)
    parts = [f"{stage.made} {_MADE.get(stage.stage, '')}".strip()]
    if stage.skipped:
        parts.append(f"略过 {stage.skipped}")
    if stage.failed:
        parts.append(f"失败 {stage.failed}")
    if stage.requests:
        parts.append(f"请求 {stage.requests} 次")
    return f"{name}：{'，'.join(parts)}（{stage.seconds:.1f} 秒）"


def issue_lines(issues: Iterable[Issue], limit: int = MAX_ISSUES_SHOWN) -> list[str]:
    """What was odd with its remedy: a line for each kind, with how many there are of it."""
    groups: dict[str, list[Issue]] = {}
    for issue in issues:
        groups.setdefault(issue.code, []).append(issue)
    lines = [_group_line(group) for group in list(groups.values())[:limit]]
    if len(groups) > limit:
        lines.append(f"· 另有 {len(groups) - limit} 类，见 stardraft status --json")
    return lines


def _group_line(group: Sequence[Issue]) -> str:
    """The first of its kind in full, and how many more there are."""
    first = group[0]
    same = len({i.sentence for i in group}) == 1
    counted = len(dict.fromkeys(i.subject for i in group))
    subject = one_line(first.subject) + (f" 等 {counted} 处" if same and counted > 1 else "")
    more = "" if same else f"（同类共 {counted} 处，全部见 stardraft status --json）"
    words = "".join(ended(one_line(w)) for w in (first.sentence, first.remedy) if w)
    return f"· {subject}：{words}{more}"


def ended(text: str) -> str:
    """A sentence with its full stop, whoever wrote it."""
    return text if text.endswith(("。", "！", "？", ".", "…")) else f"{text}。"


def one_line(text: str, most: int = 160) -> str:
    """No line breaks or terminal control characters from a foreign title, and not too long."""
    clean = "".join(c if c.isprintable() else " " for c in text)
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def summary_lines(report: RunReport, note_path: str | None) -> list[str]:
    """How the run ended: what was made, what was left out and why, and the next command."""
    issues = [issue for stage in report.stages for issue in stage.issues]
    lines = []
    if note_path and report.items:
        lines.append(f"{report.day:%Y-%m-%d} 的笔记写好了：{report.items} 条，{note_path}")
    elif note_path:
        lines.append(f"{report.day:%Y-%m-%d} 没有新文章，笔记不变：{note_path}")
    else:
        lines.append(f"{report.day:%Y-%m-%d} 没有可写的文章，没有写笔记。")
    if report.caught_up:
        days = "、".join(f"{day:%Y-%m-%d}" for day in report.caught_up)
        lines.append(f"还补写了 {days}。")
    if issues:
        lines.append(f"略过与失败（{len(issues)} 处）：")
        lines.extend(issue_lines(issues))
    lines.append(
        "下一步：打开笔记改星数和提示，存盘即可；再运行一次不会丢掉修改。"
        if note_path
        else "下一步：stardraft sources 看各个来源的状况，stardraft doctor 检查设置。"
    )
    return lines


def traffic_line(report: RunReport) -> str:
    """Requests and bytes in all and of the busiest hosts; empty where none was asked."""
    if not report.hosts:
        return ""
    requests = sum(use.requests for use in report.hosts)
    size = sum(use.bytes for use in report.hosts)
    most = "，".join(
        f"{one_line(use.host)} {use.requests} 次 {use.bytes / 1e6:.1f} MB"
        for use in report.hosts[:MAX_HOSTS_SHOWN]
    )
    more = " 等" if len(report.hosts) > MAX_HOSTS_SHOWN else ""
    return (
        f"网络：{len(report.hosts)} 个主机，请求 {requests} 次，{size / 1e6:.1f} MB（{most}{more}）"
    )


def limits_line(report: RunReport) -> str:
    """How much the services still allowed at the run's end; empty where none said anything."""
    if not report.limits:
        return ""
    return f"额度：{'；'.join(limit_words(limit) for limit in report.limits)}"


def limit_words(limit: ServiceLimit) -> str:
    """What one service still allows, and until when it wants to be left alone; times in UTC."""
    parts = []
    if limit.remaining is not None:
        of = f"/{limit.limit}" if limit.limit is not None else ""
        until = f"（{_clock(limit.resets_at)} 重置）" if limit.resets_at else ""
        parts.append(f"还剩 {limit.remaining}{of}{until}")
    if limit.paused_until:
        parts.append(f"{_clock(limit.paused_until)} 以后才能再问")
    return f"{SERVICE_NAMES.get(limit.service, limit.service)} {'，'.join(parts)}"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%m-%d %H:%M} UTC"


def outcome(report: RunReport) -> str:
    """How a run ended, in a few words, with what it was for."""
    if report.finished_at is None:
        return "没有做完（中断了，或还在运行）"
    ended = "部分失败" if report.partly_failed else "完成"
    done = {stage.stage for stage in report.stages}
    if "draft" not in done:
        return f"{'只重新估计' if done == {'score'} else '只收集'}，{ended}"
    also = "、".join(f"{day:%m-%d}" for day in report.caught_up)
    return f"{ended}，{report.items} 条" + (f"；还补写了 {also}" if also else "")


def as_json(report: RunReport) -> dict[str, Any]:
    """The report as plain JSON data; dates in ISO 8601."""
    data: dict[str, Any] = plain_data(asdict(report))
    data["partly_failed"] = report.partly_failed
    return data


def plain_data(value: Any) -> Any:
    """Dates and times in ISO 8601, everything else as it is; for JSON."""
    if isinstance(value, dict):
        return {k: plain_data(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(v) for v in value]
    return value.isoformat() if isinstance(value, datetime | date) else value
