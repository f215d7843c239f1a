"""How fast and how politely 250 papers and 250 repositories are looked up.

    ./run.sh bench enrich [--papers 250] [--repos 250] [--interval 3] [--latency 0.5]

A loopback server enforces arXiv's pace (429 otherwise), takes its time over each answer, and
counts. Each process takes the store's run lock where it shares work with another, reads what the
store knows, asks for the rest and keeps it, as `stardraft run` does. Cases: one process; two at
once for the same 250; two at once without a lock between them, half of the 250 each. Prints
wall-clock seconds, requests and violations, and what one request per paper and per repository
would take. The exit code is 1 where a limit is not kept: over both processes together at most 3
requests to arXiv and 5 GraphQL requests, 12 s from the first question to the last answer, no
violation.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from demo.replay import ReplayServer
from demo.world import Answer, PaperFacts, RepoFacts
from pipeline.enrich import ArxivConfig, ArxivIndex, GithubConfig, GithubIndex
from pipeline.errors import RunLockedError
from pipeline.stages.enrich import REPOS_FRESH_FOR
from pipeline.stages.run import LOOK_AGAIN
from pipeline.store import open_store
from pipeline.store.sql_store import SqlStore
from pipeline.types import RunReport

TOKEN = "made-up-token-for-tests"
MOST_ARXIV, MOST_GRAPHQL, MOST_SECONDS = 3, 5, 12.0


class Shelf:
    """As many papers and repositories as wanted, made up."""

    def __init__(self, papers: int, repos: int) -> None:
        made = (PaperFacts(id=f"2103.{n:05d}", title=f"Paper Number {n}") for n in range(papers))
        self._papers = {p.id: p for p in made}
        self._repos = {
            f"owner/repo{n}": RepoFacts(full_name=f"owner/repo{n}") for n in range(repos)
        }

    def web(self, url: str, headers: Mapping[str, str]) -> Answer | None:
        return None

    def paper(self, arxiv_id: str) -> PaperFacts | None:
        return self._papers.get(arxiv_id)

    def papers(self) -> Iterable[PaperFacts]:
        return self._papers.values()

    def repo(self, full_name: str) -> RepoFacts | None:
        return self._repos.get(full_name)

    def arxiv_faults(self) -> Iterable[Answer]:
        return ()


class RealTime:
    """The clock of real runs."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True)
class Case:
    """One way to ask: how many processes at once, for the same things or for a share each."""

    words: str
    processes: int
    shared: bool

    def shares(self, count: int) -> list[range]:
        """The numbers that each process asks for."""
        if not self.shared:
            return [range(count)] * self.processes
        cuts = [count * n // self.processes for n in range(self.processes + 1)]
        return [range(a, b) for a, b in pairwise(cuts)]


CASES = (
    Case("one process", 1, shared=False),
    Case("two at once, each for all of them, under the run lock", 2, shared=False),
    Case("two at once, half of them each, no lock", 2, shared=True),
)


def ask(options: argparse.Namespace) -> dict[str, float]:
    """Look everything up once, as a run does; what it took from the first request on."""
    store, clock = open_store(options.store), RealTime()
    if options.lock:
        _take_turn(store, clock)
    began = time.monotonic()
    papers, arxiv_sent = _ask_arxiv(options, store, clock)
    middle = time.monotonic()
    repos, github_sent = _ask_github(options, store, clock)
    ended = time.monotonic()
    if options.lock:
        _end_turn(store, clock)
    store.close()
    return {
        "papers": papers,
        "arxiv requests": arxiv_sent,
        "arxiv seconds": round(middle - began, 2),
        "repositories": repos,
        "graphql requests": github_sent,
        "github seconds": round(ended - middle, 2),
        "began": began,
        "ended": ended,
    }


def _ask_arxiv(options: argparse.Namespace, store: SqlStore, clock: RealTime) -> tuple[int, int]:
    wanted = [f"arxiv:2103.{n:05d}" for n in range(options.first, options.first + options.papers)]
    known = store.known_papers(wanted)
    rest = [i for i in wanted if i not in known]
    config = ArxivConfig(api_url=options.arxiv, interval=options.interval)
    answer = ArxivIndex(config, store, clock).by_ids(rest)
    store.save_papers(answer.found, answer.missing, clock.now())
    return len(known) + len(answer.found), answer.requests


def _ask_github(options: argparse.Namespace, store: SqlStore, clock: RealTime) -> tuple[int, int]:
    span = range(options.first, options.first + options.repos)
    wanted = [f"github.com/owner/repo{n}" for n in span]
    known = store.known_repos(wanted, clock.now() - REPOS_FRESH_FOR)
    rest = [i for i in wanted if i not in known]
    config = GithubConfig(api_url=options.github, token=TOKEN)
    answer = GithubIndex(config, store, clock, store).by_ids(rest)
    store.save_repos(answer.found, answer.missing, clock.now())
    return len(known) + len(answer.found), answer.requests


def _take_turn(store: SqlStore, clock: RealTime) -> None:
    """Wait for the run lock, as a run that finds another one at work does."""
    while True:
        try:
            store.begin_run(
                f"pid {os.getpid()}", clock.now().date(), clock.now(), f"pid {os.getpid()}"
            )
            return
        except RunLockedError:
            clock.sleep(LOOK_AGAIN)


def _end_turn(store: SqlStore, clock: RealTime) -> None:
    now = clock.now()
    run = f"pid {os.getpid()}"
    store.end_run(RunReport(run_id=run, day=clock.now().date(), started_at=now, finished_at=now))


def measure(case: Case, options: argparse.Namespace) -> bool:
    """Ask in one way; True where everything was found within every limit."""
    shelf = Shelf(options.papers, options.repos)
    with (
        tempfile.TemporaryDirectory() as folder,
        ReplayServer(
            shelf, arxiv_interval=options.interval, arxiv_latency=options.latency, token=TOKEN
        ) as server,
    ):
        state = str(Path(folder) / "state.db")
        open_store(state).close()
        running = [
            subprocess.Popen(_command(case, options, server, state, n), stdout=subprocess.PIPE)
            for n in range(case.processes)
        ]
        said = [json.loads(process.communicate()[0]) for process in running]
        # One clock for all processes of a machine.
        took = -min(e.pop("began") for e in said) + max(e.pop("ended") for e in said)
        print(f"{case.words}: {took:.1f} s from the first question to the last answer")
        for each in said:
            print("  " + ", ".join(f"{key} {value}" for key, value in each.items()))
        asked = server.stats.requests
        print(
            f"  seen by the server: arXiv {asked['arxiv']}, GraphQL {asked['github/graphql']},"
            f" limit violations {server.stats.violations}"
        )
        found = sum(e["papers"] for e in said), sum(e["repositories"] for e in said)
        times = 1 if case.shared else case.processes
        return (
            found == (times * options.papers, times * options.repos)
            and asked["arxiv"] <= MOST_ARXIV
            and asked["github/graphql"] <= MOST_GRAPHQL
            and took <= MOST_SECONDS
            and server.stats.violations == 0
        )


def _command(
    case: Case, options: argparse.Namespace, server: ReplayServer, state: str, number: int
) -> list[str]:
    papers, repos = case.shares(options.papers)[number], case.shares(options.repos)[number]
    command = [sys.executable, "-m", "benchmarks", "enrich", "--store", state]
    command += ["--arxiv", server.arxiv_url, "--github", server.github_url]
    command += ["--papers", str(len(papers)), "--repos", str(len(repos))]
    command += ["--interval", str(options.interval), "--first", str(papers.start)]
    return [*command, "--lock"] if case.processes > 1 and not case.shared else command


def main(arguments: list[str]) -> int:
    """Measure every case; 0 where all limits were kept."""
    parser = argparse.ArgumentParser(prog="bench enrich")
    parser.add_argument("--papers", type=int, default=250)
    parser.add_argument("--repos", type=int, default=250)
    parser.add_argument("--interval", type=float, default=3.0)
    parser.add_argument("--latency", type=float, default=0.5, help="seconds per arXiv answer")
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--lock", action="store_true", help=argparse.SUPPRESS)
    for hidden in ("--store", "--arxiv", "--github"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.store:
        print(json.dumps(ask(options)))
        return 0
    kept = [measure(case, options) for case in CASES]
    each = max(options.interval, options.latency)
    print(
        f"one request per paper at that pace: {options.papers * each / 60:.1f} min;"
        f" one REST request per repository without a token, 60 an hour:"
        f" {options.repos / 60:.1f} h"
    )
    print("all limits kept" if all(kept) else "A LIMIT WAS NOT KEPT")
    return 0 if all(kept) else 1
