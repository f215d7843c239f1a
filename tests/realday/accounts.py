"""WeChat accounts of the corpus: their recorded pages, and the bridge feeds that list them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import format_datetime
from html import escape, unescape
from pathlib import Path

from pipeline.urls import canonical_url
from tests.realday.facts import recorded_text

BEIJING = timezone(timedelta(hours=8))
_GAP = timedelta(minutes=18)
_OWN_LINK = re.compile(r"原文地址:\s*\[[^\]]*\]\((https?://mp\.weixin\.qq\.com/s/[\w-]+)\)")
_HEADING = re.compile(r"^(\S[^\n]*)\n=+\s*$", re.MULTILINE)
_ARXIV = re.compile(r"(?:arxiv\.org/(?:abs|pdf)/|arXiv:\s*)(\d{4}\.\d{4,5})", re.IGNORECASE)
_META = r'<meta property="og:{}" content="([^"]*)"'
_JS_TITLE = re.compile(r"""var msg_title = (?:'([^'\n]*)'|"([^"\n]*)")""")
_TITLE = re.compile(r"<title>\s*([^<]*?)\s*</title>")
_JS_LINK = re.compile(r"""var msg_link = (?:'([^'\n]*)'|"([^"\n]*)")""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article of an account: its address, its title in the feed, and its recorded file."""

    url: str
    title: str
    file: Path

    @property
    def content_type(self) -> str:
        """Of the page as the server gives it."""
        kind = "markdown" if self.file.suffix == ".md" else "html"
        return f"text/{kind}; charset=utf-8"

    def body(self) -> bytes:
        """The recorded page, untouched."""
        return recorded_text(self.file).encode()


def articles(corpus: Path, account: str, papers: Iterable[str], count: int) -> list[Item]:
    """The `count` most paper-like article texts of an account.

    Half are labelled ones with a main paper or repository; then come those that name recorded
    `papers`, then the other labelled ones, then the rest. In each group
    articles that name papers nobody recorded come last: here arXiv would deny them.
    """
    folder = corpus / "wechat" / "articles_md"
    labels, known = _labels(corpus, account), set(papers)
    texts = {p: recorded_text(folder / p) for p in _texts(folder, account)}
    ids = {p: set(_ARXIV.findall(t)) for p, t in texts.items()}

    def unrecorded(path: str) -> tuple[int, str]:
        return len(ids[path] - known), path

    labelled = sorted((p for p, has_main in labels.items() if has_main), key=unrecorded)
    named = sorted((p for p in texts if ids[p] & known), key=unrecorded)
    rest = sorted(texts, key=unrecorded)
    wanted = dict.fromkeys([*labelled[: (count + 1) // 2], *named, *labelled, *labels, *rest])
    return [_article(folder / path, path) for path in list(wanted)[:count]]


def _labels(corpus: Path, account: str) -> dict[str, bool]:
    """Labelled paths of an account, and whether each has a main paper or repository."""
    lines = recorded_text(corpus / "labels" / "wechat_links_dev.jsonl").splitlines()
    rows = sorted((json.loads(line) for line in lines), key=lambda r: r["path"])
    return {
        r["path"]: any(x["role"] == "main" for x in (*r["papers"], *r["code"]))
        for r in rows
        if r["path"].startswith(f"{account}/")
    }


def _texts(folder: Path, account: str) -> list[str]:
    found = (f for f in (folder / account).rglob("*.md") if f.is_file() and f.stem != "README")
    return sorted(f.relative_to(folder).as_posix() for f in found)


def _article(file: Path, path: str) -> Item:
    text = recorded_text(file)
    own = _OWN_LINK.search(text)
    heading = _HEADING.search(text) if own else None
    return Item(
        url=own.group(1) if own else f"https://mp.weixin.qq.com/s/{_made_up_key(path)}",
        title=heading.group(1).strip() if heading else file.stem,
        file=file,
    )


def _made_up_key(path: str) -> str:
    """A key of the length of real ones, the same for the same article for ever."""
    return base64.urlsafe_b64encode(hashlib.sha256(path.encode()).digest())[:22].decode()


def pages(files: Sequence[Path]) -> list[Item]:
    """Recorded HTML pages under their own addresses and titles, where they tell them."""
    return [_page(file) for file in files]


def _page(file: Path) -> Item:
    text = recorded_text(file)
    listed = _listed(file)
    url = listed[0] or _first(text, re.compile(_META.format("url")), _JS_LINK)
    title = _first(text, re.compile(_META.format("title")), _JS_TITLE, _TITLE).strip() or listed[1]
    if not url.startswith("http"):
        url = f"https://mp.weixin.qq.com/s/{_made_up_key(file.parent.name + file.name)}"
    return Item(url=canonical_url(url), title=title or file.name.split(".")[0], file=file)


def _listed(file: Path) -> tuple[str, str]:
    """Address and title from the table beside the recorded pages of the exporter's samples."""
    number = file.name.split(".")[0]
    for table in file.parent.glob(f"*{file.parent.name.removeprefix('该内容暂时')}.md"):
        for row in recorded_text(table).splitlines():
            cells = [c.strip() for c in row.strip("| ").split("|")]
            if cells[0] == number:
                return cells[2], cells[-1] if len(cells) > 3 else ""
    return "", ""


def _first(text: str, *patterns: re.Pattern[str]) -> str:
    for pattern in patterns:
        if found := pattern.search(text):
            return unescape(next((g for g in found.groups() if g), ""))
    return ""


def json_feed(name: str, address: str, items: Sequence[Item], day: date) -> bytes:
    """The account as a self-hosted bridge lists it: titles and links, no content."""
    entries = [
        {
            "id": item.url.rpartition("/")[2],
            "url": item.url,
            "title": item.title,
            "date_modified": moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }
        for item, moment in zip(items, _moments(day, len(items)), strict=True)
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": name,
        "feed_url": address,
        "items": entries,
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def rss_feed(name: str, items: Sequence[Item], day: date) -> bytes:
    """The account as a static bridge lists it: no guid, only title, link and date."""
    entries = "".join(
        f"<item><title>{escape(item.title)}</title><link>{escape(item.url)}</link>"
        f"<pubDate>{format_datetime(moment)}</pubDate></item>"
        for item, moment in zip(items, _moments(day, len(items)), strict=True)
    )
    head = f"<title>{escape(name)}</title><link>https://mp.weixin.qq.com/</link>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"{head}<description>{escape(name)}</description>{entries}</channel></rss>"
    ).encode()


def _moments(day: date, count: int) -> list[datetime]:
    """Newest first, from half past eight in the morning back, all on the day."""
    latest = datetime.combine(day, time(8, 30), BEIJING)
    return [latest - _GAP * n for n in range(count)]
