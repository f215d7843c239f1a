"""Finding a paper's code: what Hugging Face names, and what GitHub's search brings, both verified."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from pipeline.enrich import wording
from pipeline.enrich.catalogue import ServiceConfig
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
from pipeline.enrich.plain import inside, line
from pipeline.enrich.titles import searchable, words
from pipeline.identifiers import identify
from pipeline.ports import Clock, Limiter, Lookup, Memory
from pipeline.types import CodeClue, Paper

if TYPE_CHECKING:
    from pipeline.enrich.github_session import Said
    from pipeline.enrich.json_session import JsonDesk

_HITS = 8
_READMES = 4
"""READMEs read per paper."""
_MAX_README = 400_000
_SAID = "hf"
"""The kind under which Hugging Face's answers are kept until they are verified."""


class _LaterError(Exception):
    """A question that cannot be asked now; the text says why, and is empty where that is only
    the allowance: nothing went wrong, and the next run goes on."""


@dataclass(slots=True)
class _Work:
    found: dict[str, CodeClue] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    deferred: list[str] = field(default_factory=list)
    why: str = ""

    def lookup(self, name: str, shown: str, requests: int, *, told: bool) -> Lookup[CodeClue]:
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
                raise _LaterError(f"没有正常回答（{said.words or '无法识别'}）")
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
            raise _LaterError("")
        self._spent += 1
        said = self._door.ask(methodcaller(question, *given), service)
        if said is None:
            raise _LaterError("")
        if said.outcome.name == "LIMITED":
            self._door.limited(said, service)
            raise _LaterError("")
        if said.outcome.name in ("REFUSED", "FAILING", "DOWN", "GARBAGE"):
            raise _LaterError(f"没有正常回答（{said.words}）")
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
        work, told, before = _Work(), self._gave_up is not None, self._verifier.sent
        for paper in papers:
            try:
                if self._gave_up is not None:
                    raise _LaterError(self._gave_up)
                ties = [self._verifier.judged(s, paper) for s in self._verifier.searched(paper)]
            except _LaterError as later:
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


class HuggingFaceFinder:
    """`ports.CodeFinder`: the repository a paper's page at Hugging Face names, verified.

    Anybody may have entered it there, and a program matches what nobody entered
    (`githubRepoAddedBy`): so it must pass what a search hit must, with one point of advance
    where a person entered it. What the service said is kept in `memory` until it is verified.
    """

    name = "huggingface"

    def __init__(
        self,
        config: ServiceConfig,
        verifier: RepoVerifier,
        limiter: Limiter,
        clock: Clock,
        memory: Memory | None = None,
    ) -> None:
        self._config, self._verifier = config, verifier
        self._limiter, self._clock, self._memory = limiter, clock, memory
        self._open_desk: JsonDesk | None = None
        self._gave_up: str | None = None

    def find(self, papers: Sequence[Paper]) -> Lookup[CodeClue]:
        """The repository that surely is each paper's own, papers on arXiv only."""
        work, told, before = _Work(), self._gave_up is not None, self._sent()
        for paper in papers:
            try:
                clue = self._clue(paper)
            except _LaterError as later:
                work.why = work.why or str(later)
                work.deferred.append(paper.id)
                continue
            if clue:
                work.found[paper.id] = clue
            else:
                work.missing.append(paper.id)
        return work.lookup(self.name, "Hugging Face", self._sent() - before, told=told)

    def _clue(self, paper: Paper) -> CodeClue | None:
        if not paper.id.startswith("arxiv:"):
            return None
        said = self._said(paper)
        repo = identify(said["repo"]) if said["repo"] else None
        name = full_name(repo.id) if repo else None
        if name is None:
            return None
        found = self._verifier.named(name, paper)
        points = found[1].points + (said["by"] == "user") if found else 0
        chosen = best([(found[0], replace(found[1], points=points))]) if found else None
        if chosen is None:
            return None
        by = "作者或读者登记" if said["by"] == "user" else "自动登记"
        return CodeClue(
            paper_id=paper.id,
            repo=chosen[0].repo,
            source="Hugging Face",
            confidence=confidence(points),
            evidence=f"{by}，{chosen[1].evidence}",
        )

    def _said(self, paper: Paper) -> dict[str, str]:
        """`repo` and `by` as the service says them, perhaps on an earlier day this week."""
        if self._memory and (kept := self._memory.recall(_SAID, [paper.id]).get(paper.id)):
            text, at = kept
            if (self._clock.now() - at).days < 1:
                told: dict[str, str] = json.loads(text)
                return told
        answer = self._asked(paper)
        made = {
            "repo": line(answer.get("githubRepo"), 300),
            "by": line(answer.get("githubRepoAddedBy"), 20),
        }
        if self._memory:
            self._memory.remember(_SAID, {paper.id: json.dumps(made)}, self._clock.now())
        return made

    def _asked(self, paper: Paper) -> dict[str, Any]:
        from pipeline.enrich.json_session import Heard

        if self._gave_up is None and self._own_sent() >= self._config.most:
            self._gave_up = ""
        if self._gave_up is not None:
            raise _LaterError(self._gave_up)
        told = self._desk().get(f"/api/papers/{paper.id.removeprefix('arxiv:')}", {})
        if told.heard is Heard.MISSING:
            return {}
        if told.heard is not Heard.FOUND:
            self._gave_up = told.words
            raise _LaterError(told.words)
        answer: dict[str, Any] = told.data
        return answer

    def _desk(self) -> JsonDesk:
        if self._open_desk is None:
            from pipeline.enrich.json_session import JsonDesk

            c = self._config
            self._open_desk = JsonDesk(
                self.name,
                c.api_url,
                self._limiter,
                self._clock,
                interval=c.interval,
                timeout=c.timeout,
                patience=c.patience,
            )
        return self._open_desk

    def _own_sent(self) -> int:
        return self._open_desk.sent if self._open_desk else 0

    def _sent(self) -> int:
        return self._own_sent() + self._verifier.sent
