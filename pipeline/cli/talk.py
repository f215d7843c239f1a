"""How the command speaks: options every command shares, complaints, JSON, progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.errors import Issue
from pipeline.types import StageReport

if TYPE_CHECKING:
    from pipeline.wiring import Watch


def a_day(text: str | date) -> date:
    """A date as the reader writes it, `2026-09-18` or `2026/09/18`."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise typer.BadParameter(f"{text} 不是日期，请写成 2026-09-18 这样。") from None


Config = Annotated[
    Path | None,
    typer.Option("--config", help="有 settings.toml 的文件夹；默认当前文件夹或 ./config。"),
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON，给程序读。")]
Day = Annotated[
    date | None,
    typer.Option("--date", parser=a_day, metavar="YYYY-MM-DD", help="笔记的日期；默认今天。"),
]

Since = Annotated[
    date | None,
    typer.Option(
        "--since",
        parser=a_day,
        metavar="YYYY-MM-DD",
        help="这次只取、只写这一天（含）以来发表的文章，没有日期的按初次看到的时间算；更早的留给下次。",
    ),
]


def say_json(data: Any) -> None:
    """One JSON document on standard output, readable and in UTF-8."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


def complain(issues: Iterable[Issue]) -> None:
    """Every issue on standard error: what, where, and what to do."""
    for issue in issues:
        typer.echo(f"{issue.subject}：{issue.sentence}", err=True)
        if issue.remedy:
            typer.echo(f"  → {issue.remedy}", err=True)


@contextmanager
def watching(quiet: bool) -> Iterator[Watch | None]:
    """Progress per stage: live bars on a terminal, a line per finished stage elsewhere."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bars() as watch:
            yield watch
    else:
        yield _lines()


def _lines() -> Watch:
    from pipeline.report import stage_line
    from pipeline.wiring import Watch

    return Watch(
        progress=lambda stage, done, total: None,
        done=lambda report: typer.echo(stage_line(report), err=True),
        waiting=_wait_for,
    )


def _wait_for(other: Issue) -> None:
    """Say that another run has to end first, and which."""
    typer.echo(f"{other.sentence}等它结束再开始；Ctrl+C 不等。", err=True)


@contextmanager
def _bars() -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

    from pipeline.report import STAGE_NAMES, stage_line
    from pipeline.wiring import Watch

    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGE_NAMES.get(stage, stage))
            bars.update(tasks[stage], completed=done, total=total or None)

        def finished(report: StageReport) -> None:
            if report.stage in tasks:
                bars.remove_task(tasks.pop(report.stage))
            console.print(stage_line(report), markup=False)

        yield Watch(progress=progress, done=finished, waiting=_wait_for)
