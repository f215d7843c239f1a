"""`stardraft backfill`: notes of days that have none, and new scores for what is there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.talk import Config, Json, Log, a_day, say_json, watching
from pipeline.errors import Exit, Issue, UsageError

if TYPE_CHECKING:
    from pipeline.types import RunReport


def backfill(
    first: Annotated[
        date | None, typer.Option("--from", parser=a_day, metavar="YYYY-MM-DD", help="第一天。")
    ] = None,
    last: Annotated[
        date | None, typer.Option("--to", parser=a_day, metavar="YYYY-MM-DD", help="最后一天。")
    ] = None,
    rescore: Annotated[
        bool, typer.Option("--rescore", help="换了模型或兴趣之后，重新估计，不写笔记。")
    ] = False,
    config: Config = None,
    log: Log = None,
    as_json: Json = False,
) -> None:
    """补写漏掉的日子，一天一篇，已有的不动；中断了再运行就接着做。"""
    from pathlib import Path

    from pipeline.settings import find_config, load_workspace

    if rescore and (first or last):
        raise UsageError(_both())
    workspace = load_workspace(find_config(config, Path.cwd()))
    with watching(as_json, workspace.settings.run.log, log) as watch:
        if rescore:
            from pipeline.wiring import run_day

            report = run_day(config, None, watch=watch, only=("score",))
        else:
            if not first or not last:
                raise UsageError(_no_days())
            from pipeline.wiring.upkeep import write_past_days

            report = write_past_days(config, first, last, watch=watch)
    _tell(report, as_json, rescored=rescore)
    if report.partly_failed:
        raise typer.Exit(Exit.PARTLY)


def _no_days() -> Issue:
    return Issue(
        subject="backfill",
        code="backfill.no_days",
        sentence="没有说补哪些天。",
        remedy="写成 --from 2026-09-14 --to 2026-09-18；只想重新估计就用 --rescore。",
    )


def _both() -> Issue:
    return Issue(
        subject="backfill",
        code="backfill.both",
        sentence="--rescore 重新估计所有还没有定下来的文章，不按日子，也不写笔记。",
        remedy="分两次运行：先 --rescore，再 --from 和 --to。",
    )


def _tell(report: RunReport, as_json: bool, *, rescored: bool) -> None:
    from pipeline.report import as_json as plain
    from pipeline.report import issue_lines

    if as_json:
        say_json(plain(report))
        return
    if rescored:
        typer.echo(f"重新估计了 {sum(s.made for s in report.stages)} 篇。")
        return
    days = [*report.caught_up, *([report.day] if report.items else [])]
    named = "、".join(f"{day}" for day in days) or "没有一天"
    typer.echo(f"写了笔记：{named}。已有笔记的日子没有动，没有文章的日子不写。")
    for line in issue_lines(i for s in report.stages for i in s.issues):
        typer.echo(line)
