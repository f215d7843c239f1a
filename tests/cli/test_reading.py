"""`extract`, `add` and the commands on past notes, given what they cannot use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli.reading import _is_no_text
from pipeline.errors import Exit
from tests.cli.conftest import Command


@pytest.mark.parametrize(
    ("body", "other"),
    [
        (b"%PDF-1.7\n1 0 obj", True),
        (b"\x89PNG\r\n\x1a\n", True),
        (b"PK\x03\x04....", True),
        (bytes(range(256)) * 4, True),
        (b"<html>" + b"a" * 99 + b"\0</html>", False),
        (b"", False),
        ("# 标题".encode(), False),
        ("# 标题".encode("gb18030"), False),
        ("<p>正文".encode("utf-16"), False),
        (b"\x1f\x8b\x08" + bytes(20), False),
    ],
)
def test_files_without_text_are_known_by_their_beginning(body: bytes, other: bool) -> None:
    assert _is_no_text(body) is other


def test_a_pdf_is_no_page_and_the_remedy_says_what_is(stardraft: Command, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7\n" + bytes(99))
    shown = stardraft("extract", "paper.pdf")
    assert shown.returncode == Exit.USAGE
    assert "这不是网页" in shown.stderr
    assert ".mhtml" in shown.stderr
    assert not shown.stdout


def test_a_folder_is_refused_in_the_readers_words(stardraft: Command) -> None:
    shown = stardraft("extract", ".")
    assert shown.returncode == Exit.USAGE
    assert "这是一个文件夹，不是文件" in shown.stderr


def test_a_foreign_title_does_not_reach_the_terminal_raw(
    stardraft: Command, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text(
        "# 标\x1b[2J题\n\n见 https://arxiv.org/abs/2110.06864 一文，代码未公开。\n",
        encoding="utf-8",
    )
    shown = stardraft("extract", "a.md")
    assert shown.returncode == 0
    assert "\x1b" not in shown.stdout
    assert "论文  arxiv:2110.06864" in shown.stdout
    assert "[ok]" not in shown.stdout


def test_addresses_pasted_as_lines_are_added_each(stardraft: Command, tmp_path: Path) -> None:
    stardraft("init", "mine")
    pasted = " https://e.example/1\nhttps://e.example/2 "
    told = stardraft("add", pasted, "https://e.example/1", "--json", "--config", "mine")
    assert told.returncode == 0, told.stderr
    said = json.loads(told.stdout)
    assert said["added"] == ["https://e.example/1", "https://e.example/2"]
    assert said["known"] == 1
    assert stardraft("add", " ", "--config", "mine").returncode == Exit.USAGE


def test_one_wrong_address_keeps_all_out_and_says_so(stardraft: Command, tmp_path: Path) -> None:
    stardraft("init", "mine")
    refused = stardraft("add", "https://e.example/1", "page.html", "--config", "mine")
    assert refused.returncode == Exit.USAGE
    assert "saved" in refused.stderr
    assert "一个也没有加入" in refused.stderr
    assert not (tmp_path / "mine" / "inbox.txt").exists()


@pytest.mark.parametrize("command", ["import", "check"])
def test_a_folder_without_notes_is_not_called_sound(
    stardraft: Command, tmp_path: Path, command: str
) -> None:
    stardraft("init", "mine")
    (tmp_path / "empty").mkdir()
    shown = stardraft("notes", command, "empty", "--config", "mine")
    assert shown.returncode == Exit.USAGE
    assert "没有找到笔记" in shown.stderr


def test_a_note_without_a_date_is_named_by_its_file(stardraft: Command, tmp_path: Path) -> None:
    (tmp_path / "diary.md").write_text("# 日记\n", encoding="utf-8")
    shown = stardraft("notes", "parse", "diary.md")
    assert shown.returncode == Exit.FAILED
    assert shown.stderr.startswith("diary.md：")
