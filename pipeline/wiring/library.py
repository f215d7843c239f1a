"""The reader's own library, from the files that the settings name into the profile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.settings import Workspace

if TYPE_CHECKING:
    from pipeline.errors import Issue
    from pipeline.ports import Store
    from pipeline.score.seeds import Library
    from pipeline.types import Seed

_AT_ONCE = 2000
"""Papers that one run asks arXiv for at most: eight requests, half a minute."""


def library_of(workspace: Workspace) -> Library:
    """What the files of `[seeds]` hold, read anew; empty where none is named."""
    from pipeline.score.seeds import Library, read_library

    wish = workspace.settings.seeds
    if not wish.files:
        return Library()
    return read_library(
        [workspace.root / Path(name).expanduser() for name in wish.files], wish.weight
    )


def seeds_of(workspace: Workspace, store: Store) -> tuple[Seed, ...]:
    """The seeds with a title, theirs or the one that arXiv gave; nobody is asked."""
    from pipeline.score.seeds import completed

    found = library_of(workspace)
    return completed(found.seeds, store.known_papers(found.unknown)) if found.seeds else ()


def unread(workspace: Workspace, store: Store) -> tuple[tuple[str, ...], tuple[Issue, ...]]:
    """The arXiv ids of seeds that want a title or an abstract and that nobody has asked for, and
    what is wrong with the files."""
    found = library_of(workspace)
    if not found.unknown:
        return (), found.issues
    known = store.known_papers(found.unknown)
    return tuple(i for i in found.unknown if i not in known)[:_AT_ONCE], found.issues
