"""`stardraft backup` and `stardraft restore`: state and notes in one file, and back."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.talk import Config, Json, next_command, say_json


def backup(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="写到哪里；默认 .stardraft/backups 里。")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """把状态和笔记存成一个文件；别的 stardraft 可以照常运行。"""
    from pipeline.settings import find_config, load_workspace
    from pipeline.wiring import SystemClock
    from pipeline.wiring.backups import back_up
    from pipeline.wiring.upkeep import BACKUPS, backup_name

    workspace = load_workspace(find_config(config, Path.cwd()))
    target = file or workspace.state / BACKUPS / backup_name(SystemClock().now())
    made = back_up(workspace, target)
    size = made.stat().st_size
    if as_json:
        say_json({"file": str(made), "bytes": size})
    else:
        again = next_command(f"restore {shlex.quote(str(made))}", config)
        typer.echo(f"备份好了：{made}（{size / 1e6:.1f} MB）。恢复：{again}")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="stardraft backup 写的文件。")],
    force: Annotated[
        bool, typer.Option("--force", help="已有状态或笔记也换掉；原来的先另存一份。")
    ] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """把备份里的状态和笔记放回来；也用来搬到另一台机器或另一种数据库。"""
    from pipeline.settings import find_config, load_workspace
    from pipeline.wiring.backups import restore as put_back

    workspace = load_workspace(find_config(config, Path.cwd()))
    saved = put_back(workspace, file, force=force)
    if as_json:
        say_json({"restored": str(file), "saved": saved and str(saved)})
        return
    if saved:
        typer.echo(f"原来的另存在 {saved}")
    typer.echo(f"恢复好了：{file}。下一步：{next_command('status', config)}")
