"""The pure half of the room: what to look up for an article, and what to make of the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.enrich.assembling import LOST, Desk, disagrees, main_links, nameless, unique
from pipeline.enrich.code_chain import offers
from pipeline.enrich.folding import fold
from pipeline.enrich.github_facts import full_name
from pipeline.enrich.naming import claimed_title, own_title
from pipeline.enrich.titles import searchable
from pipeline.enrich.venue import venue_in_headline
from pipeline.ports import Wanted
from pipeline.text import squash
from pipeline.types import Article, Candidate, CodeClue, Paper, Repo

_INDEXED = ("arxiv:", "doi:", "openreview:")
_MAX_SUBJECTS = 12
_MOST_SOUGHT = 3
"""Papers of one article whose code is looked for; more make a round-up."""


class PaperEnricher:
    """Decides; see `pipeline.ports.Enricher`. Holds no state and asks nobody."""

    def wanted(self, article: Article) -> Wanted:
        """Ids of main papers an index knows and main repositories on GitHub; titles of the
        subjects without a link and of main papers known only by a title or a file somewhere."""
        papers, repos = main_links(article, "paper"), main_links(article, "code")
        titles = [t for link in papers if nameless(link) and (t := own_title(link))]
        titles += [squash(s) for s in article.subjects[:_MAX_SUBJECTS]]
        return Wanted(
            papers=tuple(p.id for p in papers if p.id.startswith(_INDEXED)),
            repos=tuple(r.id for r in repos if full_name(r.id)),
            titles=tuple(dict.fromkeys(t for t in titles if searchable(t))),
        )

    def wanted_next(
        self, article: Article, papers: Mapping[str, Paper], missing: Iterable[str] = ()
    ) -> Wanted:
        """What the first answers make worth asking, before `assemble`; empty for most articles.

        The title an article gives where its link leads to another paper or to none, and the
        repositories that the found papers name where the article gives no code.
        """
        unknown = frozenset(missing)
        doubted = [
            title
            for link in main_links(article, "paper")
            if (title := claimed_title(link))
            and (link.id in unknown or disagrees(title, papers.get(link.id)))
        ]
        return Wanted(
            titles=tuple(dict.fromkeys(t for t in doubted if searchable(t))),
            repos=self._named_by_papers(article, papers),
        )

    def _named_by_papers(self, article: Article, papers: Mapping[str, Paper]) -> tuple[str, ...]:
        if main_links(article, "code"):
            return ()
        wanted = self.wanted(article)
        found = [papers[key] for key in (*wanted.papers, *wanted.titles) if key in papers]
        return tuple(o.repo.id for o in offers(unique(found)) if full_name(o.repo.id))

    def assemble(
        self,
        article: Article,
        papers: Mapping[str, Paper],
        repos: Mapping[str, Repo],
        missing: Iterable[str],
        deferred: Iterable[str],
        clues: Mapping[str, CodeClue] | None = None,
    ) -> Candidate:
        """The candidate. What is pending stands in it with what the article says for now."""
        desk = Desk(article, papers, repos, frozenset(missing), frozenset(deferred))
        for link in main_links(article, "paper"):
            desk.paper(link)
        for subject in article.subjects[:_MAX_SUBJECTS]:
            desk.subject(squash(subject))
        for link in main_links(article, "code"):
            desk.repo(link)
        if all(r.state in LOST for r in desk.repos):
            desk.code_from_papers()
            desk.code_from_clues(clues or {})
        made = tuple(unique(desk.papers))
        return Candidate(
            article=article,
            papers=made,
            repos=tuple({r.id: r for r in desk.repos}.values()),
            pending=tuple(dict.fromkeys(desk.pending)),
            issues=tuple(dict.fromkeys((*article.issues, *desk.issues))),
            venue=_venue(article, made),
        )

    def without_code(self, candidate: Candidate) -> tuple[Paper, ...]:
        """The described papers of an article that has no repository left to show or to wait
        for; none of a round-up."""
        described = [p for p in candidate.papers if p.abstract or p.published]
        if len(candidate.papers) > _MOST_SOUGHT or any(full_name(i) for i in candidate.pending):
            return ()
        return () if any(r.state not in LOST for r in candidate.repos) else tuple(described)

    def fold(
        self, candidates: Sequence[Candidate], keep: Sequence[str] = ()
    ) -> tuple[Candidate, ...]:
        """Articles on the same paper become one candidate with the others in `covered_by`."""
        return fold(candidates, keep)


def _venue(article: Article, papers: Sequence[Paper]) -> str | None:
    """The paper's own word before the headline's; a round-up of several has none of its own."""
    own = {p.venue for p in papers if p.venue}
    if len(papers) == 1 and own:
        return next(iter(own))
    if len(papers) > 1:
        return own.pop() if len(own) == 1 else None
    return venue_in_headline(article.title)
