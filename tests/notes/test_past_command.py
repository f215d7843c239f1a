"""`stardraft notes check`: with a workspace, ids are checked against the titles it has heard."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli.main import app
from pipeline.settings import load_workspace
from pipeline.types import Paper
from pipeline.wiring import open_store

NOTE = """# 公众号内容拓展学习笔记（2022.6.18）

1. [题目](https://mp.weixin.qq.com/s/aaa)         :star::star:
   - Abstract: 一句话
   - Paper: [A Network for One Thing](https://arxiv.org/abs/2206.00001)

<div align=center><img src="images/lost.png" style='zoom:100%'>
</div>

2. [题目](https://mp.weixin.qq.com/s/aaa?scene=1)       :star::star:
   - Abstract: 又一句
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "past" / "notes"
    (folder / "202206").mkdir(parents=True)
    (folder / "202206" / "0618.md").write_text(NOTE, encoding="utf-8")
    index = '<a href="notes/202206/0618.md">一</a> <a href="notes/202206/06018.md">二</a>'
    (folder.parent / "README.md").write_text(index, encoding="utf-8")
    return folder


def checked(*arguments: str) -> dict[str, str]:
    result = CliRunner().invoke(app, ["notes", "check", *arguments, "--json"])
    assert result.exit_code == 3, result.output
    found = json.loads(result.stdout)
    assert all(i["subject"] and i["sentence"] and i["remedy"] for i in found)
    return {i["code"]: i["subject"] for i in found}


def test_an_archive_on_its_own(archive: Path) -> None:
    assert checked(str(archive)) == {
        "notes.missing_picture": "202206/0618.md#1",
        "notes.repeated_article": "202206/0618.md#2",
        "notes.dead_link": "README.md:notes/202206/06018.md",
    }


def test_with_the_titles_of_a_workspace(archive: Path, tmp_path: Path) -> None:
    config = tmp_path / "mine"
    config.mkdir()
    (config / "settings.toml").write_text("")
    store = open_store(load_workspace(config))
    true = Paper(id="arxiv:2206.00001", title="Quite Another Subject", url="https://arxiv.org")
    store.save_papers({true.id: true}, [], datetime(2026, 9, 18, tzinfo=UTC))
    store.close()
    found = checked(str(archive), "--config", str(config))
    assert found["notes.wrong_paper"] == "202206/0618.md#1"


def test_parse_as_json_has_everything(archive: Path) -> None:
    file = str(archive / "202206" / "0618.md")
    result = CliRunner().invoke(app, ["notes", "parse", file, "--json"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["day"] == "2022-06-18"
    first = told["items"][0]
    assert (first["title"], first["stars"]) == ("题目", 2)
    assert first["fields"][1]["links"][0]["url"] == "https://arxiv.org/abs/2206.00001"
    shown = {"url": "images/lost.png", "source": "images/lost.png", "kind": "image"}
    assert first["images"] == [shown]


def test_a_note_without_a_date_is_read_by_its_file_name(archive: Path) -> None:
    file = archive / "202206" / "0618.md"
    file.write_text(NOTE.replace("（2022.6.18）", ""), encoding="utf-8")
    result = CliRunner().invoke(app, ["notes", "parse", str(file), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["day"] == "2022-06-18"
    nameless = file.rename(file.with_name("draft.md"))
    assert CliRunner().invoke(app, ["notes", "parse", str(nameless), "--json"]).exit_code == 1
