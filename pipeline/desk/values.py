"""What a reader sends, checked before it comes near the file."""

from __future__ import annotations

import re

from pipeline.desk.day import Change
from pipeline.errors import Issue
from pipeline.urls import is_web_url

FIELD_ORDER = ("Abstract", "Paper", "Code", "Demo", "Dataset", "Video", "Address", "Tips")
"""Where a field that an item lacks is put: behind those that come before it here."""

_FIELD = re.compile(r"[^\W\d_][\w ]{0,18}?\d{0,2}")
_LOCAL = re.compile(
    r"(?:[\w%-][\w.%-]*/){0,3}[\w%-][\w.%-]*\.(?:png|jpe?g|gif|webp|svg|bmp|mp4|webm)"
)
_LIMITS = {"title": 500, "field": 8_000, "image": 2_000, "add": 20_000}
_LONGEST_ID = 100


def check(change: Change) -> Issue | None:
    """Why the change cannot be made, whatever the note looks like; None where it can."""
    limit = _LIMITS.get(change.action, 100)
    if len(change.value) > limit:
        return refusal(change, f"写得太长了，最多 {limit} 个字符。", "缩短一些再试。")
    if (
        len(change.id) > _LONGEST_ID
        or len(change.key) > 2_000
        or len(change.expected or "") > 20_000
    ):
        return refusal(change, "这个改动的标识太长了。", "重新载入页面再试。")
    return _CHECKS[change.action](change) if change.action in _CHECKS else None


def _stars(change: Change) -> Issue | None:
    if change.value not in ("0", "1", "2", "3", "4", "5"):
        return refusal(change, "星数应当是 0 到 5。", "按 1 到 5，或点星星。")
    return None


def _move(change: Change) -> Issue | None:
    if not re.fullmatch(r"[0-9]{1,4}", change.value) or int(change.value) < 1:
        return refusal(change, "位置应当是从 1 开始的数字。", "重新载入页面再试。")
    return None


def _title(change: Change) -> Issue | None:
    if not change.value.strip():
        return refusal(change, "题目不能是空的。", "不想要这一条，就把它去掉。")
    return None


def _field(change: Change) -> Issue | None:
    if not _FIELD.fullmatch(change.field):
        return refusal(change, f"没有“{change.field[:40]}”这样的栏目。", "从页面上的栏目里选。")
    return None


def _image(change: Change) -> Issue | None:
    if change.value and not is_web_url(change.value) and not _LOCAL.fullmatch(change.value):
        sentence = "图片的地址应当以 http:// 或 https:// 开头，或是笔记旁边的图片文件。"
        return refusal(change, sentence, "换一个地址，或选文章里的图。")
    return None


def _add(change: Change) -> Issue | None:
    if not change.value.strip():
        return refusal(change, "没有写内容。", "写上 [题目](网址)，或贴一个网址。")
    return None


_CHECKS = {
    "stars": _stars,
    "move": _move,
    "title": _title,
    "field": _field,
    "image": _image,
    "add": _add,
}


def refusal(change: Change, sentence: str, remedy: str, code: str = "bad_value") -> Issue:
    """Why a change was not made."""
    subject = change.key or change.action
    return Issue(subject=subject, code=f"desk.{code}", sentence=sentence, remedy=remedy)
