"""The arXiv API as it behaves: Atom with counts, paging, silent gaps, errors as entries.

Seen in recorded replies of export.arxiv.org: an unknown id is silently absent (200, fewer
entries), a malformed one spoils the whole request (400 with an `Error` entry), `updated` of the
feed is the time of the reply, and `totalResults` counts what was found, not what was asked.
A request line longer than about 8 kB (640 ids) is refused with 414.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from demo.arxiv_search import PaperSearch, QueryError
from demo.world import Answer, PaperFacts, World

MAX_REQUEST_LINE = 8190
"""Bytes of path and query after which the front server answers 414."""
_MAX_PAGE = 2000
_MAX_RESULTS = 30_000
_ATOM = {"Content-Type": "application/atom+xml; charset=utf-8"}
_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z][a-z-]*(?:\.[A-Z]{2})?/\d{7})(?:v(\d{1,3}))?", re.ASCII)
_FEED = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
    ' xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">\n'
)
# Lone surrogates and control characters have no place in XML 1.0.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class _BadRequestError(ValueError):
    """The parameters are wrong; the text is the summary of the error entry."""


class ArxivApi:
    """Answers `/api/query` from a world; `interval` seconds are asked for between requests.

    Requests that come sooner are answered 429 and counted in `violations`. The clocks are
    arguments so that tests can turn them.
    """

    def __init__(
        self,
        world: World,
        *,
        interval: float,
        monotonic: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self.violations = 0
        self._world = world
        self._interval = interval
        self._monotonic = monotonic
        self._now = now
        self._last: float | None = None
        self._faults: Iterator[Answer] = iter(world.arxiv_faults())
        self._search: PaperSearch | None = None

    def answer(self, params: Mapping[str, str], line_length: int = 0) -> Answer:
        """The reply to one query; `line_length` is the length of the request's target."""
        if line_length > MAX_REQUEST_LINE:
            return _html(414, "Request-URI Too Long")
        if early := self._too_early():
            return early
        fault = next(self._faults, None)
        if fault is not None:
            return fault
        try:
            return self._query(params)
        except (_BadRequestError, QueryError) as problem:
            return self._error(str(problem))

    def _too_early(self) -> Answer | None:
        """A tenth of tolerance: a client that waits 3 s may arrive after 2.9 s."""
        now, last = self._monotonic(), self._last
        if self._interval > 0 and last is not None and now - last < self._interval * 0.9:
            self.violations += 1
            wait = max(1, round(self._interval - (now - last)))
            return replace(_html(429, "Rate exceeded."), headers={"Retry-After": str(wait)})
        self._last = now
        return None

    def _query(self, params: Mapping[str, str]) -> Answer:
        start = _number(params, "start", 0)
        count = _number(params, "max_results", 10)
        if start + count > _MAX_RESULTS:
            raise _BadRequestError(f"start + max_results must not exceed {_MAX_RESULTS}")
        query, id_list = params.get("search_query", ""), params.get("id_list", "")
        found = self._select(query, id_list)
        found = _sorted(found, params.get("sortBy", "relevance"), params.get("sortOrder", ""))
        page = found[start : start + min(count, _MAX_PAGE)]
        return Answer(
            headers=_ATOM, body=self._feed(query, id_list, start, count, len(found), page)
        )

    def _select(self, query: str, id_list: str) -> list[PaperFacts]:
        """By ids, by search, or, with both, the named papers that match the search."""
        if not id_list:
            return self._matching(query) if query else []
        named = list(self._named(id_list))
        if not query:
            return named
        matching = {p.id for p in self._matching(query)}
        return [p for p in named if p.id in matching]

    def _matching(self, query: str) -> list[PaperFacts]:
        if self._search is None:
            self._search = PaperSearch(self._world.papers())
        return self._search.find(query)

    def _named(self, id_list: str) -> Iterable[PaperFacts]:
        parsed = [_parse_id(text) for text in id_list.split(",") if text.strip()]
        for bare, version in dict.fromkeys(parsed):
            paper = self._world.paper(bare)
            if paper is not None and (version or 1) <= paper.version:
                yield replace(paper, version=version or paper.version)

    def _feed(
        self, query: str, id_list: str, start: int, count: int, total: int, page: list[PaperFacts]
    ) -> bytes:
        if query and ":" not in query:
            query = f"all:{query}"
        asked = f"search_query={query}&id_list={id_list}&start={start}&max_results={count}"
        link = (
            f"https://arxiv.org/api/query?search_query={query}&start={start}"
            f"&max_results={count}&id_list={id_list}"
        )
        digest = base64.b64encode(hashlib.sha1(asked.encode(), usedforsecurity=False).digest())
        lines = [
            f"  <id>https://arxiv.org/api/{digest.decode().rstrip('=')}</id>",
            f"  <title>arXiv Query: {_text(asked)}</title>",
            f"  <updated>{_stamp(self._now())}</updated>",
            f'  <link href={_attribute(link)} type="application/atom+xml"/>',
            *_counts(count, total, start),
            *(line for paper in page for line in _entry(paper)),
        ]
        return (_FEED + "\n".join(lines) + "\n</feed>\n").encode()

    def _error(self, sentence: str) -> Answer:
        where = "https://arxiv.org/api/errors#" + re.sub(r"\s+", "_", sentence)
        stamp = _stamp(self._now())
        lines = [
            "  <id>https://arxiv.org/</id>",
            "  <title>arXiv Search Results</title>",
            f"  <updated>{stamp}</updated>",
            *_counts(1, 1, 0),
            "  <entry>",
            f"    <id>{_text(where)}</id>",
            "    <title>Error</title>",
            f"    <updated>{stamp}</updated>",
            f'    <link href={_attribute(where)} rel="alternate" type="text/html"/>',
            f"    <summary>{_text(sentence)}</summary>",
            "    <author>",
            "      <name>arXiv api core</name>",
            "    </author>",
            "  </entry>",
        ]
        return Answer(
            status=400, headers=_ATOM, body=(_FEED + "\n".join(lines) + "\n</feed>\n").encode()
        )


def _parse_id(text: str) -> tuple[str, int | None]:
    found = _ID.fullmatch(text.strip())
    if not found:
        raise _BadRequestError(f"incorrect id format for {text.strip()}")
    return found.group(1), int(found.group(2)) if found.group(2) else None


def _number(params: Mapping[str, str], name: str, default: int) -> int:
    text = params.get(name) or str(default)
    if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        raise _BadRequestError(f"{name} must be an integer")
    if int(text) < 0:
        raise _BadRequestError(f"{name} must be non-negative")
    return int(text)


def _sorted(papers: list[PaperFacts], by: str, order: str) -> list[PaperFacts]:
    if by not in ("relevance", "lastUpdatedDate", "submittedDate"):
        raise _BadRequestError("sortBy must be in: relevance, lastUpdatedDate, submittedDate")
    if order not in ("", "ascending", "descending"):
        raise _BadRequestError("sortOrder must be in: ascending, descending")
    if by == "relevance":
        return papers[::-1] if order == "ascending" else papers
    return sorted(papers, key=_published, reverse=order != "ascending")


def _published(paper: PaperFacts) -> datetime:
    """The day the facts name, else the first of the month that the id stands for."""
    if paper.published is not None:
        return paper.published
    digits = paper.id.rpartition("/")[2]
    year, month = int(digits[:2]), int(digits[2:4])
    return datetime(year + (1900 if year > 90 else 2000), min(max(month, 1), 12), 1, tzinfo=UTC)


def _entry(paper: PaperFacts) -> Iterator[str]:
    versioned = f"{paper.id}v{paper.version}"
    stamp = _stamp(_published(paper))
    abs_url, pdf_url = f"https://arxiv.org/abs/{versioned}", f"https://arxiv.org/pdf/{versioned}"
    yield "  <entry>"
    yield f"    <id>http://arxiv.org/abs/{versioned}</id>"
    yield f"    <title>{_text(paper.title)}</title>"
    yield f"    <updated>{stamp}</updated>"
    yield f'    <link href="{abs_url}" rel="alternate" type="text/html"/>'
    yield f'    <link href="{pdf_url}" rel="related" type="application/pdf" title="pdf"/>'
    yield f"    <summary>{_text(paper.abstract)}</summary>"
    category = _attribute(paper.primary_category)
    yield f'    <category term={category} scheme="http://arxiv.org/schemas/atom"/>'
    yield f"    <published>{stamp}</published>"
    if paper.comment:
        yield f"    <arxiv:comment>{_text(paper.comment)}</arxiv:comment>"
    yield f"    <arxiv:primary_category term={category}/>"
    if paper.journal_ref:
        yield f"    <arxiv:journal_ref>{_text(paper.journal_ref)}</arxiv:journal_ref>"
    for author in paper.authors:
        yield f"    <author>\n      <name>{_text(author)}</name>\n    </author>"
    if paper.doi:
        yield f"    <arxiv:doi>{_text(paper.doi)}</arxiv:doi>"
        doi = _attribute(f"https://doi.org/{paper.doi}")
        yield f'    <link rel="related" href={doi} title="doi"/>'
    yield "  </entry>"


def _counts(per_page: int, total: int, start: int) -> tuple[str, ...]:
    return (
        f"  <opensearch:itemsPerPage>{per_page}</opensearch:itemsPerPage>",
        f"  <opensearch:totalResults>{total}</opensearch:totalResults>",
        f"  <opensearch:startIndex>{start}</opensearch:startIndex>",
    )


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", text))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _html(status: int, sentence: str) -> Answer:
    body = f"<html><head><title>{status}</title></head><body><h1>{sentence}</h1></body></html>"
    return Answer(status=status, headers={"Content-Type": "text/html"}, body=body.encode())
