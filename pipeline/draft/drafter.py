"""The day's note out of scored candidates: what a reader would have typed, ready to be edited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.draft.abstract import abstract_of
from pipeline.draft.choose import choose
from pipeline.draft.tips import tips_of
from pipeline.text import squash
from pipeline.types import (
    Article,
    Candidate,
    CodeNews,
    Image,
    Link,
    Note,
    NoteField,
    NoteItem,
    NoteLink,
    Paper,
    Repo,
    RepoState,
    Score,
)
from pipeline.urls import is_web_url

_MAX_LINKS = 5
"""Links of one kind in one item; an article with more is a list, and is linked itself."""
_GONE = (RepoState.GONE, RepoState.BLOCKED)
_OTHER_KINDS = {"dataset": "Dataset", "demo": "Demo", "video": "Video", "project": "Address"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftConfig:
    """How much a note holds, and the reader's language (`zh` or `en`).

    `per_feed` is how many items one account or feed may have; `usual_stars` go to candidates
    without a score.
    """

    max_items: int = 6
    max_also_seen: int = 20
    per_feed: int = 3
    language: str = "zh"
    usual_stars: int = 2


class DayDrafter:
    """`ports.Drafter`: pure and deterministic."""

    def __init__(self, config: DraftConfig | None = None) -> None:
        self._config = config or DraftConfig()

    def draft(
        self,
        day: date,
        candidates: Sequence[Candidate],
        scores: Mapping[str, Score],
        keep: Sequence[str] = (),
        news: Sequence[CodeNews] = (),
    ) -> Note:
        """The note of `day`; `keep` are article ids that stay where they are."""
        config = self._config
        choice = choose(candidates, scores, keep, config.max_items, config.per_feed)
        items = tuple(self._item(c, scores.get(c.article.id)) for c in choice.items)
        also = [*_covered(choice.items), *(_also(c.article, why) for c, why in choice.rest)]
        seen = (*(_appeared(n) for n in news), *_unique(also))
        return Note(day=day, items=items, also_seen=seen[: config.max_also_seen])

    def _item(self, candidate: Candidate, score: Score | None) -> NoteItem:
        article = candidate.article
        return NoteItem(
            title=_title(candidate),
            url=article.url,
            stars=score.suggested_stars if score else self._config.usual_stars,
            fields=tuple(self._fields(candidate)),
            image=_picture(article),
            article_id=article.id,
        )

    def _fields(self, candidate: Candidate) -> Iterator[NoteField]:
        article = candidate.article
        yield NoteField(name="Abstract", value=abstract_of(_title(candidate)))
        yield from _numbered("Paper", [_paper_link(p) for p in candidate.papers])
        yield from _numbered("Code", [_bare(r.url) for r in candidate.repos if _offered(r)])
        yield from _others(article.links)
        tips = self._tips(candidate)
        if tips:
            yield NoteField(name="Tips", value=tips)

    def _tips(self, candidate: Candidate) -> str:
        """Quoted words; a withdrawn paper is worth saying first."""
        withdrawn = "论文已被作者撤回。" if any(p.withdrawn for p in candidate.papers) else ""
        abstract = candidate.papers[0].abstract if candidate.papers else ""
        article = candidate.article
        return withdrawn + tips_of(article.title, article.text, abstract, self._config.language)


def _title(candidate: Candidate) -> str:
    """The article's own title, else its paper's."""
    own = squash(candidate.article.title)
    return own or next((squash(p.title) for p in candidate.papers), candidate.article.url)


def _numbered(name: str, links: Sequence[NoteLink | None]) -> Iterator[NoteField]:
    """One line per link, numbered where there are several; equal addresses once."""
    wanted = {link.url: link for link in reversed(links) if link}
    kept = [link for link in links if link and wanted.get(link.url) is link][:_MAX_LINKS]
    for number, link in enumerate(kept, start=1):
        shown = f"{name}{number}" if len(kept) > 1 else name
        yield NoteField(name=shown, value="", links=(link,))


def _paper_link(paper: Paper) -> NoteLink | None:
    title = squash(paper.title)
    if not title and not paper.url:
        return None
    return NoteLink(text=title or paper.url, url=paper.url)


def _bare(url: str) -> NoteLink | None:
    return NoteLink(text=url, url=url) if is_web_url(url) else None


def _offered(repo: Repo) -> bool:
    return repo.state not in _GONE


def _others(links: Iterable[Link]) -> Iterator[NoteField]:
    """Data sets, demos, videos and project pages that the article is about."""
    found: dict[str, list[NoteLink | None]] = {}
    for link in links:
        if link.role == "main" and link.kind in _OTHER_KINDS:
            found.setdefault(link.kind, []).append(_bare(link.url))
    for kind, name in _OTHER_KINDS.items():
        yield from _numbered(name, found.get(kind, [])[:2])


def _picture(article: Article) -> Image | None:
    image = article.lead_image
    return image if image and is_web_url(image.url) else None


def _appeared(news: CodeNews) -> NoteItem:
    """Code that was not there when its article was noted: a line of its own below the items."""
    noted = f"代码已公开；文章记于 {news.noted.year}.{news.noted.month}.{news.noted.day}"
    return NoteItem(
        title=squash(news.title) or news.url,
        url=news.url,
        stars=0,
        fields=(NoteField(name="Remark", value=noted),),
    )


def _covered(items: Iterable[Candidate]) -> Iterator[NoteItem]:
    """The other articles on the papers of the chosen ones."""
    for candidate in items:
        about = f"与“{abstract_of(_title(candidate))[:40]}”是同一篇论文"
        for article in candidate.covered_by:
            yield _also(article, about)


def _also(article: Article, why: str) -> NoteItem:
    fields = (NoteField(name="Remark", value=why),) if why else ()
    return NoteItem(
        title=squash(article.title) or article.url,
        url=article.url,
        stars=0,
        fields=fields,
        article_id=article.id,
    )


def _unique(items: Iterable[NoteItem]) -> tuple[NoteItem, ...]:
    return tuple({item.article_id: item for item in reversed([*items])}.values())[::-1]
