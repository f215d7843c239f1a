"""Our side of `bench feeds`: the poll stage over real rooms, in a process of its own.

    python -m benchmarks._feeds_ours PORT FEEDS FOLDER

Prints JSON: seconds of CPU and of wall clock for the first pass and for the unchanged second
one, entries stored, peak memory in MB.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from benchmarks._feed_server import addresses
from pipeline.fetch import FetchPolicy, PoliteFetcher
from pipeline.sources import Sources
from pipeline.stages import App, Run
from pipeline.stages.poll import poll
from pipeline.store import open_store
from pipeline.types import Feed
from pipeline.wiring import SystemClock

CONCURRENCY = 50


def app_for(folder: Path, port: int, urls: list[str], **limits: Any) -> App:
    """The rooms that polling uses; every address is asked through the server on loopback."""
    policy = FetchPolicy(
        concurrency=CONCURRENCY,
        gateway=f"http://127.0.0.1:{port}/",
        **({"host_delays": {}} | limits),
    )
    clock = SystemClock()
    feeds = tuple(Feed(id=f"f{n}", title=f"f{n}", url=url) for n, url in enumerate(urls))
    rooms = SimpleNamespace(
        clock=clock,
        feeds=feeds,
        store=open_store(f"sqlite:///{folder}/state.db"),
        source=Sources(),
        fetcher=PoliteFetcher(policy, clock),
    )
    return cast(App, rooms)


def timed_poll(app: App) -> dict[str, Any]:
    """One poll of every feed: what it cost and what it brought."""
    run = Run(run_id="bench", day=date(2026, 9, 18), started_at=datetime.now(UTC))
    cpu, wall = time.process_time(), time.perf_counter()
    report = poll(app, run)
    return {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "new": report.made,
        "failed": report.failed,
    }


def main(port: int, feeds: int, folder: Path) -> dict[str, Any]:
    """Both passes."""
    app = app_for(folder, port, addresses(feeds))
    first, second = timed_poll(app), timed_poll(app)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"first": first, "second": second, "peak": peak, "process": time.process_time()}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))))
