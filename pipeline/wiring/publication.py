"""Where finished notes go, and the other formats they can take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError, Issue
from pipeline.settings import Workspace
from pipeline.wiring.clock import SystemClock
from pipeline.wiring.rooms import notebook, open_store, token

if TYPE_CHECKING:
    from pipeline.publish import Publisher
    from pipeline.publish.target import Target


@contextmanager
def publishing(workspace: Workspace, clock: SystemClock) -> Iterator[Publisher]:
    """The publisher to the target of the settings; the store is closed when the block ends.

    Raises `ConfigError` where the settings name no target.
    """
    from pipeline.publish import Publisher, ReadmeWords

    heading = workspace.settings.notes.heading
    words = ReadmeWords(title=workspace.settings.publish.title or heading, heading=heading)
    target = _target(workspace)
    store = open_store(workspace)
    try:
        yield Publisher(target, store, clock, words)
    finally:
        store.close()


def _target(workspace: Workspace) -> Target:
    from pipeline.publish import FolderTarget, GithubTarget, GitTarget

    publish = workspace.settings.publish
    if not publish.target or not publish.repository:
        raise ConfigError(
            Issue(
                subject="settings.toml: publish",
                code="publish.no_target",
                sentence="设置里没有写发布到哪里。",
                remedy="在 [publish] 里写 target 和 repository，见自带的 settings.toml。",
            )
        )
    if publish.target == "github":
        return GithubTarget(
            publish.repository,
            token=token(),
            branch=publish.branch,
            pull_request=publish.pull_request,
            api_url=workspace.settings.github.api_url,
            timeout=workspace.settings.github.timeout,
        )
    root = (workspace.root / Path(publish.repository).expanduser()).resolve()
    if publish.target == "folder":
        return FolderTarget(root, workspace.notes)
    return GitTarget(root, workspace.notes, remote=publish.remote if publish.push else None)


def exported(workspace: Workspace, day: date, kind: str) -> str:
    """The day's note (for feeds: the newest 30 up to that day) in another format."""
    from pipeline.publish import FEED_EXPORTS, Source, export, gather
    from pipeline.publish.readme import day_of_path

    days = [day]
    if kind in FEED_EXPORTS:
        paths = (f"notes/{p.parent.name}/{p.name}" for p in workspace.notes.glob("*/*.md"))
        found = sorted(d for path in paths if (d := day_of_path(path)) and d <= day)
        days = found[-30:] or [day]
    book = notebook(workspace)
    sources = []
    for one in days:
        text = gather(workspace.notes, one).note.decode("utf-8")
        sources.append(Source(note=book.parse(text, one), text=text))
    publish = workspace.settings.publish
    title = publish.title or workspace.settings.notes.heading
    return export(kind, sources, title, publish.site)
