"""Run the main job on a real day: `python -m tests.realday`.

Serves the corpus (STARDRAFT_CORPUS) on loopback, writes a workspace, imports the recorded
archive, runs `stardraft run`, and prints where the note is and what was asked of the server.
Exits with the command's code.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from demo.replay import ReplayServer, Stats
from pipeline.settings import shipped_config
from tests.realday.accounts import BEIJING
from tests.realday.workspace import write_workspace
from tests.realday.world import RealDay

_ROOT = Path(__file__).parents[2]
_TOKEN = "real-day-token"
_PRIVATE = ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN_FILE", "GH_TOKEN_FILE", "PREFECT_API_URL")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit code of the last command that ran."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the command ends with us
    options = _options(arguments)
    corpus = Path(os.environ.get("STARDRAFT_CORPUS", _ROOT.parent / "shared" / "corpus"))
    if not (corpus / "README.md").is_file():
        print("没有录下来的数据：用环境变量 STARDRAFT_CORPUS 指出它的文件夹。", file=sys.stderr)
        return 2
    folder = options.dir.resolve()
    if folder.exists() and not options.keep:
        if not _ours(folder):
            print(f"{folder} 不是这个命令写的工作区，没有动它。", file=sys.stderr)
            return 2
        shutil.rmtree(folder)
    world = RealDay(corpus, options.date)
    with ReplayServer(world, arxiv_interval=options.arxiv_interval, token=_TOKEN) as server:
        write_workspace(
            folder,
            world.opml(),
            server,
            interests=shipped_config() / "interests.toml",
            items=options.items,
            model=options.model,
            interval=options.arxiv_interval,
        )
        return _job(folder, corpus, options, server.stats)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.realday", description=__doc__)
    yesterday = datetime.now(BEIJING).date() - timedelta(days=1)
    parser.add_argument("--dir", type=Path, default=_ROOT / "real-day", help="workspace")
    parser.add_argument("--keep", action="store_true", help="run again on what is there")
    parser.add_argument("--date", type=date.fromisoformat, default=yesterday)
    parser.add_argument("--items", type=int, default=12, help="at most so many items")
    parser.add_argument("--model", default="e5-small", help="the embedding model's name")
    parser.add_argument("--arxiv-interval", type=float, default=3.0, help="seconds")
    parser.add_argument("--no-prefect", action="store_true", help="run the stages directly")
    parser.add_argument("--token", action="store_true", help="ask GitHub with a token")
    return parser.parse_args(arguments)


def _ours(folder: Path) -> bool:
    """True for an empty folder and for one that this command wrote."""
    settings = folder / "settings.toml"
    if settings.is_file():
        return settings.read_text(encoding="utf-8").startswith("# A real day on recorded data")
    return not any(folder.iterdir())


def _job(folder: Path, corpus: Path, options: argparse.Namespace, stats: Stats) -> int:
    """Import the archive, run the day, and say what came of it."""
    environment = _environment(os.environ, folder, options.token)
    if not options.keep or not (folder / ".stardraft").exists():
        code = _stardraft(environment, "notes", "import", corpus / "notes", "--config", folder)
        if code not in (0, 3):
            return code
    started = time.monotonic()
    flags = ["--no-prefect"] if options.no_prefect else []
    day = options.date.isoformat()
    code = _stardraft(environment, "run", "--date", day, "--config", folder, *flags)
    _tell(folder, options.date, stats, time.monotonic() - started)
    return code


def _environment(given: Mapping[str, str], folder: Path, token: bool) -> dict[str, str]:
    """The reader's environment without their own tokens and settings."""
    kept = {k: v for k, v in given.items() if k not in _PRIVATE and not k.startswith("STARDRAFT_")}
    kept["GH_CONFIG_DIR"] = str(folder / ".no-gh-login")
    return kept | ({"GITHUB_TOKEN": _TOKEN} if token else {})


def _stardraft(environment: Mapping[str, str], *words: object) -> int:
    command = [sys.executable, "-m", "pipeline.cli.main", *map(str, words)]
    return subprocess.run(command, env=environment, cwd=_ROOT, check=False).returncode


def _tell(folder: Path, day: date, stats: Stats, seconds: float) -> None:
    note = folder / "notes" / f"{day:%Y%m}" / f"{day:%m%d}.md"
    asked = "，".join(f"{kind} {count}" for kind, count in sorted(stats.requests.items()))
    print(f"\n用时 {seconds:.0f} 秒。向重放服务器的请求：{asked}")
    arxiv = stats.hosts["export.arxiv.org"]
    if arxiv.requests > 1 and arxiv.min_gap is not None:
        print(f"arXiv 两次请求最小间隔 {arxiv.min_gap:.2f} 秒，过早 {stats.violations} 次")
    print(f"笔记：{note}" if note.is_file() else "没有写出笔记，原因见上。")


if __name__ == "__main__":
    sys.exit(main())
