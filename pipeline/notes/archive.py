"""The reader's existing notes as archive items, whatever year's spelling they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pipeline.errors import Issue, NoteError
from pipeline.identifiers import identify
from pipeline.notes.fields import numberless
from pipeline.notes.layout import NoteLayout
from pipeline.notes.markdown import links_of, one_line
from pipeline.notes.parse import parse_note
from pipeline.types import ArchiveItem, Note, NoteItem

_PATH_DAY = re.compile(r"(20\d\d)(\d\d)/(\d\d)(\d\d)\.md\Z")
_MAX_FILES = 20_000
_MAX_BYTES = 5_000_000
_WORDS = ("Abstract", "Tips")


def read_archive(folder: str) -> tuple[tuple[ArchiveItem, ...], tuple[Issue, ...]]:
    """Every item of every note below `folder`, by day and position, and what was odd.

    Implements `ports.ArchiveReader`. A folder that is not there raises `NoteError`.
    """
    items: list[ArchiveItem] = []
    issues: list[Issue] = []
    for path, note, odd in read_notes(Path(folder)):
        issues.extend(odd)
        if note:
            items.extend(archive_items(note))
            issues.extend(_oddities(path, note))
    return tuple(sorted(items, key=lambda item: (item.day, item.position))), tuple(issues)


def read_notes(folder: Path) -> Iterator[tuple[str, Note | None, list[Issue]]]:
    """Every note file below the folder: its relative path, the note, and what was odd."""
    for path in note_files(folder):
        relative = path.relative_to(folder).as_posix()
        try:
            text = _read(path)
            from_path = path_day(path)
            note = _parsed(text, from_path)
        except NoteError as error:
            yield relative, None, [_about(relative, issue) for issue in error.issues]
            continue
        except OSError as error:
            sentence = f"读不了：{error.strerror}。"
            yield relative, None, [_issue(relative, "unreadable", sentence, "检查这个文件。")]
            continue
        yield relative, note, list(_date_oddities(relative, note, from_path))


def _parsed(text: str, from_path: date | None) -> Note:
    """The note of the day that its heading says, else its path."""
    try:
        return parse_note(text, None, NoteLayout())
    except NoteError:
        if from_path is None:
            raise
        return parse_note(text, from_path, NoteLayout())


def note_files(folder: Path) -> list[Path]:
    """The note files below the folder, sorted; README and hidden folders are none."""
    if not folder.is_dir():
        remedy = "检查路径；应当是放着 YYYYMM/MMDD.md 的目录。"
        raise NoteError(_issue(folder.name or str(folder), "no_folder", "没有这个目录。", remedy))
    root = folder.resolve()
    found = [
        path
        for path in folder.rglob("*.md")
        if path.name.lower() != "readme.md"
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
        and path.resolve().is_relative_to(root)
    ]
    return sorted(found)[:_MAX_FILES]


def _read(path: Path) -> str:
    with path.open("rb") as file:
        body = file.read(_MAX_BYTES + 1)
    if len(body) > _MAX_BYTES:
        raise NoteError(_issue(path.name, "too_large", "大得不像笔记，没有读。", "移走它。"))
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")


def path_day(path: Path) -> date | None:
    """The day that `…/YYYYMM/MMDD.md` names, None where the path names none."""
    matched = _PATH_DAY.search(path.as_posix())
    if not matched:
        return None
    try:
        return date(int(matched[1]), int(matched[3]), int(matched[4]))
    except ValueError:
        return None


def _date_oddities(path: str, note: Note, from_path: date | None) -> Iterator[Issue]:
    if from_path and from_path != note.day:
        sentence = f"标题写的是 {note.day}，文件名却是 {from_path}；按标题的日期收下。"
        yield _issue(path, "day_differs", sentence, "改正标题或文件名。")


def _oddities(path: str, note: Note) -> Iterator[Issue]:
    if not note.items:
        yield _issue(
            path, "no_items", "没有读到任何条目。", "条目应写成 1. [标题](网址) :star::star:"
        )
    if note.numbers != tuple(range(1, len(note.items) + 1)):
        numbers = ", ".join(str(n) if n else "无" for n in note.numbers)
        yield _issue(path, "numbering", f"编号不连续（{numbers}）；按先后收下。")
    for number, item in zip(note.numbers, note.items, strict=True):
        yield from _item_oddities(path, number, item)


def _item_oddities(path: str, number: int, item: NoteItem) -> Iterator[Issue]:
    subject = f"{path}#{number}"
    if not item.url:
        yield _issue(subject, "no_link", "这一条没有文章链接。", "补上链接，才能识别重复。")
    if not item.stars:
        yield _issue(subject, "no_stars", "这一条没有星标，按 0 星收下。")
    if any(field.name == "Abstract" and not field.label for field in item.fields):
        yield _issue(subject, "bare_paragraph", "摘要是一段没有标签的文字，当作 Abstract 收下。")


def archive_items(note: Note) -> Iterator[ArchiveItem]:
    """The note's items as the past that suggestions learn from."""
    for position, item in enumerate(note.items, start=1):
        papers, repos = item_ids(item)
        words = [f.value for f in item.fields if numberless(f.name) in _WORDS]
        yield ArchiveItem(
            day=note.day,
            position=position,
            title=item.title,
            url=item.url,
            stars=item.stars,
            text="\n".join(one_line(text) for text in (item.title, *words) if text.strip()),
            paper_ids=papers,
            repo_ids=repos,
        )


def item_ids(item: NoteItem) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The canonical ids of the papers and repositories that an item links to, in order."""
    found = {"paper": dict[str, None](), "code": dict[str, None]()}
    for url in item_urls(item):
        identity = identify(url)
        if identity:
            found[identity.kind][identity.id] = None
    return tuple(found["paper"]), tuple(found["code"])


def item_urls(item: NoteItem) -> list[str]:
    """Every address below an item's title: of its fields, then of its unknown lines.

    What stands in a comment is not part of the note.
    """
    urls = [link.url for field in item.fields for link in field.links]
    shown = (line for line in item.extra if not line.lstrip().startswith("<!--"))
    return urls + [link.url for line in shown for link in links_of(line)]


def _issue(subject: str, code: str, sentence: str, remedy: str = "") -> Issue:
    return Issue(subject=subject, code=f"notes.{code}", sentence=sentence, remedy=remedy)


def _about(path: str, issue: Issue) -> Issue:
    return Issue(subject=path, code=issue.code, sentence=issue.sentence, remedy=issue.remedy)
