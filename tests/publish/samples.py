"""Notes and repositories to publish with, and the house that publishes them."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

from pipeline.ports import Clock, Store
from pipeline.publish.gitrepo import GitTarget
from pipeline.publish.publisher import Publisher
from pipeline.publish.readme import ReadmeWords
from pipeline.publish.target import Step, no_step

DAY = date(2022, 7, 10)
NOTE = (
    "# 公众号内容拓展学习笔记（2022.7.10）\n\n------\n\n\n\n## :paperclip:  今日要点\n\n"
    "1. [题目](https://mp.weixin.qq.com/s/abc)         :star::star:\n   - Abstract: 一句话\n\n"
    "<div align=center><img src=\"images/0710.png\" style='zoom:100%'>\n</div>"
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True)
    return done.stdout.decode().strip()


def repository(root: Path) -> Path:
    root.mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Reader")
    git(root, "config", "user.email", "reader@example.org")
    return root


def write_note(notes: Path, day: date = DAY, text: str = NOTE) -> Path:
    path = notes / f"{day:%Y%m}" / f"{day:%m%d}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    (path.parent / "images").mkdir(exist_ok=True)
    (path.parent / "images" / "0710.png").write_bytes(PNG)
    return path


def publisher(
    root: Path,
    notes: Path,
    store: Store,
    clock: Clock,
    *,
    remote: str | None = None,
    step: Step = no_step,
) -> Publisher:
    target = GitTarget(root, notes, remote=remote, step=step)
    return Publisher(target, store, clock, ReadmeWords(), step=step)


def commits(root: Path) -> list[str]:
    return git(root, "log", "--format=%s", "--grep=Stardraft-Revision").splitlines()
