"""The note's pictures, brought home: fetched politely, checked, and shown from beside the note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.errors import Issue
from pipeline.ports import Shelf
from pipeline.stages.app import App
from pipeline.types import Image, Note, NoteItem
from pipeline.urls import is_web_url


def mirrored(app: App, note: Note) -> tuple[Note, tuple[Issue, ...]]:
    """The note with its pictures on the reader's shelf, and what could not be brought home.

    Without a shelf the note stays as it is. A picture that fails keeps its web address.
    """
    if app.shelf is None:
        return note, ()
    wanted = {
        item.image.url: (item.image, item.url)
        for item in note.items
        if item.image and _is_foreign(item.image)
    }
    places: dict[str, str] = {}
    for url in wanted:
        if place := app.shelf.find(url, note.day):
            places[url] = place
    issues = _fetch(
        app, app.shelf, note, {u: w for u, w in wanted.items() if u not in places}, places
    )
    # A stand-in shows only when it comes a second time; those placed before it are looked at again.
    places = {url: place for url, place in places.items() if app.shelf.find(url, note.day)}
    return replace(note, items=tuple(_placed(item, places) for item in note.items)), issues


def _fetch(
    app: App,
    shelf: Shelf,
    note: Note,
    wanted: Mapping[str, tuple[Image, str]],
    places: dict[str, str],
) -> tuple[Issue, ...]:
    """Fetch what is missing; `places` learns where each picture came to lie."""
    issues: list[Issue] = []
    requests = (shelf.request(image, article) for image, article in wanted.values())
    for fetched in app.fetcher.fetch_many(requests):
        url = fetched.request.url
        if fetched.page is None:
            issues += [fetched.issue] if fetched.issue else []
            continue
        kept = shelf.keep(wanted[url][0], fetched.page.body, note.day)
        if isinstance(kept, Issue):
            issues.append(kept)
        else:
            places[url] = kept
    return tuple(issues)


def _is_foreign(image: Image) -> bool:
    return image.kind == "image" and is_web_url(image.url)


def _placed(item: NoteItem, places: Mapping[str, str]) -> NoteItem:
    if item.image is None or item.image.url not in places:
        return item
    return replace(item, image=replace(item.image, url=places[item.image.url]))
