"""The inbox file of pasted addresses: what `stardraft add` and the review page write to."""

from __future__ import annotations

import fcntl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import Issue, UsageError
from pipeline.settings import Workspace
from pipeline.urls import canonical_url, is_web_url

_SAVED = (".html", ".htm", ".mhtml", ".mht", ".md", ".markdown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """Which addresses were new to the inbox at `path`."""

    path: Path
    fresh: tuple[str, ...]


def add_to_inbox(workspace: Workspace, urls: Sequence[str]) -> Added:
    """Append the addresses that are not there yet; raises `UsageError` for what is none."""
    wrong = [u for u in urls if not is_web_url(u)]
    if wrong:
        raise UsageError(*map(_no_address, wrong))
    inbox = workspace.root / workspace.settings.sources.inbox
    with inbox.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = file.read()
        there = set(known.split())
        fresh = tuple(u for u in dict.fromkeys(map(canonical_url, urls)) if u not in there)
        gap = "" if not known or known.endswith("\n") else "\n"
        if fresh:
            file.write(gap + "".join(f"{u}\n" for u in fresh))
    return Added(path=inbox, fresh=fresh)


def _no_address(url: str) -> Issue:
    remedy = "要以 http:// 或 https:// 开头，整个用引号括起来；"
    if "://" not in url and Path(url[:4096]).suffix.lower() in _SAVED:
        remedy = "存成文件的网页放进 saved 文件夹，下次运行会读；"
    return Issue(
        subject=url,
        code="url.bad",
        sentence="这不是一个网址。",
        remedy=f"{remedy}这次一个也没有加入。",
    )
