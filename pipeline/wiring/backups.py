"""Backups: the state and the notes in one archive, and back."""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from pipeline.errors import Issue, StardraftError, UsageError
from pipeline.settings import Workspace
from pipeline.wiring.clock import SystemClock
from pipeline.wiring.rooms import open_store

if TYPE_CHECKING:
    from pipeline.store.sql_store import SqlStore

_STATE, _NOTES, _CONFIG = "state.db", "notes", "config"


def back_up(workspace: Workspace, file: Path) -> Path:
    """Write state, notes and settings to a new `.tar.gz`; complete or not there at all.

    Others may go on working meanwhile. Raises `UsageError` where the file is there already.
    """
    from pipeline.store.copying import back_up as copy_store

    if file.exists():
        raise UsageError(_issue(file, "backup.exists", "这个文件已经有了。", "换一个名字。"))
    file.parent.mkdir(parents=True, exist_ok=True)
    store = cast("SqlStore", open_store(workspace))
    half = file.with_name(f".{file.name}.part")
    try:
        with TemporaryDirectory() as folder:
            state = Path(folder) / _STATE
            copy_store(store, state)
            with tarfile.open(half, "w:gz", compresslevel=6) as archive:
                archive.add(state, _STATE)
                for name, path in _files(workspace):
                    archive.add(path, name, recursive=False)
        half.chmod(0o600)
        with half.open("rb") as written:
            os.fsync(written.fileno())
        half.rename(file)
    finally:
        store.close()
        half.unlink(missing_ok=True)
    return file


def _files(workspace: Workspace) -> list[tuple[str, Path]]:
    """The notes with their pictures, and the files of the configuration; links are left out."""
    found = [
        (f"{_NOTES}/{path.relative_to(workspace.notes).as_posix()}", path)
        for path in sorted(workspace.notes.rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]
    for path in sorted([*workspace.config.glob("*"), *workspace.config.glob("templates/*")]):
        if path.is_file() and not path.is_symlink() and path.suffix in (".toml", ".opml", ".j2"):
            found.append((f"{_CONFIG}/{path.relative_to(workspace.config).as_posix()}", path))
    return found


def restore(workspace: Workspace, file: Path, *, force: bool) -> Path | None:
    """Put state and notes back as the backup has them; settings are left as they are.

    Raises an error before anything is changed where there is state or a differing note already
    and `force` is not given; with it, what was there is backed up first, and that file returned.
    """
    from pipeline.store.copying import restore as restore_store

    with TemporaryDirectory() as folder:
        there = Path(folder)
        _unpack(file, there)
        changed = _differing(there / _NOTES, workspace.notes)
        if changed and not force:
            raise UsageError(
                _issue(
                    changed[0],
                    "restore.would_overwrite",
                    f"{len(changed)} 篇笔记与备份里的不同，恢复会盖掉它们。",
                    "确定要换成备份的话加上 --force；原来的会先另存一份。",
                )
            )
        saved = _save_first(workspace) if force else None
        clock = SystemClock()
        store = cast("SqlStore", open_store(workspace))
        try:
            restore_store(there / _STATE, store, clock, force=force)
        finally:
            store.close()
        _put_back(there / _NOTES, workspace.notes)
    return saved


def _unpack(file: Path, folder: Path) -> None:
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(folder, filter="data")  # refuses paths that lead outside
    except (gzip.BadGzipFile, zlib.error, tarfile.TarError, EOFError) as error:
        words = "这不是 stardraft 的备份，或是没有存完整、存坏了。"
        raise StardraftError(
            _issue(file, "restore.unreadable", words, "换一个备份文件。")
        ) from error
    if not (folder / _STATE).is_file():
        raise StardraftError(
            _issue(file, "restore.no_backup", "这不是 stardraft 的备份。", "换一个备份文件。")
        )


def _differing(ours: Path, theirs: Path) -> list[Path]:
    pairs = ((p, theirs / p.relative_to(ours)) for p in sorted(ours.rglob("*")) if p.is_file())
    return [old for new, old in pairs if old.exists() and old.read_bytes() != new.read_bytes()]


def _save_first(workspace: Workspace) -> Path:
    from pipeline.wiring.upkeep import BACKUPS, backup_name

    name = backup_name(SystemClock().now())
    return back_up(workspace, workspace.state / BACKUPS / f"before-restore-{name}")


def _put_back(ours: Path, theirs: Path) -> None:
    for new in sorted(p for p in ours.rglob("*") if p.is_file()):
        old = theirs / new.relative_to(ours)
        old.parent.mkdir(parents=True, exist_ok=True)
        half = old.with_name(f".{old.name}.part")
        shutil.copyfile(new, half)
        half.replace(old)


def _issue(file: Path, code: str, sentence: str, remedy: str) -> Issue:
    return Issue(subject=str(file), code=code, sentence=sentence, remedy=remedy)
