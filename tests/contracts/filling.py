"""A store brought as far as a contract wants it."""

from __future__ import annotations

from pipeline.ports import Store
from pipeline.types import Poll
from tests.store.samples import NOW, article, candidate, entry, page


def pending(store: Store) -> list[str]:
    """The keys of entries whose pages are wanted."""
    return [p.entry.key for p in store.entries_to_fetch(NOW, 100)]


def extracted(store: Store, *names: str) -> None:
    """Bring articles of these names as far as enrichment."""
    store.record_poll(Poll(feed_id="a", entries=tuple(entry(n) for n in names)), NOW)
    for item in store.entries_to_fetch(NOW, 100):
        store.save_page(item.entry_id, page())
    for read in store.pages_to_extract(100):
        store.save_article(read.entry_id, article(read.entry.key), NOW)


def enriched(store: Store, *names: str) -> None:
    """Bring candidates of these names as far as scoring."""
    extracted(store, *names)
    store.save_candidates([candidate(n) for n in names], NOW, None)
