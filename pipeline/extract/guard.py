"""A cheap look at HTML before any parser sees it: bombs are refused, scripts are cut out.

lexbor and nh3 take quadratic time on deep nesting (100,000 nested `div`: over 4 s, 1,000: under
10 ms) and on tags with very many different attributes (100,000: over 4 s). Real pages of the
corpus nest below 100 and carry below 60 in at most 3,100 tags. Everything here is one pass, linear in the input.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MAX_BYTES = 15_000_000
MAX_DEPTH = 800
MAX_ATTRIBUTES = 1_000
MAX_TAGS = 80_000

Refusal = Literal["too_deep", "too_many_attributes", "too_many_tags"]

_RAW = re.compile(r"<(script|style|noscript|!--)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)")
_SIMPLE = re.compile(r"[^<>\"']*+(?:\"[^\"<>]*+\"[^<>\"']*+|'[^'<>]*+'[^<>\"']*+)*+>")
_TOKEN = re.compile(r"[^\s=>\"'/]++|=\s*+|\"[^\"]*+\"?|'[^']*+'?|[/\s]++|>")
_LEAVES = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th "
    "option optgroup thead tbody tfoot colgroup rt rp html head body mpvoice qqmusic".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How deep a page nests and how many attributes its fullest tag has."""

    depth: int = 0
    attributes: int = 0
    tags: int = 0

    @property
    def refusal(self) -> Refusal | None:
        """Why the page must not be parsed, None where it is harmless."""
        if self.depth > MAX_DEPTH:
            return "too_deep"
        if self.tags > MAX_TAGS:
            return "too_many_tags"
        return "too_many_attributes" if self.attributes > MAX_ATTRIBUTES else None


def without_scripts(html: str) -> str:
    """The page without scripts, styles, noscript parts and comments.

    An end that never comes cuts the rest of the page only for scripts and styles, as in browsers;
    an open comment loses just its mark.
    """
    lower = html.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
    out, position = [], 0
    never: set[str] = set()
    while found := _RAW.search(html, position):
        out.append(html[position : found.start()])
        name = found.group(1).lower()
        end = "-->" if name == "!--" else f"</{name}"
        close = -1 if end in never else lower.find(end, found.end())
        if close < 0:
            never.add(end)
            position = len(html) if name in ("script", "style") else found.end()
            continue
        shut = html.find(">", close)
        position = shut + 1 if shut >= 0 else len(html)
    out.append(html[position:])
    return "".join(out)


def shape_of(html: str) -> Shape:
    """Measure a page whose scripts are already cut out; stops as soon as it is surely a bomb."""
    depth = deepest = fullest = position = tags = 0
    while found := _TAG.search(html, position):
        position, attributes, closed = _tag_end(html, found.end())
        fullest, tags = max(fullest, attributes), tags + 1
        if found.group(2).lower() in _LEAVES or closed:
            continue
        depth = max(depth - 1, 0) if found.group(1) else depth + 1
        deepest = max(deepest, depth)
        if deepest > MAX_DEPTH or fullest > MAX_ATTRIBUTES or tags > MAX_TAGS:
            break
    return Shape(depth=deepest, attributes=fullest, tags=tags)


def _tag_end(html: str, start: int) -> tuple[int, int, bool]:
    """Where the tag ends, how many attributes it has (0 where surely few), whether `/>` ends it."""
    simple = _SIMPLE.match(html, start)
    if simple and simple.end() - start <= 2 * MAX_ATTRIBUTES:
        return simple.end(), 0, html[simple.end() - 2] == "/"
    count, position, value = 0, start, False
    while token := _TOKEN.match(html, position):
        position, text = token.end(), token.group()
        if text == ">":
            break
        if text[0] == "=":
            value = True
        elif not text[0].isspace() and text[0] != "/":
            count += not value
            value = False
    return position, count, html[position - 2 : position - 1] == "/"
