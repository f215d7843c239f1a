"""What a publication needs of a place to publish to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from pipeline.ports import Outgoing
from pipeline.publish.revision import Revision

Step = Callable[[str], None]
"""Told the name of each step before it is done; tests end the process there."""


def no_step(name: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Where a revision ended: the commit's id, and whether it lies where others see it."""

    commit: str
    pushed: bool
    address: str = ""


class Target(Protocol):
    """A folder, a git repository or a repository at GitHub."""

    @property
    def name(self) -> str:
        """What the outbox calls it: stable and unique."""

    def open(self) -> None:
        """Look at the target as it is now; `PublishError` where it cannot be published to."""

    def days(self) -> Sequence[date]:
        """The days whose notes are there."""

    def read(self, path: str) -> bytes | None:
        """A file as it is published now, None where there is none."""

    def check(
        self, revision: Revision, memory: Sequence[Outgoing], *, overwrite: bool, dry: bool = False
    ) -> None:
        """`PublishError` with a diff where something of the reader's would be lost.

        `dry` changes nothing at all, not even what a killed run left behind.
        """

    def find(self, revision: Revision) -> str | None:
        """The commit in which the revision is already published and still stands."""

    def commit(self, revision: Revision) -> str:
        """Publish it in one commit, whose id is returned."""

    def push(self, commit: str) -> Sent:
        """Bring the commit where others see it, if that is wished; may be repeated."""


def owned_key(path: str) -> str:
    """Under what the outbox remembers the hash of the part of a file that is ours."""
    return f"{path}#ours"


def remembered(memory: Sequence[Outgoing]) -> Mapping[str, frozenset[str]]:
    """Every hash that we ever planned to write, by path: files of these are ours."""
    found: dict[str, set[str]] = {}
    for outgoing in memory:
        for path, value in outgoing.files:
            found.setdefault(path, set()).add(value)
    return {path: frozenset(values) for path, values in found.items()}
