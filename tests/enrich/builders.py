"""Short ways to make articles, links, papers and repositories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.enrich import PaperEnricher
from pipeline.types import Article, Candidate, Link, PageState, Paper, Repo, RepoState

MORNING = datetime(2022, 5, 5, 0, 0, tzinfo=UTC)


def paper_link(link_id: str, title: str | None = None, **more: Any) -> Link:
    given = {"kind": "paper", "role": "main", "url": f"https://example.org/{link_id}"} | more
    return Link(id=link_id, title=title, **given)


def code_link(link_id: str, **more: Any) -> Link:
    return Link(
        **({"id": link_id, "url": f"https://{link_id}", "kind": "code", "role": "main"} | more)
    )


def article(name: str, *links: Link, title: str = "", hour: float = 0, **more: Any) -> Article:
    return Article(
        id=name,
        identity=f"https://example.org/{name}",
        url=f"https://example.org/{name}",
        state=PageState.OK,
        title=title or f"Article {name}",
        published=MORNING + timedelta(hours=hour),
        links=links,
        **({"text": f"This is the text of {name}. " * 40} | more),
    )


def paper(arxiv_id: str, title: str = "A Paper About Something", **more: Any) -> Paper:
    url = f"https://arxiv.org/abs/{arxiv_id}"
    return Paper(
        **({"id": f"arxiv:{arxiv_id}", "title": title, "url": url, "abstract": "We do."} | more)
    )


def repo(name: str, state: RepoState = RepoState.OK, **more: Any) -> Repo:
    given = {"full_name": name, "url": f"https://github.com/{name}", "language": "Python"} | more
    return Repo(id=f"github.com/{name}".lower(), state=state, **given)


def candidate(
    of: Article, papers: tuple[Paper, ...] = (), repos: tuple[Repo, ...] = (), **more: Any
) -> Candidate:
    return Candidate(article=of, papers=papers, repos=repos, **more)


def assembled(
    of: Article,
    *known: Paper | Repo,
    titles: dict[str, Paper] | None = None,
    missing: tuple[str, ...] = (),
    deferred: tuple[str, ...] = (),
) -> Candidate:
    papers = {k.id: k for k in known if isinstance(k, Paper)} | (titles or {})
    repos = {k.id: k for k in known if isinstance(k, Repo)}
    return PaperEnricher().assemble(of, papers, repos, missing, deferred)
