"""lemon24/reader's side of `bench feeds`, in an environment that has `reader` and nothing of ours.

    python _feeds_reader.py PORT FEEDS FOLDER < addresses

Prints the same JSON as our side; the addresses come one a line on standard input.
"""

from __future__ import annotations

import json
import resource
import sys
import time

from reader import make_reader  # type: ignore[import-not-found]

WORKERS = 50


def timed_update(reader: object) -> dict[str, float]:
    """One update of every feed: what it cost and what it brought."""
    cpu, wall = time.process_time(), time.perf_counter()
    before = reader.get_entry_counts().total  # type: ignore[attr-defined]
    reader.update_feeds(workers=WORKERS, scheduled=False)  # type: ignore[attr-defined]
    after = reader.get_entry_counts().total  # type: ignore[attr-defined]
    return {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "new": after - before,
        "failed": sum(1 for f in reader.get_feeds() if f.last_exception),  # type: ignore[attr-defined]
    }


def main(port: int, folder: str) -> dict[str, object]:
    """Both passes."""
    reader = make_reader(f"{folder}/reader.db")
    for line in sys.stdin:
        reader.add_feed(f"http://127.0.0.1:{port}/{line.strip()}")
    first, second = timed_update(reader), timed_update(reader)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"first": first, "second": second, "peak": peak, "process": time.process_time()}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), sys.argv[2])))
