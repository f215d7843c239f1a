"""`SampleDay`: the sample day as a `demo.world.World`."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from demo.day.article import Account, Source, read_source
from demo.day.drawing import drawn
from demo.day.feeds import Announcement, FeedFacts, account_rss, arxiv_rss, atom, bridge_json
from demo.day.pages import abs_page, blog_page, error_page, pictures, wechat_page
from demo.world import Answer, PaperFacts, RepoFacts
from pipeline.urls import wechat_identity

DATA = Path(__file__).parent / "data"


class SampleDay:
    """Everything the demo can ask for, made once from the files in `data/`."""

    def __init__(self) -> None:
        feeds = _toml("feeds.toml")
        self.accounts = _accounts(feeds["accounts"])
        self.feeds = [FeedFacts(name=n, **facts) for n, facts in feeds["feeds"].items()]
        self.sources = _sources(self.accounts)
        self._papers = {facts["id"]: _paper(facts) for facts in _toml("papers.toml")["paper"]}
        self._repos = _repos(_toml("repos.toml"))
        self._announced: datetime = feeds["arxiv"]["announced"]
        self._announcements = self._read_announcements(feeds["arxiv"]["items"])
        self._pages = {key: page for source in self.sources for key, page in _pages(source)}
        self._feeds = {feed.url: feed for feed in self.feeds}
        self._pictures = {
            _address(url): picture for source in self.sources for url, *picture in pictures(source)
        }

    def web(self, url: str, headers: Mapping[str, str]) -> Answer | None:
        """The answer to `url`; feeds know ETags, WeChat pages all forms of their link."""
        key = _address(url)
        if key in self._feeds:
            return self._feed_answer(self._feeds[key], headers)
        if key in self._pages:
            return _html(self._pages[key])
        if key.startswith("https://arxiv.org/abs/"):
            paper = self.paper(key.rsplit("/", 1)[1])
            return _html(abs_page(paper)) if paper else None
        if key in self._pictures:
            return Answer(body=drawn(*self._pictures[key]), headers={"Content-Type": "image/png"})
        return None

    def paper(self, arxiv_id: str) -> PaperFacts | None:
        """The paper with this bare id."""
        return self._papers.get(arxiv_id)

    def papers(self) -> Iterable[PaperFacts]:
        """All papers of the day and of the archive."""
        return self._papers.values()

    def repo(self, full_name: str) -> RepoFacts | None:
        """The repository, also under the name it had before a rename; case does not matter."""
        return self._repos.get(full_name.lower())

    def arxiv_faults(self) -> Iterable[Answer]:
        """The API is over its limit at the first request and says for how long."""
        return (
            Answer(
                status=429,
                body=b"Rate exceeded.",
                headers={"Retry-After": "1", "Content-Type": "text/plain"},
            ),
        )

    def told_by(self, feed: str) -> list[Source]:
        """The articles of a feed, newest first."""
        told = [source for source in self.sources if source.feed == feed]
        return sorted(told, key=lambda source: source.published, reverse=True)

    def feed_body(self, feed: FeedFacts) -> str:
        """A feed's document as text; empty for one that never answers."""
        if feed.name == "bridge":
            return bridge_json(feed, self.told_by(feed.name))
        if feed.name == "mirror":
            return account_rss(feed, self.told_by(feed.name))
        if feed.name == "blog":
            return atom(feed, self.told_by(feed.name))
        if feed.name == "arxiv":
            return arxiv_rss(feed, self._announced, self._announcements)
        return ""

    def _feed_answer(self, feed: FeedFacts, headers: Mapping[str, str]) -> Answer:
        body = self.feed_body(feed).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        asked = {name.lower(): value for name, value in headers.items()}
        if asked.get("if-none-match") == etag:
            return Answer(status=304, headers={"ETag": etag})
        kind = "application/json" if feed.name == "bridge" else "application/xml"
        answer = {"ETag": etag, "Content-Type": f"{kind}; charset=utf-8"}
        return Answer(body=body, headers=answer, delay=feed.hangs)

    def _read_announcements(self, items: Mapping[str, Mapping[str, Any]]) -> list[Announcement]:
        return [
            Announcement(
                paper=self._papers[arxiv_id],
                kind=facts["kind"],
                categories=tuple(facts["categories"]),
            )
            for arxiv_id, facts in items.items()
        ]


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def _accounts(facts: Mapping[str, Mapping[str, str]]) -> dict[str, Account]:
    return {name: Account(name=name, **one) for name, one in facts.items()}


def _sources(accounts: dict[str, Account]) -> list[Source]:
    return [read_source(file, accounts) for file in sorted((DATA / "articles").glob("*.md"))]


def _paper(facts: dict[str, Any]) -> PaperFacts:
    authors = tuple(facts.pop("authors"))
    published = facts.pop("published", None)
    if published is not None:
        published = datetime(published.year, published.month, published.day, tzinfo=UTC)
    return PaperFacts(authors=authors, published=published, **facts)


def _repos(facts: Mapping[str, Any]) -> dict[str, RepoFacts]:
    """By lower-case name, with the old names of `[renamed]`."""
    repos = {}
    for one in facts["repo"]:
        topics = tuple(one.pop("topics", ()))
        repos[one["full_name"].lower()] = RepoFacts(topics=topics, **one)
    for old, new in facts.get("renamed", {}).items():
        repos[old.lower()] = repos[new.lower()]
    return repos


def _pages(source: Source) -> Iterable[tuple[str, str]]:
    """The page under every address that leads to it."""
    if source.kind != "article":
        page = error_page(source)
    elif source.account is not None:
        page = wechat_page(source)
    else:
        page = blog_page(source)
    yield _address(source.short_url), page
    if source.account is not None and source.mid:
        yield _address(source.long_url), page


def _address(url: str) -> str:
    """One key for all forms of an address: WeChat's identity, else https without fragment."""
    if identity := wechat_identity(url):
        return identity
    parts = urlsplit(url)
    return urlunsplit(("https", parts.netloc, parts.path, parts.query, ""))


def _html(text: str) -> Answer:
    return Answer(body=text.encode(), headers={"Content-Type": "text/html; charset=UTF-8"})
