"""Simpler methods of finding links, for the table: what they find they call main."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from pathlib import Path

from pipeline.identifiers import identify

Found = tuple[str, str, str]


def naive(path: Path) -> list[Found]:
    """A regular expression: every arXiv and GitHub address, all of them main."""
    text = path.read_text("utf-8", "replace")
    return _main(re.findall(r"https?://(?:arxiv\.org|github\.com)/[\w./-]+", text))


def first_of_each(path: Path) -> list[Found]:
    """The usual shortcut: the first arXiv and the first GitHub address are the main ones."""
    found = naive(path)
    first = {kind: (key, kind, role) for key, kind, role in reversed(found)}
    return list(first.values())


def first_github(path: Path) -> list[Found]:
    """Every arXiv address is a paper; of the GitHub addresses the first is the code."""
    found = naive(path)
    codes = [link for link in found if link[1] == "code"]
    return [link for link in found if link[1] == "paper"] + codes[:1]


def linkify(path: Path) -> list[Found]:
    """linkify-it-py with its fuzzy links: every address it sees that is a paper or repository."""
    linkifier = importlib.import_module("linkify_it").LinkifyIt()
    matches = linkifier.match(path.read_text("utf-8", "replace")) or []
    return _main(m.url for m in matches)


def _main(urls: Iterable[str]) -> list[Found]:
    out: dict[str, Found] = {}
    for url in urls:
        if known := identify(url.rstrip(".")):
            out.setdefault(known.id, (known.id, known.kind, "main"))
    return list(out.values())
