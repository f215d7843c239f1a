"""The note's pictures, looked at before they enter it: a code or a divider makes way."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.errors import Issue
from pipeline.ports import LEAD, Eye
from pipeline.stages.app import App
from pipeline.stages.furniture import own_first, seen_elsewhere
from pipeline.text import short_hash
from pipeline.types import Article, Candidate, Fetched, Image, Note, NoteItem
from pipeline.urls import is_web_url

TRIES = 3
"""Pictures of one article that are looked at; of the recorded pages none needs a third."""
_KIND = "sight"
_VERSION = "1"
"""Raised when verdicts change their meaning: remembered ones are kept under it."""
_DECORATION = frozenset({"qr_code", "divider", "banner", "icon", "tracking_pixel", "blank"})
_GONE = frozenset({"fetch.not_found", "fetch.gone"})

_Verdict = Literal["figure", "decoration", "lost", "unknown"]
"""`lost`: gone, or other bytes came than the picture's; `unknown`: could not be fetched now."""


def looked_at(
    app: App, note: Note, candidates: Sequence[Candidate], settled: Collection[str] = ()
) -> tuple[Note, tuple[Issue, ...]]:
    """The note with lead pictures that are figures as far as pixels say, and which are gone.

    What was also seen is looked at too: the choice is remembered for the desk, which may take it
    into the note.

    A picture that another article of its account has too comes last, one that two others have is
    the account's heading or call to follow and is left out. An item's next picture is taken where
    the first shows a code, a divider, a banner, nothing, or is lost; one that cannot be fetched now
    stays. Where nothing but decoration is found the item has no picture. Verdicts are remembered;
    for the articles in `settled`, which were items of the day's draft before, nothing new is
    fetched, so that what the reader has seen stays.
    """
    if app.eye is None:
        return note, ()
    offered = list(_choosing(note, candidates))
    kept = _recalled(app, [image.url for _, figures in offered for image in figures])
    others = seen_elsewhere(app, candidates)
    choices = [_Choice(item, _own_first(item, figures, kept, others)) for item, figures in offered]
    known: dict[str, _Verdict] = {url: looked.verdict for url, looked in kept.items()}
    issues: list[Issue] = []
    entering = {item.article_id for item in note.items}
    for _ in range(TRIES):
        wanted = {
            image.url: (image, choice.item)
            for choice in choices
            if choice.item.article_id not in settled and (image := choice.next_unseen(known))
        }
        if not wanted:
            break
        for url, body, missing in _see(app, app.eye, wanted, known):
            image, item = wanted[url]
            if app.shelf and body and item.article_id in entering:
                app.shelf.keep(image, body, note.day)  # mirroring tells what fails
            if missing and app.shelf is None:
                issues.append(_gone(url))
    chosen = {choice.item.article_id: choice.made(known) for choice in choices}
    _remember_choices(app, chosen)
    items = tuple(
        replace(item, image=chosen[item.article_id]) if item.article_id in chosen else item
        for item in note.items
    )
    return replace(note, items=items), tuple(i for i in issues if _stays(i, items))


@dataclass(frozen=True, slots=True)
class _Choice:
    """An item and the pictures it may have, best first."""

    item: NoteItem
    figures: tuple[Image, ...]

    def next_unseen(self, known: Mapping[str, _Verdict]) -> Image | None:
        """The picture to look at next, None where the choice is made."""
        for image in self.figures:
            verdict = known.get(image.url)
            if verdict in ("figure", "unknown"):
                return None
            if verdict is None:
                return image
        return None

    def made(self, known: Mapping[str, _Verdict]) -> Image | None:
        """The first figure; a lost one only where nothing better follows; no decoration."""
        left = [image for image in self.figures if known.get(image.url) != "decoration"]
        present = (image for image in left if known.get(image.url) != "lost")
        return next(present, None) or next(iter(left), None)


def _choosing(
    note: Note, candidates: Sequence[Candidate]
) -> Iterator[tuple[NoteItem, tuple[Image, ...]]]:
    """Every item with a picture of its article, and that article's pictures from it on.

    An item of what was also seen has none in the note yet, so its article's is meant.
    """
    articles = {c.article.id: c.article for c in candidates}
    below = (replace(i, image=_lead(articles.get(i.article_id))) for i in note.also_seen)
    for item in (*note.items, *below):
        article, image = articles.get(item.article_id), item.image
        if article and image and image == article.lead_image:
            figures = article.figures or (image,)
            pictures = tuple(i for i in figures if i.kind == "image" and is_web_url(i.url))
            if image in pictures[:1]:
                yield item, pictures


def _lead(article: Article | None) -> Image | None:
    return article.lead_image if article else None


def _remember_choices(app: App, chosen: Mapping[str, Image | None]) -> None:
    """Keep, for the desk, which picture each article leads with; empty where it has none."""
    texts = {key: json.dumps(image.url if image else "") for key, image in chosen.items()}
    known = app.store.recall(LEAD, list(texts))
    changed = {key: text for key, text in texts.items() if known.get(key, ("",))[0] != text}
    app.store.remember(LEAD, changed, app.clock.now())


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a picture turned out to be, and for which article it was looked at."""

    verdict: _Verdict
    article: str


def _own_first(
    item: NoteItem,
    figures: tuple[Image, ...],
    kept: Mapping[str, _Looked],
    others: Mapping[tuple[str, str], int],
) -> tuple[Image, ...]:
    """The pictures to look at, best first; whose one is that was looked at before stays settled."""

    def elsewhere(image: Image) -> int:
        count = others.get((item.article_id, image.url), 0)
        if looked := kept.get(image.url):
            return 0 if looked.article == item.article_id else max(count, 1)
        return count

    return own_first(figures, elsewhere)[:TRIES]


def _recalled(app: App, urls: Sequence[str]) -> dict[str, _Looked]:
    keys = {_key(url): url for url in urls}
    found: dict[str, _Looked] = {}
    for key, (text, _) in app.store.recall(_KIND, list(keys)).items():
        facts = json.loads(text)
        found[keys[key]] = _Looked(facts["verdict"], facts["article"])
    return found


def _see(
    app: App,
    eye: Eye,
    wanted: Mapping[str, tuple[Image, NoteItem]],
    known: dict[str, _Verdict],
) -> Iterator[tuple[str, bytes, bool]]:
    """Fetch and look at the pictures, all at once; `known` learns what they are.

    Yields the address, the bytes of a figure (else none), and whether it is gone.
    """
    requests = [eye.request(image, item.url) for image, item in wanted.values()]
    for fetched in app.fetcher.fetch_many(requests):
        url = fetched.request.url
        what, verdict = _verdict(eye, wanted[url][0], fetched)
        known[url] = verdict
        if verdict != "unknown":
            facts = {"verdict": verdict, "kind": what, "article": wanted[url][1].article_id}
            text = json.dumps(facts)
            app.store.remember(_KIND, {_key(url): text}, app.clock.now())
        figure = fetched.page.body if fetched.page and verdict == "figure" else b""
        yield url, figure, what == "gone"


def _verdict(eye: Eye, image: Image, fetched: Fetched) -> tuple[str, _Verdict]:
    """What came, and what that means for the choice."""
    if fetched.page is None:
        code = fetched.issue.code if fetched.issue else ""
        return ("gone", "lost") if code in _GONE else (code, "unknown")
    kind = eye.look(image, fetched.page.body)
    if kind in _DECORATION:
        return kind, "decoration"
    return kind, "figure" if kind == "figure" else "lost"


def _key(url: str) -> str:
    return short_hash(f"{_VERSION}\0{url}")


def _stays(issue: Issue, items: Sequence[NoteItem]) -> bool:
    return any(item.image and item.image.url == issue.subject for item in items)


def _gone(url: str) -> Issue:
    return Issue(
        subject=url,
        code="picture.gone",
        sentence="这张图片已经不在了，文章里也没有别的图可用。",
        remedy="笔记里仍写着原来的网址；可以在审阅页换一张，或者去掉。",
    )
