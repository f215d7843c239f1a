"""Finding a paper's code through the page that Hugging Face keeps of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pipeline.enrich.code_search import Findings, LaterError, RepoVerifier
from pipeline.enrich.code_verify import best, confidence
from pipeline.enrich.github_facts import full_name
from pipeline.enrich.plain import line
from pipeline.enrich.service import Service, ServiceConfig
from pipeline.identifiers import identify
from pipeline.ports import Clock, Limiter, Lookup, Memory
from pipeline.types import CodeClue, Paper

_SAID = "hf"
"""The kind under which its answers are kept until they are verified."""


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
        self._clock, self._memory = clock, memory
        self._service = Service(self.name, config, limiter, clock)
        self._gave_up: str | None = None

    def find(self, papers: Sequence[Paper]) -> Lookup[CodeClue]:
        """The repository that surely is each paper's own, papers on arXiv only."""
        work, told, before = Findings(), self._gave_up is not None, self._sent()
        for paper in papers:
            try:
                clue = self._clue(paper)
            except LaterError as later:
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

        if self._gave_up is None and self._service.sent >= self._config.most:
            self._gave_up = ""
        if self._gave_up is not None:
            raise LaterError(self._gave_up)
        told = self._service.get(f"/api/papers/{paper.id.removeprefix('arxiv:')}", {})
        if told.heard is Heard.MISSING:
            return {}
        if told.heard is not Heard.FOUND:
            self._gave_up = told.words
            raise LaterError(told.words)
        answer: dict[str, Any] = told.data
        return answer

    def _sent(self) -> int:
        return self._service.sent + self._verifier.sent
