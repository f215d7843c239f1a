"""Code that an article does not give but the authors do, in arXiv's comment or abstract."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.identifiers import CODE_HOSTS, Identity, identify
from pipeline.types import Paper

_URL = re.compile(
    r"(?<![\w./@-])(?:https?://)?(?:www\.)?(?:github\.com|gitlab\.com|gitee\.com|huggingface\.co)"
    r"/[A-Za-z0-9_.\-/]{3,150}",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"built (?:up)?on|based on|borrow|implementation of|adapted from|thanks? to|dataset of"
    r"|following|baseline|compared? (?:to|with)|benchmarks? (?:of|from)",
    re.IGNORECASE,
)
_AROUND = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A repository that a paper names as its own; `where` is 备注 or 摘要, `evidence` verbatim."""

    repo: Identity
    paper: Paper
    where: str
    evidence: str


def offers(papers: Iterable[Paper]) -> tuple[Offer, ...]:
    """At most one repository per paper, the comment before the abstract.

    A text that names two repositories, or names one as somebody else's, offers nothing: which
    is the paper's own would be a guess.
    """
    return tuple(o for p in papers if (o := _offer(p)))


def _offer(paper: Paper) -> Offer | None:
    for where, text in (("备注", paper.comment or ""), ("摘要", paper.abstract)):
        named = {i.id: (i, at) for at, i in _repositories(text)}
        if len(named) == 1:
            repo, at = next(iter(named.values()))
            evidence = text[max(0, at - _AROUND) : at + _AROUND].strip()
            if not _FOREIGN.search(text[max(0, at - _AROUND) : at]):
                return Offer(repo=repo, paper=paper, where=where, evidence=evidence)
        if named:
            return None
    return None


def _repositories(text: str) -> Iterable[tuple[int, Identity]]:
    for found in _URL.finditer(text):
        repo = identify(found.group().rstrip(".-/"))
        if repo and repo.kind == "code" and _is_code(repo):
            yield found.start(), repo


def _is_code(repo: Identity) -> bool:
    """Pages of a user (`name/name.github.io`) are project pages, not code."""
    host, _, name = repo.id.partition("/")
    return (host in CODE_HOSTS or host == "huggingface.co") and not name.endswith(".github.io")
