"""Why a candidate got its score, as shares that add up and as one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.text import squash
from pipeline.types import ArchiveItem, Reason, Seed

START = "起点"
"""The label of what an article has before anything is known of it."""
WORDS = "用词"
"""The label of shared words where there are none to name."""
LIBRARY = "文献库"
"""What the label of a paper of the reader's own library begins with."""
KEPT, DROPPED = "你留下过的文章", "你删掉过的文章"
"""The labels of what review decisions taught."""
_WORTH_SAYING = {"interest": 0.08, "past": 0.06, "word": 0.05}
_TITLE = 40


def past_label(item: ArchiveItem) -> str:
    """`2022.5.3《title》`, as the notes write their days; `文献库《title》` of a seed."""
    title = squash(item.title)
    short = title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"
    if isinstance(item, Seed):
        return f"{LIBRARY}《{short}》"
    return f"{item.day.year}.{item.day.month}.{item.day.day}《{short}》"


def sentence(reasons: Sequence[Reason], has_interests: bool, has_past: bool) -> str:
    """One plain sentence naming up to two interests and two past notes that drove the score."""
    if not has_interests and not has_past:
        return "还没有填写关注方向，也没有往期笔记，先按一般情况给分。"
    past = _labels(reasons, "past")
    parts = [
        _named("接近你关注的", _labels(reasons, "interest"), "「{}」", ""),
        _named("像你记过的 ", [p for p in past if not p.startswith(LIBRARY)], "{}", "和"),
        _named(
            "像你文献库里的",
            [p.removeprefix(LIBRARY) for p in past if p.startswith(LIBRARY)],
            "{}",
            "和",
        ),
        _named("更像", _taught(reasons, KEPT), "{}", ""),
        _named("往期也常出现 ", _labels(reasons, "word"), "{}", ""),
        _named("", _labels(reasons, "metadata"), "{}", "、"),
    ]
    mutes = _named("接近你不想看的", _labels(reasons, "mute", -1), "「{}」", "")
    drops = _named("更像", _taught(reasons, DROPPED), "{}", "")
    against = "，也".join(p for p in (mutes, drops) if p)
    said = "，".join(p for p in parts if p)
    if against:
        return f"{said}，但{against}。" if said else f"{against}。"
    return f"{said or '与你的关注和往期笔记都不太接近'}。"


def _labels(reasons: Sequence[Reason], kind: str, sign: int = 1) -> list[str]:
    floor = _WORTH_SAYING.get(kind, 0.01)
    apart = (START, KEPT, DROPPED, WORDS)
    found = [
        r for r in reasons if r.kind == kind and r.label not in apart and sign * r.share >= floor
    ]
    return [r.label for r in sorted(found, key=lambda r: -sign * r.share)[:2]]


def _taught(reasons: Sequence[Reason], label: str) -> list[str]:
    floor = _WORTH_SAYING["past"]
    return [label for r in reasons if r.label == label and abs(r.share) >= floor]


def _named(before: str, labels: list[str], form: str, joint: str, after: str = "") -> str:
    if not labels:
        return ""
    return before + joint.join(form.format(label) for label in labels) + after
