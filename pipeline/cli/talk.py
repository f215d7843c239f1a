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

from pipeline.errors import Issue, UsageError
from pipeline.report import ended, one_line
from pipeline.types import StageReport

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from pipeline.wiring import Watch


_LONG = 2000
"""Characters of one line of a complaint; longer ones are cut."""


_YEARS = range(1990, 2200)
"""Years that a date may be of: there were no feeds before, and later ones are slips."""


def a_day(text: str | date) -> date:
    """A date as the reader writes it, `2026-09-18` or `2026/09/18`."""
    if isinstance(text, date):
        return text
    try:
        day = date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise typer.BadParameter(f"{text} 不是日期，请写成 2026-09-18 这样。") from None
    if day.year not in _YEARS:
        raise typer.BadParameter(f"{text} 太早或太晚，请写 {_YEARS[0]} 到 {_YEARS[-1]} 年的日期。")
    return day


Config = Annotated[
    Path | None,
    typer.Option("--config", help="有 settings.toml 的文件夹；默认当前文件夹或 ./config。"),
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON，给程序读。")]
Log = Annotated[
    str | None,
    typer.Option(
        "--log", metavar="STYLE", help="运行时说的话：auto、pretty、text 或 json（一行一件事）。"
    ),
]
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


def next_command(words: str, config: Path | None) -> str:
    """A command to type next, for the same workspace as this one; safe to paste into a shell."""
    import shlex

    return f"stardraft {words}" + (f" --config {shlex.quote(str(config))}" if config else "")


def local_time(at: datetime, zone: tzinfo) -> str:
    """A moment as the reader's clock shows it."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def say_json(data: Any) -> None:
    """One JSON document on standard output, readable and in UTF-8."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


def complain(issues: Iterable[Issue]) -> None:
    """Every issue on standard error: what, where, and what to do."""
    for issue in issues:
        typer.echo(f"{one_line(issue.subject)}：{shown(ended(issue.sentence))}", err=True)
        if issue.remedy:
            typer.echo(f"  → {shown(issue.remedy)}", err=True)


def shown(text: str) -> str:
    """Its lines without what would move a terminal's cursor or colour it, each not too long."""
    return "\n".join(one_line(line, _LONG) for line in text.splitlines())


@contextmanager
def watching(
    quiet: bool, setting: str = "auto", asked: str | None = None
) -> Iterator[Watch | None]:
    """What a run does, on standard error: live bars, sentences, or JSON lines.

    `asked` is the option of the command, `setting` that of the workspace. Raises `UsageError`
    for a style that there is none of.
    """
    from pipeline.wiring.log import log_watch, say_to, style_of

    if asked not in (None, "auto", "pretty", "text", "json"):
        raise UsageError(_no_style(asked))
    style = style_of(asked or setting, sys.stderr)
    try:
        if quiet and not asked:
            yield None
        elif style == "pretty":
            with _bars() as watch:
                yield watch
        else:
            yield log_watch(style, say_to(sys.stderr))
    except KeyboardInterrupt:
        if style != "json":
            typer.echo("中断了。做完的都存着，再运行同一条命令就接着做。", err=True)
        raise


def _no_style(asked: str) -> Issue:
    return Issue(
        subject=f"--log {asked}",
        code="log.unknown",
        sentence="没有这种写法。",
        remedy="可以写 auto、pretty、text 或 json。",
    )


def _wait_for(other: Issue) -> None:
    """Say that another run has to end first, and which."""
    typer.echo(f"{other.sentence}等它结束再开始；Ctrl+C 不等。", err=True)


@contextmanager
def _bars() -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

    from pipeline.report import stage_line, stage_name
    from pipeline.wiring import Watch

    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage_name(stage))
            bars.update(tasks[stage], completed=done, total=total or None)
            if (
                stage == "embed" and done == total
            ):  # it is part of a stage and has no end of its own
                bars.remove_task(tasks.pop(stage))

        def finished(report: StageReport) -> None:
            if report.stage in tasks:
                bars.remove_task(tasks.pop(report.stage))
            console.print(stage_line(report), markup=False)

        yield Watch(progress=progress, done=finished, waiting=_wait_for)
