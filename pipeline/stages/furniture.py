"""Which pictures are an account's furniture: what stands in its other articles too."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from pipeline.stages.app import App
from pipeline.text import short_hash
from pipeline.types import Article, Candidate, Image
from pipeline.urls import host_of, picture_identity

FURNITURE = 2
"""Other articles from which on a picture is never an article's own. Of 509 recorded articles of an
account that repeats figures in series 2 lead with such a one, of 168 of one that decorates 47; in a
single other article stand as many repeated figures as ornaments, so that those only come last."""
_KIND = "pics-in"
_ARTICLES = 60
"""Of an account, the last ones: ornaments change with the seasons, and a row stays small."""
_PICTURES = 40
"""Of an article; nine in ten have fewer."""

Shelf = Mapping[str, Sequence[str]]
"""An account's articles by id, each with the marks of its pictures."""


def seen_elsewhere(app: App, candidates: Sequence[Candidate]) -> Mapping[tuple[str, str], int]:
    """For article id and picture address: how many other articles of its account have it.

    Those offered today and the last sixty that were offered before; today's are remembered.
    """
    groups: defaultdict[str, list[Article]] = defaultdict(list)
    for candidate in candidates:
        groups[account_of(candidate)].append(candidate.article)
    known = {
        account: json.loads(text)
        for account, (text, _) in app.store.recall(_KIND, list(groups)).items()
    }
    counts: dict[tuple[str, str], int] = {}
    changed: dict[str, str] = {}
    for account, articles in groups.items():
        shelf = known.get(account, {}) | {a.id: marks_of(a) for a in articles}
        counts |= others(shelf, articles)
        last = dict([*shelf.items()][-_ARTICLES:])
        if last != known.get(account):
            changed[account] = json.dumps(last)
    app.store.remember(_KIND, changed, app.clock.now())
    return counts


def account_of(candidate: Candidate) -> str:
    """Whose furniture it may be: the account, else the feed, else the site."""
    article = candidate.article
    return article.account or candidate.feed_title or host_of(article.url)


def marks_of(article: Article) -> list[str]:
    """Short names of the article's pictures, those that could lead first."""
    urls = (image.url for image in (*article.figures, *article.images))
    return list(dict.fromkeys(map(_mark, urls)))[:_PICTURES]


def others(shelf: Shelf, articles: Sequence[Article]) -> dict[tuple[str, str], int]:
    """How many articles of the shelf besides its own have each picture that could lead."""
    counts = Counter(mark for marks in shelf.values() for mark in set(marks))
    return {(a.id, i.url): counts[_mark(i.url)] - 1 for a in articles for i in a.figures}


def own_first(figures: Sequence[Image], elsewhere: Callable[[Image], int]) -> tuple[Image, ...]:
    """Without the furniture, and last what stands in another article; `elsewhere` counts those."""
    own = (image for image in figures if elsewhere(image) < FURNITURE)
    return tuple(sorted(own, key=elsewhere))


def _mark(url: str) -> str:
    return short_hash(picture_identity(url))[:12]
