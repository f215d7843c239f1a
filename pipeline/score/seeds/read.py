"""From the reader's files of references to seeds of the profile."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline.errors import Issue
from pipeline.identifiers import arxiv_id, identify, paper_url
from pipeline.score.seeds.bibtex import read_bibtex
from pipeline.score.seeds.zotero import read_csl, read_csv
from pipeline.text import normal_title, squash
from pipeline.types import Paper, Seed

MAX_BYTES = 30_000_000
MAX_SEEDS = 20_000
_TITLE, _TEXT = 500, 4000
_NOT_PAPERS = frozenset({"attachment", "note", "annotation"})
_DATES = ("added", "date-added", "timestamp", "date", "year")
_DATE = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?!\d)")
_ARXIV = re.compile(r"arxiv[:\s./]{1,3}(?:abs/|pdf/)?([\w./-]{4,40})", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]{1,300}")

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What the files hold: `seeds` once each, `counts` by file, and what was wrong.

    `unknown` are arXiv ids (`arxiv:…`) of seeds that lack a title or an abstract.
    """

    seeds: tuple[Seed, ...] = ()
    counts: Mapping[str, int] | None = None
    unknown: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


def read_library(files: Iterable[Path], weight: float = 0.5) -> Library:
    """Every reference of the files with a title or an arXiv id, the same paper once.

    Raises nothing: a file that is missing or of another shape is an issue, and the rest counts.
    """
    known: dict[str, Seed] = {}
    counts: dict[str, int] = {}
    issues: list[Issue] = []
    for path in files:
        found, wrong = _read(path, weight)
        issues += wrong
        counts[str(path)] = len(found)
        for seed in found:
            known.setdefault(_same(seed), seed)
    seeds = tuple(known.values())
    if len(seeds) > MAX_SEEDS:
        issues.append(_too_many(len(seeds)))
        seeds = tuple(sorted(seeds, key=lambda s: s.day, reverse=True)[:MAX_SEEDS])
    unknown = tuple(s.paper_ids[0] for s in seeds if _lacks(s))
    return Library(seeds=seeds, counts=counts, unknown=unknown, issues=tuple(issues))


def completed(seeds: Sequence[Seed], papers: Mapping[str, Paper]) -> tuple[Seed, ...]:
    """The seeds with title, abstract and day of the papers found, less those without a title."""
    filled = (_filled(s, papers.get(s.paper_ids[0]) if s.paper_ids else None) for s in seeds)
    return tuple(s for s in filled if s.title)


def _filled(seed: Seed, paper: Paper | None) -> Seed:
    if paper is None or not _lacks(seed):
        return seed
    appeared = paper.published.date() if paper.published else seed.day
    return replace(
        seed,
        title=seed.title or squash(paper.title)[:_TITLE],
        text=paper.abstract[:_TEXT] or seed.text,
        day=appeared if seed.day == date.min else seed.day,
    )


def _lacks(seed: Seed) -> bool:
    is_arxiv = bool(seed.paper_ids) and seed.paper_ids[0].startswith("arxiv:")
    return is_arxiv and not (seed.title and seed.text)


def _same(seed: Seed) -> str:
    return seed.paper_ids[0] if seed.paper_ids else normal_title(seed.title)


def _read(path: Path, weight: float) -> tuple[list[Seed], list[Issue]]:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return [], [_issue(path, "missing", "找不到这个文件。", _PATH)]
    except OSError as error:
        return [], [_issue(path, "unreadable", f"读不到这个文件：{error.strerror}。", _PATH)]
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        return [], [_issue(path, "kind", "不认识这种文件。", _KINDS)]
    if len(raw) > MAX_BYTES:
        too_big = f"文件超过 {MAX_BYTES // 1_000_000} MB，没有读。"
        return [], [_issue(path, "size", too_big, "请分成几个文件，或只导出常用的分类。")]
    text, issues = _decoded(path, raw)
    try:
        return _seeds(path, reader(text), weight, issues)
    except (ValueError, csv.Error, RecursionError) as error:
        said = squash(str(error))[:100]
        return [], [*issues, _issue(path, "syntax", f"读不懂这个文件：{said}。", _KINDS)]


def _decoded(path: Path, raw: bytes) -> tuple[str, list[Issue]]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace"), []
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        said = _issue(path, "encoding", "文件不全是 UTF-8，个别字符读不出来。", "请另存为 UTF-8。")
        return raw.decode("utf-8-sig", "replace"), [said]


def _listed(text: str) -> Iterator[Fields | None]:
    """Ids or addresses of arXiv, one a line, `#` begins a remark."""
    for line in text.splitlines():
        said = line.partition("#")[0].strip()
        if said:
            found = arxiv_id(said[:300])
            yield {"eprint": f"arXiv:{found}"} if found else None


_READERS: Mapping[str, Callable[[str], Iterator[Fields | None]]] = {
    ".bib": read_bibtex,
    ".bibtex": read_bibtex,
    ".json": read_csl,
    ".csv": read_csv,
    ".txt": _listed,
}
_PATH = "检查 settings.toml 里 [seeds] files 的路径（相对于工作区文件夹）。"
_KINDS = (
    "可用的有：BibTeX（.bib）、Zotero 导出的 CSL JSON（.json）和 CSV（.csv）、"
    "每行一个 arXiv 编号或网址的列表（.txt）。"
)


def _seeds(
    path: Path, rows: Iterable[Fields | None], weight: float, issues: list[Issue]
) -> tuple[list[Seed], list[Issue]]:
    found: list[Seed] = []
    damaged = 0
    for fields in rows:
        if fields is not None and fields.get("type", "").lower() in _NOT_PAPERS:
            continue
        seed = _seed(fields, len(found), weight) if fields else None
        if seed is None:
            damaged += 1
        else:
            found.append(seed)
    if damaged:
        said = f"有 {damaged} 条读不懂或没有题目，其余 {len(found)} 条照用。"
        issues = [*issues, _issue(path, "entries", said, "补上题目或 arXiv 编号；不改也可以。")]
    elif not found:
        issues = [*issues, _issue(path, "empty", "文件里没有一条文献。", _KINDS)]
    return found, issues


def _seed(fields: Fields, place: int, weight: float) -> Seed | None:
    title = _clean(fields.get("title", ""))[:_TITLE]
    paper = _paper_id(fields)
    if not normal_title(title) and not (paper or "").startswith("arxiv:"):
        return None
    keywords = _clean(fields.get("keywords", ""))
    return Seed(
        day=_day(fields),
        position=place,
        title=title,
        url=paper_url(paper) if paper else _clean(fields.get("url", ""))[:1000],
        stars=0,
        text=_clean(fields.get("abstract", ""))[:_TEXT] or keywords[:_TITLE],
        paper_ids=(paper,) if paper else (),
        weight=weight,
    )


def _clean(text: str) -> str:
    """One line that any model and store can take: no halves of characters, no controls."""
    whole = text[: 4 * _TEXT].encode("utf-8", "replace").decode("utf-8")
    return squash("".join(c if c.isprintable() else " " for c in whole))


def _paper_id(fields: Fields) -> str | None:
    """arXiv before DOI: most of the other indexes know arXiv's id too."""
    for name in ("eprint", "url", "doi", "journal", "note", "number"):
        said = fields.get(name, "")[:500]
        is_id = name == "url" or (name == "eprint" and _of_arxiv(fields))
        named = [m.group(1).rstrip(".-") for m in _ARXIV.finditer(said)]
        for one in [said, *named] if is_id else named:
            if found := arxiv_id(one):
                return f"arxiv:{found}"
    doi = _DOI.search(fields.get("doi", "")[:500])
    page = identify(f"https://doi.org/{doi.group()}") if doi else None
    return page.id if page else None


def _of_arxiv(fields: Fields) -> bool:
    archive = fields.get("archiveprefix") or fields.get("eprinttype") or "arxiv"
    return archive.strip().lower() == "arxiv"


def _day(fields: Fields) -> date:
    """When it was added, else when it appeared (a year: its middle); `date.min` where unsaid."""
    for name in _DATES:
        found = _DATE.search(fields.get(name, "")[:100])
        if found:
            month = int(found.group(2) or _month(fields) or 7)
            return _valid(int(found.group(1)), month, int(found.group(3) or 1))
    return date.min


def _month(fields: Fields) -> str:
    said = fields.get("month", "")[:20].strip()
    return said if said.isdecimal() and len(said) <= 2 else ""


def _valid(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 7, 1)


def _too_many(count: int) -> Issue:
    return Issue(
        subject="[seeds] files",
        code="seeds.many",
        sentence=f"文献库有 {count} 篇，只用最近的 {MAX_SEEDS} 篇。",
        remedy="可以只导出常用的分类。",
    )


def _issue(path: Path, code: str, sentence: str, remedy: str) -> Issue:
    return Issue(subject=str(path), code=f"seeds.{code}", sentence=sentence, remedy=remedy)
