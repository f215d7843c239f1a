"""`stardraft publish` from the command line to the commit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline.cli.main import run
from pipeline.errors import Exit
from tests.publish.samples import commits, git, repository, write_note


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = repository(tmp_path / "repo")
    folder = tmp_path / "work"
    folder.mkdir()
    shutil.copyfile(Path(__file__).parents[2] / "config/settings.toml", folder / "settings.toml")
    text = (folder / "settings.toml").read_text()
    text = text.replace('target = "" ', f'target = "git"\nrepository = "{root}" ')
    text = text.replace('repository = ""  ', "#")
    (folder / "settings.toml").write_text(text)
    write_note(folder / "notes")
    return folder


def said(
    capsys: pytest.CaptureFixture[str], workspace: Path, *arguments: str
) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        run(["publish", "--config", str(workspace), "--date", "2022-07-10", *arguments])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def test_publish_says_what_it_did_and_the_second_time_that_nothing_was_left(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = said(capsys, workspace)
    assert code == Exit.DONE
    assert "发布了 3 个文件" in out
    code, out, _ = said(capsys, workspace)
    assert "没有重复提交" in out
    code, out, _ = said(capsys, workspace, "--json")
    assert json.loads(out)["made"] is False
    assert len(commits(workspace.parent / "repo")) == 1


def test_a_dry_run_prints_the_diff(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, workspace, "--dry-run")
    assert code == Exit.DONE
    assert "+++ b/README.md" in out
    code, out, _ = said(capsys, workspace, "--dry-run", "--json")
    assert json.loads(out)["files"][0] == "README.md"
    assert not (workspace.parent / "repo" / "README.md").exists()


def test_a_stop_is_told_with_its_diff_and_remedy(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = workspace.parent / "repo"
    (root / "README.md").write_text("# 手写\n\n## 历史更新\n手写的目录\n")
    git(root, "add", "README.md")
    git(root, "commit", "-qm", "by hand")
    code, _, err = said(capsys, workspace)
    assert code == Exit.FAILED
    assert "-手写的目录" in err
    assert "--overwrite" in err
    code, _, err = said(capsys, workspace, "--dry-run")
    assert code == Exit.FAILED
    assert "--overwrite" in err
    assert said(capsys, workspace, "--overwrite")[0] == Exit.DONE


@pytest.mark.parametrize("kind", ["html", "csdn", "atom", "jsonfeed", "obsidian"])
def test_exports_need_no_target(
    workspace: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    code, out, _ = said(capsys, workspace, "--export", kind)
    assert code == Exit.DONE
    assert "题目" in out


def test_wrong_words_are_usage(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, workspace, "--export", "pdf")[0] == Exit.USAGE
    (workspace / "settings.toml").write_text("")
    assert said(capsys, workspace)[0] == Exit.USAGE
