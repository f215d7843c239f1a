"""What is said: short, in the reader's language, with the count and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Language = Literal["zh", "en"]
_NAMED = 10
"""Names in one message; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; plain text, for every service shows that."""

    title: str
    body: str


def draft_ready(
    day: date, items: int, link: str, caught_up: Sequence[date] = (), language: Language = "zh"
) -> Message:
    """The day's note waits for its reader."""
    before = "、".join(f"{d:%m-%d}" for d in caught_up)
    if language == "en":
        also = f" Also written: {before.replace('、', ', ')}." if before else ""
        return Message(
            title=f"stardraft: draft of {day} ready", body=f"{items} items.{also}\n{link}"
        )
    also = f"还补写了 {before}。" if before else ""
    return Message(
        title=f"stardraft：{day} 的笔记写好了", body=f"共 {items} 条，等你过目。{also}\n{link}"
    )


def source_dead(names: Sequence[str], language: Language = "zh") -> Message:
    """Sources that bring nothing any more."""
    shown = [_one_line(name) for name in names[:_NAMED]]
    if language == "en":
        more = [f"… and {len(names) - _NAMED} more"] if len(names) > _NAMED else []
        remedy = "See stardraft sources for the reasons."
        return Message(
            title=f"stardraft: {len(names)} sources may be dead",
            body="\n".join([*shown, *more, remedy]),
        )
    more = [f"……另有 {len(names) - _NAMED} 个"] if len(names) > _NAMED else []
    remedy = "原因见 stardraft sources；可以在 feeds.opml 里换一个地址。"
    return Message(
        title=f"stardraft：{len(names)} 个来源可能停更了", body="\n".join([*shown, *more, remedy])
    )


def publish_done(day: date, address: str, language: Language = "zh") -> Message:
    """The day's note is where others read it."""
    if language == "en":
        return Message(title=f"stardraft: note of {day} published", body=address or str(day))
    return Message(title=f"stardraft：{day} 的笔记发布了", body=address or f"{day}")


def _one_line(name: str) -> str:
    clean = "".join(c if c.isprintable() else " " for c in name)
    return clean if len(clean) <= 80 else clean[:79] + "…"
