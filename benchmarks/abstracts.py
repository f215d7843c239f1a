"""How near our Abstract lines come to those an archive's owner wrote, beside simpler ways.

    ./run.sh bench abstracts [FOLDER] [--from 2022-01-01] [--to 2022-12-31] [--worst 0]

FOLDER holds notes as `YYYYMM/MMDD.md`; without it, the notes of the corpus (STARDRAFT_CORPUS).
Every item with an Abstract line is a pair of its title and that line. Prints the share of exact
lines and the mean ratio of `difflib.SequenceMatcher` for copying the title, for stripping venue
and bracketed notes with one expression each, and for `abstract_of`; over all pairs, and over those
whose line stands in the title word for word. `--worst N` shows the N pairs furthest apart.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from pipeline.draft import abstract_of
from pipeline.notes import FolderNotebook

_VENUE = (
    r"(?:IEEE|CVPR|ICCV|ECCV|ICLR|NeurIPS|NIPS|AAAI|ICML|TPAMI|ACL|EMNLP|IJCAI|WACV|BMVC|SIGGRAPH)"
    r"\s*'?(?:20)?\d*(?:\s*Oral)?"
)
_BEFORE = re.compile(
    rf"^\s*[\[【(（]?\s*{_VENUE}[^|｜丨:：\]】)）]{{0,12}}[\]】)）|｜丨:：]\s*", re.I
)
_BEHIND = re.compile(rf"\s*(?:[|｜丨]\s*{_VENUE}|[(（【][^()（）【】]*(?:附|源码|代码|下载|论文)[^()（）【】]*[)）】])\s*$", re.I)  # fmt: skip

Pair = tuple[str, str]


def stripped(title: str) -> str:
    """The title without a venue before or behind it and without a bracketed note at its end."""
    return _BEHIND.sub("", _BEFORE.sub("", title)).strip()


WAYS: dict[str, Callable[[str], str]] = {
    "copy of the title": lambda title: title,
    "simple strip": stripped,
    "abstract_of": abstract_of,
}


def main(arguments: list[str]) -> int:
    """Print the table."""
    corpus = Path(os.environ.get("STARDRAFT_CORPUS", "../shared/corpus"))
    parser = argparse.ArgumentParser(prog="bench abstracts")
    parser.add_argument("folder", type=Path, nargs="?", default=corpus / "notes")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=date(2022, 1, 1))
    parser.add_argument("--to", dest="last", type=date.fromisoformat, default=date.max)
    parser.add_argument("--worst", type=int, default=0)
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        parser.error(f"no notes at {options.folder}: name a folder, or set STARDRAFT_CORPUS")
    pairs = list(_pairs(FolderNotebook(options.folder), options.first, options.last))
    if not pairs:
        parser.error("no Abstract line in these days")
    _print("all", pairs)
    if cut := [pair for pair in pairs if pair[1] in pair[0]]:
        _print("the line stands in the title", cut)
    apart = sorted(pairs, key=lambda pair: _ratio(abstract_of(pair[0]), pair[1]))
    for title, line in apart[: options.worst]:
        print(f"\n{title}\n  owner: {line}\n  ours:  {abstract_of(title)}")
    return 0


def _pairs(book: FolderNotebook, first: date, last: date) -> Iterator[Pair]:
    """Titles and the lines written for them."""
    for day in book.days():
        if first <= day <= last and (text := book.read(day)):
            for item in book.parse(text, day).items:
                yield from ((item.title, f.value) for f in item.fields if f.name == "Abstract")


def _print(which: str, pairs: Sequence[Pair]) -> None:
    print(f"{which}: {len(pairs)} lines")
    print(f"  {'':20} exact  ratio")
    for name, way in WAYS.items():
        made = [(way(title), line) for title, line in pairs]
        exact = sum(a == b for a, b in made) / len(made)
        ratio = sum(_ratio(a, b) for a, b in made) / len(made)
        print(f"  {name:20} {exact:5.3f}  {ratio:5.3f}")


def _ratio(made: str, line: str) -> float:
    return SequenceMatcher(None, made, line).ratio()
