"""Which words of a candidate or of a past item are embedded."""

from __future__ import annotations

from pipeline.text import language, squash
from pipeline.types import ArchiveItem, Article, Candidate, PageState

MAX_CHARACTERS = 800
"""Of Chinese, about 450 tokens; twice as many of English, about 350. The model reads 512, and time
grows with every one of them."""


def candidate_text(candidate: Candidate) -> str:
    """Article title, main paper's title, then the start of its abstract or of the article."""
    article = candidate.article
    titles = [article.title, *(p.title for p in candidate.papers[:1])]
    abstract = candidate.papers[0].abstract if candidate.papers else ""
    return _join([*titles, abstract or article.text])


def headline(candidate: Candidate) -> str:
    """The article's title and its main paper's: what a phrase of a few words is compared with."""
    return _join([candidate.article.title, *(p.title for p in candidate.papers[:1])])


def archive_text(item: ArchiveItem) -> str:
    """A past item's title and text, in the same shape as a candidate's."""
    rest = item.text.removeprefix(item.title)
    return _join([item.title, rest])


def as_candidate(item: ArchiveItem) -> Candidate:
    """A past item as if it were offered today."""
    article = Article(
        id=item.url,
        identity=item.url,
        url=item.url,
        state=PageState.OK,
        title=item.title,
        text=item.text.removeprefix(item.title),
    )
    return Candidate(article=article)


def _join(parts: list[str]) -> str:
    # Cut before squashing: an article may be a megabyte, and a few characters are wanted.
    clean = [squash(part[: 4 * MAX_CHARACTERS]) for part in parts]
    text = "\n".join(dict.fromkeys(p for p in clean if p))
    return text[: MAX_CHARACTERS * (2 if language(text) == "en" else 1)]
