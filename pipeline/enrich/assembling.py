"""One article's candidate, put together from what the indexes answered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from pipeline.enrich import wording
from pipeline.enrich.code_chain import offers
from pipeline.enrich.github_facts import full_name, lost
from pipeline.enrich.naming import claimed_title, own_title, shown_title, venue_in_name
from pipeline.enrich.titles import contradicts, same_paper, searchable
from pipeline.errors import Issue
from pipeline.identifiers import arxiv_id, paper_url
from pipeline.types import Article, CodeClue, Link, Paper, Repo, RepoState

_PROMISE = re.compile(
    r"code (?:is )?coming soon|(?:code|it) will be (?:released|available)|to be released"
    r"|coming soon|即将(?:开源|发布|公开)|代码待(?:发布|开源)",
    re.IGNORECASE,
)
LOST = (RepoState.GONE, RepoState.BLOCKED)
_LATEST = timedelta(days=400)
"""How long before its paper's year an article may appear: proceedings are dated late."""
_MAX_LINKS = 60
"""Main links per article that are followed; a list of hundreds is not about each of them."""


@dataclass(slots=True)
class Desk:
    """One article's answers while its candidate is put together."""

    article: Article
    known_papers: Mapping[str, Paper]
    known_repos: Mapping[str, Repo]
    missing: frozenset[str]
    deferred: frozenset[str]
    papers: list[Paper] = field(default_factory=list)
    repos: list[Repo] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def paper(self, link: Link) -> None:
        """A main paper: the index's facts, else the article's own words for it."""
        if link.id in self.known_papers:
            self._checked(self.known_papers[link.id], claimed_title(link))
        elif not link.id.startswith("arxiv:"):
            self._paper_elsewhere(link)
        elif link.id in self.missing:
            self._not_there(link)
        else:
            self.pending.append(link.id)
            self.papers.append(self._in_own_words(link, paper_url(link.id)))

    def _checked(self, paper: Paper, claimed: str | None) -> None:
        """The linked paper, or the one of the title the article gives where the two are at odds
        and that title is surely another paper's, one the article does not link as well."""
        if claimed is None or not disagrees(claimed, paper) or self._is_linked(claimed):
            self._found(paper)
            return
        meant = self._titled(claimed)
        self.issues.append(wording.title_mismatch(paper, claimed, meant))
        self._found(meant or paper)

    def _is_linked(self, title: str) -> bool:
        """True where the title belongs to another link of the article: in a list of papers a
        title is easily read together with the link above or below its own."""
        ids = {link.id for link in self.article.links}
        known = (self.known_papers[i] for i in ids if i in self.known_papers)
        meant = self.known_papers.get(title)
        return (meant is not None and meant.id in ids) or any(
            same_paper(title, p.title) for p in known
        )

    def _not_there(self, link: Link) -> None:
        valid = arxiv_id(link.id.removeprefix("arxiv:"))
        meant = self._titled(claimed_title(link) or "")
        why = wording.paper_missing if valid else wording.paper_id_malformed
        self.issues.append(why(link.id, meant))
        if meant:
            self._found(meant)
        elif valid:
            # The reader has the last look, and cannot look at a line that is not there.
            self.papers.append(self._in_own_words(link, paper_url(link.id)))
        elif title := own_title(link):
            self.papers.append(Paper(id=f"title:{title}", title=title, url=""))

    def _titled(self, title: str) -> Paper | None:
        """The paper that surely has this title; asked again later where the index was out."""
        if title in self.deferred:
            self.pending.append(title)
        found = self.known_papers.get(title)
        return None if found and self._too_late(found) else found

    def _too_late(self, paper: Paper) -> bool:
        """A paper that appeared long after the article is another one of the same title."""
        written, appeared = self.article.published, paper.published
        return bool(written and appeared and appeared > written + _LATEST)

    def _paper_elsewhere(self, link: Link) -> None:
        """Not on arXiv as far as the article knows; perhaps found there by its title."""
        title = own_title(link)
        if title and nameless(link) and (paper := self._titled(title)):
            self._found(paper)
            return
        if link.url or title:
            self.papers.append(self._in_own_words(link, link.url))

    def _in_own_words(self, link: Link, url: str) -> Paper:
        alone = len(main_links(self.article, "paper")) == 1
        title = shown_title(link, self.article, alone=alone)
        return Paper(id=link.id, title=title, url=url, venue=venue_in_name(link))

    def subject(self, title: str) -> None:
        """A paper the article names without a link; not found, it keeps its name at least."""
        if paper := self._titled(title):
            self._found(paper)
            return
        if searchable(title) and not any(same_paper(title, p.title) for p in self.papers):
            self.papers.append(Paper(id=f"title:{title}", title=title, url=""))

    def _found(self, paper: Paper) -> None:
        self.papers.append(paper)
        if paper.withdrawn:
            self.issues.append(wording.paper_withdrawn(paper))

    def repo(self, link: Link) -> None:
        """A main repository: GitHub's facts, else just its address."""
        name = full_name(link.id)
        if link.id in self.known_repos:
            self._repo(self.known_repos[link.id])
        elif name and link.id in self.missing:
            self._repo(lost(link.id, RepoState.GONE))
        else:
            if name:
                self.pending.append(link.id)
            self.repos.append(_unknown(link.id, link.url))

    def _repo(self, repo: Repo) -> None:
        self.repos.append(repo)
        self.issues.extend(_about(repo))

    def code_from_papers(self) -> None:
        """Where the article gives no code that is there: what the authors wrote on arXiv, with the evidence.

        A repository known to be gone is not offered.
        """
        for offer in offers(unique(self.papers)):
            repo = self.known_repos.get(offer.repo.id)
            if offer.repo.id in self.deferred:
                self.pending.append(offer.repo.id)
            gone = repo and repo.state in LOST
            if gone or offer.repo.id in self.missing:
                continue
            self._repo(repo or _unknown(offer.repo.id, offer.repo.url))
            self.issues.append(
                wording.repo_from_paper(offer.repo.id, offer.paper, offer.where, offer.evidence)
            )

    def code_from_clues(self, clues: Mapping[str, CodeClue]) -> None:
        """Where neither article nor authors give code: what was looked for and surely found."""
        if any(r.state not in LOST for r in self.repos):
            return
        for paper in unique(self.papers):
            if (clue := clues.get(paper.id)) and clue.repo.state not in LOST:
                self._repo(clue.repo)
                self.issues.append(wording.repo_found(clue, paper))


def disagrees(claimed: str, paper: Paper | None) -> bool:
    return paper is not None and contradicts(claimed, paper.title)


def main_links(article: Article, kind: str) -> list[Link]:
    """Main links of a kind, in the order of the article, each id once."""
    links = sorted(article.links, key=lambda link: link.position)
    chosen = {link.id: link for link in reversed(links) if _is_main(link, kind)}
    return list(reversed(chosen.values()))[:_MAX_LINKS]


def _is_main(link: Link, kind: str) -> bool:
    return link.role == "main" and link.kind == kind


def nameless(link: Link) -> bool:
    """True for papers whose id says nothing about them: a bare title or a file somewhere."""
    return link.id.startswith(("title:", "url:"))


def unique(papers: Iterable[Paper]) -> list[Paper]:
    """Each paper once; an index's facts before the article's words for the same id."""
    best: dict[str, Paper] = {}
    for paper in papers:
        if paper.id not in best or (not best[paper.id].abstract and paper.abstract):
            best[paper.id] = paper
    return list(best.values())


def _unknown(repo_id: str, url: str) -> Repo:
    return Repo(id=repo_id, full_name=_after_host(repo_id), url=url, state=RepoState.UNKNOWN)


def _after_host(repo_id: str) -> str:
    return repo_id.partition("/")[2] or repo_id


def _about(repo: Repo) -> list[Issue]:
    """What the reader should know of a repository before recommending it."""
    if repo.state is RepoState.GONE:
        return [wording.repo_gone(repo.id)]
    if repo.state is RepoState.BLOCKED:
        return [wording.repo_blocked(repo.id)]
    if repo.state is RepoState.EMPTY:
        return [wording.repo_empty(repo)]
    issues = []
    if repo.state is RepoState.RENAMED:
        issues.append(wording.repo_renamed(repo))
    if repo.state is RepoState.ARCHIVED:
        issues.append(wording.repo_archived(repo))
    if not repo.language and _PROMISE.search(repo.description):
        issues.append(wording.repo_coming_soon(repo))
    return issues
