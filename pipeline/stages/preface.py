"""What the day's note says first: which sources are in trouble.

It is an HTML comment above the heading: the reader sees it where the note is edited, nobody sees
it where the note is published, and it goes when the sources are well again. It stands outside of
what is merged, so that a note of a healthy day is byte for byte what it always was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pipeline.errors import Issue
from pipeline.stages.app import App, Run
from pipeline.stages.freshness import silent_sources

_OPENING = "<!-- 来源状况 Sources in trouble（自动更新，来源恢复后自动消失；发布的页面上看不见）"
_CLOSING = "-->"
_BULLET = "· "
_BLOCK = re.compile(
    r"^<!-- 来源状况[^\n]*\n((?:(?!-->)[^\n]*\n)*)-->[ \t]*\r?\n(?:[ \t]*\r?\n)?", re.M
)
_MOST = 20
_LONGEST = 200


def preface(app: App, run: Run) -> Callable[[str], str]:
    """What gives a note its preface, and takes the former one away.

    The note of a day that is over gets none: it is today's sources that are in trouble.
    """
    found = troubles(app) if run.until is None else ()

    def finish(text: str) -> str:
        bare, kept = without_preface(text)
        return with_preface(bare, found, kept)

    return finish


def troubles(app: App) -> tuple[Issue, ...]:
    """Sources that failed when last asked, and those silent against their own rhythm."""
    health = app.store.feed_health()
    silent = silent_sources(app.store, [feed for feed, _, _ in health], app.clock.now())
    found = []
    for feed, memory, issue in health:
        if memory.failures and issue:
            found.append(issue)
        elif feed.id in silent:
            found.append(silent[feed.id])
    return tuple(found)


def without_preface(text: str) -> tuple[str, tuple[str, ...]]:
    """The note itself, and the lines that the reader wrote into the preface."""
    found = _BLOCK.search(text)
    if found is None:
        return text, ()
    lines = (line.rstrip("\r") for line in found.group(1).splitlines())
    kept = tuple(line for line in lines if line.strip() and not line.startswith(_BULLET))
    return text[: found.start()] + text[found.end() :], kept


def with_preface(text: str, issues: Sequence[Issue], kept: Sequence[str] = ()) -> str:
    """The note with a line for each source in trouble; no times, which would change each run."""
    lines = [_line(issue) for issue in issues[:_MOST]]
    if len(issues) > _MOST:
        lines.append(f"{_BULLET}另有 {len(issues) - _MOST} 个，见 stardraft sources")
    if not lines and not kept:
        return text
    return "\n".join([_OPENING, *lines, *kept, _CLOSING, "", text])


def _line(issue: Issue) -> str:
    words = "".join(_ended(part) for part in (issue.sentence, issue.remedy) if part)
    line = "".join(c if c.isprintable() else " " for c in f"{issue.subject}：{words}")
    # Two hyphens could end the comment early.
    return _BULLET + line.replace("--", "—").replace(">", "＞").replace("<", "＜")[:_LONGEST]


def _ended(text: str) -> str:
    return text if text.endswith(("。", "！", "？", ".", "…")) else f"{text}。"
