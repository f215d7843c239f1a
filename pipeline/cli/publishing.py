"""`stardraft publish`: the finished note where others read it, or exported for other places."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.talk import Config, Day, Json, complain, say_json
from pipeline.errors import Exit, Issue, UsageError

if TYPE_CHECKING:
    from datetime import date

    from pipeline.publish.publisher import Published, Publisher, PublishPlan
    from pipeline.publish.revision import Material
    from pipeline.settings import Workspace


def publish(
    day: Day = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只显示会改什么，什么都不动。")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="目标里手写或手改过的文件也由程序接管。")
    ] = False,
    export: Annotated[
        str | None,
        typer.Option(
            "--export",
            metavar="html|csdn|atom|jsonfeed|obsidian",
            help="不发布，只把笔记换一种格式输出。",
        ),
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """把当天的笔记发布到仓库、文件夹或 GitHub：一个版本只提交一次。"""
    from pipeline.publish import gather
    from pipeline.settings import find_config, load_workspace
    from pipeline.wiring import SystemClock, publishing, today
    from pipeline.wiring.upkeep import announce_publication

    workspace = load_workspace(find_config(config, Path.cwd()))
    day = day or today(workspace, SystemClock())
    if export is not None:
        _export(workspace, day, export, as_json)
        return
    with publishing(workspace, SystemClock()) as publisher:
        material = gather(workspace.notes, day)
        if dry_run:
            _show(publisher, material, overwrite, as_json)
        else:
            done = publisher.publish(material, overwrite=overwrite)
            _tell(done, as_json)
            complain(announce_publication(workspace, SystemClock(), day, done))


def _export(workspace: Workspace, day: date, kind: str, as_json: bool) -> None:
    from pipeline.publish import EXPORTS
    from pipeline.wiring import exported

    if kind not in EXPORTS:
        raise UsageError(
            Issue(
                subject="--export",
                code="publish.unknown_export",
                sentence=f"没有 {kind!r} 这种格式。",
                remedy=f"可以用的：{'、'.join(EXPORTS)}。",
            )
        )
    text = exported(workspace, day, kind)
    if as_json:
        say_json({"export": kind, "day": day.isoformat(), "text": text})
    else:
        typer.echo(text, nl=False)


def _show(publisher: Publisher, material: Material, overwrite: bool, as_json: bool) -> None:
    plan = publisher.plan(material, overwrite=overwrite)
    if as_json:
        say_json(_plan_as_data(plan))
    else:
        typer.echo(plan.diff or "没有要发布的改动。")
        complain((*plan.issues, *plan.obstacles))
    if plan.obstacles:
        raise typer.Exit(Exit.FAILED)


def _plan_as_data(plan: PublishPlan) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "revision": plan.revision.hash,
        "files": sorted(plan.revision.files),
        "diff": plan.diff,
        "obstacles": [asdict(i) for i in plan.obstacles],
        "issues": [asdict(i) for i in plan.issues],
    }


def _tell(done: Published, as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        say_json(asdict(done))
        return
    complain(done.issues)
    words = f"发布了 {len(done.files)} 个文件" if done.made else "这一版已经发布过，没有重复提交"
    where = f"，{done.sent.address}" if done.sent.address else ""
    typer.echo(f"{words}：{done.sent.commit[:12]}{where}")
    if not done.sent.pushed:
        typer.echo("还没有推送。下一步：git push，或在设置里写 [publish] push = true")
