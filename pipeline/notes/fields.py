"""The labelled lines of an item: every spelling the archive has, under one canonical name."""

from __future__ import annotations

import re
import unicodedata

from pipeline.notes.markdown import links_of
from pipeline.text import squash
from pipeline.types import NoteField

# Spellings of seven years of hand-written notes, folded (case, spaces, asterisks, full width).
_SPELLINGS = {
    "Abstract": "abstract 摘要 主要内容",
    "Paper": "paper 论文 论文地址 论文链接",
    "Code": "code github gtihub github地址 项目 项目地址 代码 代码地址 代码链接 源码",
    "Tips": "tips tip 核心要点 核心点 要点",
    "Demo": "demo 在线版",
    "Dataset": "dataset 数据集",
    "Video": "video 视频 视频地址",
    "Address": "address 网址",
}
_CANONICAL = {word: name for name, words in _SPELLINGS.items() for word in words.split()}
_LABELLED = re.compile(
    r"(?P<lead>[ \t]*(?:[-*+][ \t]*){0,2}\*{0,2})(?P<label>[^\s:：\[\]()（）<>，。`*-][^:：\[\]()（）<>，。`*]{0,19}?)"
    r"(?P<sep>[ \t]*\*{0,2}[ \t]*[:：]\*{0,2})(?P<gap>[ \t]*)(?P<value>.*)",
    re.DOTALL,
)
_NUMBERED = re.compile(r"(.*?)(\d{0,2})")


def canonical_name(label: str) -> str:
    """`Paper2` for `paper2` and `论文2`; a label nobody knows keeps its own spelling."""
    base, number = _split_number(_folded(label))
    return _CANONICAL.get(base.casefold(), base) + number


def _folded(label: str) -> str:
    """Without spaces, full-width letters as plain ones (the archive has a "ＧitHub")."""
    return unicodedata.normalize("NFKC", squash(label).replace(" ", ""))


def _split_number(label: str) -> tuple[str, str]:
    matched = _NUMBERED.fullmatch(label)
    assert matched, "the pattern matches every line"
    return matched[1], matched[2]


def is_known(label: str) -> bool:
    """True for a label that has a canonical name, with or without a number."""
    return _split_number(_folded(label))[0].casefold() in _CANONICAL


def split_field(raw: str) -> re.Match[str] | None:
    """The parts `lead`, `label`, `sep`, `gap` and `value` of a labelled line.

    Without a bullet only known labels count: a sentence may have a colon too.
    """
    matched = _LABELLED.fullmatch(raw)
    if not matched or matched["label"].casefold() in ("http", "https", "ftp"):
        return None
    bulleted = matched["lead"].strip(" \t*") or "-" in matched["lead"]
    return matched if bulleted or is_known(matched["label"]) else None


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
    label = first.strip(" \t-*")
    if not first.lstrip().startswith("-") or label.casefold() not in _CANONICAL:
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
