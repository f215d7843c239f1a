"""Bytes to text: which charset a page is really in.

Order: BOM, strict UTF-8, the HTTP header, the page's own declaration (gb2312 and gbk widened to
gb18030, their superset), strict gb18030, a detector, and at last UTF-8 with replacements.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
}


def inflate(body: bytes, limit: int) -> bytes | None:
    """The body with gzip undone, None where it grows past `limit` bytes or is damaged."""
    if body[:2] != b"\x1f\x8b":
        return body if len(body) <= limit else None
    try:
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        plain = unpacker.decompress(body, limit + 1)
    except (zlib.error, gzip.BadGzipFile, EOFError):
        return None
    return plain if len(plain) <= limit else None


def decode(body: bytes, content_type: str | None = None) -> str:
    """The page's text; never raises."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    for name in ("utf-8", *_said(body, content_type), "gb18030"):
        text = _strictly(body, name)
        if text is not None:
            return text
    return body.decode(_guess(body), "replace")


def _said(body: bytes, content_type: str | None) -> list[str]:
    header = _HEADER.search(content_type or "")
    meta = _DECLARED.search(body[:4096])
    names = [
        header.group(1) if header else "",
        meta.group(1).decode("ascii", "ignore") if meta else "",
    ]
    return [_WIDER.get(n.lower(), n) for n in names if n]


def _strictly(body: bytes, name: str) -> str | None:
    try:
        if not codecs.lookup(name)._is_text_encoding:
            return None
        return body.decode(name)
    except (LookupError, UnicodeError, ValueError):
        return None


def _guess(body: bytes) -> str:
    if _mostly_utf8(body):
        return "utf-8"
    import cchardet

    found = cchardet.detect(body[:200_000]).get("encoding") or "utf-8"
    return found if _strictly(b"", found) is not None else "utf-8"


def _mostly_utf8(body: bytes) -> bool:
    """A few broken bytes (a page cut short, a bad emoji) do not make another charset of it."""
    sample = body[:200_000]
    wrong = sample.decode("utf-8", "replace").count("\ufffd")
    return wrong * 50 < len(sample) - len(sample.decode("ascii", "ignore"))
