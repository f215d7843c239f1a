"""git as a subprocess: fixed arguments, a clean environment, its words made into issues."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from pipeline.publish.revision import PublishError, stop

_KEPT = frozenset({"GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS"})
"""How the reader's pushes log in; every other GIT_… could point git at another repository."""
_OPTIONS = (
    # A path is a path, also one that looks like pathspec magic (`:(top)*`).
    "--literal-pathspecs",
    "--no-pager",
    "-c", "core.quotePath=false",
    "-c", "core.fsmonitor=false",
    "-c", "gc.auto=0",
    "-c", "maintenance.auto=false",
    "-c", "color.ui=false",
    "-c", "advice.addIgnoredFile=false",
    "-c", "log.showSignature=false",
    "-c", "protocol.ext.allow=never",
)  # fmt: skip
_SECONDS = 300.0
_SECRET = re.compile(r"://[^/@\s'\"]+@")
"""A name and password in an address, which git repeats where it cannot reach it."""
_KNOWN = tuple(
    (code, re.compile(pattern, re.IGNORECASE), sentence, remedy)
    for code, pattern, sentence, remedy in (
        (
            "login",
            r"could not read (?:username|password)|authentication failed|permission denied \("
            r"|returned error: 40[13]|host key verification failed",
            "远端不让我们进去，没有推送。",
            "先在终端里运行一次 git push，让 git 记住登录（凭据助手或 SSH 密钥），再发布。",
        ),
        (
            "no_remote",
            r"does not appear to be a git repository|no such remote|repository .{0,300}not found"
            r"|returned error: 404",
            "没有这个远端。",
            "运行 git remote -v 看看它现在的名字和网址，改正 [publish] remote。",
        ),
        (
            "remote_down",
            r"could not resolve host|failed to connect|couldn't connect|connection (?:refused|reset)"
            r"|timed out|unable to access|could not read from remote|early eof|hung up",
            "连不上远端，没有推送。",
            "网络好了再发布一次；已做的提交不会重复。",
        ),
        (
            "ignored",
            r"ignored by one of your \.gitignore",
            "仓库的 .gitignore 不收这些文件，没有提交。",
            "从 .gitignore 里去掉 notes/ 和 README.md 那几行，再发布。",
        ),
    )
)
"""What git says of things the reader can mend, in the order in which it is looked for."""


class Git:
    """git in one working tree. The reader's own hooks and signing stay on: they are rules of
    the reader's repository, and nothing we write (notes, pictures, README.md) can become one."""

    def __init__(self, root: Path, environ: Mapping[str, str] | None = None) -> None:
        self._root = root
        given = os.environ if environ is None else environ
        self._environ = {
            **{k: v for k, v in given.items() if not k.startswith("GIT_") or k in _KEPT},
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
        }

    def ask(self, *arguments: str, body: bytes = b"") -> tuple[int, bytes, str]:
        """Run one command: exit code, standard output, what it said on standard error."""
        try:
            done = subprocess.run(  # noqa: S603 - a fixed vector, no shell
                ["git", *_OPTIONS, *arguments],  # noqa: S607 - the reader's own git
                cwd=self._root,
                env=self._environ,
                input=body,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                # Ctrl+C ends us between two commands, not git in the middle of one.
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise stop(
                "git",
                "no_git",
                "找不到 git，或者没有这个仓库文件夹。",
                "装上 git，核对 [publish] repository。",
            ) from error
        except subprocess.TimeoutExpired as error:
            remedy = "检查网络和仓库的钩子，再发布一次；已做的提交不会重复。"
            raise stop("git", "timeout", f"git {arguments[0]} 五分钟没有做完。", remedy) from error
        return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")

    def run(self, *arguments: str, body: bytes = b"") -> bytes:
        """Its output; a failure raises `PublishError` with git's own words."""
        code, out, said = self.ask(*arguments, body=body)
        if code:
            raise explained(arguments[0], said or out.decode("utf-8", "replace"))
        return out

    def line(self, *arguments: str) -> str | None:
        """One line of output, None where the command fails or says nothing."""
        code, out, _ = self.ask(*arguments)
        return (out.decode("utf-8", "replace").strip() or None) if code == 0 else None


def explained(command: str, said: str) -> PublishError:
    """What git said, with the remedy where we know one."""
    words = _SECRET.sub("://…@", " ".join(said.split()))[:500]
    if "index.lock" in said or (".lock" in said and "File exists" in said):
        return locked(words)
    if "non-fast-forward" in said or "fetch first" in said or "[rejected]" in said:
        return moved(words)
    if "tell me who you are" in said or "empty ident" in said:
        remedy = "git config --global user.name 和 user.email 各设一次，再发布。"
        return stop("git", "no_identity", "git 还不知道你的名字和邮箱。", remedy)
    for code, pattern, sentence, remedy in _KNOWN:
        if pattern.search(said):
            down = code == "remote_down"
            return stop("git", code, f"{sentence}{words}", remedy, temporary=down)
    remedy = "照 git 的话改好，再发布一次；已做的提交不会重复。"
    return stop("git", "git", f"git {command} 没有成功：{words}", remedy)


def locked(words: str) -> PublishError:
    """Another git holds the repository, or a killed one left its lock."""
    remedy = "等它做完再发布；确定没有别的 git 在运行，就删掉 .git/index.lock。"
    return stop("git", "locked", f"仓库正被另一个 git 使用。{words}", remedy, temporary=True)


def moved(words: str) -> PublishError:
    """The remote has commits that are not here."""
    remedy = "运行 git pull --rebase，再运行 stardraft publish；已做的提交不会重复。"
    return stop("git", "remote_moved", f"远端有这里没有的提交，没有推送。{words}", remedy)
