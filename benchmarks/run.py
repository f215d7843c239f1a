"""A run with nothing new, with and without Prefect, side by side: what recording costs.

    ./run.sh bench run [--rounds 3] [--config DIR]

Without `--config` the demo's workspace is used (run `./run.sh demo` first). Of each whole process,
with all that it starts, prints seconds of wall clock (minimum, median, maximum) and of CPU (the
median): a machine that is busy otherwise stretches the first and hardly the second.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

_PLAIN, _RECORDED = "run --no-prefect", "run (Prefect)"


class Cost(NamedTuple):
    """Seconds of one whole process: on the clock, and of CPU with its children's."""

    wall: float
    cpu: float


def cost(command: list[str]) -> Cost:
    """Run it to the end; it must have done its work, or a part of it."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 3), f"exit code {process.returncode}: {' '.join(command)}"
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime)


def main(arguments: list[str]) -> int:
    """Time both kinds of run alternately."""
    parser = argparse.ArgumentParser(prog="bench run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--config", type=Path, default=Path("demo-day"))
    parser.add_argument("--date", default="2026-09-18")
    options = parser.parse_args(arguments)
    if not (options.config / "settings.toml").is_file():
        parser.error(f"no workspace in {options.config}: run ./run.sh demo first, or name one")
    base = [sys.executable, "-m", "pipeline.cli.main"]
    run = [*base, "run", "--config", str(options.config), "--date", options.date]
    ways = {
        "stardraft --help": [*base, "--help"],
        _PLAIN: [*run, "--no-prefect"],
        _RECORDED: run,
    }
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, command in ways.items():
            costs[name].append(cost(command))
    _print(costs, options.rounds)
    return 0


def _print(costs: dict[str, list[Cost]], rounds: int) -> None:
    print(
        f"{'command':20} {'min':>7} {'median':>7} {'max':>7} {'CPU':>7}   seconds, {rounds} rounds"
    )
    for name, taken in costs.items():
        wall, cpu = [c.wall for c in taken], [c.cpu for c in taken]
        figures = (min(wall), statistics.median(wall), max(wall), statistics.median(cpu))
        print(f"{name:20} " + " ".join(f"{figure:7.2f}" for figure in figures))
    plain, recorded = costs[_PLAIN], costs[_RECORDED]
    least = min(c.wall for c in recorded) - min(c.wall for c in plain)
    usual = statistics.median(c.wall for c in recorded) - statistics.median(c.wall for c in plain)
    cpu = statistics.median(c.cpu for c in recorded) - statistics.median(c.cpu for c in plain)
    print(f"Prefect's share: {least:.2f} s between the minima, {usual:.2f} s between the medians,")
    print(f"{cpu:.2f} s of CPU.")
