"""The labelled lines of an item: every spelling the archive has, under one canonical name."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import lru_cache

from pipeline.notes.markdown import links_of
from pipeline.text import squash
from pipeline.types import NoteField

# Spellings of seven years of hand-written notes, folded (case, spaces, asterisks, full width).
_SPELLINGS = {
    "Abstract": "abstract 摘要 主要内容",
    "Paper": "paper 论文 论文地址 论文链接",
    "Code": "code codes cdoe github gtihub github地址 项目 项目地址 代码 代码地址 代码链接 源码 源代码 开源地址",
    "Tips": "tips tip tpis 核心要点 核心点 要点",
    "Demo": "demo 在线版",
    "Dataset": "dataset 数据集",
    "Video": "video 视频 视频地址",
    "Address": "address 网址",
}
_CANONICAL = {word: name for name, words in _SPELLINGS.items() for word in words.split()}
_BLANK = r"[ \t\u00a0\u3000]"
_LEAD = rf"(?P<lead>{_BLANK}*+(?:[-*+－–—•·]{_BLANK}*+){{0,2}}\*{{0,2}})"
"""Runs of blanks are possessive here and below: given back one by one, a long one took minutes."""
_BULLETED = re.compile(rf"{_BLANK}*(?:[-+－–—•·]|\*(?={_BLANK}))")
_LABELLED = re.compile(
    _LEAD + r"(?P<label>[^\s:：\[\]()（）<>，。`*-][^:：\[\]()（）<>，。`*]{0,19}?)"
    r"(?P<sep>[ \t]*+(?P<venue>[(（][^()（）]{1,30}[)）])?[ \t]*+\*{0,2}[ \t]*+[:：]{1,2}\*{0,2})(?P<gap>[ \t]*+)(?P<value>.*)",
    re.DOTALL,
)
_UNCOLONED = re.compile(
    _LEAD + r"(?P<label>[A-Za-z]{3,9}\d?|[\u4e00-\u9fff]{2,6}\d?)"
    r"(?P<sep>[ \t]*[;；]|\.(?=[ \t])|(?<=bstract)(?=[ \t])|[ \t]*(?=\[|https?://))"
    r"(?P<gap>[ \t]*)(?P<value>.*)",
    re.DOTALL,
)
"""A known label whose colon was forgotten or mistyped."""
_LONG = ("abstract", "paper", "github", "dataset", "address")
_ALIKE = 0.86
"""Ratio above which a label is a typing slip of a known one ("Abstarct" .875; "abstraction" .84)."""
_NUMBERED = re.compile(r"(.*?)(\d{0,2})")


def canonical_name(label: str) -> str:
    """`Paper2` for `paper2` and `论文2`; a label nobody knows keeps its own spelling."""
    base, number = _split_number(_folded(label))
    return (_known(base) or base) + number


@lru_cache(maxsize=512)
def _known(base: str) -> str | None:
    """The canonical name of a label without its number, typing slips forgiven."""
    word = base.casefold()
    if word in _CANONICAL or not word.isascii() or not 4 <= len(word) <= 10:
        return _CANONICAL.get(word)
    alike = [w for w in get_close_matches(word, _LONG, 1, _ALIKE) if w[0] == word[0]]
    return _CANONICAL[alike[0]] if alike else None


def _folded(label: str) -> str:
    """Without spaces, full-width letters as plain ones (the archive has a "ＧitHub")."""
    return unicodedata.normalize("NFKC", squash(label).replace(" ", ""))


def _split_number(label: str) -> tuple[str, str]:
    matched = _NUMBERED.fullmatch(label)
    assert matched, "the pattern matches every line"
    return matched[1], matched[2]


def is_known(label: str) -> bool:
    """True for a label that has a canonical name, with or without a number."""
    return _known(_split_number(_folded(label))[0]) is not None


def split_field(raw: str) -> re.Match[str] | None:
    """The parts `lead`, `label`, `sep`, `gap` and `value` of a labelled line.

    Without a bullet only known labels count: a sentence may have a colon too.
    """
    matched = _LABELLED.fullmatch(raw)
    if not matched or matched["label"].casefold() in ("http", "https", "ftp"):
        return _uncoloned(raw)
    bulleted = bool(_BULLETED.match(matched["lead"]))
    if is_known(matched["label"]) or (bulleted and not matched["venue"]):
        return matched
    return _uncoloned(raw)


def opens_field(line: str) -> bool:
    """True for a bulleted line with a known label, or with one alone."""
    matched = split_field(line)
    if matched:
        return bool(_BULLETED.match(matched["lead"])) and is_known(matched["label"])
    return _heading_field(line) is not None


def has_words(line: str) -> bool:
    """True where something follows the label on its own line."""
    matched = split_field(line)
    return bool(matched and matched["value"].strip())


def _uncoloned(raw: str) -> re.Match[str] | None:
    """A bulleted line that begins with a known label, its colon forgotten."""
    matched = _UNCOLONED.fullmatch(raw)
    return matched if matched and matched["lead"].strip() and is_known(matched["label"]) else None


def read_field(raw: str) -> NoteField | None:
    """The field that these verbatim lines hold, None where they hold none."""
    matched = split_field(raw)
    if not matched:
        return _heading_field(raw)
    value = matched["value"].rstrip()
    if "**" in matched["lead"] and value.endswith("**"):
        value = value[:-2]
    return NoteField(
        name=canonical_name(matched["label"]),
        label=matched["label"],
        value=value,
        links=links_of(value),
        raw=raw,
    )


def _heading_field(raw: str) -> NoteField | None:
    """A known label alone on its bullet, with what is nested below it as the value."""
    first, _, rest = raw.partition("\n")
    label = first.strip(" \t\r\u00a0\u3000-+*－–—•·")
    if not _BULLETED.match(first) or label.casefold() not in _CANONICAL:
        return None
    value = f"\n{rest}".rstrip()
    links = links_of(value)
    return NoteField(name=canonical_name(label), label=label, value=value, links=links, raw=raw)


def bare_abstract(raw: str) -> NoteField:
    """The unlabelled paragraph that stood for the abstract in March 2021."""
    value = raw.strip()
    return NoteField(name="Abstract", label="", value=value, links=links_of(value), raw=raw)


def numberless(name: str) -> str:
    """`Paper` for `Paper2`."""
    return _split_number(name)[0]
