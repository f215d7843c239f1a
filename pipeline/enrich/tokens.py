"""Where the reader's GitHub token is, if anywhere: environment, file, or the `gh` tool."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

NAMES = ("STARDRAFT_GITHUB_TOKEN", "GITHUB_TOKEN", "GH_TOKEN")
_MAX_BYTES = 64 * 1024
_TOKEN = re.compile(r"[\x21-\x7e]{8,512}")


def find_token(environ: Mapping[str, str], home: Path | None = None) -> str | None:
    """The first token that is set: each name of `NAMES`, then the same with `_FILE` naming a
    file that holds it, then `hosts.yml` of the `gh` command (below `home`). None where there is
    none; what does not look like a token (spaces, control characters) is passed over.
    """
    for name in NAMES:
        if token := _clean(environ.get(name)):
            return token
    for name in NAMES:
        if (path := environ.get(f"{name}_FILE")) and (token := _clean(_read(Path(path)))):
            return token
    return _from_gh(environ, home)


def _from_gh(environ: Mapping[str, str], home: Path | None) -> str | None:
    folder = _gh_folder(environ, home)
    text = _read(folder / "hosts.yml") if folder else None
    return _clean(_token_in_hosts(text)) if text else None


def _gh_folder(environ: Mapping[str, str], home: Path | None) -> Path | None:
    """As `gh` itself looks: its own variable, then XDG, then below the home folder."""
    if own := environ.get("GH_CONFIG_DIR"):
        return Path(own)
    if xdg := environ.get("XDG_CONFIG_HOME"):
        return Path(xdg) / "gh"
    return home / ".config" / "gh" if home else None


def _token_in_hosts(text: str) -> str | None:
    """`oauth_token` of `github.com` in gh's `hosts.yml`, a two-level mapping of plain scalars;
    read line by line so that no YAML parser is needed. The active account's comes first."""
    inside = False
    for line in text.splitlines():
        if line and not line[0].isspace():
            inside = line.split("#")[0].strip().rstrip(":").strip("'\"") == "github.com"
        elif inside and (found := re.match(r"\s+oauth_token:\s*(\S+)", line)):
            return found.group(1).strip("'\"")
    return None


def _read(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return None


def _clean(text: str | None) -> str | None:
    token = (text or "").strip()
    return token if _TOKEN.fullmatch(token) else None
