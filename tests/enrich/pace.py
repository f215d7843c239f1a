"""How fast and how politely 250 papers and 250 repositories are looked up.

    python -m tests.enrich.pace [--papers 250] [--repos 250] [--interval 3]

A loopback server enforces arXiv's pace (429 otherwise) and counts; one process asks for
everything, then two ask at once through one store. Prints seconds, requests and violations, and
what one request per paper would take at that pace.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from demo.replay import ReplayServer
from demo.world import Answer, PaperFacts, RepoFacts
from pipeline.enrich import ArxivConfig, ArxivIndex, GithubConfig, GithubIndex
from pipeline.store import open_store

TOKEN = "made-up-token-for-tests"


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


def ask(options: argparse.Namespace) -> dict[str, float]:
    """Look everything up once, as a run does; what it took."""
    store, clock = open_store(options.store), RealTime()
    began = time.perf_counter()
    arxiv = ArxivConfig(api_url=options.arxiv, interval=options.interval)
    papers = ArxivIndex(arxiv, store, clock).by_ids(
        [f"arxiv:2103.{n:05d}" for n in range(options.papers)]
    )
    middle = time.perf_counter()
    github = GithubConfig(api_url=options.github, token=TOKEN)
    repos = GithubIndex(github, store, clock).by_ids(
        [f"github.com/owner/repo{n}" for n in range(options.repos)]
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


def measure(options: argparse.Namespace, processes: int) -> bool:
    """Ask with that many processes at once; True where the server saw no violation."""
    shelf = Shelf(options.papers, options.repos)
    with (
        tempfile.TemporaryDirectory() as folder,
        ReplayServer(shelf, arxiv_interval=options.interval, token=TOKEN) as server,
    ):
        state = str(Path(folder) / "state.db")
        open_store(state).close()
        command = [sys.executable, "-m", "tests.enrich.pace", "--store", state]
        command += ["--arxiv", server.arxiv_url, "--github", server.github_url]
        for name in ("papers", "repos", "interval"):
            command += [f"--{name}", str(getattr(options, name))]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(processes)]
        for process in running:
            said = json.loads(process.communicate()[0])
            print(", ".join(f"{key} {value}" for key, value in said.items()))
        print(f"{processes} at once: limit violations seen by the server {server.stats.violations}")
        return server.stats.violations == 0


def main(arguments: list[str]) -> int:
    """Measure with one process and with two."""
    parser = argparse.ArgumentParser(prog="python -m tests.enrich.pace")
    parser.add_argument("--papers", type=int, default=250)
    parser.add_argument("--repos", type=int, default=250)
    parser.add_argument("--interval", type=float, default=3.0)
    for hidden in ("--store", "--arxiv", "--github"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.store:
        print(json.dumps(ask(options)))
        return 0
    polite = [measure(options, processes) for processes in (1, 2)]
    print(f"one request per paper: {options.papers * options.interval / 60:.1f} min")
    return 0 if all(polite) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
