"""Searching arXiv for titles: how to ask, and which hit to believe.

Query language: https://info.arxiv.org/help/api/user-manual.html#query_details.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.enrich.titles import content_words, distinctive, same_paper, words
from pipeline.types import Paper

TITLES_PER_REQUEST = 8
HITS_PER_TITLE = 12
_PHRASE_WORDS = 30
_KEY_WORDS = 4


def by_phrase(titles: Sequence[str]) -> str:
    """`ti:"…" OR ti:"…"`; punctuation would end or change a phrase and is left out."""
    return " OR ".join(f'ti:"{" ".join(words(t)[:_PHRASE_WORDS])}"' for t in titles)


def by_key_words(titles: Sequence[str]) -> str:
    """`(ti:… AND ti:…) OR (…)` with the most telling words of each title: finds what a phrase
    misses, a plural, a slip in one word, another reading of a hyphen."""
    return " OR ".join(f"({' AND '.join(f'ti:{w}' for w in _key_words(t))})" for t in titles)


def _key_words(title: str) -> list[str]:
    """The longest words that few other titles have; in the order of the title."""
    order = words(title)
    telling = distinctive(title) or content_words(title)
    chosen = sorted((w for w in dict.fromkeys(order) if w in telling), key=len, reverse=True)
    keys = chosen[:_KEY_WORDS] or order[:_KEY_WORDS]
    return sorted(keys, key=order.index)


def believed(title: str, hits: Sequence[Paper]) -> Paper | None:
    """The one paper of this title; exact words beat near ones, two equals mean doubt."""
    near = {p.id: p for p in hits if same_paper(title, p.title)}.values()
    exact = [p for p in near if words(p.title) == words(title)]
    chosen = exact or list(near)
    return chosen[0] if len(chosen) == 1 else None
