"""The lead picture of every recorded WeChat page and labelled article, as a table.

    python -m tests.eval.pictures           the table, with STARDRAFT_CORPUS set
    python -m tests.eval.pictures --new     what has not been looked at, with its surroundings

Verdicts are in `pictures.json`: for a file and the number of the picture chosen, what a person
took it for who read the page around it. The corpus has no bytes of pictures, so nobody has seen
them; a choice that changes has no verdict until somebody reads that page again.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.extract import PageExtractor, read_path
from pipeline.extract.document import Document
from pipeline.extract.pictures import rank
from pipeline.types import Image, PageState
from tests.eval.table import NOW, labels_of

VERDICTS = Path(__file__).with_name("pictures.json")
UNREAD = "not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One file: how many pictures it has, those ranked best (number from 1, picture, why)."""

    path: str
    count: int
    ranked: tuple[tuple[int, Image, str], ...]
    around: str

    @property
    def chosen(self) -> int:
        """The number of the picture chosen, 0 where there is none."""
        return self.ranked[0][0] if self.ranked else 0


def rows(corpus: Path) -> Iterator[Row]:
    """Every raw page and labelled article that has pictures."""
    pages = sorted((corpus / "wechat" / "raw_html").rglob("*.html*"))
    texts = [corpus / "wechat" / "articles_md" / label["path"] for label in labels_of(corpus)]
    for file in (*pages, *texts):
        if (row := _row(file, corpus / "wechat")).count:
            yield row


def _row(file: Path, folder: Path) -> Row:
    draft = PageExtractor()._read(read_path(file, NOW))
    path = file.relative_to(folder).as_posix()
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


def verdict_of(row: Row) -> str:
    """What a reader of the page took the chosen picture for."""
    known: dict[str, dict[str, str]] = json.loads(VERDICTS.read_text(encoding="utf-8"))
    return known.get(row.path, {}).get(str(row.chosen), UNREAD)


def _size(image: Image) -> str:
    return f"{image.width or '?'}×{image.height or '?'}" if image.width or image.height else "–"


def _line(row: Row) -> str:
    cells = [f"{at}, {_size(image)}" for at, image, _ in row.ranked]
    chosen, others = (cells[0] if cells else "none"), "; ".join(cells[1:]) or "–"
    why = row.ranked[0][2] if row.ranked else "only decoration"
    name = row.path.removeprefix("raw_html/").removeprefix("articles_md/")
    return (
        f"| {name} | {row.count} | {chosen} | {others} | {row.around or '–'} | {why} |"
        f" {verdict_of(row)} |"
    )


def main() -> None:
    """Print the table."""
    corpus = Path(os.environ["STARDRAFT_CORPUS"])
    found = list(rows(corpus))
    if "--new" in sys.argv:
        found = [row for row in found if verdict_of(row) == UNREAD]
    print("| page | pictures | chosen | next two | before / after | why | by reading |")
    print("|---|---|---|---|---|---|---|")
    print("\n".join(map(_line, found)))


if __name__ == "__main__":
    main()
