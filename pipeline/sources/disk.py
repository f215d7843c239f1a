"""Sources on disk: a text file of pasted addresses, and a folder of saved pages."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.errors import Issue
from pipeline.sources.charset import decode
from pipeline.sources.items import address
from pipeline.sources.markup import inline_plain
from pipeline.text import short_hash, squash
from pipeline.types import Entry, Feed, FeedMemory, Poll
from pipeline.urls import canonical_url, redacted_url

_URL = re.compile(r"https?://[^\s<>\"'，。；、）】》]+")
_SUFFIXES = (".html", ".htm", ".xhtml", ".md", ".markdown", ".html.gz", ".htm.gz", ".md.gz")
_TITLE = re.compile(r"<title[^<>]*>([^<]{1,500})", re.IGNORECASE)
_HEADING = re.compile(r"^#\s+(\S.{0,300})$", re.MULTILINE)


def location(feed: Feed) -> Path:
    """The file or folder that a disk feed's address names: a path or a file: URL."""
    if feed.url.lower().startswith("file:"):
        return Path(unquote(urlsplit(feed.url).path))
    return Path(feed.url).expanduser()


def read_inbox(feed: Feed, memory: FeedMemory, limit: int, max_bytes: int) -> Poll:
    """One entry per address in the file, the last line first; what follows it is its title.

    Lines that start with `#` are comments; a line without an address is named in an issue.
    """
    path = location(feed)
    try:
        body = _read_at_most(path, max_bytes)
    except (OSError, EOFError, zlib.error, _TooLargeError) as error:
        return Poll(feed_id=feed.id, issues=(_unreadable(feed, path, error),))
    mark = short_hash(body.hex())
    if mark == memory.body_hash:
        return Poll(feed_id=feed.id, body_hash=mark, unchanged=True)
    lines = [line.strip() for line in decode(body).text.splitlines()]
    wanted = [line for line in lines if line and not line.startswith("#")]
    entries: dict[str, Entry] = {}
    odd = []
    for line in reversed(wanted):
        entry = _pasted(feed, line)
        if entry is None:
            odd.append(line)
        else:
            entries.setdefault(entry.key, entry)
    return Poll(
        feed_id=feed.id,
        entries=tuple(entries.values())[:limit],
        body_hash=mark,
        issues=(*_odd_lines(feed, odd), *_beyond(feed, len(entries) - limit)),
    )


def _pasted(feed: Feed, line: str) -> Entry | None:
    found = _URL.search(line)
    url = address(found.group(), "") if found else None
    if found is None or url is None:
        return None
    title = squash(line[: found.start()] + " " + line[found.end() :])[:500]
    return Entry(feed_id=feed.id, key=canonical_url(url), url=url, title=title)


def read_folder(feed: Feed, memory: FeedMemory, limit: int, max_bytes: int) -> Poll:
    """One entry per saved page below the folder, the newest first, with its text as content.

    The entry's address is the file's; the page itself says where it came from.
    """
    root = location(feed)
    if not root.is_dir():
        error = FileNotFoundError(root)
        return Poll(feed_id=feed.id, issues=(_unreadable(feed, root, error),))
    files = sorted(_pages(root), key=lambda one: (-one[1], str(one[0])))
    mark = short_hash("".join(f"{p}|{stamp}|{size};" for p, stamp, size in files))
    if mark == memory.body_hash:
        return Poll(feed_id=feed.id, body_hash=mark, unchanged=True)
    entries: list[Entry] = []
    issues: list[Issue] = []
    for path, stamp, _ in files[:limit]:
        try:
            body = _read_at_most(path, max_bytes)
        except (OSError, EOFError, zlib.error, _TooLargeError) as error:
            issues.append(_unreadable(feed, path, error))
        else:
            if body.strip():
                entries.append(_saved(feed, root, path, body, stamp))
            else:
                issues.append(_empty(feed, path))
    return Poll(
        feed_id=feed.id,
        entries=tuple(entries),
        body_hash=mark,
        issues=(*issues, *_beyond(feed, len(files) - limit)),
    )


def _pages(root: Path) -> Iterator[tuple[Path, int, int]]:
    """Path, time of change in ns and size of each saved page; links out of the folder are not
    followed."""
    inside = root.resolve()
    for path in root.rglob("*"):
        wanted = path.name.lower().endswith(_SUFFIXES) and not path.name.startswith(".")
        if wanted and path.is_file() and path.resolve().is_relative_to(inside):
            facts = path.stat()
            yield path, facts.st_mtime_ns, facts.st_size


def _saved(feed: Feed, root: Path, path: Path, body: bytes, stamp: int) -> Entry:
    text = decode(body).text
    named = _TITLE.search(text) or _HEADING.search(text)
    name = path.name.removesuffix(".gz")
    return Entry(
        feed_id=feed.id,
        key=path.relative_to(root).as_posix(),
        url=path.resolve().with_name(name).as_uri(),
        title=inline_plain(named.group(1)) if named else Path(name).stem,
        published=datetime.fromtimestamp(stamp // 1_000_000_000, UTC),
        content=text,
        content_is_full=True,
    )


class _TooLargeError(Exception):
    """A file over the limit, before or after decompression."""


def _read_at_most(path: Path, max_bytes: int) -> bytes:
    """The file, decompressed where it is gzip, never more than `max_bytes` of it."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        file = gzip.GzipFile(fileobj=raw) if packed else raw
        body = file.read(max_bytes + 1)
        if len(body) > max_bytes:
            raise _TooLargeError
        file.read(1)  # makes a stream that was cut short say so
    return body


def _unreadable(feed: Feed, path: Path, error: Exception) -> Issue:
    if isinstance(error, FileNotFoundError):
        code, what, remedy = "feed.not_there", "不存在", "请检查来源清单里的路径"
    elif isinstance(error, _TooLargeError):
        code, what, remedy = "file.too_large", "太大，没有读取", "请只保存文章本身的网页"
    else:
        code, what, remedy = "file.unreadable", "读不出来", "请检查文件权限，或者重新保存这一页"
    return Issue(
        subject=feed.title, code=code, sentence=f"{path.name} {what}", remedy=remedy, temporary=True
    )


def _empty(feed: Feed, path: Path) -> Issue:
    return Issue(
        subject=feed.title,
        code="file.empty",
        sentence=f"{path.name} 是空的",
        remedy="请在浏览器里重新保存这一页；存好以后下次运行会读",
        temporary=True,
    )


def _odd_lines(feed: Feed, lines: Iterable[str]) -> tuple[Issue, ...]:
    return tuple(
        Issue(
            subject=feed.title,
            code="inbox.no_address",
            sentence=f"这一行里没有网址：“{redacted_url(squash(line)[:60])}”",
            remedy="每行放一个 http(s) 网址，网址后面可以写标题；以 # 开头的行会被忽略",
        )
        for line in list(lines)[:5]
    )


def _beyond(feed: Feed, count: int) -> tuple[Issue, ...]:
    if count <= 0:
        return ()
    return (
        Issue(
            subject=feed.title,
            code="feed.too_many_entries",
            sentence=f"条目太多，只收录最新的一部分，另有 {count} 条没有收录",
            remedy="请移走已经读过的，或者调大设置里每个来源的条目上限",
        ),
    )
