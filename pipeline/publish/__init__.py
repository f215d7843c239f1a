"""publish/: puts a finished note where others read it, once per revision.

In: the day's note as its file has it, the pictures beside it, the outbox, a target.
Out: a commit (or files in a folder, or a pull request) with note, README.md and pictures; or
exports of the note as text. Stops with a diff and a remedy before anything could be lost.
Touches: the target's own files for this note, git as a subprocess, the GitHub API.
"""

from __future__ import annotations

from pipeline.publish.exports import EXPORTS, FEED_EXPORTS, Source, export
from pipeline.publish.folder import FolderTarget
from pipeline.publish.githubrepo import GithubTarget
from pipeline.publish.gitrepo import GitTarget
from pipeline.publish.publisher import Publisher, PublishPlan
from pipeline.publish.readme import ReadmeWords
from pipeline.publish.revision import gather

__all__ = [
    "EXPORTS",
    "FEED_EXPORTS",
    "FolderTarget",
    "GitTarget",
    "GithubTarget",
    "PublishPlan",
    "Publisher",
    "ReadmeWords",
    "Source",
    "export",
    "gather",
]
