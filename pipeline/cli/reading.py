"""`stardraft extract` and `stardraft add`: one article by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.mishaps import reason
from pipeline.cli.talk import Config, Json, next_command, say_json, shown
from pipeline.errors import Issue, StardraftError, UsageError
from pipeline.report import ended, one_line

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


_SAMPLE = 4096
"""Bytes at a file's beginning that tell whether it holds text."""
_OTHER = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"Rar!", b"\x7fELF")
_MAY_BE = (b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b")
"""How a page begins that looks like no text: in UTF-16, or packed with gzip."""
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\f\r\x1b")


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
                sentence=f"读不了这个文件：{reason(error)}。",
                remedy="检查路径；网址要写全 https://…",
            )
        ) from error
    if _is_no_text(page.body):
        raise UsageError(_no_page(path))
    return page


def _is_no_text(body: bytes) -> bool:
    """Whether a file is a picture, a PDF, an archive or another thing without text in it."""
    head = body[:_SAMPLE]
    if head.startswith(_MAY_BE):
        return False
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return head.startswith(_OTHER) or controls * 20 > len(head)  # by chance it is a tenth


def _no_page(path: Path) -> Issue:
    return Issue(
        subject=str(path),
        code="file.no_page",
        sentence="这不是网页，也不是文字文件。",
        remedy="可以读 .html、.mhtml 和 .md；PDF 就给出它的网页地址，如 https://arxiv.org/abs/…",
    )


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
    from pipeline.extract import explain
    from pipeline.types import PageState

    state = "" if article.state is PageState.OK else f"  [{article.state.value}]"
    typer.echo(f"{one_line(article.title) or '（没有标题）'}{state}")
    published = f"{article.published:%Y-%m-%d %H:%M} UTC" if article.published else None
    if details := "  ".join(filter(None, (article.account, article.author, published))):
        typer.echo(one_line(details))
    lines = explain(article) if article.links or article.state is PageState.OK else []
    for line in lines if explained else filter(_is_main_line, lines):
        typer.echo(shown(line))
    for issue in article.issues:
        typer.echo(f"  {shown(ended(issue.sentence))}{shown(issue.remedy)}")


def _is_main_line(line: str) -> bool:
    """What a link is and why; title, label and quotation are for `--explain`."""
    return not line.startswith(" ") or line.lstrip().startswith("原因")


def add(
    urls: Annotated[list[str], typer.Argument(metavar="URL…", help="要读的文章网址。")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """把网址放进收件箱，下次运行会读。"""
    from pipeline.settings import find_config, load_workspace
    from pipeline.wiring.inbox import add_to_inbox

    wanted = [url for pasted in urls for url in pasted.split()]
    if not wanted:
        raise UsageError(_nothing())
    added = add_to_inbox(load_workspace(find_config(config, Path.cwd())), wanted)
    fresh = len(added.fresh)
    if as_json:
        known = len(wanted) - fresh
        say_json({"inbox": str(added.path), "added": list(added.fresh), "known": known})
        return
    typer.echo(f"加入 {fresh} 个，已有 {len(wanted) - fresh} 个：{added.path}")
    typer.echo(f"下一步：{next_command('run', config)}")


def _nothing() -> Issue:
    return Issue(
        subject="stardraft add",
        code="url.none",
        sentence="没有写网址。",
        remedy="写成 stardraft add https://…，一次可以写好几个。",
    )
