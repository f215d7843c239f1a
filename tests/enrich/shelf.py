"""A world for replay servers that tests fill as they like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from demo.world import Answer, PaperFacts, RepoFacts, WorkFacts


@dataclass
class Shelf:
    """Papers, repositories (also under old names), works beyond arXiv, pages that name code."""

    of_papers: dict[str, PaperFacts] = field(default_factory=dict)
    of_repos: dict[str, RepoFacts] = field(default_factory=dict)
    of_works: list[WorkFacts] = field(default_factory=list)
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    faults: list[Answer] = field(default_factory=list)

    def add(self, *facts: PaperFacts | RepoFacts | WorkFacts) -> None:
        for each in facts:
            if isinstance(each, PaperFacts):
                self.of_papers[each.id] = each
            elif isinstance(each, RepoFacts):
                self.of_repos[each.full_name.lower()] = each
            else:
                self.of_works.append(each)

    def web(self, url: str, headers: Mapping[str, str]) -> Answer | None:
        return None

    def paper(self, arxiv_id: str) -> PaperFacts | None:
        return self.of_papers.get(arxiv_id)

    def papers(self) -> Iterable[PaperFacts]:
        return self.of_papers.values()

    def repo(self, full_name: str) -> RepoFacts | None:
        return self.of_repos.get(full_name.lower())

    def repos(self) -> Iterable[RepoFacts]:
        return {r.full_name: r for r in self.of_repos.values()}.values()

    def works(self) -> Iterable[WorkFacts]:
        return self.of_works

    def code_of(self, arxiv_id: str) -> tuple[str, str] | None:
        return self.pages.get(arxiv_id)

    def arxiv_faults(self) -> Iterable[Answer]:
        while self.faults:
            yield self.faults.pop(0)
