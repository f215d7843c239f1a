"""`stardraft doctor`: whether the reader's folder is in order, one thing after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.cli.talk import Config, Json, next_command, say_json
from pipeline.errors import ConfigError, Exit, Issue, StardraftError
from pipeline.report import ended, one_line

if TYPE_CHECKING:
    from pipeline.settings import Workspace

Finding = tuple[bool, str, str]
Check = list[tuple[bool, str]]
_NAMED = 5
"""Sources named in one line; the others are counted."""


def doctor(config: Config = None, as_json: Json = False) -> None:
    """检查工作区：设置、安排、来源、兴趣、文献库、以往的笔记、模板、模型、存储、令牌。"""
    from pipeline.settings import find_config, load_workspace

    folder = find_config(config, Path.cwd())
    try:
        workspace = load_workspace(folder)
    except ConfigError as error:
        _show(((False, "设置", _words(i)) for i in error.issues), as_json)
        raise typer.Exit(error.exit_code) from error
    if not _show(_examine(workspace, quiet=as_json), as_json):
        raise typer.Exit(Exit.PARTLY)
    if not as_json:
        typer.echo(f"都好。下一步：{next_command('run', config)}")


def _show(findings: Iterator[Finding], as_json: bool) -> bool:
    """Say each finding as soon as it is there; whether all is well."""
    told = []
    for ok, what, detail in findings:
        told.append({"ok": ok, "what": what, "detail": detail})
        if not as_json:
            typer.echo(f"{'✓' if ok else '✗'} {what}：{one_line(detail, 400)}")
    if as_json:
        say_json(told)
    return all(one["ok"] for one in told)


def _examine(workspace: Workspace, *, quiet: bool) -> Iterator[Finding]:
    """Every check, each on its own: one that fails never hides the next."""
    yield True, "设置", str(workspace.config)
    for what, check in (
        ("安排", _check_schedule),
        ("来源", _check_feeds),
        ("兴趣", _check_interests),
        ("文献库", _check_library),
        ("以往的笔记", _check_past),
        ("模板", _check_template),
        ("存储", _check_store),
        ("来源的回应", _check_answers),
        ("模型", _check_model),
        ("GitHub 令牌", _check_token),
    ):
        if what == "模型" and not quiet:
            typer.echo("  （正在试模型：平时几秒，第一次半分钟左右）", err=True)
        try:
            yield from ((ok, what, detail) for ok, detail in check(workspace))
        except StardraftError as error:
            yield from ((False, what, _words(i)) for i in error.issues)


def _words(issue: Issue, subject: str = "") -> str:
    """An issue on one line, with what it concerns where the line does not say that already."""
    words = "".join(ended(part) for part in (issue.sentence, issue.remedy) if part)
    return f"{subject}：{words}" if subject else words


def _wrong(issues: tuple[Issue, ...]) -> Check:
    return [(False, _words(issue, issue.subject)) for issue in issues]


def _check_schedule(workspace: Workspace) -> Check:
    """Cron lines that are not the shipped ones, by the scheduler itself (its import takes long)."""
    from pipeline.settings.sections import ScheduleSettings

    if workspace.settings.schedule == ScheduleSettings():
        return []
    import os

    from flows.starting import environment

    prefect = workspace.settings.prefect
    os.environ.update(environment(workspace.state / "prefect", prefect.port))
    from flows.serving import deployments

    deployments(workspace)
    return [(True, f"写笔记 {workspace.settings.schedule.draft or '不安排'}")]


def _check_feeds(workspace: Workspace) -> Check:
    from pipeline.wiring import feeds_of

    feeds, issues = feeds_of(workspace)
    return [(True, f"{len(feeds)} 个"), *_wrong(tuple(issues))]


def _check_interests(workspace: Workspace) -> Check:
    from pipeline.score import load_interests

    interests, issues = load_interests(workspace.interests)
    if issues and not interests:
        return _wrong(tuple(issues))
    words = f"{len(interests)} 条" if interests else "没有写，只能靠以往的笔记和取舍"
    return [(True, words), *_wrong(tuple(issues))]


def _check_library(workspace: Workspace) -> Check:
    from pipeline.wiring import library_of

    if not workspace.settings.seeds.files:
        return []
    found = library_of(workspace)
    line = library_line(len(found.seeds), len(found.unknown))
    return [(bool(found.seeds), line), *_wrong(tuple(found.issues))]


def library_line(count: int, unknown: int) -> str:
    """How many papers the library holds, and how many of them arXiv is to be asked about."""
    waiting = f"，其中 {unknown} 篇由 arXiv 补题目或摘要（运行时查）" if unknown else ""
    return f"{count} 篇{waiting}"


def _check_past(workspace: Workspace) -> Check:
    from pipeline.wiring.past import past_folder

    folder = past_folder(workspace)
    return [(True, f"{folder}，每次运行自动读入")] if folder else []


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


def _check_answers(workspace: Workspace) -> Check:
    """Which of the followed sources failed when they were last asked."""
    from pipeline.wiring import feeds_of, open_store

    try:
        followed = {feed.id for feed in feeds_of(workspace)[0]}
        store = open_store(workspace)
    except StardraftError:  # said above
        return []
    try:
        health = store.feed_health()
    finally:
        store.close()
    silent = [feed.title for feed, _, issue in health if issue and feed.id in followed]
    if not silent:
        return []
    named = "、".join(one_line(title, 40) for title in silent[:_NAMED])
    more = " 等" if len(silent) > _NAMED else ""
    return [(False, f"{len(silent)} 个上次没有看成：{named}{more}。原因见 stardraft sources。")]


def _check_model(workspace: Workspace) -> Check:
    from pipeline.wiring import vector_size

    return [(True, f"{workspace.settings.model.name}，{vector_size(workspace)} 维")]


def _check_token(workspace: Workspace) -> Check:
    from pipeline.wiring import token

    if token():
        return [(True, "有")]
    return [(True, "没有：每小时只能问 60 次，够一天的量；要更多就设环境变量 GITHUB_TOKEN")]
