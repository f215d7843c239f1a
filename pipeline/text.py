"""Small pure helpers on text that several rooms need: hashes, normal forms, language."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_INVISIBLE = (
    0x00AD,
    0x034F,
    0x061C,
    0x180E,
    0xFEFF,
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2065),
    *range(0x2066, 0x206A),
)
_INVISIBLE_RUN = re.compile(f"[{''.join(map(chr, _INVISIBLE))}]+")
_NOT_WORD = re.compile(r"[\W_]+")
_HAN_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def short_hash(text: str) -> str:
    """The first 16 hex digits of the text's SHA-256: our ids of rows."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def strip_invisible(text: str) -> str:
    """Remove zero-width, soft-hyphen and direction characters, which break links and names."""
    return text if text.isascii() else _INVISIBLE_RUN.sub("", text)


def squash(text: str) -> str:
    """One line: white space runs become one space, ends trimmed, invisible characters gone."""
    return " ".join(strip_invisible(text).split())


def normal_title(title: str) -> str:
    """A title for comparison: NFKC, case-folded, words only, one space between."""
    folded = unicodedata.normalize("NFKC", strip_invisible(title)).casefold()
    return _NOT_WORD.sub(" ", folded).strip()


def language(text: str) -> str:
    """`zh` where Chinese characters outnumber half the Latin words, else `en`."""
    sample = text[:4000]
    if sample.isascii():
        return "en"
    han = len("".join(_HAN_RUN.findall(sample)))
    return "zh" if han * 2 > len(_LATIN_WORD.findall(sample)) else "en"
