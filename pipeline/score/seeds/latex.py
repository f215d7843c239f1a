"""LaTeX as bibliographies write it, to plain text: accents, symbols, groups, dashes."""

from __future__ import annotations

import re
from unicodedata import normalize

_MARKS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    '"': "\u0308",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "r": "\u030a",
    "d": "\u0323",
    "b": "\u0331",
}
_LETTERS = {
    "ss": "ß",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "aa": "å",
    "AA": "Å",
    "i": "ı",
    "j": "ȷ",
    "dh": "ð",
    "th": "þ",
    "textendash": "–",
    "textemdash": "—",
    "textquoteright": "’",
    "textquoteleft": "‘",
    "ldots": "…",
    "dots": "…",
    "times": "×",
    "sim": "~",
    "textasciitilde": "~",
    "textunderscore": "_",
    "textbackslash": "\\",
    "textdollar": "$",
    "textpercnt": "%",
    "infty": "∞",
}
_SILENT = frozenset(
    (
        "textbf textit textsc texttt textrm textsf textnormal textsuperscript textsubscript text "
        "emph mathbf mathit mathrm mathcal mathbb mathsf mathtt mathfrak boldsymbol bm bf it em rm "
        "sc tt sf url href mbox hbox ensuremath operatorname left right protect relax noopsort "
        "nocite cite footnotesize small large par quad qquad displaystyle begin end item"
    ).split()
)
_ACCENT = re.compile(
    r"""\\(?:(['"`^~=.])[ ]?|([cvuHkdbr])(?:[ ]|(?=\{)))(?:\{\\?([A-Za-z])\}|\\?([A-Za-z]))"""
)
_PHANTOM = re.compile(r"\\vphantom\\[{}]")
"""A brace that prints nothing: Better BibTeX evens out a lone one with it."""
_COMMAND = re.compile(r"\\([A-Za-z]{1,40})\*?[ ]?(?:\{\})?")
_LITERAL = re.compile(r"\\([&%$#_{} ,;:!/-])")
_KEEP = str.maketrans({"{": "\ue000", "}": "\ue001", "$": "\ue002", "~": "\ue003", "\\": "\ue004"})
_RESTORE = str.maketrans(
    {"\ue000": "{", "\ue001": "}", "\ue002": "$", "\ue003": "~", "\ue004": "\\"}
)
_PLAIN = str.maketrans({"{": "", "}": "", "$": "", "~": " ", "\\": " "})


def plain(text: str) -> str:
    """The text without LaTeX; what is no LaTeX stays as it is, unknown commands as their names."""
    if "\\" not in text and "{" not in text and "$" not in text and "~" not in text:
        return text.replace("---", "—").replace("--", "–")
    text = _ACCENT.sub(_accented, _PHANTOM.sub("", text))
    text = _LITERAL.sub(lambda m: m.group(1).translate(_KEEP), text)
    text = _COMMAND.sub(_named, text)
    text = text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")
    return text.translate(_PLAIN).translate(_RESTORE)


def _accented(found: re.Match[str]) -> str:
    mark = _MARKS[found.group(1) or found.group(2)]
    return normalize("NFC", (found.group(3) or found.group(4)) + mark)


def _named(found: re.Match[str]) -> str:
    name = found.group(1)
    if name in _SILENT:
        return ""
    known = _LETTERS.get(name)
    return known.translate(_KEEP) if known else f"{name} "
