"""What the corpus records about papers and repositories, as a replay server tells it."""

from __future__ import annotations

import csv
import gzip
import html
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from demo.world import PaperFacts, RepoFacts

_ITEM = re.compile(r"<item>.*?</item>", re.DOTALL)
_RSS_ID = re.compile(r"oai:arXiv\.org:(\S+?)v(\d+)<|arxiv\.org/abs/(\d{4}\.\d{4,5})")
_REPO = re.compile(r"github\.com/([A-Za-z0-9][\w-]{0,38})/([\w.-]{1,100})", re.ASCII)


def recorded_text(file: Path) -> str:
    """A recorded file as text, gunzipped where its name says so."""
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return raw.decode("utf-8", "replace")


def recorded_papers(corpus: Path) -> dict[str, PaperFacts]:
    """Every paper whose true title is recorded, by bare id; the richest record wins."""
    papers: dict[str, PaperFacts] = {}
    for known in (_from_metadata(corpus), _from_notes(corpus), _from_rss(corpus)):
        for paper in known:
            papers.setdefault(paper.id, paper)
    return papers


def _from_metadata(corpus: Path) -> Iterator[PaperFacts]:
    for file in sorted((corpus / "arxiv").glob("metadata_*.jsonl.gz")):
        for line in recorded_text(file).splitlines():
            yield _paper(json.loads(line))


def _from_notes(corpus: Path) -> Iterator[PaperFacts]:
    """Only titles that were recorded independently of the notes are facts."""
    for line in recorded_text(corpus / "arxiv" / "notes_coverage.jsonl").splitlines():
        row = json.loads(line)
        if row["title"]:
            yield _paper(row)


def _paper(row: dict[str, Any]) -> PaperFacts:
    authors = row.get("authors") or ([row["first_author"]] if row.get("first_author") else [])
    return PaperFacts(
        id=row["id"],
        title=" ".join(row["title"].split()),
        abstract=row.get("abstract") or "",
        authors=tuple(authors),
        primary_category=row.get("primary_category") or "cs.CV",
        version=int((row.get("version") or "v1").removeprefix("v")),
        published=_moment(row.get("published")),
    )


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    made = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _from_rss(corpus: Path) -> Iterator[PaperFacts]:
    folder = corpus / "feeds" / "arxiv_rss_raw" / "consecutive_cs-cv_2026-08"
    for file in sorted(folder.iterdir()):
        for item in _ITEM.findall(recorded_text(file)):
            yield rss_paper(item)


def rss_paper(item: str) -> PaperFacts:
    """The facts of one recorded item of an arXiv RSS reply (the layout since 2024)."""
    found = _RSS_ID.search(item)
    assert found, "an arXiv item names its id"
    _, _, abstract = _element(item, "description").partition("Abstract:")
    creators = _element(item, "dc:creator")
    return PaperFacts(
        id=found.group(1) or found.group(3),
        title=_element(item, "title"),
        abstract=abstract.strip(),
        authors=tuple(a.strip() for a in creators.split(",") if a.strip()),
        primary_category=_element(item, "category") or "cs.CV",
        version=int(found.group(2) or 1),
    )


def _element(item: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", item, re.DOTALL)
    return html.unescape(found.group(1)).strip() if found else ""


def recorded_repos(corpus: Path, texts: Iterable[str]) -> dict[str, RepoFacts]:
    """Repositories by lower-case name: the recorded ones, then those that `texts` name.

    A repository that an article names but nobody recorded is told to exist, with nothing
    known about it: that the records lack it does not mean that it is gone.
    """
    repos = {f.full_name.lower(): f for f in _ranked(corpus)}
    for facts in (*_trending(corpus), *_with_readmes(corpus, repos)):
        known = repos.get(facts.full_name.lower())
        if known is None or facts.readme:
            repos[facts.full_name.lower()] = facts
    for text in texts:
        for owner, name in _REPO.findall(text.replace(r"\_", "_")):
            full = f"{owner}/{name.rstrip('._').removesuffix('.git')}"
            repos.setdefault(full.lower(), RepoFacts(full_name=full))
    return repos | _renamed(corpus)


def _ranked(corpus: Path) -> Iterator[RepoFacts]:
    """The newest snapshot of each repository in a ranking by stars."""
    file = corpus / "github" / "notes_repos_from_Github-Ranking.csv"
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in sorted(csv.DictReader(lines), key=lambda r: r["snapshot"]):
            yield RepoFacts(
                full_name=row["repo_url"].removeprefix("https://github.com/"),
                description=row["description"],
                stargazers=int(row["stars"]),
                language=row["language"] or None,
                pushed_at=_moment(row["last_commit"]),
            )


def _trending(corpus: Path) -> Iterator[RepoFacts]:
    file = corpus / "github" / "notes_repos_from_github-trending.jsonl"
    for line in recorded_text(file).splitlines():
        row = json.loads(line)
        described = row["descriptions"] or [""]
        yield RepoFacts(full_name=row["repo"], description=described[-1])


def _with_readmes(corpus: Path, known: dict[str, RepoFacts]) -> Iterator[RepoFacts]:
    for file in sorted((corpus / "github" / "readmes_of_notes_repos").iterdir()):
        owner, name, _ = file.name.split("__", 2)
        facts = known.get(f"{owner}/{name}".lower())
        yield RepoFacts(
            full_name=f"{owner}/{name}",
            description=facts.description if facts else "",
            stargazers=facts.stargazers if facts else 0,
            language=facts.language if facts else None,
            pushed_at=facts.pushed_at if facts else None,
            readme=recorded_text(file),
        )


def _renamed(corpus: Path) -> dict[str, RepoFacts]:
    """Old names whose 301 is recorded, told under the new one."""
    folder = corpus / "github" / "PyGithub_ReplayData"
    lines = recorded_text(folder / "Repository.testGetRepositoryWith301Redirect.txt").splitlines()
    asked = next(x for x in lines if x.startswith("/repos/")).removeprefix("/repos/")
    row = next(json.loads(x) for x in lines if x.startswith('{"id":'))
    facts = RepoFacts(
        full_name=row["full_name"],
        description=row["description"] or "",
        stargazers=row["stargazers_count"],
        language=row["language"],
        licence=(row["license"] or {}).get("spdx_id"),
        archived=row["archived"],
        pushed_at=_moment(row["pushed_at"]),
        size=row["size"],
    )
    return {asked.lower(): facts, facts.full_name.lower(): facts}
