"""`stardraft evaluate …`: how good the suggestions are, beside the simple methods."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.talk import Config, Json, complain, say_json

app = typer.Typer(help="估计得有多准，与简单方法并排。")

_LONG = 128
"""Texts that take ten seconds on two cores."""
_RANKING_COLUMNS = (("排序损失", "kendall_loss"), ("AUC", "auc"), ("NDCG", "ndcg"))


@app.callback(invoke_without_command=True)
def history(
    context: typer.Context,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="把相关度与实际取舍画成 SVG 存在这里。")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """用你自己的往期回测：先前的笔记与取舍能不能说中后来的。"""
    if context.invoked_subcommand is not None:
        return
    from pipeline.score import calibration_svg, evaluate_history
    from pipeline.settings import find_config, load_workspace
    from pipeline.wiring import embedder, open_store, taste_of

    workspace = load_workspace(find_config(config, Path.cwd()))
    store = open_store(workspace)
    try:
        found = evaluate_history(taste_of(workspace, store), embedder(workspace, store, _progress))
    finally:
        store.close()
    if svg is not None:
        svg.write_text(calibration_svg(found), encoding="utf-8")
    if as_json:
        say_json(found)
        return
    _say_history(found)


def _say_history(found: dict[str, Any]) -> None:
    past = f"往期 {found['kept']} 条，删掉 {found['dropped']} 条，文献库 {found['seeds']} 篇"
    typer.echo(
        f"画像 {found['profile']}：兴趣 {found['interests']} 条，{past}；模型 {found['model']}"
    )
    for row in found["ranking"]:
        cells = f"AUC {_with_interval(row, 'auc')}  召回 {_with_interval(row, 'recall')}"
        typer.echo(f"  {row['name']:12}{cells}")
    if found["ranking"]:
        typer.echo("  （召回：留下几篇就取排在最前的几篇，其中真正留下的占多少）")
    for row in found["calibration"]:
        span = f"相关度 {row['from']:.2f}–{row['to']:.2f}"
        typer.echo(f"  {span}：{row['count']} 次，留下 {_with_interval(row, 'kept')}")
    for row in found["probabilities"]:
        typer.echo(f"  相关度与取舍的均方差·{row['name']}：{_with_interval(row, 'brier')}")
    for row in found["stars"]:
        typer.echo(
            f"  星数·{row['name']}：平均差 {_with_interval(row, 'mae')}，"
            f"各档平均 {_with_interval(row, 'macro_mae')}"
        )
    for sentence in found["remarks"]:
        typer.echo(sentence)


@app.command()
def ranking(
    data: Annotated[
        Path, typer.Option(metavar="FILE", help="每行一位读者的 JSONL：profile 与 rated。")
    ],
    model: Annotated[
        str, typer.Option(help="向量模型：e5-small、use，或模型名、文件夹；默认按设置。")
    ] = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """给别人评过分的论文排序：与同类项目的方法并排，附 95 % 区间。"""
    from pipeline.score import evaluate_ranking, open_embedder

    name, cache = _model_of(model, config)
    found = evaluate_ranking(data, open_embedder(name, cache), _progress)
    complain(found["issues"])
    if as_json:
        say_json({"scorers": [{**row, "model": found["model"]} for row in found["scorers"]]})
        return
    typer.echo(f"{found['users']} 位读者，模型 {found['model']}；损失越低越好，其余越高越好")
    typer.echo(" " * 42 + "".join(f"{title:<24}" for title, _ in _RANKING_COLUMNS))
    for row in found["scorers"]:
        cells = [_with_interval(row, key) for _, key in _RANKING_COLUMNS]
        typer.echo(f"{row['name']:42}" + "".join(f"{cell:<24}" for cell in cells).rstrip())


def _progress(done: int, total: int) -> None:
    """How far embedding is, where it takes long; on standard error, so that JSON stays alone."""
    if total > _LONG:
        typer.echo(f"算向量：{done} / {total}", err=True)


def _model_of(model: str, config: Path | None) -> tuple[str, Path]:
    """The model asked for, else the settings' one, and where it is unpacked to.

    Works without a workspace: the figures of a file need nobody's settings.
    """
    from pipeline.errors import ConfigError
    from pipeline.settings import find_config, load_workspace, shipped_config

    try:
        folder = find_config(config, Path.cwd())
    except ConfigError:
        if config is not None:
            raise
        folder = shipped_config()
    workspace = load_workspace(folder)
    return model or workspace.settings.model.name, workspace.model_cache


def _with_interval(row: dict[str, Any], key: str) -> str:
    value, interval = row[key], row[f"{key}_interval"]
    if value is None or interval is None:
        return "—"
    return f"{value:.3f} [{interval[0]:.3f}, {interval[1]:.3f}]"
