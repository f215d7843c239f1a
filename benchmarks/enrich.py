"""How fast and how politely 250 papers and 250 repositories are looked up.

    ./run.sh bench enrich [--papers 250] [--repos 250] [--interval 3] [--latency 0.5]

A loopback server enforces arXiv's pace (429 otherwise), takes its time over each answer, and
counts. One process asks for everything; two ask for the same at once through one store; two ask
for different papers. Prints wall-clock seconds, requests and violations, and what one request
per paper and per repository would take. The exit code is 1 where a limit is not kept: at most
3 requests to arXiv and 12 s, at most 5 GraphQL requests, no violation.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from demo.replay import ReplayServer
from demo.world import Answer, PaperFacts, RepoFacts
from pipeline.enrich import ArxivConfig, ArxivIndex, GithubConfig, GithubIndex
from pipeline.store import open_store

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
    """One way to ask: how many processes at once, for the same things or for different ones."""

    words: str
    processes: int
    different: bool


CASES = (
    Case("one process", 1, different=False),
    Case("two at once, the same papers", 2, different=False),
    Case("two at once, different papers", 2, different=True),
)


def ask(options: argparse.Namespace) -> dict[str, float]:
    """Look everything up once, as a run does; what it took."""
    store, clock = open_store(options.store), RealTime()
    began = time.perf_counter()
    arxiv = ArxivConfig(api_url=options.arxiv, interval=options.interval)
    wanted = range(options.first, options.first + options.papers)
    papers = ArxivIndex(arxiv, store, clock).by_ids([f"arxiv:2103.{n:05d}" for n in wanted])
    middle = time.perf_counter()
    github = GithubConfig(api_url=options.github, token=TOKEN)
    repos = GithubIndex(github, store, clock).by_ids(
        [f"github.com/owner/repo{n}" for n in wanted[: options.repos]]
    )
    store.close()
    return {
        "papers": len(papers.found),
        "arxiv requests": papers.requests,
        "arxiv seconds": round(middle - began, 2),
        "repositories": len(repos.found),
        "graphql requests": repos.requests,
        "github seconds": round(time.perf_counter() - middle, 2),
    }


def measure(case: Case, options: argparse.Namespace) -> bool:
    """Ask in one way; True where everything was found within every limit."""
    shelf = Shelf(2 * options.papers, 2 * options.repos)
    with (
        tempfile.TemporaryDirectory() as folder,
        ReplayServer(
            shelf, arxiv_interval=options.interval, arxiv_latency=options.latency, token=TOKEN
        ) as server,
    ):
        state = str(Path(folder) / "state.db")
        open_store(state).close()
        command = [sys.executable, "-m", "benchmarks", "enrich", "--store", state]
        command += ["--arxiv", server.arxiv_url, "--github", server.github_url]
        for name in ("papers", "repos", "interval"):
            command += [f"--{name}", str(getattr(options, name))]
        running = [
            subprocess.Popen(
                [*command, "--first", str(n * options.papers * case.different)],
                stdout=subprocess.PIPE,
            )
            for n in range(case.processes)
        ]
        said = [json.loads(process.communicate()[0]) for process in running]
        print(f"{case.words}:")
        for each in said:
            print("  " + ", ".join(f"{key} {value}" for key, value in each.items()))
        asked = server.stats.requests
        print(
            f"  seen by the server: arXiv {asked['arxiv']}, GraphQL {asked['github/graphql']},"
            f" limit violations {server.stats.violations}"
        )
        return server.stats.violations == 0 and _within(said, asked["arxiv"], options)


def _within(said: list[dict[str, float]], asked: int, options: argparse.Namespace) -> bool:
    return asked <= MOST_ARXIV and all(
        each["papers"] == options.papers
        and each["repositories"] == options.repos
        and each["arxiv seconds"] + each["github seconds"] <= MOST_SECONDS
        and each["graphql requests"] <= MOST_GRAPHQL
        for each in said
    )


def main(arguments: list[str]) -> int:
    """Measure every case; 0 where all limits were kept."""
    parser = argparse.ArgumentParser(prog="bench enrich")
    parser.add_argument("--papers", type=int, default=250)
    parser.add_argument("--repos", type=int, default=250)
    parser.add_argument("--interval", type=float, default=3.0)
    parser.add_argument("--latency", type=float, default=0.5, help="seconds per arXiv answer")
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
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
