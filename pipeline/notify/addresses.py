"""Where to send: Apprise addresses from the settings, the environment, or a file it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.errors import ConfigError, Issue

VARIABLE = "STARDRAFT_NOTIFY_URLS"


def find_addresses(environ: Mapping[str, str], settings: Iterable[str]) -> tuple[str, ...]:
    """Every address once: those of the settings, of `STARDRAFT_NOTIFY_URLS`, and of the file
    that `STARDRAFT_NOTIFY_URLS_FILE` names; separated by white space, `#` begins a comment.

    Raises `ConfigError` where that file cannot be read.
    """
    text = environ.get(VARIABLE, "")
    if file := environ.get(f"{VARIABLE}_FILE"):
        text += "\n" + _read(Path(file))
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    named = (word for line in lines for word in line.split())
    return tuple(dict.fromkeys(a for a in (*settings, *named) if a))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            Issue(
                subject=f"{VARIABLE}_FILE",
                code="notify.unreadable",
                sentence=f"读不了放通知地址的文件 {file}。",
                remedy="检查路径和权限；一行一个地址，UTF-8 编码。",
            )
        ) from error
