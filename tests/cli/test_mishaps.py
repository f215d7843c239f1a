"""Commands called wrongly, and machines that refuse: a plain sentence, a remedy, no traceback."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli.mishaps import reason, refused
from pipeline.errors import Exit
from tests.cli.conftest import Command


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rnu",), ("没有 rnu 这个命令", "是不是想写 run？")),
        (("run", "--dat", "2026-01-01"), ("没有 --dat 这个选项", "--date")),
        (("run", "--date"), ("--date 后面要写一个值", "stardraft --help")),
        (("run", "--json=3"), ("--json 后面不写值",)),
        (("run", "today"), ("多写了：today", "stardraft run --help")),
        (("init",), ("还要写上 DIR", "stardraft init --help")),
        (("status", "--count", "0"), ("--count 的值不对：最小是 1",)),
        (("status", "--count", "few"), ("要写一个整数",)),
        (("notes", "undo", "--date", "2026-02-30"), ("2026-02-30 不是日期", "2026-09-18")),
    ],
)
def test_a_wrong_call_is_told_in_plain_words(
    stardraft: Command, arguments: tuple[str, ...], said: tuple[str, ...]
) -> None:
    shown = stardraft(*arguments)
    assert shown.returncode == Exit.USAGE
    assert all(words in shown.stderr for words in said), shown.stderr
    assert "Error" not in shown.stderr
    assert not shown.stdout


def test_without_a_command_the_help_is_shown(stardraft: Command) -> None:
    shown = stardraft("notes")
    assert shown.returncode == Exit.USAGE
    assert "import" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_path_through_a_file_is_refused_without_a_traceback(
    stardraft: Command, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    shown = stardraft("init", "file/mine")
    assert shown.returncode == Exit.FAILED
    assert "file/mine：路径里有一段不是文件夹。" in shown.stderr
    assert "Traceback" not in shown.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_output_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "pipeline.cli.main", "--version"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == Exit.FAILED
    assert ended.stderr == "输出：磁盘满了。\n  → 腾出一些空间再运行一次；已经存下的都在。\n"


def test_a_copy_that_found_no_room_names_where_it_was_to_go() -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "from", None, "to")
    issue = refused(error)
    assert issue is not None
    assert (issue.subject, issue.sentence) == ("to", "磁盘满了。")
    assert issue.remedy


def test_what_no_machine_refuses_is_a_bug_and_raised() -> None:
    assert refused(OSError(errno.EBADF, "Bad file descriptor")) is None
    assert reason(OSError(errno.EBADF, "Bad file descriptor")) == "Bad file descriptor"
