"""The replay server, asked by the real `arxiv` and `github` packages and by plain clients."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import arxiv
import github
import pytest
import requests

from demo.replay import ReplayServer, original_url
from demo.world import Answer, PaperFacts, RepoFacts

LAVT = PaperFacts(
    id="2112.02244",
    title="LAVT: Language-Aware Vision Transformer for Referring Image Segmentation",
    abstract="Referring image segmentation & <attention>.",
    authors=("Zhao Yang", "Philip H. S. Torr"),
    comment="CVPR 2022",
    doi="10.1000/lavt",
    journal_ref="CVPR 2022",
    version=2,
    published=datetime(2021, 12, 4, tzinfo=UTC),
)
PAPERS = (
    LAVT,
    PaperFacts(id="2201.00001", title="Vision Transformer Pruning", authors=("Ann Lee",)),
    PaperFacts(id="2201.00002", title="A Transformer for Vision", abstract="pruning at depth"),
    PaperFacts(id="math/0601001", title="Knots", primary_category="math.GT"),
    *(PaperFacts(id=f"2105.{n:05d}", title=f"Filler study {n}") for n in range(250)),
)
NEW = RepoFacts(
    full_name="new-owner/Model",
    description="A model",
    stargazers=321,
    language="Python",
    licence="MIT",
    topics=("segmentation",),
    pushed_at=datetime(2022, 3, 1, tzinfo=UTC),
    readme="# Model\n你好",
)
EMPTY = RepoFacts(full_name="new-owner/empty", size=0, archived=True)


@dataclass
class SmallWorld:
    """A handful of facts; `pages` are answers by address, `faults` what arXiv says first."""

    pages: dict[str, Answer] = field(default_factory=dict)
    faults: tuple[Answer, ...] = ()
    asked: list[str] = field(default_factory=list)

    def web(self, url: str, headers: Mapping[str, str]) -> Answer | None:
        self.asked.append(url)
        return self.pages.get(url)

    def paper(self, arxiv_id: str) -> PaperFacts | None:
        return next((p for p in PAPERS if p.id == arxiv_id), None)

    def papers(self) -> Iterable[PaperFacts]:
        return PAPERS

    def repo(self, full_name: str) -> RepoFacts | None:
        names = {"old-owner/model": NEW, "new-owner/model": NEW, "new-owner/empty": EMPTY}
        return names.get(full_name.lower())

    def repos(self) -> Iterable[RepoFacts]:
        return (NEW, EMPTY)

    def arxiv_faults(self) -> Iterable[Answer]:
        return self.faults


@pytest.fixture
def world() -> SmallWorld:
    return SmallWorld()


@pytest.fixture
def server(world: SmallWorld) -> Iterator[ReplayServer]:
    with ReplayServer(world, token="right") as running:
        yield running


def arxiv_client(server: ReplayServer) -> arxiv.Client:
    client = arxiv.Client(page_size=100, delay_seconds=0, num_retries=0)
    client.query_url_format = server.arxiv_url + "?{}"
    return client


def hub(server: ReplayServer, token: str | None = "right") -> github.Github:
    auth = github.Auth.Token(token) if token else None
    return github.Github(
        auth=auth, base_url=server.github_url, retry=None, seconds_between_requests=0
    )


class TestGateway:
    def test_answers_the_original_address_with_its_query(
        self, server: ReplayServer, world: SmallWorld
    ) -> None:
        url = "https://mp.weixin.qq.com/s/abc?x=y&u=https://a.b/c%20d"
        world.pages[url] = Answer(body="中文".encode(), headers={"Content-Type": "text/html"})
        reply = requests.get(f"{server.gateway}/{url}", timeout=5)
        assert reply.content.decode() == "中文"
        assert world.asked == [url]
        assert server.stats.requests["web"] == 1
        assert server.stats.hosts["mp.weixin.qq.com"].requests == 1

    def test_an_unknown_address_is_an_html_404(self, server: ReplayServer) -> None:
        reply = requests.get(f"{server.gateway}/http://nowhere.example/", timeout=5)
        assert reply.status_code == 404
        assert "<h1>" in reply.text

    @pytest.mark.parametrize("target", ["/https:/a.example/x", "/https://a.example/x"])
    def test_forgives_a_folded_slash(self, target: str) -> None:
        assert original_url(target) == "https://a.example/x"

    def test_a_malformed_host_is_answered_too(self, server: ReplayServer) -> None:
        assert requests.get(f"{server.gateway}/http://[/", timeout=5).status_code == 404

    def test_a_computed_etag_makes_the_second_request_a_304(
        self, server: ReplayServer, world: SmallWorld
    ) -> None:
        world.pages["http://a.example/feed"] = Answer(body=b"<rss/>")
        first = requests.get(f"{server.gateway}/http://a.example/feed", timeout=5)
        again = requests.get(
            f"{server.gateway}/http://a.example/feed",
            headers={"If-None-Match": first.headers["ETag"]},
            timeout=5,
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]

    def test_last_modified_is_compared_where_no_etag_is_sent(
        self, server: ReplayServer, world: SmallWorld
    ) -> None:
        day = "Wed, 04 May 2022 08:00:00 GMT"
        world.pages["http://a.example/f"] = Answer(body=b"x", headers={"Last-Modified": day})

        def status(since: str) -> int:
            headers = {"If-Modified-Since": since}
            url = f"{server.gateway}/http://a.example/f"
            return requests.get(url, headers=headers, timeout=5).status_code

        assert status(day) == 304
        assert status("Tue, 03 May 2022 08:00:00 GMT") == 200
        assert status("nonsense") == 200

    def test_a_redirect_is_passed_on_as_it_is(
        self, server: ReplayServer, world: SmallWorld
    ) -> None:
        moved = Answer(status=302, headers={"Location": "https://b.example/y"})
        world.pages["https://a.example/x"] = moved
        reply = requests.get(
            f"{server.gateway}/https://a.example/x", allow_redirects=False, timeout=5
        )
        assert (reply.status_code, reply.headers["Location"]) == (302, "https://b.example/y")

    def test_fifty_connections_are_answered_beside_hanging_ones(
        self, server: ReplayServer, world: SmallWorld
    ) -> None:
        world.pages["http://slow.example/"] = Answer(delay=3600)
        world.pages["http://fast.example/"] = Answer(body=b"ok", delay=0.05)

        async def ask() -> list[bytes]:
            connector = aiohttp.TCPConnector(limit=100)
            async with aiohttp.ClientSession(connector=connector) as session:

                async def get(url: str) -> bytes:
                    async with session.get(f"{server.gateway}/{url}") as reply:
                        return await reply.read()

                hanging = [asyncio.create_task(get("http://slow.example/")) for _ in range(5)]
                bodies = await asyncio.gather(*(get("http://fast.example/") for _ in range(50)))
                for task in hanging:
                    task.cancel()
                return bodies

        assert asyncio.run(ask()) == [b"ok"] * 50
        assert server.stats.hosts["fast.example"].max_in_flight > 10

    def test_stops_while_an_answer_hangs(self, world: SmallWorld) -> None:
        world.pages["http://slow.example/"] = Answer(delay=3600)
        refused: list[str] = []

        def ask(url: str) -> None:
            try:
                requests.get(url, timeout=30)
            except requests.ConnectionError as error:
                refused.append(type(error).__name__)

        with ReplayServer(world) as server:
            asker = threading.Thread(target=ask, args=(f"{server.gateway}/http://slow.example/",))
            asker.start()
            while not world.asked:
                asker.join(0.01)
        asker.join(20)
        assert refused == ["ConnectionError"]


class TestArxiv:
    def test_ids_give_whole_papers(self, server: ReplayServer) -> None:
        (paper,) = arxiv_client(server).results(arxiv.Search(id_list=["2112.02244"]))
        assert paper.title == LAVT.title
        assert paper.summary == LAVT.abstract
        assert [a.name for a in paper.authors] == list(LAVT.authors)
        assert (paper.comment, paper.doi, paper.journal_ref) == (
            LAVT.comment,
            LAVT.doi,
            LAVT.journal_ref,
        )
        assert paper.entry_id == "http://arxiv.org/abs/2112.02244v2"
        assert paper.published == LAVT.published
        assert paper.primary_category == "cs.CV"
        assert paper.pdf_url == "https://arxiv.org/pdf/2112.02244v2"

    def test_unknown_ids_are_silently_absent(self, server: ReplayServer) -> None:
        wanted = arxiv.Search(id_list=["0000.0000", "math/0601001", "2201.99999"])
        assert [p.title for p in arxiv_client(server).results(wanted)] == ["Knots"]

    def test_a_version_is_answered_as_asked_and_a_later_one_is_absent(
        self, server: ReplayServer
    ) -> None:
        wanted = arxiv.Search(id_list=["2112.02244v1", "2112.02244v9"])
        entries = [p.entry_id for p in arxiv_client(server).results(wanted)]
        assert entries == ["http://arxiv.org/abs/2112.02244v1"]

    def test_a_malformed_id_spoils_the_request_with_an_error_entry(
        self, server: ReplayServer
    ) -> None:
        params = {"id_list": "2112.02244,abc"}
        reply = requests.get(server.arxiv_url, params=params, timeout=5)
        assert reply.status_code == 400
        assert "<summary>incorrect id format for abc</summary>" in reply.text
        assert "https://arxiv.org/api/errors#incorrect_id_format_for_abc" in reply.text
        with pytest.raises(arxiv.HTTPError):
            list(arxiv_client(server).results(arxiv.Search(id_list=["abc"])))

    def test_pages_through_many_results(self, server: ReplayServer) -> None:
        found = list(
            arxiv_client(server).results(arxiv.Search(query="ti:filler", max_results=1000))
        )
        assert len({p.entry_id for p in found}) == 250
        assert server.stats.requests["arxiv"] == 3

    def test_ten_results_are_given_where_no_number_is_asked(self, server: ReplayServer) -> None:
        text = requests.get(f"{server.arxiv_url}?search_query=filler", timeout=5).text
        assert text.count("<entry>") == 10
        assert "<opensearch:totalResults>250</opensearch:totalResults>" in text

    @pytest.mark.parametrize(
        ("query", "ids"),
        [
            ('ti:"vision transformer"', ["2201.00001", "2112.02244"]),
            ("ti:vision AND ti:pruning", ["2201.00001"]),
            ("all:pruning", ["2201.00001", "2201.00002"]),
            ("pruning", ["2201.00001", "2201.00002"]),
            ("ti:transformer ANDNOT au:torr", ["2201.00001", "2201.00002"]),
            ('au:"ann lee" OR ti:knots', ["2201.00001", "math/0601001"]),
            ("(ti:knots OR ti:pruning) AND cat:math", ["math/0601001"]),
            ('ti:"pruning vision"', []),
            ('ti:"Language-Aware Vision Transformer"', ["2112.02244"]),
            ("ti:(knots OR lavt)", ["2112.02244", "math/0601001"]),
        ],
    )
    def test_search_language(self, server: ReplayServer, query: str, ids: list[str]) -> None:
        found = arxiv_client(server).results(arxiv.Search(query=query))
        assert sorted(p.get_short_id().split("v")[0] for p in found) == sorted(ids)

    @pytest.mark.parametrize("query", ["(ti:a", "ti:a)", "AND", "ti:a AND", "zz:a", "(" * 100])
    def test_an_unreadable_query_is_an_error_entry(self, server: ReplayServer, query: str) -> None:
        reply = requests.get(server.arxiv_url, params={"search_query": query}, timeout=5)
        assert reply.status_code == 400
        assert "<title>Error</title>" in reply.text

    def test_sorts_by_date(self, server: ReplayServer) -> None:
        def first(order: arxiv.SortOrder) -> str:
            by = arxiv.SortCriterion.SubmittedDate
            search = arxiv.Search(query="transformer", sort_by=by, sort_order=order)
            return str(next(iter(arxiv_client(server).results(search))).get_short_id())

        assert first(arxiv.SortOrder.Ascending) == "2112.02244v2"
        assert first(arxiv.SortOrder.Descending).startswith("2201.")

    def test_a_request_line_that_is_too_long_is_refused(self, server: ReplayServer) -> None:
        many = ",".join(f"2105.{n:05d}" for n in range(700))
        assert (
            requests.get(server.arxiv_url, params={"id_list": many}, timeout=5).status_code == 414
        )
        posted = requests.post(
            server.arxiv_url, data={"id_list": many, "max_results": "700"}, timeout=5
        )
        assert posted.text.count("<entry>") == 250

    def test_faults_come_first(self, world: SmallWorld) -> None:
        world.faults = (Answer(status=503), Answer(status=429, headers={"Retry-After": "7"}))
        with ReplayServer(world) as server:
            url = f"{server.arxiv_url}?id_list=2112.02244"
            replies = [requests.get(url, timeout=5) for _ in range(3)]
        assert [r.status_code for r in replies] == [503, 429, 200]
        assert replies[1].headers["Retry-After"] == "7"

    def test_requests_that_come_too_soon_are_refused_and_counted(self, world: SmallWorld) -> None:
        ticks = iter([0.0, 0.0, 1.0, 1.0, 3.0, 3.0])
        with ReplayServer(world, arxiv_interval=3, monotonic=lambda: next(ticks)) as server:
            url = f"{server.arxiv_url}?id_list=2112.02244"
            replies = [requests.get(url, timeout=5) for _ in range(3)]
        assert [r.status_code for r in replies] == [200, 429, 200]
        assert replies[1].headers["Retry-After"] == "2"
        assert server.stats.violations == 1
        assert server.stats.hosts["export.arxiv.org"].min_gap == 1.0


class TestGithub:
    def test_a_repository(self, server: ReplayServer) -> None:
        repo = hub(server).get_repo("New-Owner/model")
        assert repo.full_name == NEW.full_name
        assert repo.stargazers_count == NEW.stargazers
        assert repo.license.spdx_id == "MIT"
        assert repo.topics == ["segmentation"]
        assert repo.pushed_at == NEW.pushed_at
        assert repo.get_readme().decoded_content.decode() == NEW.readme

    def test_a_renamed_one_is_redirected_to_its_number(self, server: ReplayServer) -> None:
        reply = requests.get(
            f"{server.github_url}/repos/old-owner/model", allow_redirects=False, timeout=5
        )
        assert reply.status_code == 301
        assert reply.headers["Location"].startswith(f"{server.github_url}/repositories/")
        assert reply.json()["message"] == "Moved Permanently"
        assert hub(server).get_repo("old-owner/model").full_name == NEW.full_name

    def test_a_missing_one(self, server: ReplayServer) -> None:
        with pytest.raises(github.UnknownObjectException) as caught:
            hub(server).get_repo("nobody/nothing")
        assert caught.value.data["message"] == "Not Found"

    def test_an_etag_costs_nothing(self, server: ReplayServer) -> None:
        url = f"{server.github_url}/repos/new-owner/model"
        first = requests.get(url, timeout=5)
        again = requests.get(url, headers={"If-None-Match": first.headers["ETag"]}, timeout=5)
        assert again.status_code == 304
        assert again.headers["X-RateLimit-Remaining"] == first.headers["X-RateLimit-Remaining"]

    def test_pygithub_updates_conditionally(self, server: ReplayServer) -> None:
        repo = hub(server).get_repo("new-owner/Model")
        assert repo.update() is False
        assert server.stats.statuses[304] == 1

    def test_sixty_an_hour_without_a_token(self, server: ReplayServer) -> None:
        anonymous = hub(server, token=None)
        for _ in range(60):
            anonymous.get_repo("new-owner/Model")
        with pytest.raises(github.RateLimitExceededException) as caught:
            anonymous.get_repo("new-owner/Model")
        assert caught.value.status == 403
        assert "API rate limit exceeded" in caught.value.data["message"]
        assert hub(server).get_repo("new-owner/Model").stargazers_count == NEW.stargazers

    def test_a_wrong_token(self, server: ReplayServer) -> None:
        with pytest.raises(github.BadCredentialsException):
            hub(server, token="wrong").get_repo("new-owner/Model")

    def test_search(self, server: ReplayServer) -> None:
        found = hub(server).search_repositories("model segmentation language:python")
        assert [r.full_name for r in found] == [NEW.full_name]

    def test_rate_limit(self, server: ReplayServer) -> None:
        assert hub(server).get_rate_limit().resources.core.limit == 5000


class TestGraphQL:
    QUERY = """
    query($name: String!) {
      rateLimit { cost remaining }
      a: repository(owner: "old-owner", name: $name) { ...facts }
      b: repository(owner: "nobody", name: "nothing") { nameWithOwner }
      c: repository(owner: "new-owner", name: "empty") { isEmpty isArchived defaultBranchRef { name } }
    }
    fragment facts on Repository {
      nameWithOwner stargazerCount licenseInfo { spdxId } primaryLanguage { name }
      repositoryTopics(first: 5) { nodes { topic { name } } }
      object(expression: "HEAD:README.md") { ... on Blob { text } }
    }
    """

    def ask(self, server: ReplayServer, query: str) -> dict[str, Any]:
        reply = requests.post(
            server.graphql_url,
            json={"query": query, "variables": {"name": "model"}},
            headers={"Authorization": "bearer right"},
            timeout=5,
        )
        assert reply.status_code == 200
        answer = reply.json()
        assert isinstance(answer, dict)
        return answer

    def test_aliases_with_a_missing_one_beside_the_data(self, server: ReplayServer) -> None:
        answer = self.ask(server, self.QUERY)
        assert answer["data"] == {
            "rateLimit": {"cost": 1, "remaining": 4999},
            "a": {
                "nameWithOwner": NEW.full_name,
                "stargazerCount": NEW.stargazers,
                "licenseInfo": {"spdxId": "MIT"},
                "primaryLanguage": {"name": "Python"},
                "repositoryTopics": {"nodes": [{"topic": {"name": "segmentation"}}]},
                "object": {"text": NEW.readme},
            },
            "b": None,
            "c": {"isEmpty": True, "isArchived": True, "defaultBranchRef": None},
        }
        (error,) = answer["errors"]
        assert (error["type"], error["path"]) == ("NOT_FOUND", ["b"])
        assert "'nobody/nothing'" in error["message"]

    def test_an_unknown_field_is_refused_whole(self, server: ReplayServer) -> None:
        answer = self.ask(server, '{ repository(owner:"new-owner", name:"model") { nope } }')
        assert "data" not in answer
        assert "Field 'nope' doesn't exist on type 'Repository'" in str(answer["errors"])

    @pytest.mark.parametrize("query", ["", "{", "{ a: }", "query {" + "a{" * 60, "€"])
    def test_what_is_no_query_is_an_error(self, server: ReplayServer, query: str) -> None:
        assert "data" not in self.ask(server, query)

    def test_needs_a_token(self, server: ReplayServer) -> None:
        reply = requests.post(server.graphql_url, json={"query": "{}"}, timeout=5)
        assert reply.status_code == 401

    def test_pygithub_finds_the_endpoint_beside_the_base(self, server: ReplayServer) -> None:
        client = hub(server)
        query = 'query { r: repository(owner: "new-owner", name: "model") { nameWithOwner } }'
        _, answer = client.requester.requestJsonAndCheck(
            "POST", client.requester.graphql_url, input={"query": query}
        )
        assert answer["data"] == {"r": {"nameWithOwner": NEW.full_name}}
        assert server.stats.requests["github/graphql"] == 1
