"""Real notes, written as another hand (or the same on another day) would: nothing is lost.

Each way of drifting changes spelling, gaps or marks and never what a note says, so the note must
still be read as it was: the same items with their addresses, stars, links and pictures.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.notes import FolderNotebook, parse_payload
from pipeline.text import strip_invisible
from pipeline.types import Note

pytestmark = pytest.mark.corpus

Dice = random.Random
Drift = Callable[[str, Dice], str]

SPELLINGS = (
    ("Abstract", "abstract", "主要内容", "摘要"),
    ("Paper", "paper", "论文", "论文地址"),
    ("Code", "code", "GitHub", "GtiHub", "项目", "项目地址", "代码"),
    ("Tips", "tips", "核心要点", "核心点"),
)
SAME = {word: group for group in SPELLINGS for word in group}
LABEL = re.compile(rf"(?m)^( {{0,4}})- ({'|'.join(SAME)})(\d?) ?[:：] *(?=\S)")
ITEM = re.compile(r"(?m)^(\d{1,2})\. \[(?=[^\n]*:star:)")
TITLE_LINK = re.compile(r"(?m)^(\d+\. )\[([^\]\n]+)\]\((https?://[^)\s]+)\)")
PICTURE = re.compile(r"<div align=center><img src=\"([^\"]+)\" style='[^']*'>\s*</div>")
STARS = re.compile(r"(?m)((?::star:)+)[ \t]*$")
GAP = re.compile(r"\)[ \u200b]*(?=:star:)")
PICTURES = (
    '<div align="center"><img alt="图" src="%s" width="80%%"/></div>',
    '<img src="%s">',
    "![图](%s)",
    "<div align=center><img src='%s' style=\"zoom:67%%;\" />\n</div>",
    '<p align="center">\n  <img src="%s" width=600>\n</p>',
    "   <div align=center><img src=\"%s\" style='zoom:100%%'>\n   </div>",
    '<div align=center><video src="%s" controls></video>\n</div>',
)
NUMBERS = (
    "### %s. [", "#### %s、[", "### [", "- [", "* [", "[", "**%s.** [", "1. [", "%s\\. [", "%s.[",
    "%s、[", "%s) [", "（%s）[", "%s: [", "> %s. [", "   %s. [", "【%s】[", "- %s. [", "0. [",
)  # fmt: skip


def inside(drift: Drift) -> Drift:
    """The same between the heading of the items and that of the closing section."""

    def changed(text: str, dice: Dice) -> str:
        start = text.find("\n", text.find("今日要点")) + 1
        closing = re.search(r"(?m)^##[^\n]*Others", text)
        end = closing.start() if closing else len(text)
        return text[:start] + drift(text[start:end], dice) + text[end:]

    return changed


def each(pattern: re.Pattern[str], made: Callable[[re.Match[str], Dice], str]) -> Drift:
    """Four in five of what the pattern finds between the headings, written anew."""

    def changed(text: str, dice: Dice) -> str:
        return pattern.sub(lambda m: made(m, dice) if dice.random() < 0.8 else m[0], text)

    return inside(changed)


def of(pattern: str, *choices: str) -> Drift:
    return each(re.compile(pattern), lambda m, dice: dice.choice(choices))


def renumbered(text: str, dice: Dice) -> str:
    """All the same, two on one number, or beginning anew after three."""
    count = iter(range(1000))
    number = dice.choice([lambda n: 1, lambda n: n // 2 + 1, lambda n: n % 3 + 1])
    return re.sub(r"(?m)^\d{1,2}\. (?=\[)", lambda m: f"{number(next(count))}. ", text)


def spelled(m: re.Match[str], dice: Dice) -> str:
    return f"{m[1]}- {dice.choice(SAME[m[2]])}{m[3]}{dice.choice(['：', ': ', ':', ' : ', ' ：'])}"


def headed(text: str, dice: Dice) -> str:
    heading = ("# 拓展学习笔记（%s）", "#公众号内容拓展学习笔记(%s)", "\n# 笔记 %s")
    return re.sub(r"\A#[^\n]*?（([\d.]+)）", lambda m: dice.choice(heading) % m[1], text)


def marked(text: str, dice: Dice) -> str:
    mark = dice.choice(NUMBERS)
    return ITEM.sub(lambda m: mark % m[1] if "%s" in mark else mark, text)


DRIFTS: dict[str, Drift] = {
    "spellings and colons": each(LABEL, spelled),
    "indentation": each(LABEL, lambda m, d: " " * d.randrange(5) + m[0].lstrip(" ")),
    "tabs below": each(LABEL, lambda m, d: "\t" + m[0].lstrip(" ")),
    "tabs before the stars": each(GAP, lambda m, d: ")\t"),
    "gaps before the stars": of(GAP.pattern, ")", ") ", ")\u3000", ")\u00a0\u00a0", ")\u200b     "),
    "bullets": each(LABEL, lambda m, d: m[0].replace("-", d.choice("*+•"), 1)),
    "bold labels": each(LABEL, lambda m, d: f"{m[1]}- **{m[2]}{m[3]}**: "),
    "no bullets": each(LABEL, lambda m, d: m[0].replace("- ", "", 1)),
    "zero-width spaces": of(r"(?m)(?<=\))$|^(?=\d{1,2}\. \[)", "\u200b"),
    "windows lines": lambda text, dice: text.replace("\n", "\r\n"),
    "byte order mark": lambda text, dice: "\ufeff" + text,
    "fewer empty lines": of(r"\n{2,}", "\n"),
    "more empty lines": of(r"\n{2,}", "\n\n", "\n" * 4, "\n" * 6),
    "empty lines between the fields": of(r"\n(?=   - )", "\n\n"),
    "blanks at the ends": of(r"\n", " \n", "\t\n", "  \n"),
    "other pictures": each(PICTURE, lambda m, d: d.choice(PICTURES) % m[1]),
    "several papers": each(
        re.compile(r"(?m)^( {0,3}- )Paper: (.*)$"),
        lambda m, d: f"{m[1]}Paper1: {m[2]}\n{m[1]}Paper2: {m[2]}",
    ),
    "bare addresses": each(
        re.compile(r"(?m)^( {0,3}- [^\[\n]{2,12}[:：] ?)\[([^\]\n]*)\]\((https?://[^)\s]+)\) *$"),
        lambda m, d: m[1] + d.choice([m[3], f"<{m[3]}>", f"{m[2]} {m[3]}"]),
    ),
    "points below the tips": each(
        re.compile(r"(?m)^( {0,3})- Tips: (.{6})(.{4,})$"),
        lambda m, d: f"{m[1]}- Tips:\n{m[1]}  - {m[2]}\n{m[1]}  - {m[3]}",
    ),
    "numbers": inside(renumbered),
    "marks before the title": inside(marked),
    "brackets of another width": each(
        TITLE_LINK,
        lambda m, d: m[1] + d.choice(["[%s]（%s）", "【%s】(%s)", "［%s］（%s）"]) % m.group(2, 3),
    ),
    "brackets in the title": of(
        r"(?m)(?<=^\d\. \[)(?=[^\n]*\]\(http)", "[CVPR 2022] ", "a] ", "[[z]] "
    ),
    "entities": of(r"(?m)(?<=^\d\. \[..)(?=[^\n]*\]\(http)", "&amp;", "&quot;", "&lt;", "&#39;"),
    "bold titles": each(TITLE_LINK, lambda m, d: f"{m[1]}**[{m[2]}]({m[3]})**"),
    "addresses in angle brackets": each(TITLE_LINK, lambda m, d: f"{m[1]}[{m[2]}](<{m[3]}>)"),
    "other stars": each(
        STARS, lambda m, d: d.choice(["⭐", "⭐\ufe0f", ":star: ", "★"]) * (len(m[1]) // 6)
    ),
    "heading": headed,
    "closing heading": lambda text, dice: re.sub(
        r"(?m)^##[^\n]*Others[^\n]*",
        dice.choice(["## Others", "##Others", "**Others**", "## :pushpin: 其他", "### others："]),
        text,
    ),
    "rules between": of(r"(?m)^(?=\d\. \[)", "------\n\n", "***\n\n"),
}  # fmt: skip


@pytest.fixture(scope="module")
def texts(corpus: Path) -> list[str]:
    return [p.read_bytes().decode("utf-8") for p in sorted((corpus / "notes").glob("*/*.md"))]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> FolderNotebook:
    return FolderNotebook(tmp_path_factory.mktemp("notes"))


def read(book: FolderNotebook, text: str, like: Note | None = None) -> Note:
    """The note, having seen that it is written back as it was and read again as the same."""
    note = book.parse(text, like.day if like else None)
    assert book.render(note) == text
    assert book.parse(text, note.day) == note
    return note


def said(note: Note) -> Iterator[tuple[object, ...]]:
    """What must not change, item by item."""
    for item in parse_payload(note)["items"]:
        stars = item["stars"]
        yield item["url"], stars, links_of(item), [image["url"] for image in item["images"]]


def links_of(item: dict[str, Any]) -> set[str]:
    """Every address, and every one that is the text of a link."""
    links = [link for field in item["fields"] for link in field["links"]]
    found = {*item["links"], *(link["url"] for link in links), *(link["text"] for link in links)}
    return {strip_invisible(url).rstrip("/") for url in found if "://" in url}


@pytest.mark.parametrize("drift", DRIFTS.values(), ids=DRIFTS.keys())
def test_a_drifted_note_says_what_it_said(
    drift: Drift, texts: list[str], book: FolderNotebook
) -> None:
    changed = 0
    for place, text in enumerate(texts):
        note = book.parse(text)
        drifted = drift(text, Dice(place))
        changed += drifted != text
        if drift is DRIFTS["heading"]:
            assert book.parse(drifted).day == note.day
        assert list(said(read(book, drifted, note))) == list(said(note)), drifted[:300]
    assert changed >= 20


def test_drifts_on_top_of_each_other_lose_no_byte(texts: list[str], book: FolderNotebook) -> None:
    """Three at once may hide a star or a mark from the reader; the file stays what it is."""
    for place, text in enumerate(texts * 4):
        dice = Dice(f"all {place}")
        drifted = text
        for name in dice.sample(sorted(DRIFTS), 3):
            drifted = DRIFTS[name](drifted, dice)
        note = read(book, drifted, book.parse(text))
        assert note.items
