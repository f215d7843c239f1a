"""Who made what comes first: titles that begin with a boast and end with the subject, set right.

A headline keeps its subject for the end; the archive's owner writes maker and name first and what
it is good for behind. Every rule moves whole clauses of the title, none writes a word of its own.
"""

from __future__ import annotations

import re

_NAME = r"[A-Z0-9][\w+-]{2,24}"
_MAKES = r"(?:提出|推出|开源|发布)"
_NEWS = r"(?:最新成果|最新工作|最新研究|新作)"

# (what it looks like, how it is put together again)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), order)
    for pattern, order in (
        # Purpose, who built it.
        (r"^(让[^，]{4,40})，([^，]*(?:搞了个|提出了?|开源了?|推出)[^，（(]{2,40})$", r"\2，\1"),
        # Purpose, maker proposes what: NAME
        (rf"^([^：:！]{{8,60}})，([^，：:！]{{2,16}}{_MAKES}[^，：:！]{{0,8}}[：:]\s?{_NAME})$", r"\2，\1"),
        # Technical claim! Maker proposes NAME, result!
        (
            rf"^(?=[^！]*[A-Z])([^！，：:]{{14,40}})！([^！，：:]{{2,12}}{_MAKES}{_NAME})，([^！，：:]{{4,14}})！?$",
            r"\2，\1，\3",
        ),
        # With X does Y! NAME: not even worse than …
        (rf"^((?:只?用|把)[^！：:]{{8,50}})！({_NAME})[：:][^！：:]{{2,14}}$", r"\2\1"),
        # What it is! The maker's latest work! More shouts!
        (rf"^([^！，：:]{{4,30}})！([^！，：:\s]{{2,8}}{_NEWS})(?:！.{{0,40}})?$", r"\2\1"),
        # What it is, from whom
        (r"^([^：:！]{6,50})，(来自[^，：:！]{2,20})$", r"\2\1"),
    )
)  # fmt: skip


def subject_first(text: str) -> str:
    """The title with maker and name before the purpose; as it is where no rule fits."""
    for pattern, order in _RULES:
        if pattern.search(text):
            return pattern.sub(order, text)
    return text
