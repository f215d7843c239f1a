"""The reader's former notes, from the folder that the settings name into the store."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipeline.errors import ConfigError, Issue
from pipeline.ports import Store
from pipeline.settings import Workspace
from pipeline.text import short_hash

_READ = "archive"


def import_past(workspace: Workspace, store: Store, now: datetime) -> int:
    """Read `store.archive` where its files changed since the last time; how many items came in.

    The folder of our own notes is left out: what nobody has looked through is no decision.
    Raises `ConfigError` where the folder is not there.
    """
    folder = past_folder(workspace)
    if folder is None:
        return 0
    mark, key = _mark(folder), str(folder)
    if store.recall(_READ, [key]).get(key, ("",))[0] == mark:
        return 0
    from pipeline.notes import read_archive

    items, _ = read_archive(str(folder))
    store.import_archive(items)
    store.remember(_READ, {key: mark}, now)
    return len(items)


def past_folder(workspace: Workspace) -> Path | None:
    """Where the settings say that former notes are; None where nothing is to be read.

    Raises `ConfigError` where the folder is not there.
    """
    wish = workspace.settings.store.archive
    folder = (workspace.root / Path(wish).expanduser()).resolve()
    if not wish or folder == workspace.notes.resolve():
        return None
    if not folder.is_dir():
        raise ConfigError(_not_there(folder))
    return folder


def _mark(folder: Path) -> str:
    """Changes with any note's name, size or time."""
    found = ((path, path.stat()) for path in sorted(folder.rglob("*.md")))
    return short_hash("\n".join(f"{p} {s.st_size} {s.st_mtime_ns}" for p, s in found))


def _not_there(folder: Path) -> Issue:
    return Issue(
        subject="store.archive",
        code="settings.archive_missing",
        sentence=f"以往笔记的文件夹不存在：{folder}。",
        remedy="请改正 settings.toml 里 [store] 的 archive，或者把它留空。",
    )
