"""`stardraft notes …`: the reader's own past notes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.mishaps import reason
from pipeline.cli.talk import Config, Day, Json, complain, local_time, next_command, say_json, shown
from pipeline.errors import Exit, Issue, NoteError, UsageError
from pipeline.report import ended

if TYPE_CHECKING:
    from datetime import date

    from pipeline.ports import Step
    from pipeline.settings import Workspace

app = typer.Typer(no_args_is_help=True, help="笔记：导入、解析、检查以往的，撤销改动。")


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="放笔记的文件夹。")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """读入以往的笔记，让星数和重复从第一次运行起就有依据。"""
    from pipeline.notes import read_archive
    from pipeline.settings import find_config, load_workspace
    from pipeline.wiring import open_store

    workspace = load_workspace(find_config(config, Path.cwd()))
    items, issues = read_archive(str(_folder(folder)))
    if not items:
        raise UsageError(*issues, _no_notes(folder))
    store = open_store(workspace)
    try:
        total = store.import_archive(items)
    finally:
        store.close()
    days = len({i.day for i in items})
    if as_json:
        say_json(
            {
                "days": days,
                "items": len(items),
                "total": total,
                "issues": [_plain(i) for i in issues],
            }
        )
        return
    complain(issues)
    typer.echo(
        f"读入 {days} 天的 {len(items)} 条；库里共 {total} 条。下一步：{next_command('run', config)}"
    )


@app.command()
def parse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="一篇笔记。")], as_json: Json = False
) -> None:
    """解析一篇笔记，列出每条的标题、星数、链接。"""
    from dataclasses import replace

    from pipeline.notes import FolderNotebook, NoteLayout, parse_payload, path_day

    book, text = FolderNotebook(file.parent, NoteLayout()), _text(file)
    try:
        note = book.parse(text)
    except NoteError as error:
        day = path_day(file.absolute())
        if day is None:
            raise NoteError(*(replace(i, subject=str(file)) for i in error.issues)) from error
        note = book.parse(text, day)
    if as_json:
        say_json(parse_payload(note))
        return
    for number, item in enumerate(note.items, 1):
        typer.echo(f"{number}. {'★' * item.stars}{'☆' * (5 - item.stars)} {item.title}")


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="放笔记的文件夹。")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """检查以往的笔记：失效的索引链接、给错的论文编号、重复的文章和论文、缺的图片。

    给出 --config 时，还用那个工作区里查到过的论文题目核对每个编号。
    """
    from pipeline.notes import check_archive

    root = str(_folder(folder))
    if not any(folder.rglob("*.md")):
        raise UsageError(_no_notes(folder))
    issues = check_archive(root, _true_titles(root, config) if config else None)
    if as_json:
        say_json([_plain(i) for i in issues])
    else:
        for issue in issues:
            typer.echo(shown(f"{issue.subject}：{ended(issue.sentence)}{issue.remedy}"))
        typer.echo(f"共 {len(issues)} 处。")
    if issues:
        raise typer.Exit(Exit.PARTLY)


def _true_titles(folder: str, config: Path) -> dict[str, str]:
    """The titles of the notes' papers, as the workspace's store heard them from the indexes."""
    from pipeline.notes import read_archive
    from pipeline.settings import find_config, load_workspace
    from pipeline.wiring import open_store

    items, _ = read_archive(folder)
    ids = sorted({paper for item in items for paper in item.paper_ids})
    store = open_store(load_workspace(find_config(config, Path.cwd())))
    try:
        return {paper: found.title for paper, found in store.known_papers(ids).items()}
    finally:
        store.close()


@app.command()
def log(day: Day = None, config: Config = None, as_json: Json = False) -> None:
    """某一天的笔记改过什么：页面上的、文件里的、运行写的，新的在前。"""
    from zoneinfo import ZoneInfo

    from pipeline.wiring import SystemClock, open_desk

    workspace, day = _day(config, day)
    with open_desk(workspace, SystemClock()) as desk:
        desk.open(day)
        steps = desk.history(day)
    if as_json:
        say_json([_step(step) for step in steps])
        return
    if not steps:
        typer.echo("这一天还没有改动。")
    zone = ZoneInfo(workspace.settings.reader.timezone)
    for step in steps:
        state = {"undone": "（已撤销）", "gone": "（已撤销）"}.get(step.state, "")
        typer.echo(
            f"{step.number:4} {local_time(step.at, zone)}  {_WHO[step.who]}{step.what}{state}"
        )


_WHO = {"page": "", "file": "", "run": "", "undo": "撤销：", "redo": "重做："}


def _step(step: Step) -> dict[str, object]:
    return {
        "number": step.number,
        "at": step.at.isoformat(),
        "who": step.who,
        "what": step.what,
        "state": step.state,
    }


@app.command()
def undo(day: Day = None, config: Config = None) -> None:
    """撤销笔记最近的一处改动，不论是在文件里还是在页面上改的。"""
    _take_back("undo", day, config)


@app.command()
def redo(day: Day = None, config: Config = None) -> None:
    """重做最近撤销的一处改动。"""
    _take_back("redo", day, config)


_DONE = {"undo": "撤销了：", "redo": "重做了："}


def _take_back(way: str, day: date | None, config: Path | None) -> None:
    from pipeline.wiring import SystemClock, open_desk

    workspace, day = _day(config, day)
    with open_desk(workspace, SystemClock()) as desk:
        done = desk.undo(day) if way == "undo" else desk.redo(day)
        newest = desk.history(day)[:1]
    if done.issue:
        complain((done.issue,))
        raise typer.Exit(Exit.FAILED)
    if done.conflict:
        typer.echo(
            f"没有动：同一处后来又改过。\n文件里：{done.conflict.theirs}\n要换成：{done.conflict.mine}"
        )
        raise typer.Exit(Exit.FAILED)
    typer.echo(f"{_DONE[way]}{newest[0].what}")


def _day(config: Path | None, day: date | None) -> tuple[Workspace, date]:
    from pipeline.settings import find_config, load_workspace
    from pipeline.wiring import SystemClock, today

    workspace = load_workspace(find_config(config, Path.cwd()))
    return workspace, day or today(workspace, SystemClock())


def _plain(issue: Issue) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(issue)


def _folder(path: Path) -> Path:
    if path.is_dir():
        return path
    raise UsageError(
        Issue(
            subject=str(path),
            code="notes.no_folder",
            sentence="没有这个文件夹。",
            remedy="检查路径。",
        )
    )


def _no_notes(folder: Path) -> Issue:
    return Issue(
        subject=str(folder),
        code="notes.none",
        sentence="这个文件夹里没有找到笔记。",
        remedy="指到放笔记的那一层，里面是 202205/0505.md 这样的文件，第一行写着日期。",
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else "不是 UTF-8 编码"
        raise UsageError(
            Issue(
                subject=str(file),
                code="notes.unreadable",
                sentence=f"读不了这个文件：{why}。",
                remedy="检查路径；文件要用 UTF-8 编码。",
            )
        ) from error
