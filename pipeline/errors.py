"""What can go wrong, said once.

    StardraftError              a failure that ends a command; carries an `Issue`
    ├── UsageError              the command was called wrongly                     exit 2
    ├── ConfigError             settings, interests, feeds or template are wrong   exit 2
    ├── CredentialError         a token or login is missing or refused             exit 4
    ├── StoreError              the state cannot be read or written                exit 1
    │   ├── RunLockedError      another run holds the store                        exit 1
    │   └── RunLostError        another run has taken the store over               exit 1
    ├── ModelError              the embedding model is missing or damaged          exit 1
    └── NoteError               a note file cannot be read, merged or written      exit 1

Everything expected that concerns one item (a feed that hangs, a page that is gone, a paper
nobody knows) is not raised but collected as an `Issue` and shown in the run report.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar


class Exit(IntEnum):
    """Exit codes of the `stardraft` command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTLY = 3
    CREDENTIAL = 4
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One expected failure, in words a reader understands.

    `subject` is the feed, URL or id it concerns; `code` is stable and machine readable
    (`fetch.timeout`); `sentence` says what happened and `remedy` what to do, both in Chinese
    where the reader sees them; `temporary` says that a later run will try again by itself.
    """

    subject: str
    code: str
    sentence: str
    remedy: str = ""
    temporary: bool = False


class StardraftError(Exception):
    """A failure that ends the command; `issues` says why, all of it at once."""

    exit_code: ClassVar[Exit] = Exit.FAILED

    def __init__(self, *issues: Issue) -> None:
        super().__init__("; ".join(f"{i.subject}: {i.sentence}" for i in issues))
        self.issues = issues


class UsageError(StardraftError):
    """The command was called wrongly."""

    exit_code = Exit.USAGE


class ConfigError(StardraftError):
    """The workspace's settings, interests, feeds or template are wrong."""

    exit_code = Exit.USAGE


class CredentialError(StardraftError):
    """A token or login is missing or was refused."""

    exit_code = Exit.CREDENTIAL


class StoreError(StardraftError):
    """The state cannot be read or written."""


class RunLockedError(StoreError):
    """Another run holds the store.

    `certain` is False where it is not known to live, and who goes on looking will find out.
    """

    def __init__(self, *issues: Issue, certain: bool = True) -> None:
        super().__init__(*issues)
        self.certain = certain


class RunLostError(StoreError):
    """Another run has taken the store over, which this one held: it must not write any more."""


class ModelError(StardraftError):
    """The embedding model is missing or damaged."""


class NoteError(StardraftError):
    """A note file cannot be read, merged or written."""
