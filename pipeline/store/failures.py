"""What a database driver complains about, in the reader's words."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError

from pipeline.errors import Issue, StoreError

_SQLITE = {
    "BUSY": (
        "store.locked",
        "状态文件正被另一个程序占用，等了很久也没有让出来。",
        "请等另一个 stardraft 结束，或关掉打开这个文件的数据库工具，然后重试。",
    ),
    "CORRUPT": (
        "store.corrupt",
        "状态文件已损坏，无法读取。",
        "请用备份替换它；没有备份就把它改名挪开后重跑，订阅会重新读取，写好的笔记不受影响。",
    ),
    "NOTADB": (
        "store.corrupt",
        "这个文件不是状态文件，或者已经损坏。",
        "请检查设置里的状态文件路径；若路径没错，就用备份替换它，或把它改名挪开后重跑。",
    ),
    "READONLY": (
        "store.read_only",
        "状态文件是只读的，无法写入。",
        "请给当前用户这个文件和它所在文件夹的写权限，或在设置里换一个位置。",
    ),
    "CANTOPEN": (
        "store.cannot_open",
        "状态文件打不开。",
        "请检查设置里的路径是不是一个文件，以及所在文件夹是否允许写入。",
    ),
    "FULL": (
        "store.disk_full",
        "磁盘已满，状态无法保存。",
        "请腾出一些空间后重跑，已经保存的内容不会丢。",
    ),
    "IOERR": (
        "store.io",
        "读写状态文件时磁盘出错。",
        "请检查磁盘和挂载（网络盘不适合放状态文件），然后重跑。",
    ),
}
_SAME = {"LOCKED": "BUSY", "PERM": "READONLY", "PROTOCOL": "BUSY"}

_NO_PERMISSION = frozenset({"42501", "25006"})
"""PostgreSQL's insufficient_privilege and read_only_sql_transaction."""


def failure(error: Exception, subject: str) -> StoreError | None:
    """The error as a `StoreError`, None where it is a bug that should be seen as it is."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(origin, sqlite3.Error):
        words = _SQLITE.get(_sqlite_family(origin))
        return store_error(subject, *words) if words else None
    if getattr(origin, "sqlstate", None) in _NO_PERMISSION:
        return store_error(
            subject,
            "store.read_only",
            "数据库不允许写入。",
            "请给这个数据库用户建表和写入的权限（GRANT CREATE ON SCHEMA public），然后重试。",
        )
    if isinstance(error, OperationalError):
        return store_error(
            subject,
            "store.unreachable",
            "数据库连不上，或连接中断了。",
            "请检查数据库是否在运行、设置里的地址和密码是否正确，然后重试。",
        )
    return None


def store_error(subject: str, code: str, sentence: str, remedy: str) -> StoreError:
    """A `StoreError` of one issue."""
    return StoreError(Issue(subject=subject, code=code, sentence=sentence, remedy=remedy))


def _sqlite_family(error: sqlite3.Error) -> str:
    """`BUSY` of `SQLITE_BUSY_SNAPSHOT`; names as in the list of SQLite's result codes."""
    name = getattr(error, "sqlite_errorname", "") or ""
    family = name.removeprefix("SQLITE_").split("_")[0]
    return _SAME.get(family, family)
