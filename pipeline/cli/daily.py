"""`stardraft run` and `stardraft status`: the main job, and how it went before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.talk import (
    Config,
    Day,
    Json,
    Log,
    Since,
    local_time,
    next_command,
    say_json,
    watching,
)
from pipeline.errors import Exit

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pipeline.settings import Workspace
    from pipeline.types import RunReport
    from pipeline.wiring import Watch


def run(
    day: Day = None,
    since: Since = None,
    config: Config = None,
    prefect: Annotated[
        bool, typer.Option("--prefect/--no-prefect", help="是否作为 Prefect 流程运行并留下记录。")
    ] = True,
    log: Log = None,
    as_json: Json = False,
) -> None:
    """看有什么新文章，核对论文与代码，写出当天的笔记。"""
    from pathlib import Path

    from pipeline.settings import find_config, load_workspace

    workspace = load_workspace(find_config(config, Path.cwd()))
    if day and sys.stderr.isatty():
        _warn_of_future(workspace, day)
    with watching(as_json, workspace.settings.run.log, log) as watch:
        if prefect:
            report = _as_flow(workspace, day, since, watch)
        else:
            report = _directly(workspace.config, day, since, watch)
    _tell(workspace, report, as_json)
    if report.partly_failed:
        raise typer.Exit(Exit.PARTLY)


def _warn_of_future(workspace: Workspace, day: date) -> None:
    """Say what a run for a day that has not come yet does: a slip of the year is easily made."""
    from pipeline.wiring import SystemClock, today

    if day > today(workspace, SystemClock()):
        words = f"注意：{day} 还没有到，现在等着的文章会写进那一天的笔记。"
        typer.echo(words, err=True)


def _directly(config: Path, day: date | None, since: date | None, watch: Watch | None) -> RunReport:
    from pipeline.wiring import run_day

    return run_day(config, day, watch=watch, since=since)


def _as_flow(
    workspace: Workspace, day: date | None, since: date | None, watch: Watch | None
) -> RunReport:
    from flows import preload
    from flows.engine import engine

    prefect = workspace.settings.prefect
    home = workspace.state / "prefect"
    with engine(home, prefect.port, prefect.api_url, meanwhile=preload):
        from flows.daily import run_watched

        return run_watched(day, workspace.config, watch, since)


def _tell(workspace: Workspace, report: RunReport, as_json: bool) -> None:
    from pipeline.report import as_json as plain
    from pipeline.report import summary_lines

    path = str(workspace.notes / report.note_path) if report.note_path else None
    if as_json:
        say_json({**plain(report), "note_path": path})
    else:
        typer.echo("\n".join(summary_lines(report, path)))


def status(
    config: Config = None,
    count: Annotated[int, typer.Option("--count", min=1, max=1000, help="最近几次。")] = 5,
    as_json: Json = False,
) -> None:
    """最近几次运行做了什么，略过了什么，为什么；按时的安排和暂停。"""
    from dataclasses import asdict
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from pipeline.cli.pausing import schedule_lines, scheduled
    from pipeline.report import as_json as plain
    from pipeline.report import (
        issue_lines,
        limits_line,
        outcome,
        plain_data,
        stage_line,
        traffic_line,
    )
    from pipeline.settings import find_config, load_workspace
    from pipeline.wiring import open_store

    workspace = load_workspace(find_config(config, Path.cwd()))
    store = open_store(workspace)
    try:
        runs = store.last_runs(count)
    finally:
        store.close()
    timed, unsaid = scheduled(workspace)
    library = _library(workspace)
    if as_json:
        planned = None if timed is None else [plain_data(asdict(one)) for one in timed]
        told = [plain(report) for report in runs]
        say_json({"runs": told, "schedules": planned, "library": library})
        return
    zone = ZoneInfo(workspace.settings.reader.timezone)
    for line in issue_lines([unsaid]) if unsaid else schedule_lines(timed, zone, config):
        typer.echo(line)
    if library:
        typer.echo(f"文献库：{library['said']}")
    if not runs:
        typer.echo(f"还没有运行过。下一步：{next_command('run', config)}")
    for report in runs:
        began = local_time(report.started_at, zone)
        typer.echo(f"{began}  {report.day} 的笔记：{outcome(report)}")
        for stage in report.stages:
            typer.echo(f"  {stage_line(stage)}")
        for line in filter(None, (traffic_line(report), limits_line(report))):
            typer.echo(f"  {line}")
        for line in issue_lines(i for s in report.stages for i in s.issues):
            typer.echo(f"  {line}")


def _library(workspace: Workspace) -> dict[str, object] | None:
    """What was read of the reader's own library, None where the settings name none."""
    from pipeline.cli.doctor import library_line
    from pipeline.wiring import library_of

    if not workspace.settings.seeds.files:
        return None
    found = library_of(workspace)
    line = library_line(len(found.seeds), len(found.unknown))
    said = "；".join([line, *(f"{i.subject}：{i.sentence}" for i in found.issues)])
    return {"papers": len(found.seeds), "unknown": len(found.unknown), "said": said}
