"""From GitHub's answers to a `Repo`.

REST: https://docs.github.com/rest/repos/repos#get-a-repository; GraphQL: the `Repository`
object of https://docs.github.com/graphql/reference/objects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.text import squash
from pipeline.types import Repo, RepoState

PREFIX = "github.com/"
_FULL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}")
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")

FRAGMENT = """fragment facts on Repository {
  nameWithOwner description stargazerCount isArchived isEmpty pushedAt
  primaryLanguage { name } licenseInfo { spdxId }
  repositoryTopics(first: 20) { nodes { topic { name } } }
  latestRelease { tagName }
}"""
"""What is asked of each repository by GraphQL."""


def full_name(repo_id: str) -> str | None:
    """`owner/name` of a `github.com/…` id; None for other hosts and what cannot be a name."""
    name = repo_id.removeprefix(PREFIX)
    return name if repo_id.startswith(PREFIX) and _FULL_NAME.fullmatch(name) else None


def lost(repo_id: str, state: RepoState) -> Repo:
    """A repository that is known only not to be there."""
    name = repo_id.removeprefix(PREFIX)
    return Repo(id=repo_id, full_name=name, url=f"https://{PREFIX}{name}", state=state)


def from_rest(repo_id: str, data: Any) -> Repo | None:
    """The answer of `GET /repos/owner/name`; None where it is none (an HTML page, say)."""
    if not isinstance(data, Mapping):
        return None
    # GitHub counts size in kB, rounded down: 0 alone is not proof, a language is.
    empty = data.get("size") == 0 and not data.get("language")
    return _repo(
        repo_id,
        name=data.get("full_name"),
        archived=data.get("archived"),
        empty=empty,
        description=data.get("description"),
        stargazers=data.get("stargazers_count"),
        language=data.get("language"),
        licence=_inside(data.get("license"), "spdx_id"),
        topics=data.get("topics"),
        pushed_at=data.get("pushed_at"),
    )


_KEPT = "full_name size language archived description stargazers_count topics pushed_at".split()


def kept_of_rest(data: Any) -> dict[str, Any] | None:
    """As much of a REST answer as `from_rest` reads, to be kept beside its ETag."""
    if not isinstance(data, Mapping):
        return None
    return {key: data.get(key) for key in _KEPT} | {
        "license": {"spdx_id": _inside(data.get("license"), "spdx_id")}
    }


def from_graphql(repo_id: str, data: Any) -> Repo | None:
    """One aliased `repository` of a GraphQL answer; None where it is none."""
    if not isinstance(data, Mapping):
        return None
    nodes = _inside(data.get("repositoryTopics"), "nodes")
    topics = [_inside(_inside(n, "topic"), "name") for n in _items(nodes)]
    return _repo(
        repo_id,
        name=data.get("nameWithOwner"),
        archived=data.get("isArchived"),
        empty=data.get("isEmpty"),
        description=data.get("description"),
        stargazers=data.get("stargazerCount"),
        language=_inside(data.get("primaryLanguage"), "name"),
        licence=_inside(data.get("licenseInfo"), "spdxId"),
        topics=topics,
        pushed_at=data.get("pushedAt"),
        release=_inside(data.get("latestRelease"), "tagName"),
    )


def _repo(
    repo_id: str,
    *,
    name: Any,
    archived: Any,
    empty: Any,
    description: Any,
    stargazers: Any,
    language: Any,
    licence: Any,
    topics: Any,
    pushed_at: Any,
    release: Any = None,
) -> Repo | None:
    if not isinstance(name, str) or not _FULL_NAME.fullmatch(name):
        return None
    renamed = name.lower() != repo_id.removeprefix(PREFIX).lower()
    return Repo(
        id=repo_id,
        full_name=name,
        url=f"https://{PREFIX}{name}",
        state=_state(renamed=renamed, archived=bool(archived), empty=bool(empty)),
        description=_line(description, 500) or "",
        stargazers=stargazers if _is_count(stargazers) else None,
        language=_line(language, 60),
        licence=None if licence == "NOASSERTION" else _line(licence, 60),
        topics=tuple(t for x in _items(topics) if (t := _line(x, 60))),
        pushed_at=_moment(pushed_at),
        release=_line(release, 100),
    )


def _state(*, renamed: bool, archived: bool, empty: bool) -> RepoState:
    """One state: what matters most to someone who would open it."""
    if empty:
        return RepoState.EMPTY
    if renamed:
        return RepoState.RENAMED
    return RepoState.ARCHIVED if archived else RepoState.OK


def _inside(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, Mapping) else None


def _items(data: Any) -> list[Any]:
    return data[:20] if isinstance(data, list) else []


def _is_count(data: Any) -> bool:
    return isinstance(data, int) and not isinstance(data, bool) and 0 <= data < 10**9


def _line(text: Any, longest: int) -> str | None:
    """One line of text; JSON can carry what no database stores (NUL, lone surrogates)."""
    return squash(_UNSTORABLE.sub("", text[:longest])) or None if isinstance(text, str) else None


def _moment(text: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
