"""Cuts what a WeChat exporter wrote around an article and reads its header.

Two shapes are known: YAML front matter, and the page exporter whose first line is the title
followed by its style sheet in plain text, then the title as a heading, a line of author, account,
date and place, and the original address; it ends with the account's avatar and buttons drawn as
data: pictures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.urls import is_web_url

_STYLES = re.compile(r"\s(?:\\?\*|[.#]?[\w\\-]{1,40})\s*\{[^{}]{0,400}:[^{}]{0,400}\}")
_ORIGINAL = re.compile(
    r"^\s*>?\s*原文(?:地址|链接)\s*[:：]\s*(?:\[[^\]]{0,2000}\]\((\S{1,2000})\)|<?(https?://\S{1,2000}))"
)
_META = re.compile(
    r"^(?:(原创|转载)\s+)?(.{0,80}?)\s*(\d{4}-\d{2}-\d{2}(?:\s+\d{2}:\d{2})?)\s*(.{0,12})$"
)
_FRONT_KEY = re.compile(r"^([\w-]{1,30})\s*:\s*(.*)$")
_PICTURE = re.compile(r"!\[[^\]]{0,200}\]\([^()]{0,20000}\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What the head of a Markdown file says of its article."""

    title: str | None = None
    account: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None


def cut(lines: list[str]) -> tuple[list[str], Front]:
    """The article's own lines and what the header says."""
    if lines and lines[0].strip("\ufeff \t") == "---":
        return _front_matter(lines)
    if not lines or not _STYLES.search(lines[0][:6000]):
        return lines, Front()
    title = _STYLES.split(lines[0][:6000], maxsplit=1)[0].strip(" \\*")
    return _page_export(lines[1:], title)


def _front_matter(lines: list[str]) -> tuple[list[str], Front]:
    end = next((n for n, line in enumerate(lines[1:60], 1) if line.strip() == "---"), 0)
    if not end:
        return lines, Front()
    found = (_FRONT_KEY.match(line) for line in lines[1:end])
    said = {m.group(1).lower(): m.group(2).strip().strip("\"'") for m in found if m}
    url = said.get("url") or said.get("source") or said.get("link") or ""
    front = Front(
        title=said.get("title") or None,
        account=said.get("account") or said.get("nickname") or None,
        author=said.get("author") or None,
        published=said.get("date") or said.get("published") or None,
        url=url if is_web_url(url) else None,
    )
    return lines[end + 1 :], front


def _page_export(lines: list[str], title: str) -> tuple[list[str], Front]:
    account = published = url = None
    begin = 0
    for number, line in enumerate(lines[:15]):
        text = line.replace("\\_", "_").strip()
        if original := _ORIGINAL.match(text):
            url, begin = original.group(1) or original.group(2), number + 1
            break
        if (meta := _META.match(text)) and not published:
            account, published, begin = meta.group(2).strip() or None, meta.group(3), number + 1
        elif text == title or text.strip("=-") == "":
            begin = number + 1 if number == begin else begin
    footer = _footer(lines)
    author, account = _author_and_account(account, "\n".join(lines[footer:]))
    front = Front(title=title or None, account=account, author=author, published=published, url=url)
    return lines[begin:footer], front


def _author_and_account(named: str | None, footer: str) -> tuple[str | None, str | None]:
    """`AUTHOR ACCOUNT` stand before the date; the footer repeats the account's name."""
    for line in footer.split("\n"):
        name = _PICTURE.sub("", line).strip()
        if name and named and named.endswith(name):
            return named.removesuffix(name).strip() or None, name
    author, _, account = (named or "").rpartition(" ")
    return author.strip() or None, account or None


def _footer(lines: list[str]) -> int:
    """Where the exporter's own closing lines begin: avatar with the account's name, buttons."""
    end = len(lines)
    for number in range(len(lines) - 1, max(len(lines) - 14, -1), -1):
        line = lines[number].strip()
        rest = _PICTURE.sub("", line).strip()
        if not line or (line.startswith("![") and ("](data:image" in line or 0 < len(rest) <= 40)):
            end = number
            continue
        break
    return end
