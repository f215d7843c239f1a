"""Where else papers and code are looked up, as the settings name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.enrich import GithubIndex
    from pipeline.ports import Catalogue, Clock, CodeFinder, Store
    from pipeline.settings.sections import LookupSettings


def catalogues(settings: LookupSettings, store: Store, clock: Clock) -> tuple[Catalogue, ...]:
    """Crossref and OpenReview, those that have an address."""
    from pipeline.enrich import CatalogueIndex, Crossref, OpenReview, ServiceConfig

    named = ((settings.crossref, Crossref()), (settings.openreview, OpenReview()))
    return tuple(
        CatalogueIndex(dialect, ServiceConfig(api_url=url, timeout=settings.timeout), store, clock)
        for url, dialect in named
        if url
    )


def finders(
    settings: LookupSettings, repos: GithubIndex, store: Store, clock: Clock
) -> tuple[CodeFinder, ...]:
    """Hugging Face before GitHub's search; both verify through the same way to GitHub."""
    from pipeline.enrich import GithubSearch, HuggingFaceFinder, RepoVerifier, ServiceConfig

    verifier = RepoVerifier(repos.door)
    found: list[CodeFinder] = []
    if settings.hugging_face:
        config = ServiceConfig(
            api_url=settings.hugging_face, interval=0.2, timeout=settings.timeout, most=60
        )
        found.append(HuggingFaceFinder(config, verifier, store, clock, store))
    if settings.search_code:
        found.append(GithubSearch(verifier))
    return tuple(found)
