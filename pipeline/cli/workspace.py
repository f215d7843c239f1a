"""`stardraft init` and `sources`: the reader's folder, and what it follows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.talk import Config, Json, complain, local_time, next_command, say_json
from pipeline.errors import Issue, UsageError
from pipeline.report import ended, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from pipeline.types import Feed, FeedMemory


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="新工作区的文件夹。")],
) -> None:
    """建一个带注释的工作区：设置、兴趣、来源、模板。已有的文件不动。"""
    import shutil

    from pipeline.settings import SETTINGS, shipped_config

    _not_yet(folder)
    made, kept = [], []
    shipped = shipped_config()
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
    here = (folder / SETTINGS).parent
    typer.echo(
        f"下一步：改 {here}/interests.toml 和 feeds.opml，然后 {next_command('run', folder)}"
    )


def _not_yet(folder: Path) -> None:
    """Raises `UsageError` where a workspace made here would be useless, or hide another."""
    from pipeline.settings import SETTINGS

    if folder.is_file():
        raise _in_the_way(folder, "这里已有同名的文件。", "换一个名字。")
    if (folder / SETTINGS).is_dir():
        there = folder / SETTINGS
        raise _in_the_way(there, "这里要写设置，却有同名的文件夹。", "先把它移开，或换一个名字。")
    inner = folder / "config"
    if (inner / SETTINGS).is_file() and not (folder / SETTINGS).exists():
        words = f"这里已有工作区，设置在 {inner} 里；再建一个会盖住它。"
        raise _in_the_way(folder, words, f"直接用它：{next_command('run', folder)}")


def _in_the_way(path: Path, sentence: str, remedy: str) -> UsageError:
    return UsageError(
        Issue(subject=str(path), code="init.in_the_way", sentence=sentence, remedy=remedy)
    )


def sources(
    config: Config = None,
    as_json: Json = False,
    as_opml: Annotated[
        bool, typer.Option("--opml", help="输出 OPML，给别的阅读器读；网址里的密钥原样保留。")
    ] = False,
) -> None:
    """每个来源上次何时有回应，失败的原因和下次再试的时间，哪些可能已经停更。"""
    from zoneinfo import ZoneInfo

    from pipeline.settings import find_config, load_workspace
    from pipeline.stages.freshness import silent_sources
    from pipeline.wiring import SystemClock, feeds_of, open_store

    if as_opml and as_json:
        raise UsageError(_one_form())
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
    zone = ZoneInfo(workspace.settings.reader.timezone)
    for feed, memory, issue in health:
        for line in _source_lines(feed, memory, issue, silent.get(feed.id), zone):
            typer.echo(line)


def _one_form() -> Issue:
    return Issue(
        subject="stardraft sources",
        code="sources.two_forms",
        sentence="--opml 和 --json 只能写一个。",
        remedy="给别的阅读器读用 --opml，给程序读用 --json。",
    )


def _source_lines(
    feed: Feed, memory: FeedMemory, issue: Issue | None, silence: Issue | None, zone: tzinfo
) -> Iterator[str]:
    """What is known of one source; times in the reader's `zone`."""
    seen = local_time(memory.last_ok_at, zone) if memory.last_ok_at else "还没有过"
    mark = "✗" if issue else "?" if silence else "✓" if memory.last_ok_at else "·"
    yield f"{mark} {one_line(feed.title)}  上次有回应：{seen}"
    if issue:
        words = "".join(ended(one_line(w)) for w in (issue.sentence, issue.remedy) if w)
        yield f"    连续失败 {memory.failures} 次：{words}"
        if memory.next_poll_at:
            yield f"    下次再试：{local_time(memory.next_poll_at, zone)} 以后"
    if silence:
        yield f"    {ended(silence.sentence)}{silence.remedy}"


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
        "remedy": issue and issue.remedy,
        "stale": silence and silence.sentence,
    }
