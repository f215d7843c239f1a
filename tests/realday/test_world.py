"""The recorded world: real sources, only their dates moved, told through the real APIs."""

from __future__ import annotations

import json
import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import arxiv
import feedparser
import github
import pytest
import requests

from demo.replay import ReplayServer
from demo.world import Answer
from pipeline.urls import canonical_url
from tests.realday.feeds import links_of, newest_items, shifted
from tests.realday.world import ARTICLES_EACH, RealDay

DAY = date(2026, 9, 18)
RSS = """<rss><channel><lastBuildDate>Mon, 03 May 2021 09:00:00 +0800</lastBuildDate>
<item><title>old</title><link>https://a.example/1?x=1&amp;y=2</link>
<pubDate>Fri, 30 Apr 2021 23:30:00 +0800</pubDate></item>
<item><title>new</title><link>https://a.example/2</link>
<pubDate>Sun, 02 May 2021 08:00:00 +0800</pubDate></item>
</channel></rss>"""


class TestDates:
    def test_all_dates_move_by_the_same_days(self) -> None:
        moved = re.findall(r"<\w+Date>([^<]+)", shifted(RSS, DAY))
        assert moved == [
            "Sat, 19 Sep 2026 09:00:00 +0800",
            "Wed, 16 Sep 2026 23:30:00 +0800",
            "Fri, 18 Sep 2026 08:00:00 +0800",
        ]

    def test_nothing_else_moves(self) -> None:
        def bare(text: str) -> str:
            return re.sub(r"Date>[^<]+", "", text)

        assert bare(shifted(RSS, DAY)) == bare(RSS)

    def test_atom_keeps_its_way_of_writing(self) -> None:
        atom = "<feed><entry><updated>2021-08-25T01:54:23.094Z</updated></entry></feed>"
        assert shifted(atom, DAY) == atom.replace("2021-08-25", "2026-09-18")

    def test_a_feed_without_items_is_left_alone(self) -> None:
        empty = "<rss><channel><pubDate>Sun, 07 Sep 2025 00:00:00 -0400</pubDate></channel></rss>"
        assert shifted(empty, DAY) == empty

    def test_the_newest_items_are_kept(self) -> None:
        kept = newest_items(RSS, 1)
        assert "new" in kept
        assert "old" not in kept
        assert links_of(RSS) == ["https://a.example/1?x=1&y=2", "https://a.example/2"]


@pytest.fixture(scope="module")
def world(corpus: Path) -> RealDay:
    return RealDay(corpus, DAY)


@pytest.fixture(scope="module")
def server(world: RealDay) -> Iterator[ReplayServer]:
    with ReplayServer(world, token="right") as running:
        yield running


def moments(body: bytes) -> list[datetime]:
    entries = feedparser.parse(body).entries
    times = (e.get("published_parsed") or e.get("updated_parsed") for e in entries)
    return [datetime.fromtimestamp(timegm(t), tz=UTC) for t in times if t]


@pytest.mark.corpus
class TestSources:
    def test_twelve_real_sources_and_an_empty_weekend(self, world: RealDay) -> None:
        counts = {s.name: len(_links(s.body())) for s in world.sources}
        assert counts["arXiv cs.LG"] == 0
        assert sum(1 for n in counts.values() if n >= 10) >= 11
        assert counts["GiantPandaCV"] == counts["OpenDataLab"] == ARTICLES_EACH

    def test_the_newest_item_is_of_the_day(self, world: RealDay) -> None:
        for source in world.sources:
            found = moments(source.body())
            if found:
                near = [abs((m.date() - DAY).days) for m in found]
                assert min(near) == 0, source.name

    def test_the_list_names_them_all(self, world: RealDay) -> None:
        opml = world.opml()
        assert all(s.address in opml and s.name in opml for s in world.sources)

    def test_the_choice_is_always_the_same(self, corpus: Path, world: RealDay) -> None:
        again = RealDay(corpus, DAY)
        assert [s.body() for s in again.sources] == [s.body() for s in world.sources]

    def test_every_listed_account_page_is_served(self, world: RealDay) -> None:
        named = {"GiantPandaCV", "OpenDataLab", "公众号原网页", "PaperWeekly", "FAR.AI"}
        for source in world.sources:
            if source.name in named:
                for link in _links(source.body()):
                    assert world.web(link, {}) is not None, link

    def test_texts_are_as_recorded(self, corpus: Path, world: RealDay) -> None:
        texts = [i for i in world.items() if i.file.suffix == ".md"]
        assert len(texts) == 2 * ARTICLES_EACH
        for item in texts:
            answer = world.web(item.url, {})
            assert answer is not None
            assert answer.body == item.file.read_bytes()
            assert answer.headers["Content-Type"].startswith("text/markdown")
            assert canonical_url(item.url) == item.url

    def test_gone_pages_are_the_recorded_ones(self, world: RealDay) -> None:
        source = next(s for s in world.sources if s.name == "PaperWeekly")
        answers = [world.web(link, {}) for link in _links(source.body())]
        bodies = [a.body.decode() for a in answers if a]
        assert len(bodies) == 10
        assert len(set(bodies)) == 2

    def test_pages_of_papers_and_blogs_hold_what_was_recorded_of_them(self, world: RealDay) -> None:
        paper = world.web("https://arxiv.org/abs/2106.04803v2", {})
        assert paper is not None
        assert b'content="CoAtNet' in paper.body
        batch = next(s for s in world.sources if s.name == "The Batch")
        entry = feedparser.parse(batch.body()).entries[0]
        post = world.web(entry.link, {})
        assert post is not None
        assert entry.title in unescape(post.body.decode())

    def test_a_page_nobody_recorded_is_not_there(self, world: RealDay) -> None:
        assert world.web("https://mp.weixin.qq.com/s/nobody-recorded-this1", {}) is None
        assert world.web("https://arxiv.org/abs/9999.99999", {}) is None


def _links(body: bytes) -> list[str]:
    if body.startswith(b"{"):
        return [i["url"] for i in json.loads(body)["items"]]
    return [e.link for e in feedparser.parse(body).entries]


@pytest.mark.corpus
class TestApis:
    def client(self, server: ReplayServer) -> arxiv.Client:
        client = arxiv.Client(delay_seconds=0, num_retries=0)
        client.query_url_format = server.arxiv_url + "?{}"
        return client

    def test_recorded_papers_by_id(self, server: ReplayServer) -> None:
        wanted = arxiv.Search(id_list=["2106.04803", "2207.02696"])
        titles = [p.title for p in self.client(server).results(wanted)]
        assert titles[0].startswith("CoAtNet")
        assert titles[1].startswith("YOLOv7")

    def test_the_papers_of_the_feed_are_known(self, server: ReplayServer, world: RealDay) -> None:
        source = next(s for s in world.sources if s.name == "arXiv cs.CV")
        ids = [link.rpartition("/")[2] for link in _links(source.body())][:100]
        found = list(self.client(server).results(arxiv.Search(id_list=ids, max_results=100)))
        assert len(found) == 100
        assert all(p.title and p.summary and p.authors for p in found)

    def test_title_search_finds_recorded_papers(self, server: ReplayServer, world: RealDay) -> None:
        for paper in list(world.papers())[::1500]:
            exact = re.sub(r"[^\w\s-]", " ", paper.title)
            search = arxiv.Search(query=f'ti:"{exact}"', max_results=10)
            found = [p.get_short_id() for p in self.client(server).results(search)]
            assert any(f.startswith(paper.id) for f in found), paper.title

    @pytest.mark.parametrize(
        "name", ["id_abc", "id_0000.0000", "id_0808.05394_1707.08567", "id_astro-ph_0601001"]
    )
    def test_errors_and_gaps_have_the_recorded_shape(
        self, corpus: Path, server: ReplayServer, name: str
    ) -> None:
        (file,) = (corpus / "arxiv" / "api_replies").glob(f"{name}_s0*")
        recorded = json.loads(file.read_text())
        query = recorded["url"].partition("?")[2]
        reply = requests.get(f"{server.arxiv_url}?{query}", timeout=5)
        assert reply.status_code == int(recorded["status_code"])
        assert _head(reply.text) == _head(recorded["body"])

    def test_a_recorded_rename(self, server: ReplayServer) -> None:
        client = github.Github(
            auth=github.Auth.Token("right"), base_url=server.github_url, seconds_between_requests=0
        )
        assert client.get_repo("protoncoin/protoncoin").full_name == "padima2/protoncoin"

    def test_recorded_and_named_repositories(self, world: RealDay) -> None:
        ranked = world.repo("google/MediaPipe")
        assert ranked is not None
        assert ranked.stargazers > 10_000
        named = world.repo("nwojke/deep_sort")
        assert named is not None
        assert named.stargazers == 0
        assert world.repo("nobody/nothing") is None


def _head(text: str) -> list[str]:
    """The reply's own lines before the first paper, without the day, the digest and counts."""
    lines = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "", text).replace("\r", "").split("\n")
    end = next((n for n, line in enumerate(lines) if "/abs/" in line), len(lines))
    lost = ("<id>https://arxiv.org/api/", "totalResults", "<entry>", "</feed>")
    kept = [x for x in lines[:end] if not any(mark in x for mark in lost) or "errors#" in x]
    return [x for x in kept if x]


def test_faults_are_passed_on(tmp_path: Path) -> None:
    faults = (Answer(status=503),)
    assert RealDay(tmp_path, DAY, faults).arxiv_faults() == faults
