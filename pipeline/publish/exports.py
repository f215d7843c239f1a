"""The note in other places' words: WeChat's editor, CSDN, Atom, JSON Feed, Obsidian.

Pure. Everything a note says is text until it is escaped here; only http(s) addresses become
links, only they and plain relative paths become pictures.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, urljoin
from xml.etree import ElementTree as ET  # written only, never read

from pipeline.publish.readme import note_path, short_day
from pipeline.types import Note, NoteItem
from pipeline.urls import is_web_url

EXPORTS = ("html", "csdn", "atom", "jsonfeed", "obsidian")
FEED_EXPORTS = frozenset({"atom", "jsonfeed"})
"""Exports of many notes; the others are of one."""

_LINK = re.compile(
    r"\[(?P<text>(?:\\.|\[[^\[\]\n]{0,200}\]|[^\[\]\\\n]){0,500})\]\((?P<url><[^<>\n]{0,2000}>|[^\s()<>]{0,2000})\)"
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~$&!#@])")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|/|\\", re.IGNORECASE)
_MARKS = re.compile(r"\A(?:#{1,6}[ \t]+(?::\w{1,40}:[ \t]*)?|>[ \t]*|[-*+•][ \t]+)+")
_BLOB = re.compile(r"https://github\.com/[^/]+/[^/]+/blob/")
"""Where GitHub shows a page about a file, not the file."""
_FIELDS = 60
_FEED_NOTES = 30
_HEADING = "font-size:18px;font-weight:bold;margin:24px 0 8px;line-height:1.5;color:#222"
_ITEM = "font-size:16px;font-weight:bold;margin:20px 0 6px;line-height:1.6;color:#1a5fb4"
_LINE = "font-size:15px;margin:4px 0 4px 12px;line-height:1.75;color:#333"
_SMALL = "font-size:12px;margin:2px 0;line-height:1.6;color:#888;word-break:break-all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Running text, or a link where `url` is not empty."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A note as parsed and as its file has it."""

    note: Note
    text: str


def export(kind: str, notes: Sequence[Source], title: str, site: str = "") -> str:
    """The notes (the newest last; all but the feeds take only that one) as `kind`.

    `site` is the address below which the repository is seen, for feeds; without it their
    entries have ids but no links.
    """
    if kind in FEED_EXPORTS:
        newest = sorted(notes, key=lambda s: s.note.day, reverse=True)[:_FEED_NOTES]
        return _atom(newest, title, site) if kind == "atom" else _json_feed(newest, title, site)
    source = notes[-1]
    if kind == "html":
        return wechat_html(source.note, title)
    return _csdn(source.note, title) if kind == "csdn" else _obsidian(source, title)


def pieces(value: str) -> Iterator[Piece]:
    """A field's Markdown as text and links; escapes are taken off."""
    end = 0
    for found in _LINK.finditer(value):
        yield Piece(text=_unescaped(value[end : found.start()]))
        url = found["url"].strip("<>")
        yield Piece(text=_unescaped(found["text"]), url=url if is_web_url(url) else "")
        end = found.end()
    yield Piece(text=_unescaped(value[end:]))


def _unescaped(text: str) -> str:
    return _NOT_XML.sub("\ufffd", _ESCAPED.sub(r"\1", text))


def wechat_html(note: Note, title: str, base: str = "") -> str:
    """For pasting into WeChat's editor, which keeps inline styles and drops outside links:
    links become numbers, their addresses stand at the end. Pictures beside the note are looked
    for from `base`, where it is given."""
    notes: list[str] = []

    def linked(piece: Piece) -> str:
        if not piece.url:
            return escape(piece.text)
        if piece.url not in notes:
            notes.append(piece.url)
        mark = f"<sup>[{notes.index(piece.url) + 1}]</sup>"
        shown = _short(piece.url) if piece.text == piece.url else piece.text
        return f"{escape(shown)}{mark}"

    parts = [f'<p style="{_HEADING}">{escape(_titled(note, title))}</p>']
    for number, item in enumerate(note.items, start=1):
        head = linked(Piece(text=_clean(item.title), url=_web(item.url)))
        parts.append(f'<p style="{_ITEM}">{number}. {head} {_stars(item)}</p>')
        for name, value in _lines(item):
            words = "".join(linked(piece) for piece in pieces(value))
            parts.append(f'<p style="{_LINE}"><strong>{escape(name)}：</strong>{words}</p>')
        for line in _prose(item):
            words = "".join(linked(piece) for piece in pieces(line))
            parts.append(f'<p style="{_LINE}">{words}</p>')
        if picture := _seen_from(base, _picture(item)):
            image = f'<img src="{escape(picture)}" alt="" style="max-width:100%">'
            parts.append(f'<p style="text-align:center;margin:8px 0">{image}</p>')
    if notes:
        parts.append(f'<p style="{_HEADING}">链接</p>')
        parts.extend(
            f'<p style="{_SMALL}">[{n}] {escape(url)}</p>' for n, url in enumerate(notes, start=1)
        )
    body = "\n".join(parts)
    return f'<section style="padding:0 8px;text-align:left">\n{body}\n</section>\n'


def _short(url: str) -> str:
    """An address to read, not to follow: without scheme, cut where it is long."""
    plain = url.partition("://")[2].removeprefix("www.").rstrip("/")
    return plain if len(plain) <= 60 else f"{plain[:59]}…"


def _csdn(note: Note, title: str) -> str:
    """Markdown that CSDN shows as meant: no shortcodes, no HTML, pictures as Markdown."""
    blocks = [f"# {_escaped(_titled(note, title))}"]
    for number, item in enumerate(note.items, start=1):
        head = _markdown(Piece(text=_clean(item.title), url=_web(item.url)))
        lines = [f"## {number}. {head} {_stars(item)}".rstrip()]
        lines.extend(
            f"- {_escaped(name)}: {''.join(_markdown(p) for p in pieces(value)).strip()}"
            for name, value in _lines(item)
        )
        lines[1:1] = [""] if len(lines) > 1 else []
        for line in _prose(item):
            lines.extend(["", "".join(map(_markdown, pieces(line))).strip()])
        if picture := _picture(item):
            lines.extend(["", f"![]({_address(picture)})"])
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _obsidian(source: Source, title: str) -> str:
    """The file as it is below front matter; every value is JSON, which YAML reads as such."""
    note = source.note
    facts = {
        "title": _titled(note, title),
        "date": note.day.isoformat(),
        "tags": ["stardraft", "reading"],
        "items": len(note.items),
        "stars": [item.stars for item in note.items],
        "links": [url for item in note.items if (url := _web(item.url))],
    }
    # ASCII only: YAML takes line separators and C1 characters for line ends or refuses them.
    lines = "".join(f"{name}: {json.dumps(value)}\n" for name, value in facts.items())
    return f"---\n{lines}---\n\n{source.text.removeprefix(chr(0xFEFF))}"


def _atom(notes: Sequence[Source], title: str, site: str) -> str:
    ET.register_namespace("", "http://www.w3.org/2005/Atom")
    feed = _element(None, "feed")
    _element(feed, "id", _id(site, ""))
    _element(feed, "title", _clean(title))
    _element(feed, "updated", _stamp(notes[0].note) if notes else "1970-01-01T00:00:00Z")
    author = _element(feed, "author")
    _element(author, "name", _clean(title))
    if site:
        _element(feed, "link", href=_seen(site, ""))
    for source in notes:
        note, path = source.note, note_path(source.note.day)
        entry = _element(feed, "entry")
        _element(entry, "id", _id(site, path))
        _element(entry, "title", _titled(note, title))
        _element(entry, "updated", _stamp(note))
        if site:
            _element(entry, "link", href=_seen(site, path))
        _element(entry, "content", wechat_html(note, title, _base(site, path)), type="html")
    body = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _json_feed(notes: Sequence[Source], title: str, site: str) -> str:
    items = []
    for source in notes:
        path = note_path(source.note.day)
        item = {
            "id": _id(site, path),
            "title": _titled(source.note, title),
            "content_html": wechat_html(source.note, title, _base(site, path)),
            "date_published": _stamp(source.note),
        }
        items.append({**item, "url": _seen(site, path)} if site else item)
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _clean(title),
    }
    if site:
        feed["home_page_url"] = _seen(site, "")
    return json.dumps({**feed, "items": items}, ensure_ascii=False, indent=2) + "\n"


def _element(parent: ET.Element | None, name: str, text: str = "", **attributes: str) -> ET.Element:
    tag = f"{{http://www.w3.org/2005/Atom}}{name}"
    made = ET.Element(tag, attributes) if parent is None else ET.SubElement(parent, tag, attributes)
    made.text = _NOT_XML.sub("\ufffd", text) or None
    return made


def _id(site: str, path: str) -> str:
    """Stays the same for ever; without a site it is made of our own name."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'stardraft:{site}:{path}')}"


def _seen(site: str, path: str) -> str:
    return urljoin(site if site.endswith("/") else f"{site}/", quote(path))


def _base(site: str, path: str) -> str:
    return _seen(site, path) if site else ""


def _seen_from(base: str, picture: str) -> str:
    """A picture beside the note as readers of a feed find it."""
    if not base or not picture or is_web_url(picture):
        return picture
    raw = "?raw=true" if _BLOB.match(base) and "?" not in picture else ""
    return urljoin(base, quote(picture, safe="/%?=&")) + raw


def _stamp(note: Note) -> str:
    """Midnight of the day: an edit must not make an old note new again in readers."""
    return f"{note.day.isoformat()}T00:00:00Z"


def _titled(note: Note, title: str) -> str:
    return f"{_clean(title)}（{short_day(note.day)}）"


def _clean(text: str) -> str:
    return " ".join(_NOT_XML.sub("\ufffd", text).split())


def _web(url: str) -> str:
    return url if is_web_url(url) else ""


def _stars(item: NoteItem) -> str:
    return "⭐" * max(0, min(item.stars, 5))


def _lines(item: NoteItem) -> list[tuple[str, str]]:
    found = [(field.label or field.name, " ".join(field.value.split())) for field in item.fields]
    return [(name, value) for name, value in found if value][:_FIELDS]


def _prose(item: NoteItem) -> list[str]:
    """The reader's own lines below an item, as running text; HTML, rules and fences are none."""
    lines = (line.strip() for block in item.extra for line in block.split("\n"))
    kept = (_MARKS.sub("", x) for x in lines if not x.startswith(("<", "```", "~~~")))
    return [line for line in kept if any(c.isalnum() for c in line)][:_FIELDS]


def _picture(item: NoteItem) -> str:
    """The item's picture where it is on the web or a plain path beside the note."""
    url = item.image.url if item.image else ""
    if is_web_url(url):
        return url
    plain = (
        url
        and not _SCHEME.match(url)
        and ".." not in url
        and not re.search(r"[^\S ]|[<>\"'\x00-\x1f]", url)
    )
    return url if plain else ""


def _markdown(piece: Piece) -> str:
    text = _escaped(piece.text)
    return f"[{text}]({_address(piece.url)})" if piece.url else text


def _address(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text.replace("\n", " "))
