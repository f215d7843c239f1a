"""The repository's README.md: its head, the newest note again, and the index of all notes.

Pure. The head is the reader's and stays as it is but for the line with the date; note and index
are made anew each time, the index only from notes that are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import groupby

from pipeline.publish.shown import with_pictures

_UPDATED = "更新今日时间："
_UPDATED_LINE = re.compile(rf"{_UPDATED}[^\r\n]*")
_INDEX = re.compile(r"(?m)^#{1,4}[ \t]{1,4}(?::paperclip:[ \t]{0,4})?历史更新[ \t\r]*$")
_NOTE = re.compile(r"(?m)^#[ \t][^\n（]{0,80}（20\d\d\.\d{1,2}\.\d{1,2}）[ \t\r]*$")
_ITEMS = re.compile(
    r"(?m)^(?:-{3,}[ \t\r]*\n\s{0,20})?##[ \t]{1,4}(?::paperclip:[ \t]{0,4})?今日要点[ \t\r]*$"
)
"""Where the owner's README goes over from its head to the newest note, whose heading it leaves out."""
_OTHERS = re.compile(r"(?m)^##[ \t]{1,4}(?::paperclip:[ \t]{0,4})?Others[ \t\r]*$")
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n\Z")
_GAP = "\n" * 5
_MARK = "<!-- 今日笔记 -->"
"""Stands before a note whose beginning would not be found again."""
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/|#", re.IGNORECASE)
_FENCE = re.compile(r"(?m)^ {0,3}(?P<fence>`{3,}|~{3,})")
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>details|div|pre|table|summary|textarea|script|style)\b", re.I
)
_NOTE_PATH = re.compile(r"notes/(20\d\d)(\d\d)/(\d\d)(\d\d)\.md\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmeWords:
    """`title` heads a new README; `heading` stands before each date of the index."""

    title: str = "公众号内容拓展学习笔记"
    heading: str = "公众号内容拓展学习笔记"


def note_path(day: date) -> str:
    """Where a day's note lives in the repository: `notes/202205/0505.md`."""
    return f"notes/{day:%Y%m}/{day:%m%d}.md"


def day_of_path(path: str) -> date | None:
    """The day of `notes/YYYYMM/MMDD.md`; None for every other path and impossible dates."""
    found = _NOTE_PATH.match(path)
    if not found or found[2] != found[3]:
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None


def make_readme(
    old: str | None, newest: date, note: str, days: Iterable[date], words: ReadmeWords
) -> str:
    """The README with `note` (of the day `newest`) and an index of `days`.

    What stands in `old` before its note or index is kept. The note comes without its heading,
    which the date in the head says already; its footer comes behind the index. Where the head has
    Windows line ends, all has.
    """
    head = _spaced(_dated(split_readme(old)[0] if old else f"# {words.title}\n\n", newest))
    body, footer = _parts(_moved(note.lstrip("\ufeff").replace("\r\n", "\n"), newest))
    if not _ITEMS.match(body):
        body = f"{_MARK}\n{body}"
    parts = [_closed(body).rstrip(), index_of(days, words).rstrip(), _closed(footer)]
    ours = _GAP.join(part for part in parts if part) + ("" if footer else "\n")
    return head + (ours.replace("\n", "\r\n") if "\r\n" in head else ours)


def _parts(note: str) -> tuple[str, str]:
    """The note's items without its heading, and its footer, which may be empty."""
    heading = _NOTE.match(note)
    body = note[heading.end() :].lstrip("\n") if heading else note
    footers = list(_OTHERS.finditer(body))
    if not footers or not _ITEMS.match(body):
        return body, ""
    cut = footers[-1].start()
    return body[:cut], body[cut:].rstrip()


def _spaced(head: str) -> str:
    """The head with an empty line behind it: a rule right below words makes them a heading."""
    return head if not head.strip() or _EMPTY_LINE.search(head) else head.rstrip() + "\n\n"


def split_readme(text: str) -> tuple[str, str]:
    """The reader's head, and what is ours: the note and the index."""
    found = (pattern.search(text) for pattern in (_NOTE, _ITEMS, _INDEX))
    starts = [match.start() for match in found if match]
    mark = text.find(_MARK)
    cut = min([*starts, *([mark] if mark >= 0 else [])], default=len(text))
    return text[:cut], text[cut:]


def index_of(days: Iterable[date], words: ReadmeWords) -> str:
    """`## :paperclip:  历史更新`: years, months and days in order, everything closed."""
    years = [
        f"<details><summary>{year}年</summary>\n{_months(list(of_year), words)}</details>\n"
        for year, of_year in groupby(sorted(set(days)), key=lambda d: d.year)
    ]
    return f"## :paperclip:  历史更新\n\n<pre>{''.join(years)}</pre>\n"


def _months(days: list[date], words: ReadmeWords) -> str:
    months = []
    for month, of_month in groupby(days, key=lambda d: d.month):
        lines = "".join(_line(n, day, words) for n, day in enumerate(of_month, start=1))
        months.append(f"<details><summary>{month}月</summary>\n{lines}</details>\n")
    return "".join(months)


def _line(number: int, day: date, words: ReadmeWords) -> str:
    title = escape(f"{words.heading}（{short_day(day)}）").replace("\n", " ")
    return f'    {number}. <a href="{note_path(day)}" target="_blank">{title}</a>\n'


def short_day(day: date) -> str:
    """2022.5.5, as the notes write it."""
    return f"{day.year}.{day.month}.{day.day}"


def _dated(head: str, newest: date) -> str:
    """The head with today's date in its line, added at its end where there is none."""
    line = f"{_UPDATED}{short_day(newest)}"
    if _UPDATED_LINE.search(head):
        return _UPDATED_LINE.sub(line, head, count=1)
    return f"{head.rstrip()}\n\n{line}\n\n".lstrip()


def _moved(note: str, day: date) -> str:
    """Local pictures as seen from the repository's top."""
    folder = note_path(day).rpartition("/")[0]

    def move(path: str) -> str:
        return path if _ELSEWHERE.match(path) else f"{folder}/{path.removeprefix('./')}"

    return with_pictures(note, move)


def _closed(note: str) -> str:
    """The note with what it left open closed, or it would swallow the index."""
    fence = ""
    for found in _FENCE.finditer(note):
        mark = found["fence"]
        if not fence:
            fence = mark
        elif mark[0] == fence[0] and len(mark) >= len(fence):
            fence = ""
    open_tags: list[str] = []
    for tag in _TAG.finditer(note):
        name = tag["name"].lower()
        if not tag["close"]:
            open_tags.append(name)
        elif name in open_tags[-100:]:
            del open_tags[len(open_tags) - 1 - open_tags[::-1].index(name) :]
    comment = "\n-->" if note.rfind("<!--") > note.rfind("-->") else ""
    tags = "".join(f"</{name}>" for name in reversed(open_tags[-100:]))
    return "\n".join(part for part in (note, fence, comment.strip(), tags) if part)
