"""`stardraft init`, `doctor` and `sources`: the reader's folder, and whether it is in order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.talk import Config, Json, complain, say_json
from pipeline.errors import Exit, Issue, StardraftError, UsageError

if TYPE_CHECKING:
    from pipeline.settings import Workspace
    from pipeline.types import Feed, FeedMemory


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="新工作区的文件夹。")],
) -> None:
    """建一个带注释的工作区：设置、兴趣、来源、模板。已有的文件不动。"""
    import shutil

    from pipeline.settings import SETTINGS, shipped_config

    shipped = shipped_config()
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            Issue(
                subject=str(folder),
                code="init.not_a_folder",
                sentence="这里已有同名的文件。",
                remedy="换一个名字。",
            )
        )
    made, kept = [], []
    for source in sorted(p for p in shipped.rglob("*") if p.is_file()):
        target = folder / source.relative_to(shipped)
        if target.exists():
            kept.append(target)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        made.append(target)
    for path in made:
        typer.echo(f"写了 {path}")
    for path in kept:
        typer.echo(f"没动 {path}（已经有了）")
    here = folder / SETTINGS
    typer.echo(
        f"下一步：改 {here.parent}/interests.toml 和 feeds.opml，然后 stardraft run --config {folder}"
    )


def doctor(config: Config = None, as_json: Json = False) -> None:
    """检查工作区：设置、来源、兴趣、模板、模型、存储、令牌。"""
    findings = _examine(config)
    if as_json:
        say_json([{"ok": ok, "what": what, "detail": detail} for ok, what, detail in findings])
    else:
        for ok, what, detail in findings:
            typer.echo(f"{'✓' if ok else '✗'} {what}：{detail}")
    if not all(ok for ok, _, _ in findings):
        raise typer.Exit(Exit.PARTLY)
    if not as_json:
        typer.echo("都好。下一步：stardraft run")


Finding = tuple[bool, str, str]


def _examine(config: Path | None) -> list[Finding]:
    """Every check, each on its own: one that fails never hides the next."""
    from pipeline.settings import find_config, load_workspace

    folder = find_config(config, Path.cwd())
    try:
        workspace = load_workspace(folder)
    except StardraftError as error:
        return [(False, "设置", f"{i.sentence} {i.remedy}") for i in error.issues]
    findings: list[Finding] = [(True, "设置", str(workspace.config))]
    for what, check in (
        ("来源", _check_feeds),
        ("兴趣", _check_interests),
        ("文献库", _check_library),
        ("模板", _check_template),
        ("存储", _check_store),
        ("模型", _check_model),
        ("GitHub 令牌", _check_token),
    ):
        try:
            findings.extend((ok, what, detail) for ok, detail in check(workspace))
        except StardraftError as error:
            findings.extend((False, what, f"{i.sentence} {i.remedy}") for i in error.issues)
    return findings


Check = list[tuple[bool, str]]


def _check_feeds(workspace: Workspace) -> Check:
    from pipeline.wiring import feeds_of

    feeds, issues = feeds_of(workspace)
    found = [(False, f"{i.subject}：{i.sentence} {i.remedy}") for i in issues]
    return [(True, f"{len(feeds)} 个"), *found]


def _check_interests(workspace: Workspace) -> Check:
    from pipeline.score import load_interests

    interests, issues = load_interests(workspace.interests)
    found = [(False, f"{i.subject}：{i.sentence} {i.remedy}") for i in issues]
    words = f"{len(interests)} 条" if interests else "没有写，只能靠以往的笔记"
    return [(True, words), *found]


def _check_library(workspace: Workspace) -> Check:
    from pipeline.wiring import library_of

    if not workspace.settings.seeds.files:
        return []
    found = library_of(workspace)
    wrong = [(False, f"{i.subject}：{i.sentence} {i.remedy}") for i in found.issues]
    return [(bool(found.seeds), library_line(len(found.seeds), len(found.unknown))), *wrong]


def library_line(count: int, unknown: int) -> str:
    """How many papers the library holds, and how many of them arXiv is to be asked about."""
    waiting = f"，其中 {unknown} 篇由 arXiv 补题目或摘要（运行时查）" if unknown else ""
    return f"{count} 篇{waiting}"


def _check_template(workspace: Workspace) -> Check:
    from pipeline.wiring import notebook

    notebook(workspace)
    return [(True, str(workspace.template or "自带的"))]


def _check_store(workspace: Workspace) -> Check:
    from pipeline.wiring import open_store

    store = open_store(workspace)
    try:
        return [(True, f"以往的笔记 {len(store.archive())} 条")]
    finally:
        store.close()


def _check_model(workspace: Workspace) -> Check:
    from pipeline.wiring import vector_size

    return [(True, f"{workspace.settings.model.name}，{vector_size(workspace)} 维")]


def _check_token(workspace: Workspace) -> Check:
    from pipeline.wiring import token

    if token():
        return [(True, "有")]
    return [(True, "没有：每小时只能问 60 次，够一天的量；要更多就设环境变量 GITHUB_TOKEN")]


def sources(
    config: Config = None,
    as_json: Json = False,
    as_opml: Annotated[
        bool, typer.Option("--opml", help="输出 OPML，给别的阅读器读；网址里的密钥原样保留。")
    ] = False,
) -> None:
    """每个来源上次何时有回应，失败的原因和下次再试的时间，哪些可能已经停更。"""
    from pipeline.settings import find_config, load_workspace
    from pipeline.stages.freshness import silent_sources
    from pipeline.wiring import SystemClock, feeds_of, open_store

    workspace = load_workspace(find_config(config, Path.cwd()))
    feeds, issues = feeds_of(workspace)
    if as_opml:
        from pipeline.sources import write_opml

        complain(issues)
        typer.echo(write_opml([f for f in feeds if f.kind not in ("inbox", "files")]), nl=False)
        return
    now = SystemClock().now()
    store = open_store(workspace)
    try:
        store.sync_feeds(feeds, now)
        health = store.feed_health()
        silent = silent_sources(store, [feed for feed, _, _ in health], now)
    finally:
        store.close()
    complain(issues)
    if as_json:
        say_json([_as_data(*row, silent.get(row[0].id)) for row in health])
        return
    for feed, memory, issue in health:
        _show_source(feed, memory, issue, silent.get(feed.id))


def _show_source(
    feed: Feed, memory: FeedMemory, issue: Issue | None, silence: Issue | None
) -> None:
    seen = f"{memory.last_ok_at:%Y-%m-%d %H:%M} UTC" if memory.last_ok_at else "还没有过"
    mark = "✗" if issue else "?" if silence else "✓"
    typer.echo(f"{mark} {feed.title}  上次有回应：{seen}")
    if issue:
        again = f"{memory.next_poll_at:%m-%d %H:%M} UTC 再试" if memory.next_poll_at else ""
        typer.echo(f"    连续失败 {memory.failures} 次：{issue.sentence} {again}")
    if silence:
        typer.echo(f"    {silence.sentence} {silence.remedy}")


def _as_data(
    feed: Feed, memory: FeedMemory, issue: Issue | None, silence: Issue | None
) -> dict[str, object]:
    from pipeline.urls import redacted_url

    return {
        "id": feed.id,
        "title": feed.title,
        "url": redacted_url(feed.url),
        "last_ok_at": memory.last_ok_at and memory.last_ok_at.isoformat(),
        "next_poll_at": memory.next_poll_at and memory.next_poll_at.isoformat(),
        "failures": memory.failures,
        "issue": issue and issue.sentence,
        "stale": silence and silence.sentence,
    }
