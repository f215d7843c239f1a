"""A small web with one feed that can be held back, and a workspace that reads it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from demo.replay import ReplayServer
from demo.world import Answer, PaperFacts, RepoFacts
from pipeline.store import open_store
from pipeline.types import RunReport

ZONE = ZoneInfo("Asia/Shanghai")
"""The reader's, as shipped."""

_BODY = (
    "<p>本文提出了一种新的目标检测方法，把被遮挡的目标找回来。</p>" + "<p>实验部分的文字。</p>" * 40
)


class SmallWeb:
    """`articles` of one feed, today's (or, where `daily`, article n of n days ago); while `slow`
    is set its answer takes that many seconds."""

    def __init__(self, articles: int = 3, *, daily: bool = False) -> None:
        self.articles = articles
        self.daily = daily
        self.slow = 0.0
        self.asked = threading.Event()
        self.times = 0

    def web(self, url: str, headers: Mapping[str, str]) -> Answer | None:
        if not url.startswith("https://small.example.org/feed"):
            return None
        self.times += 1
        self.asked.set()
        items = "".join(
            f"<item><title>第 {n} 篇</title><link>https://small.example.org/{n}</link>"
            f"<pubDate>{self._published(n):%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
            f"<content:encoded><![CDATA[{_BODY}]]></content:encoded></item>"
            for n in range(self.articles)
        )
        rss = (
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
            f"<channel><title>小来源</title>{items}</channel></rss>"
        )
        return Answer(body=rss.encode(), headers={"Content-Type": "text/xml"}, delay=self.slow)

    def _published(self, n: int) -> datetime:
        now = datetime.now(ZONE)
        if self.daily and n:
            noon = (now - timedelta(days=n)).replace(hour=12, minute=0)
            return noon.astimezone(UTC)
        midnight = now.replace(hour=0, minute=0, second=0)
        return max(now - timedelta(minutes=5), midnight).astimezone(UTC)

    def paper(self, arxiv_id: str) -> PaperFacts | None:
        return None

    def papers(self) -> Iterable[PaperFacts]:
        return ()

    def repo(self, full_name: str) -> RepoFacts | None:
        return None

    def arxiv_faults(self) -> Iterable[Answer]:
        return ()


class Small:
    """A workspace on a small web; `extra` are more lines of its settings."""

    def __init__(self, folder: Path, server: ReplayServer, extra: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        feed = '<outline type="rss" title="小来源" xmlUrl="https://small.example.org/feed"/>'
        opml = f'<opml version="2.0"><body>{feed}</body></opml>'
        (folder / "feeds.opml").write_text(opml, "utf-8")
        (folder / "interests.toml").write_text('[[interest]]\nphrase = "目标检测"\n', "utf-8")
        lookups = "".join(
            f'{name} = "{server.lookup_url(path)}"\n'
            for name, path in (
                ("crossref", "crossref"),
                ("openreview", "openreview"),
                ("hugging_face", "huggingface"),
            )
        )
        (folder / "settings.toml").write_text(
            f'[fetch]\ngateway = "{server.gateway}"\ntimeout = 60.0\n'
            f'[arxiv]\napi_url = "{server.arxiv_url}"\ninterval = 0.1\n'
            f'[github]\napi_url = "{server.github_url}"\n[lookup]\n{lookups}'
            f'[model]\nname = "use"\n{extra}',
            "utf-8",
        )

    def start(self, *arguments: str, **extra: str) -> subprocess.Popen[str]:
        """The command in this workspace, its words on one pipe."""
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith(("STARDRAFT_", "PREFECT_"))
        }
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline.cli.main", *arguments, "--config", str(self.folder)],
            env=clean | extra,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, **extra: str) -> str:
        """Run it to the end; what it said. It must not have failed."""
        process = self.start(*arguments, **extra)
        said, _ = process.communicate(timeout=240)
        assert process.returncode == 0, said
        return said

    def notes(self) -> dict[str, str]:
        """Every note by its path."""
        folder = self.folder / "notes"
        return {str(p.relative_to(folder)): p.read_text("utf-8") for p in folder.rglob("*.md")}

    def reports(self, url: str = "") -> list[RunReport]:
        """What the store remembers of the runs, newest first."""
        store = open_store(url or f"sqlite:///{self.folder / '.stardraft' / 'state.db'}")
        try:
            return list(store.last_runs(100))
        finally:
            store.close()
