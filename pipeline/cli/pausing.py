"""`stardraft pause` and `stardraft resume`: holding back what `serve` has scheduled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.talk import Config, Json, next_command, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo
    from pathlib import Path

    from flows.pausing import Scheduled
    from pipeline.errors import Issue
    from pipeline.settings import Workspace

Name = Annotated[
    str | None,
    typer.Argument(metavar="NAME", help="哪一项：daily、collect、retry、housekeeping；默认全部。"),
]


def pause(name: Name = None, config: Config = None, as_json: Json = False) -> None:
    """让正在运行的 stardraft serve 不再按时运行，直到 resume；重启也记得。"""
    _set(name, config, as_json, paused=True)


def resume(name: Name = None, config: Config = None, as_json: Json = False) -> None:
    """暂停的重新按时运行；停了的日子由下一次运行补上。"""
    _set(name, config, as_json, paused=False)


def _set(name: str | None, config: Any, as_json: bool, *, paused: bool) -> None:
    from pathlib import Path

    from flows.pausing import set_paused
    from pipeline.settings import find_config, load_workspace

    workspace = load_workspace(find_config(config, Path.cwd()))
    changed = set_paused(workspace, name, paused=paused)
    if as_json:
        say_json({"paused" if paused else "resumed": list(changed)})
        return
    if not changed:
        typer.echo("已经是暂停的。" if paused else "没有暂停的，都按时运行。")
        return
    listed = "、".join(changed)
    typer.echo(
        f"暂停了：{listed}。恢复：{next_command('resume', config)}"
        if paused
        else f"恢复了：{listed}。"
    )


def scheduled(workspace: Workspace) -> tuple[Sequence[Scheduled] | None, Issue | None]:
    """What the running server has scheduled (None: none runs), and why that cannot be told."""
    from flows.engine import found
    from pipeline.errors import StardraftError

    if not found(workspace.settings.prefect.port, workspace.settings.prefect.api_url):
        return None, None
    from flows.pausing import schedules

    try:
        return schedules(workspace), None
    except StardraftError as error:
        return None, error.issues[0]


def schedule_lines(
    some: Sequence[Scheduled] | None, zone: tzinfo, config: Path | None
) -> list[str]:
    """A line for each schedule of the running server; next runs in the reader's `zone`."""
    if some is None:
        return ["stardraft serve 没有在运行：没有按时的安排（用 cron 的话不影响）。"]
    if not some:
        return ["服务器上没有安排。"]
    again = next_command("resume", config)
    return [
        f"安排 {one.deployment}（{'，'.join(one.cron)}）：{_state(one, zone, again)}"
        for one in some
    ]


def _state(one: Scheduled, zone: tzinfo, again: str) -> str:
    if one.paused:
        return f"暂停中，恢复：{again}"
    return f"下次 {one.next_at.astimezone(zone):%m-%d %H:%M}" if one.next_at else "还没有排定下次"
