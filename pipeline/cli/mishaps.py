"""What went wrong around a command, said plainly: how it was called, and what the machine refused."""

from __future__ import annotations

import errno
import re
from typing import Any

import typer

from pipeline.errors import Issue

Misuse: type[Exception] = typer.BadParameter.__mro__[1]
"""What the parser of the command line raises: Typer's own class, or Click's in older versions."""

_REASONS = {
    errno.EACCES: ("没有权限", "检查这个路径的权限，或换一个写得了的地方。"),
    errno.EPERM: ("系统不允许", "检查这个路径的权限，或换一个写得了的地方。"),
    errno.EROFS: ("这里只能读，不能写", "换一个写得了的地方，或把这个文件系统改成可写。"),
    errno.ENOSPC: ("磁盘满了", "腾出一些空间再运行一次；已经存下的都在。"),
    errno.EDQUOT: ("磁盘配额用完了", "腾出一些空间再运行一次；已经存下的都在。"),
    errno.ENOENT: ("没有这个文件或文件夹", "检查路径。"),
    errno.ENOTDIR: ("路径里有一段不是文件夹", "检查路径，或换一个名字。"),
    errno.EISDIR: ("这是一个文件夹，不是文件", "写上文件的名字。"),
    errno.EEXIST: ("这里已有同名的东西", "换一个名字，或先把它移开。"),
    errno.ENAMETOOLONG: ("名字太长", "换一个短些的名字。"),
    errno.ELOOP: ("链接绕成了圈", "检查路径里的符号链接。"),
    errno.EMFILE: ("打开的文件太多", "用 ulimit -n 4096 放宽限制，再运行一次。"),
    errno.ENFILE: ("打开的文件太多", "关掉一些别的程序，再运行一次。"),
    errno.EIO: ("读写磁盘时出错", "检查磁盘，再运行一次。"),
}


_NEAR = re.compile(r"Did you mean '([^']{1,40})'")


def reason(error: OSError) -> str:
    """Why the machine refused, in a few words without an end; the system's own where unknown."""
    known = _REASONS.get(error.errno or 0)
    return known[0] if known else error.strerror or str(error)


def refused(error: OSError) -> Issue | None:
    """What the machine refused, with the remedy; None for what only a fault of ours explains."""
    if error.errno not in _REASONS:
        return None
    why, remedy = _REASONS[error.errno]
    where = error.filename2 or error.filename or "输出"
    return Issue(subject=str(where), code="system.refused", sentence=f"{why}。", remedy=remedy)


def misuse(error: Any) -> Issue:
    """How the command was called wrongly, and how to call it; of an error of the parser."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "stardraft"
    near = getattr(error, "possibilities", None) or _NEAR.findall(str(error))
    ways = [f"是不是想写 {'、'.join(sorted(near))}？"] if near else []
    if context:
        ways.append(f"写法：{context.get_usage().partition(' ')[2].strip()}；")
    return Issue(
        subject=command,
        code="command.misuse",
        sentence=_said(error),
        remedy=f"{''.join(ways)}全部说明：{command} --help",
    )


def _said(error: Any) -> str:
    """The parser's complaint in the reader's language; its own words where none are known."""
    kind, words = type(error).__name__, str(error.format_message()).partition(" Did you mean")[0]
    hint = _hint(error)
    if kind == "MissingParameter":
        return f"还要写上 {hint}。"
    if kind == "NoSuchOption":
        return f"没有 {error.option_name} 这个选项。"
    if kind == "BadParameter":
        return f"{hint} 的值不对：{_limits(str(error.message))}"
    if kind == "BadOptionUsage":
        wants = "requires" in words
        return f"{error.option_name} 后面{'要写一个值' if wants else '不写值'}。"
    for start, told in _STARTS:
        if words.startswith(start):
            return told.format(words.removeprefix(start).removeprefix("(s)").strip(" '.()"))
    return words


_STARTS = (
    ("No such command", "没有 {} 这个命令。"),
    ("Got unexpected extra argument", "多写了：{}。"),
)
_LIMITS = (
    ("Input should be greater than or equal to", "最小是"),
    ("Input should be less than or equal to", "最大是"),
    ("Input should be a valid integer", "要写一个整数"),
)


def _limits(words: str) -> str:
    """What a value must be, where the parser says it in English."""
    for start, told in _LIMITS:
        if words.startswith(start):
            return f"{told}{words.removeprefix(start).partition(',')[0]}。"
    return words


def _hint(error: Any) -> str:
    """The name of the parameter that an error concerns, as the reader types it."""
    param = getattr(error, "param", None)
    if param is None:
        return ""
    if any(name.startswith("-") for name in param.opts):
        return " / ".join(param.opts)
    return str(param.metavar or param.name)
