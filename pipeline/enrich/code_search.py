"""Finding a paper's code on GitHub: what its search brings, and the check that every find must pass."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from pipeline.enrich import wording
from pipeline.enrich.code_verify import (
    Shelf,
    Tie,
    best,
    confidence,
    search_hits,
    shelf_of,
    tie,
)
from pipeline.enrich.github_door import SEARCH, GithubDoor
from pipeline.enrich.github_facts import full_name
from pipeline.enrich.plain import inside
from pipeline.enrich.titles import searchable, words
from pipeline.ports import Lookup
from pipeline.types import CodeClue, Paper

if TYPE_CHECKING:
    from pipeline.enrich.github_session import Said

_HITS = 8
_READMES = 4
"""READMEs read per paper."""
_MAX_README = 400_000


class LaterError(Exception):
    """A question that cannot be asked now; the text says why, and is empty where that is only
    the allowance: nothing went wrong, and the next run goes on."""


@dataclass(slots=True)
class Findings:
    """What one finder made of some papers; `why` it gave up, where it did."""

    found: dict[str, CodeClue] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    deferred: list[str] = field(default_factory=list)
    why: str = ""

    def lookup(self, name: str, shown: str, requests: int, *, told: bool) -> Lookup[CodeClue]:
        """As the stage wants it; `told` says that the reader has heard why already."""
        issue = wording.unavailable(name, shown, self.why)
        return Lookup(
            found=self.found,
            missing=tuple(self.missing),
            deferred=tuple(self.deferred),
            issues=(issue,) if self.why and not told else (),
            requests=requests,
        )


class RepoVerifier:
    """Reads repositories and their READMEs through GitHub's REST API, within its limits.

    `most` are requests in all, for one object serves one run; without a token far fewer than the hourly 60, so that the
    repositories that articles name come first.
    """

    def __init__(self, door: GithubDoor, *, most: int | None = None) -> None:
        self._door = door
        self._most = most
        self._spent = 0

    @property
    def sent(self) -> int:
        """Requests sent through the shared door, by anybody."""
        return self._door.sent

    def named(self, name: str, paper: Paper) -> tuple[Shelf, Tie] | None:
        """The repository of that name, or the one it is a fork of, where it is the paper's own."""
        shelf = self._shelf(name, paper)
        if shelf and shelf.fork_of:
            shelf = self._shelf(shelf.fork_of, paper)
        return self.judged(shelf, paper) if shelf else None

    def judged(self, shelf: Shelf, paper: Paper) -> tuple[Shelf, Tie] | None:
        """With what ties it to the paper; None where it cannot be its own."""
        if shelf.odd:
            return None
        text = self._readme(shelf.repo.full_name)
        found = tie(paper, shelf.repo, text) if text else None
        return (shelf, found) if found else None

    def searched(self, paper: Paper) -> list[Shelf]:
        """What a search for the id, then for the title, brings, without what cannot be it."""
        for query in _queries(paper):
            said = self._ask("search", query, _HITS, service=SEARCH)
            hits = search_hits(said.data, _HITS) if said.outcome.name == "FOUND" else None
            if hits is None:
                raise LaterError(f"没有正常回答（{said.words or '无法识别'}）")
            able = [s for hit in hits if (s := shelf_of(hit, paper)) and not s.odd]
            if able:
                return able[:_READMES]
        return []

    def _shelf(self, name: str, paper: Paper) -> Shelf | None:
        if not full_name(f"github.com/{name}"):
            return None
        said = self._ask("repository", name)
        return shelf_of(said.data, paper) if said.outcome.name == "FOUND" else None

    def _readme(self, name: str) -> str:
        said = self._ask("readme", name)
        coded = inside(said.data, "content") if said.outcome.name == "FOUND" else None
        if not isinstance(coded, str):
            return ""
        try:
            raw = base64.b64decode(coded[:_MAX_README], validate=False)
        except (binascii.Error, ValueError):
            return ""
        return raw.decode("utf-8", "replace")

    def _ask(self, question: str, *given: Any, service: str = "github") -> Said:
        most = self._most if self._most is not None else (200 if self._door.token else 24)
        if self._spent >= most:
            raise LaterError("")
        self._spent += 1
        said = self._door.ask(methodcaller(question, *given), service)
        if said is None:
            raise LaterError("")
        if said.outcome.name == "LIMITED":
            self._door.limited(said, service)
            raise LaterError("")
        if said.outcome.name in ("REFUSED", "FAILING", "DOWN", "GARBAGE"):
            raise LaterError(f"没有正常回答（{said.words}）")
        if said.remaining is not None and said.remaining <= 2:
            # What is left of the allowance belongs to the repositories that articles name.
            self._door.limited(replace(said, wait=None), service)
        return said


def _queries(paper: Paper) -> list[str]:
    """The id, then the title, in quotes that it cannot end; at most 256 characters count."""
    asked = []
    if paper.id.startswith("arxiv:"):
        asked.append(f'"{paper.id.removeprefix("arxiv:")}" in:readme')
    if searchable(paper.title):
        asked.append(f'"{" ".join(words(paper.title))[:200]}" in:readme')
    return asked


class GithubSearch:
    """`ports.CodeFinder`: GitHub's own search, each hit verified by its README."""

    name = "github-search"

    def __init__(self, verifier: RepoVerifier) -> None:
        self._verifier = verifier
        self._gave_up: str | None = None

    def find(self, papers: Sequence[Paper]) -> Lookup[CodeClue]:
        """The repository that surely is each paper's own; abstains in doubt."""
        work, told, before = Findings(), self._gave_up is not None, self._verifier.sent
        for paper in papers:
            try:
                if self._gave_up is not None:
                    raise LaterError(self._gave_up)
                ties = [self._verifier.judged(s, paper) for s in self._verifier.searched(paper)]
            except LaterError as later:
                self._gave_up = work.why = str(later)
                work.deferred.append(paper.id)
                continue
            if chosen := best([t for t in ties if t]):
                shelf, found = chosen
                work.found[paper.id] = CodeClue(
                    paper_id=paper.id,
                    repo=shelf.repo,
                    source="GitHub",
                    confidence=confidence(found.points),
                    evidence=found.evidence,
                )
            else:
                work.missing.append(paper.id)
        sent = self._verifier.sent - before
        return work.lookup(self.name, "GitHub 搜索", sent, told=told)
