"""Polling many feeds: this project beside lemon24/reader and newsboat, in one run on loopback.

    ./run.sh bench feeds [--feeds 500] [--entries 50] [--latency 0.1] [--only-ours]

A first pass over feeds that carry whole articles (fetch, parse and store), a second one in which
nothing changed, and a third over slow hosts in which the server checks the limits it was promised.
`reader` is installed into an environment of its own in the cache folder; newsboat is used where
it is on the PATH. CPU seconds are those of the whole process from its first request on. Exits
with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks._feed_server import PAUSES, addresses
from benchmarks._feeds_ours import CONCURRENCY, app_for, timed_poll

_OTHER_PACKAGES = ("reader>=3.20", "sgmllib3k")  # the feedparser inside reader needs the latter
_MOST_MEMORY = 200


@contextmanager
def server(entries: int, latency: float) -> Iterator[int]:
    """The feeds in a process of their own; its port."""
    command = [sys.executable, "-m", "benchmarks._feed_server", str(entries), str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def book(port: int) -> dict[str, Any]:
    """What the server saw since the last look."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/book") as answer:
        seen: dict[str, Any] = json.load(answer)
    return seen


def ours(port: int, feeds: int, folder: Path) -> dict[str, Any]:
    """Both passes of this project."""
    command = [sys.executable, "-m", "benchmarks._feeds_ours", str(port), str(feeds), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def reader_python() -> str | None:
    """A Python that has `reader`; None, said aloud, where it cannot be installed."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "stardraft" / "bench-reader"
    python = home / "bin" / "python"
    check = [str(python), "-c", "import reader, sgmllib"]
    if not python.exists() or subprocess.run(check, capture_output=True, check=False).returncode:
        print(f"installing {' '.join(_OTHER_PACKAGES)} into {home} …", flush=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *_OTHER_PACKAGES]
        for command in ([sys.executable, "-m", "venv", str(home)], install):
            if subprocess.run(command, capture_output=True, check=False).returncode:
                print("reader could not be installed: its column is left out")
                return None
    return str(python)


def readers(port: int, feeds: int, folder: Path, python: str) -> dict[str, Any] | None:
    """Both passes of lemon24/reader; None where it fails, with its last words."""
    script = Path(__file__).with_name("_feeds_reader.py")
    done = subprocess.run(
        [python, str(script), str(port), str(folder)],
        input="\n".join(addresses(feeds)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print("reader failed:", done.stderr.strip().splitlines()[-1:])
        return None
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def newsboats(port: int, feeds: int, folder: Path) -> dict[str, Any] | None:
    """Both passes of newsboat, whose peak is that of the larger one; None where it is missing."""
    binary = shutil.which("newsboat")
    if binary is None:
        print("newsboat is not installed (apt-get install newsboat): its column is left out")
        return None
    urls, config = folder / "urls", folder / "config"
    urls.write_text("".join(f"http://127.0.0.1:{port}/{a}\n" for a in addresses(feeds)))
    config.write_text(f"reload-threads {CONCURRENCY}\n")
    cache = folder / "cache.db"
    command = [binary, "-q", "-u", str(urls), "-c", str(cache), "-C", str(config), "-x", "reload"]
    passes = []
    for _ in range(2):
        before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        environment = {**os.environ, "HOME": str(folder), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        subprocess.run(command, capture_output=True, check=False, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        passes.append({"cpu": spent, "wall": time.perf_counter() - wall, "new": _rows(cache)})
    return {"first": passes[0], "second": {**passes[1], "new": 0}, "peak": None}


def _rows(cache: Path) -> int:
    import sqlite3

    with sqlite3.connect(cache) as connection:
        return int(connection.execute("SELECT count(*) FROM rss_item").fetchone()[0])


def politeness(port: int, folder: Path) -> list[tuple[str, bool]]:
    """Eight feeds on each of three slow hosts beside 30 on others: what the server saw of them."""
    slow = [f"http://{host}.example/{n}.xml" for n, host in enumerate(list(PAUSES) * 8)]
    book(port)
    delays = {f"{host}.example": pause for host, pause in PAUSES.items()}
    timed_poll(app_for(folder, port, slow + addresses(30), per_host=2, host_delays=delays))
    seen = book(port)
    gaps = ", ".join(f"{h} {seen['gaps'][h]:.3f} s of {p}" for h, p in PAUSES.items())
    return [
        (
            f"the server saw {seen['too_soon']} starts too soon; the shortest pauses: {gaps}",
            seen["too_soon"] == 0,
        ),
        (f"{seen['most_per_host']} at once per host (2 allowed)", seen["most_per_host"] <= 2),
    ]


def table(results: dict[str, dict[str, Any]]) -> None:
    """All contestants side by side."""
    print(
        f"{'':12} {'first: CPU s':>13} {'wall s':>8} {'entries':>8} {'unchanged: CPU s':>17}",
        end="",
    )
    print(f" {'wall s':>8} {'peak MB':>8}")
    for name, result in results.items():
        first, second = result["first"], result["second"]
        peak = f"{result['peak']:8.0f}" if result["peak"] else f"{'–':>8}"
        print(
            f"{name:12} {first['cpu']:13.2f} {first['wall']:8.2f} {first['new']:8}"
            f" {second['cpu']:17.2f} {second['wall']:8.2f} {peak}"
        )


def verdicts(
    results: dict[str, dict[str, Any]], seen: dict[str, Any], bound: float, entries: int
) -> list[tuple[str, bool]]:
    """Every target with its figure and whether it was met."""
    mine = results["stardraft"]
    cpu, wall, peak = mine["first"]["cpu"], mine["second"]["wall"], mine["peak"]
    found = [
        (f"{mine['first']['new']} entries stored", mine["first"]["new"] == entries),
        (f"unchanged pass {wall:.2f} s, bound {bound:.2f} s × 1.3", wall <= 1.3 * bound),
        (f"peak memory {peak:.0f} MB of {_MOST_MEMORY}", peak <= _MOST_MEMORY),
        (f"server saw {seen['most']} at once ({CONCURRENCY} allowed)", seen["most"] <= CONCURRENCY),
        (
            f"server answered {seen['unchanged']} times 304",
            seen["unchanged"] * 2 == seen["requests"],
        ),
    ]
    if other := results.get("reader"):
        share = cpu / other["first"]["cpu"]
        found.append((f"CPU of the first pass {share:.3f} of reader's (≤ 0.25)", share <= 0.25))
    return found


def main(arguments: list[str]) -> int:
    """Run everything, print the table and the targets."""
    parser = argparse.ArgumentParser(prog="bench feeds")
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--entries", type=int, default=50)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--only-ours", action="store_true")
    options = parser.parse_args(arguments)
    results: dict[str, dict[str, Any]] = {}
    with server(options.entries, options.latency) as port, tempfile.TemporaryDirectory() as made:
        folders = [Path(made) / name for name in ("ours", "polite", "reader", "newsboat")]
        for folder in folders:
            folder.mkdir()
        results["stardraft"] = ours(port, options.feeds, folders[0])
        seen = book(port)
        polite = politeness(port, folders[1])
        if not options.only_ours:
            if (python := reader_python()) and (
                r := readers(port, options.feeds, folders[2], python)
            ):
                results["reader"] = r
            if boat := newsboats(port, options.feeds, folders[3]):
                results["newsboat"] = boat
    table(results)
    bound = options.feeds * options.latency / CONCURRENCY
    checks = [*verdicts(results, seen, bound, options.feeds * options.entries), *polite]
    for words, met in checks:
        print(f"{'met   ' if met else 'MISSED'} {words}")
    return 0 if all(met for _, met in checks) else 1
