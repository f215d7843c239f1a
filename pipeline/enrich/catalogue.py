"""Papers beyond arXiv: one kind of index over services that answer with JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.enrich import wording
from pipeline.enrich.joining import surnames
from pipeline.enrich.service import Service, ServiceConfig
from pipeline.enrich.titles import content_words, same_paper, searchable, words
from pipeline.ports import Clock, Limiter, Lookup
from pipeline.types import Paper

if TYPE_CHECKING:
    from pipeline.enrich.json_session import Told

_LEAST_WORDS = 3
"""Words of substance from which a title names one paper among a hundred million."""


Question = tuple[str, Mapping[str, str]]


class Dialect(Protocol):
    """What differs between two catalogues."""

    name: str
    """Stable; also the name of the limiter's slot."""
    shown: str
    schemes: tuple[str, ...]

    def by_id(self, bare: str) -> Question | None:
        """Path and parameters that ask for an id without its scheme; None for impossible ones."""

    def by_title(self, title: str) -> Question:
        """Path and parameters that search for a title."""

    def papers(self, data: Any) -> list[Paper] | None:
        """The papers of an answer; None where it is none."""


class CatalogueIndex:
    """`ports.Catalogue` over one dialect. After a failure nothing more is asked by this object."""

    def __init__(
        self, dialect: Dialect, config: ServiceConfig, limiter: Limiter, clock: Clock
    ) -> None:
        self._dialect, self._config = dialect, config
        self._service = Service(dialect.name, config, limiter, clock)
        self._gave_up = ""

    @property
    def name(self) -> str:
        """Under which answers are remembered."""
        return self._dialect.name

    @property
    def schemes(self) -> tuple[str, ...]:
        """The schemes of the ids it knows."""
        return self._dialect.schemes

    def by_ids(self, ids: Sequence[str]) -> Lookup[Paper]:
        """The papers with these ids; ids of other schemes are passed over."""
        mine = [i for i in dict.fromkeys(ids) if i.partition(":")[0] in self.schemes]
        return self._lookup(mine, lambda i: self._dialect.by_id(i.partition(":")[2]), _of_id)

    def by_titles(self, titles: Sequence[str]) -> Lookup[Paper]:
        """The paper that surely has each title; short and foreign titles are `missing`."""
        return self._lookup(list(dict.fromkeys(titles)), self._title_question, agreed)

    def _title_question(self, title: str) -> Question | None:
        telling = searchable(title) and len(content_words(title)) >= _LEAST_WORDS
        return self._dialect.by_title(title) if telling else None

    def _lookup(
        self,
        keys: list[str],
        question: Callable[[str], Question | None],
        choose: Callable[[str, list[Paper]], Paper | None],
    ) -> Lookup[Paper]:
        found: dict[str, Paper] = {}
        missing: list[str] = []
        deferred: list[str] = []
        before, failed_before = self._service.sent, self._gave_up
        for key in keys:
            asked = question(key)
            if asked is None:
                missing.append(key)
            elif (papers := self._answer(asked, before)) is None:
                deferred.append(key)
            elif paper := choose(key, papers):
                found[key] = paper
            else:
                missing.append(key)
        tell = self._gave_up and not failed_before
        issue = wording.unavailable(self.name, self._dialect.shown, self._gave_up)
        return Lookup(
            found=found,
            missing=tuple(missing),
            deferred=tuple(deferred),
            issues=(issue,) if tell else (),
            requests=self._service.sent - before,
        )

    def _answer(self, asked: Question, before: int) -> list[Paper] | None:
        """The papers of the answer; None, and the reason kept, where there is none."""
        from pipeline.enrich.json_session import Heard

        if self._gave_up or self._service.sent - before >= self._config.most:
            return None
        told: Told = self._service.get(*asked)
        if told.heard is Heard.MISSING:
            return []
        papers = self._dialect.papers(told.data) if told.heard is Heard.FOUND else None
        if papers is None:
            self._gave_up = told.words or "的回答无法识别"
        return papers


def _of_id(key: str, papers: list[Paper]) -> Paper | None:
    return next((p for p in papers if p.id.lower() == key.lower()), None)


def agreed(title: str, hits: Sequence[Paper]) -> Paper | None:
    """The one paper of this title. Several records of one title are one paper only where each
    pair shares an author; then the one that names its venue, or the earliest, stands for it."""
    near = [p for p in hits if same_paper(title, p.title)]
    exact = [p for p in near if words(p.title) == words(title)]
    chosen = list({p.id: p for p in exact or near}.values())
    if len(chosen) > 1:
        people = [surnames(p) for p in chosen]
        if not all(a & b for n, a in enumerate(people) for b in people[n + 1 :]):
            return None
    return min(chosen, key=_preference, default=None)


def _preference(paper: Paper) -> tuple[bool, str, str]:
    return (not paper.venue, paper.published.isoformat() if paper.published else "9", paper.id)
