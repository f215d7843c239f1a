"""Where else papers and code are looked up, as the settings name it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipeline.types import ServiceLimit

if TYPE_CHECKING:
    from pipeline.enrich import GithubIndex, Meter
    from pipeline.ports import Catalogue, Clock, CodeFinder, Store
    from pipeline.settings.sections import LookupSettings

_SERVICES = ("arxiv", "crossref", "github", "github-search", "huggingface", "openreview")
"""Names of the limiter's rows; GraphQL shares that of `github`."""


def catalogues(
    settings: LookupSettings, store: Store, clock: Clock, meter: Meter | None = None
) -> tuple[Catalogue, ...]:
    """Crossref and OpenReview, those that have an address."""
    from pipeline.enrich import CatalogueIndex, Crossref, OpenReview, ServiceConfig

    named = ((settings.crossref, Crossref()), (settings.openreview, OpenReview()))
    return tuple(
        CatalogueIndex(
            dialect,
            ServiceConfig(api_url=url, timeout=settings.timeout, **ears(meter)),
            store,
            clock,
        )
        for url, dialect in named
        if url
    )


def finders(
    settings: LookupSettings,
    repos: GithubIndex,
    store: Store,
    clock: Clock,
    meter: Meter | None = None,
) -> tuple[CodeFinder, ...]:
    """Hugging Face before GitHub's search; both verify through the same way to GitHub."""
    from pipeline.enrich import GithubSearch, HuggingFaceFinder, RepoVerifier, ServiceConfig

    verifier = RepoVerifier(repos.door)
    found: list[CodeFinder] = []
    if settings.hugging_face:
        config = ServiceConfig(
            api_url=settings.hugging_face,
            interval=0.2,
            timeout=settings.timeout,
            most=60,
            **ears(meter),
        )
        found.append(HuggingFaceFinder(config, verifier, store, clock, store))
    if settings.search_code:
        found.append(GithubSearch(verifier))
    return tuple(found)


def ears(meter: Meter | None) -> dict[str, Any]:
    """How a service's configuration names what a meter listens to; nothing without a meter."""
    return {"heard": meter.heard, "weighed": meter.weighed} if meter else {}


def limits_left(meter: Meter, store: Store, clock: Clock, usual: float) -> tuple[ServiceLimit, ...]:
    """What services said of their limits, and which of them asked to be left alone.

    A slot up to `usual` seconds ahead is the pace of our own questions and no pause.
    """
    now = clock.now()
    found = {limit.service: limit for limit in meter.said()}
    for name in _SERVICES:
        if (wait := store.reserve(name, 0.0, now)) > usual:
            until = (now + timedelta(seconds=wait)).replace(microsecond=0)
            found[name] = replace(found.get(name, ServiceLimit(service=name)), paused_until=until)
    return tuple(found[name] for name in sorted(found))
