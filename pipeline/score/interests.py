"""`interests.toml`: what the reader cares about and what they would rather not see.

[[interest]]
phrase = "目标检测"
weight = 1.0

[[mute]]
phrase = "招聘信息"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pipeline.errors import Issue
from pipeline.text import squash
from pipeline.types import Interest

_TABLES = {"interest": 1.0, "mute": -1.0}
_KEYS = ("phrase", "weight")
_MAX_WEIGHT = 5.0
_MAX_PHRASE = 200
_MAX_BYTES = 1_000_000


def load_interests(path: Path) -> tuple[tuple[Interest, ...], tuple[Issue, ...]]:
    """The interests of the file, mutes with negative weights, and everything wrong with it.

    Weights are 0-5, 1 where none is given. What is wrong is left out and named in an issue, so
    that all problems are seen at once.
    """
    try:
        raw = path.read_bytes()[:_MAX_BYTES].decode("utf-8-sig")
        tables = tomllib.loads(raw)
    except OSError as error:
        return (), (_issue(path, "unreadable", f"读不到文件：{error.strerror}。", _CREATE),)
    except UnicodeDecodeError:
        return (), (_issue(path, "encoding", "文件不是 UTF-8 编码。", "请另存为 UTF-8。"),)
    except tomllib.TOMLDecodeError as error:
        return (), (_issue(path, "syntax", f"TOML 语法错误：{error}。", _SYNTAX),)
    return _read_tables(path, tables)


_CREATE = "运行 stardraft init 可以生成一份带注释的 interests.toml。"
_SYNTAX = '每条写成三行：[[interest]]、phrase = "目标检测"、weight = 1.0。'


def _read_tables(
    path: Path, tables: dict[str, Any]
) -> tuple[tuple[Interest, ...], tuple[Issue, ...]]:
    interests: dict[str, Interest] = {}
    issues = [_unknown(path, key, key, _TABLES) for key in tables if key not in _TABLES]
    for table, sign in _TABLES.items():
        rows = tables.get(table, [])
        if not isinstance(rows, list):
            issues.append(_issue(path, "table", f"{table} 应写成 [[{table}]]。", _SYNTAX))
            continue
        for number, row in enumerate(rows, 1):
            where = f"[[{table}]] 第 {number} 条"
            found, problems = _read_row(path, where, row)
            issues += problems
            if found is not None and found.weight > 0:
                signed = Interest(phrase=found.phrase, weight=sign * found.weight)
                interests.setdefault(found.phrase, signed)
    return tuple(interests.values()), tuple(issues)


def _read_row(path: Path, where: str, row: Any) -> tuple[Interest | None, list[Issue]]:
    if not isinstance(row, dict):
        return None, [_issue(path, "table", f"{where}不是一张表。", _SYNTAX)]
    issues = [_unknown(path, f"{where} 的 {key}", key, _KEYS) for key in row if key not in _KEYS]
    phrase, weight = row.get("phrase"), row.get("weight", 1.0)
    if not isinstance(phrase, str) or not squash(phrase):
        issues.append(_issue(path, "phrase", f"{where}缺少 phrase（要用引号）。", _SYNTAX))
        return None, issues
    if not _is_weight(weight):
        sentence = f"{where}的 weight 应是 0 到 5 的数，现在是 {str(weight)[:40]}；按 1.0 处理。"
        issues.append(_issue(path, "weight", sentence, "改成例如 weight = 1.5。"))
        weight = 1.0
    return Interest(phrase=squash(phrase)[:_MAX_PHRASE], weight=float(weight)), issues


def _is_weight(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= _MAX_WEIGHT


def _unknown(path: Path, where: str, key: str, valid: Iterable[str]) -> Issue:
    names = list(valid)
    near = get_close_matches(key[:100], names, n=1, cutoff=0.4)
    remedy = f"是不是想写 {near[0]}？" if near else f"可用的有：{'、'.join(names)}。"
    return _issue(path, "key", f"不认识 {where[:120]}。", remedy)


def _issue(path: Path, code: str, sentence: str, remedy: str) -> Issue:
    return Issue(subject=path.name, code=f"interests.{code}", sentence=sentence, remedy=remedy)
