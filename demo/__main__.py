"""`python -m demo`: drafts the sample day's note against the replay server, without network.

It prepares a reader's folder, imports its past notes and runs the same `stardraft run` a reader
types; options it does not know (`--no-prefect`) are passed on. The folder is kept, so that a
second run shows a morning with nothing new. Exit code 0 where the note was written.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template

from demo.day import SampleDay
from demo.replay import ReplayServer
from pipeline.errors import Exit

DAY = "2026-09-18"
NOTE = Path("notes/202609/0918.md")
_HERE = Path(__file__).parent / "day"
_PREVIEW_LINES = 24
_PREVIEW_WIDTH = 110
_PLANNED = (
    "样例日里故意安排了几处故障：一个来源一直不应答，一篇文章已被删除，一个链接要验证码，"
    "一个仓库不存在，一个改了名，一个已归档，一篇文章给错了论文链接；arXiv 起初说请求太多（429），"
    "等一秒就好了。"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; the exit code to end with."""
    parser = argparse.ArgumentParser(
        prog="python -m demo", description="样例日：不用联网，写出一篇笔记。"
    )
    parser.add_argument("--dir", type=Path, default=Path("demo-day"), help="工作区文件夹")
    options, passed_on = parser.parse_known_args(arguments)
    folder: Path = options.dir.resolve()
    world = SampleDay()
    with ReplayServer(world) as server:
        prepare(folder, world, server)
        imported = _stardraft("notes", "import", str(_HERE / "archive"), "--config", str(folder))
        if imported != Exit.DONE:
            print("导入以往的笔记没有成功，样例到此为止。", file=sys.stderr)
            return imported
        ended = _stardraft("run", "--date", DAY, "--config", str(folder), *passed_on)
    return report(folder, ended)


def prepare(folder: Path, world: SampleDay, server: ReplayServer) -> None:
    """Write the reader's folder; only the settings, which name the server, are written anew."""
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        "gateway": server.gateway,
        "arxiv_url": server.arxiv_url,
        "github_url": server.github_url,
        "crossref_url": server.lookup_url("crossref"),
        "openreview_url": server.lookup_url("openreview"),
        "huggingface_url": server.lookup_url("huggingface"),
        "yolov7": next(s.short_url for s in world.sources if s.slug == "inbox-yolov7"),
    }
    for source in sorted((_HERE / "workspace").iterdir()):
        target = folder / source.name
        if source.name == "settings.toml" or not target.exists():
            text = Template(source.read_text(encoding="utf-8")).substitute(values)
            target.write_text(text, encoding="utf-8")
    for past in sorted((_HERE / "archive").rglob("*.md")):
        target = folder / "notes" / past.relative_to(_HERE / "archive")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(past, target)


def report(folder: Path, ended: int) -> int:
    """Say how it went and show the note's beginning; 0 where there is a note to show."""
    note = folder / NOTE
    print()
    if ended not in (Exit.DONE, Exit.PARTLY):
        print(f"运行没有完成（退出码 {ended}），原因见上面。", file=sys.stderr)
        return ended
    if not note.is_file():
        print(f"没有找到笔记 {note}。", file=sys.stderr)
        return Exit.FAILED
    if ended == Exit.PARTLY:
        print(f"{_PLANNED}上面“略过与失败”里说的就是这些，其余内容不受影响。")
    print(f"笔记在 {note}\n")
    lines = [line for line in note.read_text(encoding="utf-8").splitlines() if line.strip()]
    for line in lines[:_PREVIEW_LINES]:
        print("  " + (line if len(line) <= _PREVIEW_WIDTH else f"{line[:_PREVIEW_WIDTH]}…"))
    if len(lines) > _PREVIEW_LINES:
        print(f"  …（共 {len(lines)} 行）")
    return Exit.DONE


def _stardraft(*arguments: str) -> int:
    """Run the command that a reader would type; its exit code."""
    beside = Path(sys.executable).with_name("stardraft")
    command = str(beside) if beside.is_file() else shutil.which("stardraft")
    if command is None:
        print("找不到 stardraft 命令：请先安装（./run.sh demo 会自动装好）。", file=sys.stderr)
        return Exit.FAILED
    print(f"$ stardraft {' '.join(arguments)}", flush=True)
    told = {} if sys.stderr.isatty() else {"STARDRAFT_RUN__LOG": "text"}  # for people all the same
    env = environment(os.environ) | told
    ran = subprocess.run([command, *arguments], env=env, check=False)  # noqa: S603
    return ran.returncode


def environment(outer: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """The reader's environment without what would lead the demo out into the network.

    Settings in the environment are stronger than the file, so only those of the model stay.
    """
    kept = {
        name: value
        for name, value in outer.items()
        if not name.startswith("STARDRAFT_") or name.startswith("STARDRAFT_MODEL__")
    }
    for token in ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN_FILE"):
        kept.pop(token, None)
    loopback = "127.0.0.1,localhost"
    return kept | {"NO_PROXY": loopback, "no_proxy": loopback}


if __name__ == "__main__":
    sys.exit(main())
