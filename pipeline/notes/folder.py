"""The folder of notes: one file a day, written atomically, never outside the folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from pipeline.errors import Issue, NoteError
from pipeline.notes.archive import archive_items
from pipeline.notes.edit import loose_prose
from pipeline.notes.layout import NoteLayout
from pipeline.notes.merge import conflicts_in, merge_notes
from pipeline.notes.parse import parse_note
from pipeline.notes.proof import check_template
from pipeline.notes.render import like, render_note
from pipeline.types import ArchiveItem, Note, NoteItem

_MAX_BYTES = 20_000_000


class FolderNotebook:
    """`ports.Notebook` on a folder; a custom template is tried out when it is given."""

    def __init__(self, folder: Path, layout: NoteLayout | None = None) -> None:
        self._folder = folder
        self._layout = layout or NoteLayout()
        if self._layout.template or self._layout.labels:
            check_template(self._layout)

    def render(self, note: Note) -> str:
        """The note as Markdown; what was read from a file and not changed stays verbatim."""
        return render_note(note, self._layout)

    def parse(self, text: str, day: date | None = None) -> Note:
        """The note in `text`; `NoteError` where neither the heading nor `day` gives a date."""
        return parse_note(text, day, self._layout)

    def merge(self, base: str | None, current: str | None, new: Note) -> str:
        """Three ways: the reader's edits in `current` stay, today's draft fills in the rest.

        `base` is our own last rendering (not what a merge made of it); where `current` still
        equals it, is None or blank (truncated), the answer is simply today's rendering.
        """
        if current is None or current == base or not current.strip():
            return self.render(new)
        old = parse_note(base, new.day, self._layout) if base is not None else None
        fresh = parse_note(self.render(new), new.day, self._layout)
        merged = merge_notes(old, parse_note(current, new.day, self._layout), fresh)
        return like(current, self.render(merged))

    def path(self, day: date) -> str:
        """`YYYYMM/MMDD.md`, relative to the folder."""
        return f"{day:%Y%m}/{day:%m%d}.md"

    def read(self, day: date) -> str | None:
        """The day's file, line ends untouched; None where there is none."""
        path = self._inside(day)
        try:
            if path.stat().st_size > _MAX_BYTES:
                raise _error(path, "notes.too_large", "笔记文件大得不像笔记。", "检查这个文件。")
            return path.read_bytes().decode("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except UnicodeDecodeError as error:
            remedy = "用编辑器把它另存为 UTF-8，再运行一次。"
            raise _error(path, "notes.not_utf8", "笔记文件不是 UTF-8。", remedy) from error
        except OSError as error:
            raise _error(path, "notes.unreadable", f"笔记读不了：{error.strerror}。") from error

    def write(self, day: date, text: str) -> str:
        """Write the day's file: beside it, synced, renamed over it. The path written."""
        path = self._inside(day)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with _prepared(path, text.encode("utf-8")) as put:
                put()
        except OSError as error:
            raise _unwritable(path, error) from error
        return str(path)

    def swap(self, day: date, old: str | None, new: str) -> bool:
        """Write the day's file where it still holds `old` (None: is not there).

        An editor that writes between the last look and the rename, some microseconds, loses;
        programs that take the notes' lock never do.
        """
        path = self._inside(day)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with _prepared(path, new.encode("utf-8")) as put:
                if self.read(day) != old:
                    return False
                put()
        except OSError as error:
            raise _unwritable(path, error) from error
        return True

    def days(self) -> Sequence[date]:
        """Every day that has a note file, oldest first."""
        found = (_day_of_path(path) for path in self._folder.glob("??????/????.md"))
        return sorted(day for day in found if day)

    def past(self, text: str, day: date) -> Sequence[ArchiveItem]:
        """The note's items as part of the archive."""
        return tuple(archive_items(self.parse(text, day)))

    def conflicts(self, lines: Iterable[str]) -> Sequence[tuple[str, str]]:
        """What reruns left undecided in these lines: what it is about, the draft's version."""
        return conflicts_in(lines)

    def loose(self, item: NoteItem) -> int:
        """Where in `item.raw` prose begins that stands below the item without belonging to it."""
        return loose_prose(item.raw)

    def _inside(self, day: date) -> Path:
        """The day's path; a link that leads out of the folder is refused."""
        path = self._folder / self.path(day)
        if not path.resolve().is_relative_to(self._folder.resolve()):
            remedy = "去掉这个链接，或把笔记目录设成它指向的地方。"
            raise _error(path, "notes.outside", "笔记的路径指到了笔记目录之外。", remedy)
        return path


@contextmanager
def _prepared(path: Path, body: bytes) -> Iterator[Callable[[], None]]:
    """`body` written and synced beside the file; what is yielded puts it in its place at once."""
    _sweep(path)
    mark = f"{os.getpid()}-{threading.get_ident()}"
    temporary = path.with_name(f".{path.name}.{mark}.tmp")
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        yield lambda: _put(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _put(temporary: Path, path: Path) -> None:
    temporary.replace(path)
    _sync_folder(path.parent)


def _day_of_path(path: Path) -> date | None:
    try:
        return date(int(path.parent.name[:4]), int(path.parent.name[4:]), int(path.stem[2:]))
    except ValueError:
        return None


def _sweep(path: Path) -> None:
    """Remove what killed writers of this file left behind: it would dirty the reader's git.

    Who writes holds the notes' lock, so none of it is a living writer's; its process id could not
    tell, for it counts in the writer's container only.
    """
    for left in path.parent.glob(f".{path.name}.*.tmp"):
        left.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, error: OSError) -> NoteError:
    remedy = "检查目录的权限和剩余空间，再运行一次；原来的文件没有动。"
    return _error(path, "notes.unwritable", f"笔记写不了：{error.strerror}。", remedy)


def _error(path: Path, code: str, sentence: str, remedy: str = "") -> NoteError:
    return NoteError(Issue(subject=path.name, code=code, sentence=sentence, remedy=remedy))
