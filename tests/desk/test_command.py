"""`stardraft notes log|undo|redo`: for readers who only ever edit the file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline.cli.main import run
from pipeline.errors import Exit

NOTE = "# 笔记（2026.9.18）\n\n1. [a](https://e.org/a) :star:\n\n2. [b](https://e.org/b) :star:\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    shutil.copyfile(Path(__file__).parents[2] / "config/settings.toml", tmp_path / "settings.toml")
    (tmp_path / "notes" / "202609").mkdir(parents=True)
    (tmp_path / "notes" / "202609" / "0918.md").write_text(NOTE, encoding="utf-8")
    return tmp_path


def said(
    capsys: pytest.CaptureFixture[str], workspace: Path, command: str, *more: str
) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        run(["notes", command, "--config", str(workspace), "--date", "2026-09-18", *more])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def test_an_edit_of_the_file_is_listed_taken_back_and_made_again(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = workspace / "notes" / "202609" / "0918.md"
    assert "还没有改动" in said(capsys, workspace, "log")[1]
    edited = NOTE.replace("a) :star:", "a) :star::star::star:")
    file.write_text(edited, encoding="utf-8")
    assert "在文件里改的 1 处" in said(capsys, workspace, "log")[1]
    code, out, _ = said(capsys, workspace, "undo")
    assert (code, out) == (Exit.DONE, "撤销了：在文件里改的 1 处\n")
    assert file.read_text(encoding="utf-8") == NOTE
    code, _, err = said(capsys, workspace, "undo")
    assert code == Exit.FAILED
    assert "没有可以撤销的改动" in err
    assert said(capsys, workspace, "redo")[0] == Exit.DONE
    assert file.read_text(encoding="utf-8") == edited
    steps = json.loads(said(capsys, workspace, "log", "--json")[1])
    assert [(s["who"], s["state"]) for s in steps] == [
        ("redo", "done"),
        ("undo", "done"),
        ("file", "done"),
    ]


def test_a_day_without_a_note_is_said_with_what_to_do(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "notes" / "202609" / "0918.md").unlink()
    code, _, err = said(capsys, workspace, "undo")
    assert code == Exit.FAILED
    assert "还没有笔记文件" in err
    assert "stardraft run" in err


def test_a_deleted_note_is_had_back(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = workspace / "notes" / "202609" / "0918.md"
    edited = NOTE.replace("a) :star:", "a) :star::star::star:")
    said(capsys, workspace, "log")
    file.write_text(edited, encoding="utf-8")
    said(capsys, workspace, "log")
    file.unlink()
    code, out, err = said(capsys, workspace, "undo")
    assert (code, out, err) == (Exit.DONE, "撤销了：笔记文件清空了，或是删掉了\n", "")
    assert file.read_text(encoding="utf-8") == edited
