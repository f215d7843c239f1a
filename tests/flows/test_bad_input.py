"""One morning on which almost everything goes wrong: said plainly, the rest unharmed."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from demo.replay import ReplayServer
from demo.world import Answer, PaperFacts, RepoFacts
from pipeline.errors import Exit
from pipeline.notes import FolderNotebook

DAY = "2026-09-18"
_RSS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{title}</title>{items}</channel></rss>"""
_ITEM = """<item><title>{title}</title><link>{link}</link><guid>{link}</guid>
<pubDate>Thu, 17 Sep 2026 {hour:02}:00:00 GMT</pubDate>{extra}</item>"""
_BODY = (
    "<p>本文提出了一种新的目标检测方法，通过两阶段的匹配把被遮挡的目标找回来，精度提高了三个点。</p>"
    "<p>论文地址：https://arxiv.org/abs/2110.06864</p><p>" + "实验部分的文字。" * 60 + "</p>"
)


def rss(title: str, links: Iterable[str], extra: str = "") -> str:
    items = (
        _ITEM.format(title=f"{title}的第 {n} 篇", link=link, hour=n % 24, extra=extra)
        for n, link in enumerate(links)
    )
    return _RSS.format(title=title, items="".join(items))


def xml(text: str, charset: str = "utf-8") -> Answer:
    return Answer(body=text.encode(charset), headers={"Content-Type": "text/xml"})


def full(title: str, link: str) -> str:
    return rss(title, [link], f"<content:encoded><![CDATA[{_BODY}]]></content:encoded>")


class BadMorning:
    """A web on which one feed is well and everything else is not; arXiv is down."""

    def web(self, url: str, headers: Mapping[str, str]) -> Answer | None:
        host, _, path = url.removeprefix("https://").partition("/")
        if path == "robots.txt":
            return None
        answers: dict[str, Answer] = {
            "good.example.org": xml(full("好来源", "https://good.example.org/a")),
            "gbk.example.org": xml(full("国标来源", "https://gbk.example.org/a"), "gbk"),
            "huge.example.org": Answer(body=b"<rss>" + b" " * 100_000_000),
            "many.example.org": xml(
                rss("多来源", (f"https://many.example.org/{n}" for n in range(10_000)))
            ),
            "login.example.org": Answer(
                body="<html><body><form>请先登录</form></body></html>".encode(),
                headers={"Content-Type": "text/html; charset=utf-8"},
            ),
        }
        if host == "many.example.org" and path.isdigit():
            return Answer(
                body="<html><title>空</title><body><nav>首页</nav></body></html>".encode(),
                headers={"Content-Type": "text/html; charset=utf-8"},
            )
        return answers.get(host)

    def paper(self, arxiv_id: str) -> PaperFacts | None:
        return None

    def papers(self) -> Iterable[PaperFacts]:
        return ()

    def repo(self, full_name: str) -> RepoFacts | None:
        return None

    def arxiv_faults(self) -> Iterable[Answer]:
        return itertools.repeat(Answer(status=503, headers={"Retry-After": "600"}))


def workspace(folder: Path, server: ReplayServer) -> None:
    hosts = ("good", "gbk", "huge", "many", "login", "nowhere")
    outlines = "".join(
        f'<outline type="rss" title="{host}" xmlUrl="https://{host}.example.org/feed"/>'
        for host in hosts
    )
    outlines += '<outline type="rss" title="wrong" xmlUrl="https://[nonsense"/>'
    (folder / "feeds.opml").write_text(
        f'<opml version="2.0"><body>{outlines}</body></opml>', "utf-8"
    )
    (folder / "interests.toml").write_text('[[interest]]\nphrase = "目标检测"\n', "utf-8")
    (folder / "settings.toml").write_text(
        f"""
[fetch]
gateway = "{server.gateway}"
max_entries = 20
timeout = 10.0
[arxiv]
api_url = "{server.arxiv_url}"
interval = 0.1
[github]
api_url = "{server.github_url}"
[lookup]
crossref = "{server.lookup_url("crossref")}"
openreview = "{server.lookup_url("openreview")}"
hugging_face = "{server.lookup_url("huggingface")}"
[model]
name = "use"
""",
        "utf-8",
    )


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder after the run, and the run's own report."""
    folder = tmp_path_factory.mktemp("bad")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("STARDRAFT_", "PREFECT_"))}
    with ReplayServer(BadMorning()) as server:
        workspace(folder, server)
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pipeline.cli.main",
                "run",
                "--no-prefect",
                "--json",
                "--date",
                DAY,
            ],
            cwd=folder,
            env=clean,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert done.returncode == Exit.PARTLY, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return folder, report


def issues(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {i["code"]: i for stage in report["stages"] for i in stage["issues"]}


def test_the_good_articles_are_drafted_all_the_same(morning: tuple[Path, dict[str, Any]]) -> None:
    folder, report = morning
    book = FolderNotebook(folder / "notes")
    note = book.parse((folder / "notes" / "202609" / "0918.md").read_text("utf-8"))
    titles = {item.title for item in note.items}
    seen = {item.title for item in note.also_seen}
    assert titles | seen == {"好来源的第 0 篇", "国标来源的第 0 篇"}
    assert "https://arxiv.org/abs/2110.06864" in (folder / report["note_path"]).read_text("utf-8")


def test_every_failure_is_named_with_its_remedy(morning: tuple[Path, dict[str, Any]]) -> None:
    found = issues(morning[1])
    assert found["feed.not_a_feed"]["subject"] == "login"
    assert found["feed.too_many_entries"]["remedy"]
    too_large = next(i for code, i in found.items() if "large" in code or "size" in code)
    assert too_large["subject"] == "huge"
    assert any(code.startswith("arxiv.") for code in found)
    assert "page.no_article" in found
    for issue in found.values():
        assert issue["sentence"]
        assert issue["remedy"]


def test_what_could_not_be_asked_is_counted_and_marked_temporary(
    morning: tuple[Path, dict[str, Any]],
) -> None:
    enrich = next(s for s in morning[1]["stages"] if s["stage"] == "enrich")
    assert enrich["failed"] >= 1
    assert any(i["temporary"] for i in enrich["issues"])
