"""What one publication consists of: files by path, and the hash that names them together."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from pipeline.errors import Issue, StardraftError
from pipeline.publish.readme import note_path, short_day, split_readme
from pipeline.publish.shown import pictures_of

TRAILER = "Stardraft-Revision"
README = "README.md"
_ELSEWHERE = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+:|/|#|\\", re.IGNORECASE)
_DISK = re.compile(r"[a-z]:|file:", re.IGNORECASE)
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".mp4", ".webm"})
_MAX_PICTURE = 20_000_000
_MAX_PICTURES = 200
_MAX_DIFF_LINES = 400


class PublishError(StardraftError):
    """A publication that stopped before anything could be lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The day's note with its pictures, before a target's README is known."""

    day: date
    note: bytes
    pictures: Mapping[str, bytes]
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """All files of a publication; `hash` is the SHA-256 over paths and contents."""

    day: date
    files: Mapping[str, bytes]

    @property
    def hash(self) -> str:
        """64 hex digits; equal for equal paths and contents."""
        told = hashlib.sha256()
        for path in sorted(self.files):
            told.update(f"{len(path.encode())}:{path}:{len(self.files[path])}:".encode())
            told.update(self.files[path])
        return told.hexdigest()

    @property
    def message(self) -> str:
        """The commit's message: nothing of the note's own words stands in it."""
        return f"Publish the note of {short_day(self.day)}\n\n{TRAILER}: {self.hash}\n"

    def hashes(self) -> tuple[tuple[str, str], ...]:
        """Path and SHA-256 of every file, by path."""
        return tuple((path, digest(self.files[path])) for path in sorted(self.files))


def digest(body: bytes) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(body).hexdigest()


def gather(notes: Path, day: date) -> Material:
    """The bytes of the day's file below `notes` and of the local pictures it shows.

    Pictures outside the notes folder, too large, missing or of another kind are issues, and
    left out. Raises `PublishError` where there is no note of that day.
    """
    path = notes / note_path(day).removeprefix("notes/")
    if not _inside(notes, path):
        remedy = "先运行 stardraft run 写出这一天的笔记，或用 --date 指定另一天。"
        raise stop(note_path(day), "no_note", f"没有 {short_day(day)} 的笔记。", remedy)
    body = path.read_bytes()
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        remedy = "用编辑器把它另存为 UTF-8，再发布。"
        raise stop(path.name, "not_utf8", "笔记文件不是 UTF-8。", remedy) from error
    if is_unmerged(text):
        remedy = "在笔记里留下要的一边，删掉 <<<<<<<、=======、>>>>>>> 那几行，再发布。"
        raise stop(path.name, "unmerged", "笔记里有没解决的合并冲突。", remedy)
    pictures: dict[str, bytes] = {}
    issues: list[Issue] = []
    local = (name for name in pictures_of(text) if not _ELSEWHERE.match(name))
    for name in list(dict.fromkeys(local))[:_MAX_PICTURES]:
        found = _picture(notes, path.parent, name)
        if isinstance(found, Issue):
            issues.append(found)
        else:
            pictures[found[0]] = found[1]
    return Material(day=day, note=body, pictures=pictures, issues=tuple(issues))


def is_unmerged(text: str) -> bool:
    """True where git left both sides of a conflict: its three marks, in their order."""
    marks = iter(("<<<<<<< ", "=======", ">>>>>>> "))
    wanted = next(marks)
    for line in text.splitlines():
        if line.startswith(wanted) and (wanted != "=======" or line == wanted):
            wanted = next(marks, "")
            if not wanted:
                return True
    return False


def _picture(notes: Path, folder: Path, name: str) -> tuple[str, bytes] | Issue:
    """A picture's path in the repository and its bytes."""
    try:
        path = folder / unquote(name.partition("?")[0])
        known = path.suffix.lower() in _PICTURES and not _DISK.match(name)
        if not known or not _inside(notes, path):
            return issue(
                name, "picture", "图片不在笔记目录里，没有发布。", "补上图片，或改用网址。"
            )
        if path.stat().st_size > _MAX_PICTURE:
            return issue(name, "picture_large", "图片超过 20 MB，没有发布。", "换一张小的。")
        inside = path.resolve().relative_to(notes.resolve())
        return str(PurePosixPath("notes", *inside.parts)), path.read_bytes()
    except (OSError, ValueError):
        return issue(name, "picture", "图片读不了，没有发布。", "检查这个文件。")


def _inside(root: Path, path: Path) -> bool:
    """A file below the folder, no part of a repository's own `.git`."""
    resolved, top = path.resolve(), root.resolve()
    if not resolved.is_relative_to(top) or not resolved.is_file():
        return False
    return not any(part.startswith(".") for part in resolved.relative_to(top).parts)


def owned(path: str, body: bytes) -> bytes:
    """The part of a file that is ours to write: of a README all but the reader's head.

    What an editor makes of its line ends is no edit of it.
    """
    if path != README:
        return body
    ours = split_readme(body.decode("utf-8", "replace"))[1]
    return ours.replace("\r\n", "\n").encode()


def diff(old: Mapping[str, bytes | None], new: Mapping[str, bytes]) -> str:
    """The unified diff of texts, one line for each binary file; long ones are cut."""
    lines: list[str] = []
    for path in sorted(new):
        before = old.get(path)
        if before != new[path]:
            lines.extend(_diff(path, before, new[path]))
    if len(lines) > _MAX_DIFF_LINES:
        lines = [*lines[:_MAX_DIFF_LINES], f"…（还有 {len(lines) - _MAX_DIFF_LINES} 行）"]
    return "\n".join(lines)


def _diff(path: str, before: bytes | None, after: bytes) -> Iterable[str]:
    source, goal = ("/dev/null" if before is None else f"a/{path}"), f"b/{path}"
    if path.endswith(".md"):
        old, new = _lines(before or b""), _lines(after)
        made = difflib.unified_diff(old, new, source, goal, lineterm="")
        return (_plain(line) for lines in made for line in lines.split("\n"))
    return [f"--- {source}", f"+++ {goal}", f"（图片，{len(after)} 字节）"]


def _lines(body: bytes) -> list[str]:
    """The lines as git tells them apart: what stands at their ends differs too."""
    *lines, last = body.decode("utf-8", "replace").split("\n")
    lines += [f"{last}\n\\ No newline at end of file"] if last else []
    return [f"{line[:-1]}␍" if line.endswith("\r") else line for line in lines]


def _plain(line: str) -> str:
    """Nothing a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in line)


def issue(
    subject: str, code: str, sentence: str, remedy: str = "", *, temporary: bool = False
) -> Issue:
    """One thing that hinders a publication."""
    return Issue(
        subject=_plain(subject),
        code=f"publish.{code}",
        sentence=sentence,
        remedy=remedy,
        temporary=temporary,
    )


def stop(
    subject: str, code: str, sentence: str, remedy: str = "", *, temporary: bool = False
) -> PublishError:
    """The end of a publication, with its remedy."""
    return PublishError(issue(subject, code, sentence, remedy, temporary=temporary))
