"""A run with nothing new, with and without Prefect, side by side: what recording costs.

    ./run.sh bench run [--rounds 3] [--config DIR]

Without `--config` the demo's workspace is used (run `./run.sh demo` first). Prints seconds of
wall clock per whole process: minimum, median, maximum.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path


def seconds(command: list[str]) -> float:
    """Wall-clock seconds of one whole process."""
    began = time.perf_counter()
    subprocess.run(command, check=False, capture_output=True)
    return time.perf_counter() - began


def main(arguments: list[str]) -> int:
    """Time both kinds of run alternately."""
    parser = argparse.ArgumentParser(prog="bench run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--config", type=Path, default=Path("demo-day"))
    parser.add_argument("--date", default="2026-09-18")
    options = parser.parse_args(arguments)
    base = [sys.executable, "-m", "pipeline.cli.main"]
    run = [*base, "run", "--config", str(options.config), "--date", options.date]
    ways = {
        "stardraft --help": [*base, "--help"],
        "run --no-prefect": [*run, "--no-prefect"],
        "run (Prefect)": run,
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, command in ways.items():
            times[name].append(seconds(command))
    print(f"{'command':20} {'min':>7} {'median':>7} {'max':>7}   seconds, {options.rounds} rounds")
    for name, taken in times.items():
        print(f"{name:20} {min(taken):7.2f} {statistics.median(taken):7.2f} {max(taken):7.2f}")
    share = statistics.median(times["run (Prefect)"]) - statistics.median(times["run --no-prefect"])
    print(f"Prefect's share: {share:.2f} s")
    return 0
