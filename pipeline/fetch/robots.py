"""robots.txt as RFC 9309 reads it: the longest matching rule of our group wins, allow on a tie.

Patterns are matched by searching their pieces in order, never by a regular expression: the file
is a stranger's.
"""

from __future__ import annotations

from dataclasses import dataclass

_MOST_RULES = 5000


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that concern us: (allowed, pattern), in any order."""

    rules: tuple[tuple[bool, str], ...] = ()

    def allows(self, target: str) -> bool:
        """May `target` (path and query, percent-encoded) be fetched?"""
        best = (-1, True)
        for allowed, pattern in self.rules:
            if (len(pattern), allowed) > best and _matches(pattern, target):
                best = (len(pattern), allowed)
        return best[1]


ALLOW_ALL = Rules()


def parse_robots(text: str, agent: str) -> Rules:
    """The rules for `agent` (a product token), else those for everyone."""
    ours: list[tuple[bool, str]] = []
    everyones: list[tuple[bool, str]] = []
    named = False
    targets: list[list[tuple[bool, str]]] = []
    in_head = False
    for key, value in _lines(text):
        if key == "user-agent":
            targets = targets if in_head else []
            in_head = True
            name = value.split("/")[0].strip().lower()
            if name == agent.lower():
                named = True
                targets = [*targets, ours]
            elif name == "*":
                targets = [*targets, everyones]
        elif key in ("allow", "disallow"):
            in_head = False
            for rules in targets if value else ():
                rules.append((key == "allow", value))
    return Rules(tuple((ours if named else everyones)[:_MOST_RULES]))


def _lines(text: str) -> list[tuple[str, str]]:
    pairs = []
    for line in text.lstrip("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            pairs.append((key.strip().lower(), value.strip()))
    return pairs


def _matches(pattern: str, target: str) -> bool:
    anchored = pattern.endswith("$")
    first, *pieces = pattern.removesuffix("$").split("*")
    if not target.startswith(first):
        return False
    at = len(first)
    for piece in pieces[:-1]:
        found = target.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if not pieces:
        return not anchored or at == len(target)
    last = pieces[-1]
    if anchored:
        return len(target) - len(last) >= at and target.endswith(last)
    return target.find(last, at) >= 0
