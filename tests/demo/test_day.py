"""The sample day: its facts are true, its pages and feeds have the shapes of the real ones."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.__main__ import NOTE, environment, prepare, report
from demo.day import SampleDay
from demo.day.article import Source
from demo.day.feeds import FAILURE_TEXT
from demo.replay import ReplayServer
from pipeline.errors import Exit
from pipeline.extract import PageExtractor
from pipeline.settings import load_workspace
from pipeline.sources import Sources
from pipeline.text import normal_title
from pipeline.types import Article, Feed, FeedKind, FeedMemory, Page, PageState
from pipeline.urls import is_web_url

ROOT = Path(__file__).parents[2]
ARCHIVE = ROOT / "demo" / "day" / "archive"
NOON = datetime(2026, 9, 18, 4, tzinfo=UTC)

EXPECTED: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "bridge-bytetrack": ({"arxiv:2110.06864", "github.com/ifzhang/bytetrack"}, ()),
    "bridge-vit-adapter": ({"arxiv:2205.08534", "github.com/czczup/vit-adapter"}, ()),
    "bridge-replknet": ({"arxiv:2203.06717", "github.com/dingxiaoh/replknet-pytorch"}, ()),
    "bridge-course": (set(), ()),
    "mirror-bytetrack": ({"arxiv:2110.06864", "github.com/ifzhang/bytetrack"}, ()),
    "mirror-mae": (set(), ("Masked Autoencoders Are Scalable Vision Learners",)),
    "mirror-mobilevit": ({"arxiv:2110.02178", "github.com/apple/ml-cvnets"}, ()),
    "mirror-botsort": ({"arxiv:2206.14651", "github.com/niraharon/botsort-official"}, ()),
    "mirror-mprnet": ({"arxiv:2101.02824", "github.com/swz30/mprnet"}, ()),
    "inbox-yolov7": ({"arxiv:2207.02696", "github.com/wongkinyiu/yolov7"}, ()),
    "blog-litv2": ({"arxiv:2205.13213", "github.com/ziplab/litv2"}, ()),
    "blog-convnext": ({"arxiv:2201.03545", "github.com/facebookresearch/convnext"}, ()),
    "blog-notebook": (set(), ()),
}
"""Main links and named subjects of every readable article, as a reader would see them."""


@pytest.fixture(scope="module")
def day() -> SampleDay:
    return SampleDay()


@pytest.fixture(scope="module")
def by_slug(day: SampleDay) -> dict[str, Source]:
    return {source.slug: source for source in day.sources}


def _page(day: SampleDay, url: str) -> Page:
    answer = day.web(url, {})
    assert answer is not None, url
    assert answer.status == 200
    kind = answer.headers["Content-Type"]
    return Page(url=url, final_url=url, body=answer.body, fetched_at=NOON, content_type=kind)


def _read(day: SampleDay, source: Source) -> Article:
    return PageExtractor().extract(_page(day, source.short_url))


@pytest.fixture(scope="module")
def true_titles(corpus: Path) -> dict[str, set[str]]:
    """Titles of papers by id as indexes told them: the notes' papers and arXiv's own RSS."""
    titles: dict[str, set[str]] = {}
    for line in (corpus / "arxiv" / "notes_coverage.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["title"]:
            titles.setdefault(row["id"], set()).add(normal_title(row["title"]))
    for found, title in _announced(corpus):
        titles.setdefault(found, set()).add(normal_title(title))
    return titles


def _announced(corpus: Path) -> Iterator[tuple[str, str]]:
    item = re.compile(r"<title>([^<]+)</title>\s*<link>https://arxiv\.org/abs/([\d.]+)</link>")
    for file in (corpus / "feeds" / "arxiv_rss_raw" / "consecutive_cs-cv_2026-08").glob("*.gz"):
        text = gzip.decompress(file.read_bytes()).decode("utf-8")
        yield from ((found, title) for title, found in item.findall(text))


@pytest.mark.corpus
def test_every_paper_has_its_true_title(day: SampleDay, true_titles: dict[str, set[str]]) -> None:
    wrong = {
        paper.id: paper.title
        for paper in day.papers()
        if normal_title(paper.title) not in true_titles.get(paper.id, set())
    }
    assert not wrong


@pytest.mark.corpus
def test_every_paper_of_the_archive_has_its_true_title(true_titles: dict[str, set[str]]) -> None:
    link = re.compile(r"- Paper: \[([^\]]+)\]\(https://arxiv\.org/abs/([\d.]+)\)")
    noted = [m for file in ARCHIVE.rglob("*.md") for m in link.findall(file.read_text("utf-8"))]
    assert len(noted) == 11
    assert [t for t, i in noted if normal_title(t) not in true_titles.get(i, set())] == []


@pytest.mark.corpus
def test_abstracts_are_our_own_words(day: SampleDay, corpus: Path) -> None:
    lines = (corpus / "arxiv" / "notes_coverage.jsonl").read_text("utf-8").splitlines()
    theirs = {row["id"]: row.get("abstract") or "" for row in map(json.loads, lines)}
    for paper in day.papers():
        shared = _runs(paper.abstract) & _runs(theirs.get(paper.id, ""))
        assert not shared, (paper.id, shared)


def _runs(text: str, length: int = 9) -> set[str]:
    words = normal_title(text).split()
    return {" ".join(words[n : n + length]) for n in range(len(words) - length + 1)}


def test_every_article_is_expected_or_a_known_failure(by_slug: dict[str, Source]) -> None:
    readable = {slug for slug, source in by_slug.items() if source.kind == "article"}
    assert readable == set(EXPECTED)
    assert set(by_slug) - readable == {"mirror-deleted", "inbox-captcha"}


@pytest.mark.parametrize("slug", sorted(EXPECTED))
def test_pages_read_as_a_reader_would(
    day: SampleDay, by_slug: dict[str, Source], slug: str
) -> None:
    source = by_slug[slug]
    article = _read(day, source)
    main = {link.id for link in article.links if link.role == "main"}
    assert article.state is PageState.OK
    assert article.title == source.title
    assert article.published == source.published
    assert (main, article.subjects) == EXPECTED[slug]
    if source.account is not None:
        assert article.account == source.account.name
        assert article.identity == f"wechat:{source.account.biz}/{source.mid}/1"


def test_the_lead_picture_is_the_figure_not_a_decoy(
    day: SampleDay, by_slug: dict[str, Source]
) -> None:
    article = _read(day, by_slug["bridge-bytetrack"])
    assert article.lead_image is not None
    assert (article.lead_image.width, article.lead_image.height) == (1080, 607)
    assert _read(day, by_slug["bridge-course"]).lead_image is None


def test_error_pages_come_as_200_and_are_recognised(
    day: SampleDay, by_slug: dict[str, Source]
) -> None:
    assert _read(day, by_slug["mirror-deleted"]).state is PageState.DELETED
    assert _read(day, by_slug["inbox-captcha"]).state is PageState.CAPTCHA


def test_wechat_pages_answer_to_long_and_short_links(
    day: SampleDay, by_slug: dict[str, Source]
) -> None:
    source = by_slug["mirror-mae"]
    assert source.long_url.startswith("http://mp.weixin.qq.com/s?__biz=")
    assert _page(day, source.long_url).body == _page(day, source.short_url).body
    secure = source.long_url.replace("http:", "https:").split("&chksm")[0]
    assert _page(day, secure).body == _page(day, source.short_url).body


def test_the_bridge_has_full_items_and_one_failure(day: SampleDay) -> None:
    feed = next(feed for feed in day.feeds if feed.name == "bridge")
    items = json.loads(_page(day, feed.url).body)["items"]
    failed = [item for item in items if item["content_html"] == FAILURE_TEXT]
    assert [item["title"] for item in failed] == [
        "不改主干也能做检测分割：ViT-Adapter 给朴素 ViT 装上“转接头”"
    ]
    assert all("data-src=" in item["content_html"] for item in items if item not in failed)


def test_the_mirror_has_long_links_and_no_guids(day: SampleDay) -> None:
    feed = next(feed for feed in day.feeds if feed.name == "mirror")
    body = _page(day, feed.url).body.decode()
    assert body.count("<item>") == 6
    assert "<guid" not in body
    assert body.count("&amp;chksm=") == 6


@pytest.mark.parametrize(
    ("name", "kind", "entries", "whole"),
    [
        ("bridge", "wechat", 4, 2),
        ("mirror", "wechat", 6, 0),
        ("blog", "feed", 3, 3),
        ("arxiv", "arxiv", 3, 3),
    ],
)
def test_feeds_parse_into_entries(
    day: SampleDay, name: str, kind: FeedKind, entries: int, whole: int
) -> None:
    facts = next(feed for feed in day.feeds if feed.name == name)
    feed = Feed(id=name, title=facts.title, url=facts.url, kind=kind)
    poll = Sources().read(feed, _page(day, facts.url), FeedMemory(feed_id=name), NOON)
    assert poll.issues == ()
    assert len(poll.entries) == entries  # replaced papers are no news
    assert sum(entry.content_is_full for entry in poll.entries) >= whole
    assert all(entry.published is not None for entry in poll.entries)
    if name != "arxiv":
        told = {source.title: source.published for source in day.told_by(name)}
        assert {entry.title: entry.published for entry in poll.entries} == told
    broken = [e for e in poll.entries if FAILURE_TEXT in (e.content or "")]
    assert not any(entry.content_is_full for entry in broken)


def test_an_unchanged_feed_answers_304(day: SampleDay) -> None:
    feed = next(feed for feed in day.feeds if feed.name == "blog")
    first = day.web(feed.url, {})
    assert first is not None
    again = day.web(feed.url, {"If-None-Match": first.headers["ETag"]})
    assert again is not None
    assert (again.status, again.body) == (304, b"")


def test_one_feed_hangs_and_arxiv_is_busy_at_first(day: SampleDay) -> None:
    hanging = [feed for feed in day.feeds if feed.hangs]
    answer = day.web(hanging[0].url, {})
    assert answer is not None
    assert (len(hanging), answer.delay) == (1, 600.0)
    (fault,) = day.arxiv_faults()
    assert (fault.status, fault.headers["Retry-After"]) == (429, "1")


def test_repositories_are_renamed_archived_and_missing(day: SampleDay) -> None:
    renamed, archived = day.repo("ifzhang/ByteTrack"), day.repo("facebookresearch/ConvNeXt")
    assert renamed is not None
    assert renamed.full_name == "FoundationVision/ByteTrack"
    assert archived is not None
    assert archived.archived
    assert day.repo("NirAharon/BOTSORT-official") is None


def test_unknown_addresses_have_no_answer(day: SampleDay) -> None:
    assert day.web("https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA", {}) is None
    assert day.web("https://arxiv.org/abs/1234.56789", {}) is None
    assert day.web("https://example.org/", {}) is None


def test_the_workspace_is_valid_and_survives_a_second_run(tmp_path: Path, day: SampleDay) -> None:
    with ReplayServer(day) as server:
        prepare(tmp_path, day, server)
        workspace = load_workspace(tmp_path)
        assert workspace.settings.fetch.gateway.rstrip("/") == server.gateway
    addresses = [
        line
        for line in (tmp_path / "inbox.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert len(addresses) == 2
    assert all(is_web_url(address) for address in addresses)
    (tmp_path / "interests.toml").write_text("# mine\n", encoding="utf-8")
    (tmp_path / "notes/202609/0915.md").write_text("edited", encoding="utf-8")
    with ReplayServer(day) as server:
        prepare(tmp_path, day, server)
        assert load_workspace(tmp_path).settings.fetch.gateway.rstrip("/") == server.gateway
    assert (tmp_path / "interests.toml").read_text("utf-8") == "# mine\n"
    assert (tmp_path / "notes/202609/0915.md").read_text("utf-8") == "edited"


def test_opml_follows_every_feed_of_the_day(tmp_path: Path, day: SampleDay) -> None:
    with ReplayServer(day) as server:
        prepare(tmp_path, day, server)
    opml = (tmp_path / "feeds.opml").read_text("utf-8")
    assert set(re.findall(r'xmlUrl="([^"]+)"', opml)) == {feed.url for feed in day.feeds}


def test_tokens_and_settings_of_the_environment_stay_outside() -> None:
    inside = environment(
        {
            "PATH": "/bin",
            "GITHUB_TOKEN": "t",
            "STARDRAFT_FETCH__GATEWAY": "",
            "STARDRAFT_MODEL__CACHE": "c",
        }
    )
    assert inside == {
        "PATH": "/bin",
        "STARDRAFT_MODEL__CACHE": "c",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def test_the_end_is_told_in_plain_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(tmp_path, Exit.FAILED) == Exit.FAILED
    assert report(tmp_path, Exit.DONE) == Exit.FAILED
    note = tmp_path / "notes/202609/0918.md"
    note.parent.mkdir(parents=True)
    note.write_text("# 笔记\n", encoding="utf-8")
    capsys.readouterr()
    assert report(tmp_path, Exit.PARTLY) == Exit.DONE
    told = capsys.readouterr().out
    assert "故意安排了几处故障" in told
    assert str(note) in told


def _demo(folder: Path) -> subprocess.CompletedProcess[str]:
    """`python -m demo` as a user runs it, with the light model so that it ends soon."""
    command = [sys.executable, "-m", "demo", "--dir", str(folder), "--no-prefect"]
    light = os.environ | {"STARDRAFT_MODEL__NAME": "use"}
    return subprocess.run(
        command, cwd=ROOT, env=light, capture_output=True, text=True, timeout=200, check=False
    )


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder after one run of the demo, and what it said."""
    folder = tmp_path_factory.mktemp("demo-day")
    ran = _demo(folder)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder, ran.stdout


def test_the_demo_names_its_planned_failures(drafted: tuple[Path, str]) -> None:
    _, said = drafted
    for failure in (
        "慢半拍的实验室动态：",  # the feed that hangs
        "环境异常",
        "已被作者删除",
        "github.com/niraharon/botsort-official",
        "FoundationVision/ByteTrack",
        "《Neighbor2Neighbor: Self-Supervised Denoising from Single Noisy Images》",
    ):
        assert failure in said


def test_the_demo_note_tells_true_things(drafted: tuple[Path, str]) -> None:
    folder, _ = drafted
    text = (folder / NOTE).read_text("utf-8")
    assert text.startswith("# 公众号内容拓展学习笔记（2026.9.18）\n")
    assert text.count("arxiv.org/abs/2110.06864") == 1  # two accounts, one item
    assert "已记于 2026.9.15" in text  # MobileViT stands in the archive
    found = "[Masked Autoencoders Are Scalable Vision Learners](https://arxiv.org/abs/2111.06377)"
    assert found in text  # by its title only
    assert "botsort-official" not in text.lower()
    assert "重磅！某大厂" not in text
    assert "mmbiz.qpic.cn" in text


def test_a_second_run_leaves_the_note_as_it_is(drafted: tuple[Path, str]) -> None:
    folder, _ = drafted
    note = (folder / NOTE).read_bytes()
    again = _demo(folder)
    assert again.returncode == 0, again.stdout + again.stderr
    assert (folder / NOTE).read_bytes() == note
