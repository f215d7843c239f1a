"""`stardraft extract` and `stardraft add`: one article by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.talk import Config, Json, say_json
from pipeline.errors import Issue, StardraftError, UsageError

if TYPE_CHECKING:
    from pipeline.types import Article, Page


def extract(
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="网页、Markdown 文件或网址。")],
    config: Config = None,
    to_json: Json = False,
    explained: Annotated[
        bool, typer.Option("--explain", help="逐条说明链接的角色、标签、原因和原文。")
    ] = False,
) -> None:
    """读一篇文章：标题、正文、论文与代码链接，各有依据。"""
    from pipeline.extract import PageExtractor, as_json

    page = _from_web(source, config) if "://" in source else _from_disk(Path(source))
    article = PageExtractor().extract(page)
    if to_json:
        say_json(as_json(article))
    else:
        _show(article, explained=explained)


def _from_disk(path: Path) -> Page:
    from pipeline.extract import read_path
    from pipeline.wiring import SystemClock

    try:
        page: Page = read_path(path, SystemClock().now())
    except OSError as error:
        raise UsageError(
            Issue(
                subject=str(path),
                code="file.unreadable",
                sentence=f"读不了这个文件：{error.strerror or error}。",
                remedy="检查路径；网址要写全 https://…",
            )
        ) from error
    return page


def _from_web(url: str, config: Path | None) -> Page:
    from pipeline.errors import ConfigError
    from pipeline.settings import find_config, load_workspace, shipped_config
    from pipeline.types import FetchRequest
    from pipeline.wiring import SystemClock, fetcher

    try:
        workspace = load_workspace(find_config(config, Path.cwd()))
    except ConfigError:
        if config:
            raise
        workspace = load_workspace(shipped_config())
    (fetched,) = fetcher(workspace, SystemClock()).fetch_many([FetchRequest(url=url)])
    if fetched.page is None:
        assert fetched.issue is not None
        raise StardraftError(fetched.issue)
    return fetched.page


def _show(article: Article, *, explained: bool = False) -> None:
    typer.echo(f"{article.title or '（没有标题）'}  [{article.state.value}]")
    details = (
        article.account,
        article.author,
        article.published and f"{article.published:%Y-%m-%d %H:%M} UTC",
    )
    typer.echo("  ".join(d for d in details if d))
    if explained:
        from pipeline.extract import explain

        typer.echo("\n".join(explain(article)))
    else:
        _list(article)
    for issue in article.issues:
        typer.echo(f"  {issue.sentence} {issue.remedy}")


def _list(article: Article) -> None:
    for link in article.links:
        typer.echo(f"  {link.role:9} {link.kind:7} {link.id}")
        typer.echo(f"            {link.reason}")
    for subject in article.subjects:
        typer.echo(f"  只有标题：{subject}")


def add(
    urls: Annotated[list[str], typer.Argument(metavar="URL…", help="要读的文章网址。")],
    config: Config = None,
) -> None:
    """把网址放进收件箱，下次运行会读。"""
    from pipeline.settings import find_config, load_workspace
    from pipeline.wiring.inbox import add_to_inbox

    added = add_to_inbox(load_workspace(find_config(config, Path.cwd())), urls)
    fresh = len(added.fresh)
    typer.echo(f"加入 {fresh} 个，已有 {len(urls) - fresh} 个：{added.path}")
    typer.echo("下一步：stardraft run")
