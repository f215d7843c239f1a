"""The character set of a feed, decided by us: declarations lie, bytes less so.

Order: byte order mark, UTF-16 by its zero bytes, strict UTF-8, the HTTP charset, the
declaration (gb2312 widened to gb18030), strict gb18030, Big5, the detector. A decoding that
works but reads like noise is passed over: Big5 decodes as GBK without an error, and everything
decodes as Latin-1.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache

_BOMS = (
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
_DECLARED = re.compile(rb"""^[\s\x00]*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_HTTP = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
# Codecs of Python that are no charset of the web; UTF-7 serves only to get past filters.
_NO_CHARSETS = frozenset(
    "base64 bz2 hex idna mbcs oem palmos punycode quopri raw-unicode-escape raw_unicode_escape rot13"
    " undefined unicode-escape unicode_escape utf-7 uu zlib".split()
)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932"}
_WIDER |= {"euc_kr": "cp949", "iso8859-1": "cp1252", "ascii": "cp1252"}
_SAMPLE = 100_000
_PLAUSIBLE = 0.85
_LETTERS = re.compile(
    "[\u0370-\u052f\u0590-\u06ff\u0900-\u0e7f\u1e00-\u1fff\u2000-\u22ff\u3000-\u30ff"
    "\uac00-\ud7a3\uff00-\uffef\U0001f000-\U0001faff]"
)
_LATIN_RUN = re.compile("[\u00a0-\u024f]{3,}")
_LATIN = re.compile("[\u00a0-\u024f]")
_KANA = re.compile("[\u3041-\u30fa]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_FEW = 8  # different characters that all stand in those rows by chance: one text in 256
_USUAL_SYLLABLES = frozenset(
    "이다는에의을가고하지로기사도한자나리어아스대인시장수부그해서정일제전보구주들"
)
_SOME, _MANY = 0.08, 0.2  # of kana: in Chinese that quotes Japanese, in Japanese
_HAN = re.compile("[\u3400-\u9fff]")
# Capitals inside words and signs stuck to letters: Chinese bytes read as Cyrillic.
_CYRILLIC_NOISE = re.compile(
    "[\u0430-\u045f][\u0400-\u042f]|[\u00a4-\u00b7][\u0400-\u045f]|[\u0400-\u045f][\u00a4-\u00b7]"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the codec that read it; `doubtful` where characters were lost or guessed."""

    text: str
    codec: str
    doubtful: bool = False


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of a feed; never raises, says in `doubtful` when it could only guess."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return _lossy(body[len(mark) :], codec)
    if wide := _by_zero_bytes(body):
        return _lossy(body, wide)
    declared = _declared(body, content_type)
    if b"\x1b" in body and (seven := [c for c in declared if c.startswith("iso2022")]):
        declared = seven
    elif text := _strict(body, "utf-8"):
        return Decoded(text, "utf-8")
    return _by_reading(body, declared)


def _by_reading(body: bytes, declared: list[str]) -> Decoded:
    """The first candidate that decodes and reads like language, else the best of them all."""
    candidates = list(dict.fromkeys([*declared, "gb18030", "big5hkscs", *_detected(body)]))
    strict = [(c, t) for c in candidates if (t := _strict(body, c))]
    for codec, text in strict:
        if _readability(text) >= _PLAUSIBLE and not _is_chinese_read_as(codec, text):
            if codec == "gb18030" and codec not in declared:
                return _neighbour(body) or Decoded(text, codec, doubtful=_has_kana(text, _SOME))
            return Decoded(text, codec)
    tries = [*strict, *((c, body.decode(c, "replace")) for c in ("utf-8", *candidates))]
    codec, text = max(tries, key=lambda one: _readability(one[1]))
    return Decoded(text, codec, doubtful=True)


def _neighbour(body: bytes) -> Decoded | None:
    """Korean or Japanese whose bytes are also common Chinese characters.

    EUC-KR's syllables fill the rows B0-C8 of GB 2312, where about half of Chinese text stands;
    EUC-JP has the same kana as GB 2312, with other characters around them.
    """
    korean = _strict(body, "cp949")
    if korean and _is_korean(korean[:_SAMPLE]):
        return Decoded(korean, "cp949")
    japanese = _strict(body, "euc_jp")
    if japanese and _has_kana(japanese, _MANY):
        return Decoded(japanese, "euc_jp")
    return None


def _is_korean(text: str) -> bool:
    """Hardly a Chinese character, and syllables that Korean uses all the time."""
    syllables = _HANGUL.findall(text)
    usual = sum(1 for one in syllables if one in _USUAL_SYLLABLES)
    enough = len(set(syllables)) >= _FEW and len(syllables) >= 9 * len(_HAN.findall(text))
    return enough and 6 * usual >= len(syllables)


def _is_chinese_read_as(codec: str, text: str) -> bool:
    """Japanese without a kana is Chinese that was read as Japanese."""
    return codec in ("euc_jp", "cp932") and not _has_kana(text, _SOME) and bool(_HAN.search(text))


def _has_kana(text: str, share: float) -> bool:
    """Whether kana are at least this share of kana and Chinese characters."""
    kana = len(_KANA.findall(text[:_SAMPLE]))
    return kana > 0 and kana >= share * (kana + len(_HAN.findall(text[:_SAMPLE])))


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """The codecs of HTTP header and XML declaration, in that order, widened."""
    names = []
    if http := _HTTP.search(content_type or ""):
        names.append(http.group(1))
    if xml := _DECLARED.match(body[:1000]):
        names.append(xml.group(1).decode("ascii", "replace"))
    return [codec for name in names if (codec := _codec(name))]


def _codec(name: str) -> str | None:
    """Python's name of a text codec, widened to what browsers read under that label."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError):
        return None
    if found in _NO_CHARSETS:
        return None
    return _WIDER.get(found, found)


def _by_zero_bytes(body: bytes) -> str | None:
    """UTF-16 and UTF-32 without a mark: markup is ASCII, so half of its bytes are zero."""
    head = body[:400]
    if head.count(0) * 5 < len(head) or len(head) < 4:
        return None
    if head[:3] == b"\0\0\0":
        return "utf-32-be"
    if head[1:4] == b"\0\0\0":
        return "utf-32-le"
    return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"


def _detected(body: bytes) -> list[str]:
    import cchardet

    guess = cchardet.detect(body[:_SAMPLE])["encoding"]
    codec = _codec(guess) if guess else None
    return [codec] if codec else []


def _strict(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None


def _lossy(body: bytes, codec: str) -> Decoded:
    text = body.decode(codec, "replace")
    return Decoded(text, codec, doubtful="\ufffd" in text)


def _readability(text: str) -> float:
    """The share of the characters beyond ASCII that occur in text people write."""
    beyond = "".join(c for c in text[:_SAMPLE] if c > "\x7f")
    if not beyond:
        return 1.0
    han = _HAN.findall(beyond)
    good = len(_LETTERS.findall(beyond)) + sum(1 for c in han if c in _common_han())
    latin = len(_LATIN.findall(beyond))
    noise = sum(len(run) for run in _LATIN_RUN.findall(text[:_SAMPLE]))
    noise += 4 * len(_CYRILLIC_NOISE.findall(text[:_SAMPLE])) + beyond.count("\ufffd")
    return (good + latin - noise) / len(beyond)


@cache
def _common_han() -> frozenset[str]:
    """The first levels of GB2312 and Big5: the characters that make up ordinary text.

    Noise from a wrong multi-byte codec falls into them in about a third of cases, text in
    more than nine tenths.
    """
    gb = _block("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))
    big = _block("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    return frozenset(gb + big)


def _block(codec: str, leads: range, trails: range | tuple[int, ...]) -> str:
    pairs = (bytes((lead, trail)) for lead in leads for trail in trails)
    return "".join(pair.decode(codec, "ignore") for pair in pairs)
