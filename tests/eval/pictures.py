"""The lead picture of every recorded WeChat page and labelled article, as a table.

    python -m tests.eval.pictures           the table, with STARDRAFT_CORPUS set
    python -m tests.eval.pictures --new     what has not been looked at, with its surroundings
    python -m tests.eval.pictures --early   how often a choice is furniture, by what was read before

Verdicts are in `pictures.json`: for a file and the number of the picture chosen, what a person
took it for who read the page around it. The corpus has no bytes of pictures, so nobody has seen
them; a choice that changes has no verdict until somebody reads that page again.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from pipeline.extract import PageExtractor, read_path
from pipeline.extract.document import Document
from pipeline.extract.extractor import _finish
from pipeline.extract.pictures import rank
from pipeline.extract.readers import Draft
from pipeline.stages import furniture
from pipeline.types import Article, Image, PageState
from tests.eval.table import NOW, labels_of

VERDICTS = Path(__file__).with_name("pictures.json")
UNREAD = "not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One file: how many pictures it has, those ranked best (number from 1, picture, why).

    `known` is the number of the one chosen where the account's other articles are known, 0 for
    none.
    """

    path: str
    count: int
    ranked: tuple[tuple[int, Image, str], ...]
    around: str
    known: int = 0

    @property
    def chosen(self) -> int:
        """The number of the picture chosen from the page alone, 0 where there is none."""
        return self.ranked[0][0] if self.ranked else 0


def rows(corpus: Path) -> Iterator[Row]:
    """Every raw page and labelled article that has pictures."""
    folder = corpus / "wechat"
    texts = [folder / "articles_md" / label["path"] for label in labels_of(corpus)]
    shelves = shelves_of(folder)
    for file in (*_pages(folder), *texts):
        draft, article = read(file)
        row = _row(file.relative_to(folder).as_posix(), draft)
        if row.count:
            counts = furniture.others(shelves[account_of(file, article)], [article])
            yield replace(row, known=_known(draft, article, counts))


@cache
def shelves_of(folder: Path) -> dict[str, dict[str, list[str]]]:
    """By account the articles with the marks of their pictures."""
    shelves: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    for file in (*_pages(folder), *sorted((folder / "articles_md").rglob("*.md"))):
        _, article = read(file)
        shelves[account_of(file, article)][article.id] = furniture.marks_of(article)
    return shelves


def _pages(folder: Path) -> list[Path]:
    return sorted((folder / "raw_html").rglob("*.html*"))


def read(file: Path) -> tuple[Draft, Article]:
    """The page as it was read and as an article, whose id is the file's name."""
    page = read_path(file, NOW)
    draft = PageExtractor()._read(page)
    return draft, replace(_finish(draft, page, None), id=str(file))


def account_of(file: Path, article: Article) -> str:
    """The folder of an article in Markdown; recorded pages say it, or stand alone."""
    if "articles_md" in file.parts:
        return file.parts[file.parts.index("articles_md") + 1]
    return article.account or str(file)


def _known(draft: Draft, article: Article, counts: dict[tuple[str, str], int]) -> int:
    """What the stages would look at first, knowing the account's other articles."""
    own = _own(article, counts)
    urls = [p.image.url for p in draft.document.pictures] or [i.url for i in draft.pictures]
    return urls.index(own[0].url) + 1 if own else 0


def _own(article: Article, counts: dict[tuple[str, str], int]) -> tuple[Image, ...]:
    return furniture.own_first(article.figures, lambda image: counts[article.id, image.url])


def _row(path: str, draft: Draft) -> Row:
    if draft.state is not PageState.OK:
        return Row(path=path, count=0, ranked=(), around="")
    document = draft.document
    numbers = {id(picture): at for at, picture in enumerate(document.pictures, 1)}
    found = rank(document)
    ranked = tuple((numbers[id(p)], p.image, why) for _, p, why in found[:3])
    if not ranked:  # a picture share has its pictures beside the text
        shared = enumerate(draft.pictures[:3], 1)
        ranked = tuple((at, image, "the share's own") for at, image in shared)
    around = _around(document, found[0][1].block) if found else ""
    count = len(document.pictures) or len(draft.pictures)
    return Row(path=path, count=count, ranked=ranked, around=around)


def _around(document: Document, block: int) -> str:
    """The kinds of the blocks before and after, with the characters of each: no words of it."""
    before = document.blocks[max(block - 1, 0) : block]
    after = document.blocks[block : block + 1]
    sides = (" ".join(f"{b.kind} {len(b.text)}" for b in side) or "–" for side in (before, after))
    return " / ".join(sides)


def verdict_of(row: Row, number: int | None = None) -> str:
    """What a reader of the page took the choice for, or the picture with that number."""
    known: dict[str, dict[str, str]] = json.loads(VERDICTS.read_text(encoding="utf-8"))
    return known.get(row.path, {}).get(str(row.chosen if number is None else number), UNREAD)


def _size(image: Image) -> str:
    return f"{image.width or '?'}×{image.height or '?'}" if image.width or image.height else "–"


def _line(row: Row) -> str:
    cells = [f"{at}, {_size(image)}" for at, image, _ in row.ranked]
    chosen, others = (cells[0] if cells else "none"), "; ".join(cells[1:]) or "–"
    why = row.ranked[0][2] if row.ranked else "only decoration"
    name = row.path.removeprefix("raw_html/").removeprefix("articles_md/")
    if row.known != row.chosen:
        chosen += f" (known account: {row.known or 'none'})"
    return (
        f"| {name} | {row.count} | {chosen} | {others} | {row.around or '–'} | {why} |"
        f" {verdict_of(row, row.known)} |"
    )


def early(folder: Path, account: str) -> Iterator[tuple[int, int, int]]:
    """In the order of publication: articles read before; choices, and those that are furniture.

    Furniture is here what stands in three or more of all the account's articles.
    """
    files = sorted((folder / "articles_md" / account).rglob("*.md"))
    articles = [a for _, a in map(read, files) if a.figures]
    articles.sort(key=lambda a: (a.published or datetime(1970, 1, 1, tzinfo=UTC), a.id))
    shelf = shelves_of(folder)[account]
    every = Counter(mark for marks in shelf.values() for mark in set(marks))
    order = [(a, shelf[a.id]) for a in articles]
    for before in (0, 5, 10, 20, 60):
        chosen = 0
        wrong = 0
        for at in range(60, len(order)):
            article = order[at][0]
            past = {a.id: marks for a, marks in order[at - before : at + 1]}
            counts = furniture.others(past, [article])
            own = _own(article, counts)[:1]
            lead = furniture.marks_of(replace(article, figures=own, images=()))
            chosen += len(lead)
            wrong += any(every[mark] > furniture.FURNITURE for mark in lead)
        yield before, chosen, wrong


def main() -> None:
    """Print the table."""
    corpus = Path(os.environ["STARDRAFT_CORPUS"])
    if "--early" in sys.argv:
        for account in ("opendatalab", "giantpandacv"):
            for before, chosen, wrong in early(corpus / "wechat", account):
                print(f"{account}: {before} read before, {wrong} of {chosen} furniture")
        return
    found = list(rows(corpus))
    if "--new" in sys.argv:
        found = [r for r in found if UNREAD in (verdict_of(r), verdict_of(r, r.known))]
    print("| page | pictures | chosen | next two | before / after | why | by reading |")
    print("|---|---|---|---|---|---|---|")
    print("\n".join(map(_line, found)))


if __name__ == "__main__":
    main()
