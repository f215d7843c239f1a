"""`stardraft serve` and `stardraft work`: everything on its schedule, and help for a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.talk import Config, Json, Log, complain, say_json, watching
from pipeline.errors import StoreError

if TYPE_CHECKING:
    from flows.engine import Engine
    from pipeline.settings import Workspace


def serve(
    page: Annotated[bool, typer.Option("--review", help="同时开着审阅页。")] = False,
    config: Config = None,
) -> None:
    """按设置里的时间自动运行：收集、写笔记、重试、整理；Ctrl+C 或 SIGTERM 停止。"""
    from pathlib import Path

    from flows.serving import serve as served
    from pipeline.settings import find_config, load_workspace

    workspace = load_workspace(find_config(config, Path.cwd()))

    def ready(engine: Engine) -> None:
        typer.echo(began(workspace))
        typer.echo(f"界面：{engine.api_url.removesuffix('/api')}  停止：Ctrl+C")

    _look_at_the_store(workspace)
    served(workspace, ready, page=page)
    typer.echo("停下了，没有留下任何进程。")


def began(workspace: Workspace) -> str:
    """What is said first: when the note is written, and when articles are collected."""
    schedule = workspace.settings.schedule
    zone = schedule.timezone or workspace.settings.reader.timezone
    draft, collect = schedule.draft or "不安排", schedule.collect or "不安排"
    return f"开始了，按 {zone} 的时间：写笔记 {draft}，收集 {collect}。"


def _look_at_the_store(workspace: Workspace) -> None:
    """Say at once what every run would meet, and go on: a database may come up later than we."""
    from pipeline.wiring import open_store

    try:
        open_store(workspace).close()
    except StoreError as error:
        complain(error.issues)


def work(config: Config = None, log: Log = None, as_json: Json = False) -> None:
    """帮别处正在进行的运行读文章、估计相关程度；做完就停，不写笔记。"""
    from dataclasses import asdict
    from pathlib import Path

    from pipeline.settings import find_config, load_workspace
    from pipeline.wiring.upkeep import assist

    workspace = load_workspace(find_config(config, Path.cwd()))
    with watching(as_json, workspace.settings.run.log, log) as watch:
        made = assist(config, done=watch.done if watch else lambda report: None)
    if as_json:
        say_json([asdict(report) for report in made])
