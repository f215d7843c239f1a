"""A `World` of recorded data: real accounts, feeds, papers and repositories on one day.

Pages, texts and feeds are those of the corpus, read where they lie; only dates of feeds are
moved, so that the newest item of each is of the wanted day. Pages of arXiv and of the lab
blogs were not recorded; they are made of the facts that were (`made.py`). Nothing else exists
here: its address answers 404, its arXiv id is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from demo.world import Answer, PaperFacts, RepoFacts
from pipeline.identifiers import arxiv_id
from pipeline.urls import canonical_url
from tests.realday.accounts import Item, articles, json_feed, pages, rss_feed
from tests.realday.facts import recorded_papers, recorded_repos, recorded_text
from tests.realday.feeds import links_of, newest_items, shifted
from tests.realday.made import abstract_page, blog_pages
from tests.realday.pictures import is_picture, picture, told_sizes

ARTICLES_EACH = 25
ITEMS_EACH = 10
ABSTRACTS = 30
_RAW = "wechat/raw_html"
_GONE = (
    f"{_RAW}/wechat-article-exporter/作者已删除/01.html",
    f"{_RAW}/wechat-article-exporter/该内容暂时无法查看/01.html",
)
_PAGES = (
    "wechat-article-exporter/普通图文/01.html.gz",
    "wechat-article-exporter/普通图文/02.html.gz",
    "wechat-article-exporter/文章分享/01.html.gz",
    "wechat-article-exporter/文章分享/02.html.gz",
    "wechat-article-exporter/文本分享/01.html.gz",
    "wechat-article-exporter/图片分享/01.html.gz",
    "we-extract/links/post.html",
    "we-extract/links/20190719.html",
    "we-extract/links/20181021.issue.html",
    "we-extract/links/video.html",
    "we-extract/links/image.html",
    "we-extract/test/mp-link.html.gz",
    "wechatmp2markdown/test/test1.html",
    "WechatSogou/article_detail_iframe.html",
    "wechat-article-exporter/作者已删除/06.html",
    "wechat-article-exporter/内容违规/01.html",
    "wechat-article-exporter/内容违规/02.html",
    "wechat-article-exporter/该内容暂时无法查看/01.html",
    "we-extract/links/expire.html",
    "we-extract/links/quota_limit.html",
    "WechatSogou/article_detail_expired.html",
)
_WECHAT_RSS = {
    "PaperWeekly": "MzIwMTc4ODE0Mw==",
    "极市平台": "MzI5MDUyMDIxNA==",
    "我爱计算机视觉": "MzIwMTE1NjQxMQ==",
    "夕小瑶的卖萌屋": "MzIwNzc2NTk0NQ==",
}
_LABS = {
    "FAR.AI": "feed_far_ai.xml",
    "Anthropic Red Team": "feed_anthropic_red.xml",
    "The Batch": "feed_the_batch.xml",
}
_ARXIV_HOSTS = ("arxiv.org", "www.arxiv.org", "export.arxiv.org")
_CV_DAY = "feeds/arxiv_rss_raw/consecutive_cs-cv_2026-08/2026-08-22-cs-cv.xml.gz"
_WEEKEND = "feeds/arxiv_rss_raw/2025-09-07-cs-lg.xml"
_OSMOSFEED = "feeds/osmosfeed_arxiv_atom/2021-08-25_6c5a663.atom.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One followed feed: how the reader names it, where it is, and what it answers."""

    name: str
    address: str
    content_type: str
    body: Callable[[], bytes]


class RealDay:
    """The recorded world of `corpus`, moved to `day`; `faults` are what arXiv answers first."""

    def __init__(self, corpus: Path, day: date, faults: Iterable[Answer] = ()) -> None:
        self._corpus = corpus
        self._day = day
        self._faults = tuple(faults)

    def web(self, url: str, headers: Mapping[str, str]) -> Answer | None:
        """A feed, a recorded page, one made of recorded facts, or nothing."""
        if source := self._by_address.get(url):
            return Answer(headers={"Content-Type": source.content_type}, body=source.body())
        if item := self._items.get(canonical_url(url)):
            return Answer(headers={"Content-Type": item.content_type}, body=item.body())
        made = self._made(url)
        if made is None:
            return picture(url, *self._sized(url)) if is_picture(url) else None
        return Answer(headers={"Content-Type": "text/html; charset=utf-8"}, body=made)

    def paper(self, arxiv_id: str) -> PaperFacts | None:
        """A recorded paper."""
        return self._papers.get(arxiv_id)

    def papers(self) -> Iterable[PaperFacts]:
        """All recorded papers."""
        return self._papers.values()

    def repo(self, full_name: str) -> RepoFacts | None:
        """A recorded repository, or one that a served article names."""
        return self._repos.get(full_name.lower())

    def repos(self) -> Iterable[RepoFacts]:
        """All of them under their present names."""
        return {facts.full_name: facts for facts in self._repos.values()}.values()

    def arxiv_faults(self) -> Iterable[Answer]:
        """As given."""
        return self._faults

    def opml(self) -> str:
        """The list of followed feeds."""
        outlines = "\n".join(
            f'    <outline type="rss" text="{escape(s.name)}" title="{escape(s.name)}"'
            f' xmlUrl="{escape(s.address)}"/>'
            for s in self.sources
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
            f"  <head><title>real day</title></head>\n  <body>\n{outlines}\n  </body>\n</opml>\n"
        )

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Every followed feed."""
        return (*self._accounts(), *self._recorded_feeds())

    def items(self) -> Iterable[Item]:
        """Every recorded WeChat page that is served."""
        return self._items.values()

    def _accounts(self) -> tuple[Source, ...]:
        day, bridge = self._day, "https://bridge.example/feeds/"
        panda, data = bridge + "MP_WXS_3082685945.json", bridge + "OpenDataLab.xml"
        mixed = bridge + "recorded-pages.xml"
        return (
            _source(
                "GiantPandaCV", panda, lambda: json_feed("GiantPandaCV", panda, self._panda, day)
            ),
            _source("OpenDataLab", data, lambda: rss_feed("OpenDataLab", self._data, day)),
            _source("公众号原网页", mixed, lambda: rss_feed("公众号原网页", self._pages, day)),
        )

    def _recorded_feeds(self) -> tuple[Source, ...]:
        corpus = self._corpus
        labs = corpus / "feeds" / "ai_lab_feeds_Olshansk"
        return (
            *(
                self._shifted(name, f"https://wechat-feeds.example/{biz}.xml", file, ITEMS_EACH)
                for name, biz, file in self._wechat_rss
            ),
            self._shifted("arXiv cs.CV", "https://rss.arxiv.org/rss/cs.CV", corpus / _CV_DAY),
            self._shifted("arXiv cs.LG", "https://rss.arxiv.org/rss/cs.LG", corpus / _WEEKEND),
            *(
                self._shifted(name, f"https://lab-feeds.example/{file}", labs / file, ITEMS_EACH)
                for name, file in _LABS.items()
            ),
            self._shifted(
                "ArxivDaily",
                "https://looperxx.github.io/ArxivDaily/feed.atom",
                corpus / _OSMOSFEED,
                ABSTRACTS,
            ),
        )

    def _shifted(self, name: str, address: str, file: Path, count: int = 0) -> Source:
        def body() -> bytes:
            feed = recorded_text(file)
            return shifted(newest_items(feed, count) if count else feed, self._day).encode()

        return _source(name, address, body)

    @cached_property
    def _wechat_rss(self) -> tuple[tuple[str, str, Path], ...]:
        folder = self._corpus / "wechat" / "feeds_wechat-feeds" / "ml_accounts"
        latest = folder / "latest_2021-06-19"
        return tuple((name, biz, latest / f"{biz}.xml") for name, biz in _WECHAT_RSS.items())

    @cached_property
    def _by_address(self) -> dict[str, Source]:
        return {s.address: s for s in self.sources}

    @cached_property
    def _panda(self) -> list[Item]:
        return articles(self._corpus, "giantpandacv", self._papers, ARTICLES_EACH)

    @cached_property
    def _data(self) -> list[Item]:
        return articles(self._corpus, "opendatalab", self._papers, ARTICLES_EACH)

    @cached_property
    def _pages(self) -> list[Item]:
        return pages([self._corpus / _RAW / name for name in _PAGES])

    @cached_property
    def _items(self) -> dict[str, Item]:
        """Pages by canonical address; those of the old RSS are gone, in two ways."""
        served = {canonical_url(i.url): i for i in (*self._panda, *self._data, *self._pages)}
        gone = [self._corpus / name for name in _GONE]
        for _, _, file in self._wechat_rss:
            links = links_of(newest_items(recorded_text(file), ITEMS_EACH))
            for number, link in enumerate(links):
                lost = Item(url=link, title="", file=gone[number % len(gone)])
                served.setdefault(canonical_url(link), lost)
        return served

    def _sized(self, url: str) -> tuple[tuple[int, int], ...]:
        return (self._sizes[url],) if url in self._sizes else ()

    @cached_property
    def _sizes(self) -> dict[str, tuple[int, int]]:
        return told_sizes(self._pages)

    @cached_property
    def _papers(self) -> dict[str, PaperFacts]:
        return recorded_papers(self._corpus)

    @cached_property
    def _repos(self) -> dict[str, RepoFacts]:
        return recorded_repos(
            self._corpus, (recorded_text(i.file) for i in (*self._panda, *self._data))
        )

    @cached_property
    def _posts(self) -> dict[str, bytes]:
        """The lab blogs' posts by canonical address."""
        folder = self._corpus / "feeds" / "ai_lab_feeds_Olshansk"
        made = (blog_pages(recorded_text(folder / file)) for file in _LABS.values())
        return {canonical_url(url): page for each in made for url, page in each.items()}

    def _made(self, url: str) -> bytes | None:
        """A page that was not recorded but whose facts were."""
        if urlsplit(url).hostname in _ARXIV_HOSTS:
            facts = self.paper(arxiv_id(url) or "")
            return abstract_page(facts) if facts else None
        return self._posts.get(canonical_url(url))


def _source(name: str, address: str, body: Callable[[], bytes]) -> Source:
    kind = "application/feed+json" if address.endswith(".json") else "application/xml"
    return Source(name=name, address=address, content_type=kind, body=body)
