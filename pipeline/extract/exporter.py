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
    r"^(?:(原创|转载)\s++)?(.{0,80}?)\s*+(\d{4}-\d{2}-\d{2}(?:\s++\d{2}:\d{2})?)\s*+(.{0,12})$"
)
_FRONT_KEY = re.compile(r"^([\w-]{1,30})\s*:\s*(.*)$")
_WORK_KEY = re.compile(
    r"arxiv(?:_url)?|paper(?:_url|_link)?|pdf(?:_url)?|doi|github(?:_url)?|code(?:_url)?|repo(?:sitory)?|论文|代码"
)
"""Keys of notes on papers: their addresses are links of the note, so they stay as its first lines."""
_FRONT_ITEM = re.compile(r"^\s+-\s+(.{1,300})$")
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
    said = _yaml(lines[1:end])
    named = ("url", "source", "link", "source_url", "original_url", "原文链接", "链接")
    url = next((said[key] for key in named if is_web_url(said.get(key, ""))), None)
    source = said.get("source", "")
    front = Front(
        title=_first(said, "title", "标题"),
        account=_first(said, "account", "nickname", "公众号", "feed_name", "mp_name")
        or (source if source and not is_web_url(source) else None),
        author=_first(said, "author", "authors", "作者"),
        published=_first(said, "date", "published", "publish_time", "publish_date", "发布时间"),
        url=url,
    )
    own = [
        f"{key}: {said[key]}" for key in said if _WORK_KEY.fullmatch(key) and is_web_url(said[key])
    ]
    return [*(part for line in own for part in (line, "")), *lines[end + 1 :]], front


def _yaml(lines: list[str]) -> dict[str, str]:
    """Keys with their plain values; of a list the first item. Nesting is not read."""
    said: dict[str, str] = {}
    key = ""
    for line in lines:
        if found := _FRONT_KEY.match(line):
            key = found.group(1).lower()
            said.setdefault(key, _plain(found.group(2)))
        elif key and not said.get(key) and (item := _FRONT_ITEM.match(line)):
            said[key] = _plain(item.group(1))
    return said


def _plain(value: str) -> str:
    value = value.strip()
    quoted = value[:1] in ("'", '"') and value[-1:] == value[:1] and len(value) > 1
    value = value[1:-1].replace('\\"', '"') if quoted else value
    value = value.removeprefix("[[").removesuffix("]]")
    return "" if value == "Weixin Official Accounts Platform" else value


def _first(said: dict[str, str], *keys: str) -> str | None:
    return next((said[key] for key in keys if said.get(key)), None)


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
