"""Each room, furnished by the settings; heavy ones are loaded when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline import __version__
from pipeline.errors import ConfigError, Issue
from pipeline.settings import FEEDS, Workspace, shipped_config
from pipeline.stages import App
from pipeline.types import Feed
from pipeline.wiring.clock import SystemClock
from pipeline.wiring.library import seeds_of, unread
from pipeline.wiring.lookup import catalogues, ears, finders, limits_left
from pipeline.wiring.past import import_past

if TYPE_CHECKING:
    from pipeline.ports import (
        Drafter,
        Embedder,
        Eye,
        Fetcher,
        Notebook,
        Redraft,
        Scorer,
        Shelf,
        Store,
        Taste,
        Writer,
    )
    from pipeline.score.embed import Many, Told


def feeds_of(workspace: Workspace) -> tuple[tuple[Feed, ...], tuple[Issue, ...]]:
    """The followed feeds with the inbox and the folder of saved pages, and what is wrong.

    Raises `ConfigError` where the list is missing, unreadable or empty.
    """
    from pipeline.sources import read_opml

    if not workspace.feeds.is_file():
        raise ConfigError(_no_feeds(workspace, f"找不到 {FEEDS}。"))
    feeds, issues = read_opml(workspace.feeds)
    sources = workspace.settings.sources
    disk = (
        Feed(
            id="inbox", title="贴进来的网址", url=str(workspace.root / sources.inbox), kind="inbox"
        ),
        Feed(id="saved", title="保存的网页", url=str(workspace.root / sources.saved), kind="files"),
    )
    present = tuple(f for f in disk if Path(f.url).exists())
    if not feeds and not present:
        raise ConfigError(*issues, _no_feeds(workspace, "来源列表是空的，没有可看的来源。"))
    return (*feeds, *present), tuple(issues)


def _no_feeds(workspace: Workspace, sentence: str) -> Issue:
    return Issue(
        subject=str(workspace.feeds),
        code="feeds.none",
        sentence=sentence,
        remedy=f"照 {shipped_config() / FEEDS} 的样子写，或从阅读器导出 OPML 放在这里。",
    )


def open_store(workspace: Workspace) -> Store:
    """The workspace's state, made or migrated where needed."""
    from pipeline.store import open_store as opened

    return opened(workspace.store_url, zone=ZoneInfo(workspace.settings.reader.timezone))


def notebook(workspace: Workspace) -> Notebook:
    """The reader's folder of notes in the reader's format."""
    from pipeline.notes import FolderNotebook, NoteLayout

    notes = workspace.settings.notes
    layout = NoteLayout(
        heading=notes.heading,
        footer=notes.footer,
        footer_image=notes.footer_image,
        labels=tuple(notes.labels.items()),
        template=workspace.template,
    )
    return FolderNotebook(workspace.notes, layout)


def embedder(
    workspace: Workspace, store: Store, told: Told | None = None, many: Many | None = None
) -> Embedder:
    """The embedding model with its cache in the store; nothing is loaded before it is used.

    `told` hears how far it is, `many` computes in its place; as in `CachedEmbedder`.
    """
    from pipeline.score import CachedEmbedder, open_embedder
    from pipeline.score.sharing import Sharing

    model = open_embedder(workspace.settings.model.name, workspace.model_cache)
    sharing = Sharing(leases=store, clock=SystemClock())
    return CachedEmbedder(model, store, told, many, sharing)


def taste_of(workspace: Workspace, store: Store) -> Taste:
    """What is known of the reader; raises `ConfigError` for what is wrong with the interests."""
    from pipeline.ports import Taste
    from pipeline.score import load_interests

    interests, issues = load_interests(workspace.interests)
    if issues:
        raise ConfigError(*issues)
    return Taste(
        interests=interests,
        archive=(*store.archive(), *store.rated()),
        dropped=tuple(store.dropped()),
        seeds=seeds_of(workspace, store),
    )


def _scorer(
    workspace: Workspace, store: Store, day: date, told: Told | None, many: Many | None
) -> Scorer:
    from pipeline.score import RelevanceScorer

    taste = taste_of(workspace, store)
    return RelevanceScorer(embedder(workspace, store, told, many), taste, day, workspace.state)


def token() -> str | None:
    """The reader's GitHub token: environment, a file it names, or the gh command's login."""
    import os

    from pipeline.enrich import find_token

    return find_token(os.environ, Path.home())


def vector_size(workspace: Workspace) -> int:
    """Load the model, embed one word, and say how many numbers came back.

    Raises `ModelError` where the model is missing or damaged.
    """
    from pipeline.score import open_embedder

    model = open_embedder(workspace.settings.model.name, workspace.model_cache)
    return len(model.embed(["检查"])[0])


@contextmanager
def build(
    workspace: Workspace,
    clock: SystemClock,
    told: Told | None = None,
    many: Many | None = None,
) -> Iterator[App]:
    """All rooms furnished by the settings; the store is closed when the block ends.

    `told` and `many` as in `embedder`.
    """
    from pipeline.enrich import (
        ArxivConfig,
        ArxivIndex,
        GithubConfig,
        GithubIndex,
        Meter,
        PaperEnricher,
    )
    from pipeline.extract import PageExtractor
    from pipeline.sources import Sources

    settings = workspace.settings
    feeds, _ = feeds_of(workspace)
    store = open_store(workspace)
    meter = Meter()
    github = GithubConfig(**settings.github.model_dump(), token=token(), **ears(meter))
    repos = GithubIndex(github, store, clock, store)
    try:
        import_past(workspace, store, clock.now())
        yield App(
            clock=clock,
            feeds=feeds,
            store=store,
            source=Sources(max_entries=settings.fetch.max_entries),
            fetcher=fetcher(workspace, clock),
            extractor=PageExtractor(),
            papers=ArxivIndex(
                ArxivConfig(**settings.arxiv.model_dump(), weighed=meter.weighed),
                limiter=store,
                clock=clock,
            ),
            repos=repos,
            catalogues=catalogues(settings.lookup, store, clock, meter),
            finders=finders(settings.lookup, repos, store, clock, meter),
            lookups=meter.per_host,
            limits=partial(limits_left, meter, store, clock, settings.arxiv.interval + 1),
            enricher=PaperEnricher(),
            library=lambda: unread(workspace, store),
            scorer=cache(lambda day: _scorer(workspace, store, day, told, many)),
            drafter=drafter(workspace),
            notebook=notebook(workspace),
            redraft=_redraft(workspace, store, clock),
            shelf=_shelf(workspace),
            eye=_eye(workspace),
            writer=_writer(workspace),
        )
    finally:
        store.close()


def drafter(workspace: Workspace) -> Drafter:
    """Who chooses and words the items, by the settings' limits."""
    from pipeline.draft import DayDrafter, DraftConfig

    settings = workspace.settings
    return DayDrafter(DraftConfig(**settings.draft.model_dump(), language=settings.reader.language))


def _redraft(workspace: Workspace, store: Store, clock: SystemClock) -> Redraft:
    """How a run changes note files: under the same lock and journal as the review page."""
    from pipeline.desk import DeskRedraft
    from pipeline.notes import FileLock

    lock = FileLock(workspace.state / "notes.lock", clock)
    return DeskRedraft(notebook(workspace), store, lock, clock, drafter(workspace))


def _shelf(workspace: Workspace) -> Shelf | None:
    """Where pictures are kept beside the notes, None where the reader has them hotlinked."""
    if workspace.settings.notes.pictures != "mirror":
        return None
    from pipeline.pictures.shelf import PictureShelf

    return PictureShelf(workspace.notes, workspace.state / "pictures.json")


def _eye(workspace: Workspace) -> Eye | None:
    """Who looks at pictures, None where the reader wants none fetched."""
    if not workspace.settings.notes.check_pictures:
        return None
    from pipeline.pictures.eye import PictureEye

    return PictureEye()


def _writer(workspace: Workspace) -> Writer | None:
    """The language model of the settings, None where they name none."""
    import os

    llm = workspace.settings.llm
    if not llm.base_url:
        return None
    from pipeline.draft.endpoint import EndpointConfig, EndpointWriter, find_key

    return EndpointWriter(
        EndpointConfig(
            base_url=llm.base_url,
            model=llm.model,
            timeout=llm.timeout,
            key=find_key(os.environ),
            language=workspace.settings.reader.language,
        )
    )


def fetcher(workspace: Workspace, clock: SystemClock) -> Fetcher:
    """The one polite client, with the settings' limits."""
    from pipeline.fetch import FetchPolicy, PoliteFetcher

    fetch = workspace.settings.fetch
    return PoliteFetcher(
        FetchPolicy(
            user_agent=fetch.user_agent or f"stardraft/{__version__}",
            concurrency=fetch.concurrency,
            per_host=fetch.per_host,
            host_delays={"mp.weixin.qq.com": fetch.wechat_delay},
            timeout=fetch.timeout,
            max_bytes=int(fetch.max_megabytes * 1024 * 1024),
            proxy=fetch.proxy or None,
            allow_private=fetch.allow_private,
            gateway=fetch.gateway or None,
            obey_robots=fetch.obey_robots,
            robots_exempt=fetch.robots_exempt,
        ),
        clock,
    )
