"""What is wrong with a setting, in the reader's words, from what pydantic found."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

_KINDS = {
    "int": "要写一个整数，不加引号",
    "float": "要写一个数，不加引号",
    "bool": "要写 true 或 false，不加引号",
    "string": "要写一段文字，用引号括起来",
    "tuple": '要写成一列，如 ["一", "二"]',
    "list": '要写成一列，如 ["一", "二"]',
    "dict": '要写成一张表，如 { 甲 = "乙" }',
    "model": "这是一节的名字，要写成 [{path}]，下面一行一项",
}
_BOUNDS = {
    "greater_than": ("gt", "要大于 {}"),
    "greater_than_equal": ("ge", "最小是 {}"),
    "less_than": ("lt", "要小于 {}"),
    "less_than_equal": ("le", "最大是 {}"),
    "too_long": ("max_length", "最多 {} 项"),
}
_PATTERNS = "要以 http:// 或 https:// 开头；不用就留空"
"""All patterns of our settings are of addresses."""


def what_is_wrong(path: str, error: Mapping[str, Any]) -> str:
    """Why the value at `path` is refused; pydantic's own words where we have none."""
    kind = str(error["type"])
    context = error.get("ctx") or {}
    if kind == "literal_error":
        return f"只能是 {str(context.get('expected', '')).replace(' or ', ' 或 ')}"
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    if kind == "string_pattern_mismatch":
        return _PATTERNS
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return words.format(context.get(name))
    words = _KINDS.get(kind.partition("_")[0], str(error["msg"]))
    return words.replace("{path}", path)


def nearest(path: str, known: Sequence[str]) -> str:
    """The key that was meant by `path`: of that name in another section, else near in this one;
    empty where there is none."""
    section, dot, last = path.rpartition(".")
    if same := [key for key in known if dot and key.endswith(f".{last}")]:
        return same[0]
    here = [key for key in known if key.rpartition(".")[0] == section]
    return next(iter(difflib.get_close_matches(path, here, n=1, cutoff=0.75 if dot else 0.7)), "")
