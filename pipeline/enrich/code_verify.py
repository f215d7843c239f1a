"""Whether a repository surely is a paper's own: pure, and rather silent than wrong.

A repository must name the paper (id or full title) in its README, must not be of a kind that
names papers of others (forks, mirrors, lists, copies, course work, project pages, data alone),
must say at its beginning or by its name that this is the paper it is about (authors cite their
other papers too), and something more must tie the two together. Calibrated on real READMEs:
tests/enrich/test_code_search.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.enrich.github_facts import from_rest, full_name
from pipeline.enrich.plain import inside, items, line
from pipeline.enrich.titles import content_words, words
from pipeline.text import normal_title
from pipeline.types import Paper, Repo, RepoState

_READ = 60_000
"""Characters of a README that are read."""
_HEAD = 3000
"""Characters in which a repository says what it is."""
_OPENING = 1500
"""Characters in which it says whose: what follows may be news of the authors' other papers."""
_NEWS = re.compile(r"^\W{0,8}(?:news|updates?|what'?s new|todo|contents|catalog)", re.I | re.M)
_MANY = 12
"""Distinct arXiv ids from which a README is a list, or the home of many papers."""
_SHORT_TITLE = 4
"""Words of substance below which a title alone names no paper: "Attention Is All You Need"
does, "Segment Anything" does not."""
_ARXIV = re.compile(r"(?<![\d.])(\d{4}\.\d{4,5})(?!\d)")
_LIST = re.compile(
    r"(?<![a-z])(?:awesome|curated|paper[-_ ]?lists?|reading[-_ ]?lists?|paper[-_ ]?reading"
    r"|papers|collections?|surveys?|arxiv|leaderboards?|resources|bookmarks|notes?|daily|weekly"
    r"|tutorials?|course(?:work)?|homework|assignments?)(?![a-z])|论文(?:列表|合集|笔记|阅读)",
    re.IGNORECASE,
)
_UNOFFICIAL = re.compile(
    r"un[-_ ]?official|non[-_ ]?official|not (?:an? |the )?official|third[- ]party"
    r"|re[-_ ]?implement|reproduction|reproducing the|replicat(?:ion|ing)|ported? (?:of|from)"
    r"|implementation from scratch|from[- ]scratch implementation"
    r"|非官方|复现|个人实现",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"implement(?:s|ed|ation|ations|ing)?\b|实现", re.IGNORECASE)
_OFFICIAL = re.compile(r"\bofficial\b|官方|code for (?:our|the) paper|\bour (?:paper|work)\b", re.I)
_MOVED = re.compile(
    r"mirror of|镜像|(?:has|have|was|is|been) (?:moved|migrated|relocated)|moved to|migrated to"
    r"|deprecated in favou?r|no longer maintained here|已(?:迁移|移至|搬到)",
    re.IGNORECASE,
)
_SOON = re.compile(
    r"coming soon|will be (?:released|available)|to be released|即将(?:开源|发布)", re.I
)
_PAGE = re.compile(r"\.github\.io$|project[-_ ]?page$|^website$|^homepage$", re.IGNORECASE)
_NO_CODE = frozenset({None, "HTML", "CSS", "SCSS", "TeX", "Markdown", "JavaScript", "TypeScript"})
_DATA = re.compile(r"dataset|data[-_ ]?set|数据集|benchmark", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A repository as REST told it, as far as judging it needs."""

    repo: Repo
    fork_of: str | None = None
    odd: str = ""
    """Why it cannot be a paper's own, before its README is read; empty where it may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What speaks for a repository; `points` from 2 are enough."""

    points: int
    evidence: str


def shelf_of(data: Any, paper: Paper) -> Shelf | None:
    """What a REST answer (of a repository, or one item of a search) says; None for garbage."""
    name = line(inside(data, "full_name"), 200)
    repo_id = f"github.com/{name}".lower()
    repo = from_rest(repo_id, data) if full_name(repo_id) else None
    if repo is None:
        return None
    source = inside(data, "source", "full_name") or inside(data, "parent", "full_name")
    fork = inside(data, "fork") is True
    named = source if fork and isinstance(source, str) else None
    return Shelf(repo=repo, fork_of=named, odd="复刻" if fork else _odd(repo, data, paper))


def _odd(repo: Repo, data: Mapping[str, Any], paper: Paper) -> str:
    owner, _, name = repo.full_name.partition("/")
    said = f"{name} {repo.description} {' '.join(repo.topics)}"
    if data.get("mirror_url") or _MOVED.search(repo.description):
        return "镜像"
    if data.get("is_template") is True or data.get("private") or data.get("disabled"):
        return "模板或停用"
    if repo.state is RepoState.EMPTY:
        return "空仓库"
    if owner.lower() == name.lower() or _PAGE.search(name):
        return "主页"
    if repo.language in _NO_CODE:
        return "没有代码"
    if _LIST.search(_without(said, paper)):
        return "列表或笔记"
    if _UNOFFICIAL.search(said):
        return "他人实现"
    if _DATA.search(f"{name} {repo.description}") and not _DATA.search(paper.title):
        return "数据集"
    return ""


def _without(said: str, paper: Paper) -> str:
    """The words without the paper's own: a survey's code may call itself one."""
    own = {*words(paper.title)}
    return " ".join(w for w in normal_title(said).split() if w not in own)


def tie(paper: Paper, repo: Repo, readme: str) -> Tie | None:
    """What ties the repository to the paper; None where it does not name it, or speaks of it as
    somebody else's."""
    text = readme[:_READ]
    head = text[:_HEAD]
    ids, bare = set(_ARXIV.findall(text)), paper.id.removeprefix("arxiv:")
    by_id = paper.id.startswith("arxiv:") and _names_id(text, bare)
    by_title = _names_title(text, paper.title)
    if not (by_id or by_title) or len(ids) >= _MANY:
        return None
    if not by_id and set(_ARXIV.findall(head)):
        return None  # another paper of the same title
    official = bool(_OFFICIAL.search(_cleared(head)))
    if _UNOFFICIAL.search(head) or _MOVED.search(head[:600]) or _SOON.search(head[:600]):
        return None
    if _OTHERS.search(head) and not official:
        return None
    opening = _NEWS.split(text[:_OPENING], maxsplit=1)[0]
    whose = (
        (_names_title(opening, paper.title), "开头写着题目"),
        (_same_name(repo, paper), "仓库名与论文简称相同"),
        (by_id and bare in repo.description, "简介写着编号"),
    )
    by_whom = (
        (official, "自称官方"),
        (_owned_by_author(repo, paper), "仓库属于作者"),
        (_lists_authors(head, paper), "开头列出作者"),
    )
    if not any(holds for holds, _ in whose):
        return None  # it only cites the paper
    said = [why for holds, why in (*whose, *by_whom) if holds]
    named = f"README 写着 {bare}" if by_id else "README 写着论文题目"
    return Tie(points=len(said), evidence="，".join([named, *said]))


def _cleared(head: str) -> str:
    return _UNOFFICIAL.sub(" ", head)


def _names_id(text: str, bare: str) -> bool:
    return re.search(rf"(?<![\d.]){re.escape(bare)}(?!\d)", text) is not None


def _names_title(text: str, title: str) -> bool:
    """The whole title, as words; one too short to be unique does not count."""
    wanted = " ".join(words(title))
    if len(content_words(title)) < _SHORT_TITLE:
        return False
    return f" {wanted} " in f" {normal_title(text)} "


def _same_name(repo: Repo, paper: Paper) -> bool:
    """ "ByteTrack: Multi-Object …" and `FoundationVision/ByteTrack`."""
    short, colon, _ = paper.title.replace("：", ":").partition(":")
    name = _letters(repo.full_name.partition("/")[2])
    return bool(colon) and len(name) >= 3 and name == _letters(short)


def _owned_by_author(repo: Repo, paper: Paper) -> bool:
    """The owner's login is an author's whole name in some order ("kaiminghe", "he-kaiming")."""
    owner = _letters(repo.full_name.partition("/")[0])
    for author in paper.authors[:60]:
        parts = [_letters(p) for p in author.split()]
        if len(parts) >= 2 and owner in (
            "".join(parts),
            parts[-1] + "".join(parts[:-1]),
            parts[0] + parts[-1],
        ):
            return True
    return False


def _lists_authors(head: str, paper: Paper) -> bool:
    """Two authors by their full names above any citation."""
    above = normal_title(re.split(r"@\w{4,15}\s*\{|\n#+\s*cit", head, maxsplit=1, flags=re.I)[0])
    named = [a for a in paper.authors[:60] if len(normal_title(a)) > 5]
    return sum(f" {normal_title(a)} " in f" {above} " for a in named) >= min(2, len(named) or 2)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


ENOUGH = 2


def best(ties: Sequence[tuple[Shelf, Tie]]) -> tuple[Shelf, Tie] | None:
    """The one repository with enough and the most for it; two equals mean doubt."""
    able = [(s, t) for s, t in ties if t.points >= ENOUGH]
    most = max((t.points for _, t in able), default=0)
    chosen = [(s, t) for s, t in able if t.points == most]
    return chosen[0] if len(chosen) == 1 else None


def confidence(points: int) -> float:
    """0.8 for just enough, 0.95 at most: nobody but the reader is sure."""
    return min(0.7 + 0.05 * points, 0.95)


def search_hits(data: Any, most: int) -> list[Any] | None:
    """The items of a search; None for garbage."""
    found = inside(data, "items")
    return items(found, most) if isinstance(found, list) else None
