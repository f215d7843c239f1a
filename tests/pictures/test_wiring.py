"""The settings furnish the rooms: pictures and words only where the reader asked for them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.settings import load_workspace, shipped_config
from pipeline.wiring import SystemClock, build

ASKED = {
    "STARDRAFT_NOTES__PICTURES": "mirror",
    "STARDRAFT_LLM__BASE_URL": "http://127.0.0.1:9/v1",
    "STARDRAFT_LLM__MODEL": "m",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(shipped_config(), tmp_path / "mine")
    return tmp_path / "mine"


def test_off_by_default(folder: Path) -> None:
    with build(load_workspace(folder), SystemClock()) as app:
        assert app.shelf is None
        assert app.writer is None
        assert app.eye is not None, "pictures are looked at unless the reader says no"


def test_unseen_where_the_reader_wants_none_fetched(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STARDRAFT_NOTES__CHECK_PICTURES", "false")
    with build(load_workspace(folder), SystemClock()) as app:
        assert app.eye is None


def test_on_where_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ASKED.items():
        monkeypatch.setenv(name, value)
    with build(load_workspace(folder), SystemClock()) as app:
        assert app.shelf is not None
        assert app.writer is not None
        assert app.writer.version().startswith("http://127.0.0.1:9/v1 m zh")


def test_labels_of_one_s_own(folder: Path) -> None:
    text = (folder / "settings.toml").read_text(encoding="utf-8")
    labelled = text.replace("labels = {}", 'labels = { Abstract = "摘要" }')
    assert labelled != text
    (folder / "settings.toml").write_text(labelled, encoding="utf-8")
    with build(load_workspace(folder), SystemClock()) as app:
        assert app.notebook.parse(
            "# x（2026.9.18）\n\n1. [t](https://e.org) :star:\n   - 摘要: 一句\n"
        )
    (folder / "settings.toml").write_text(labelled.replace("摘要", "论文"), encoding="utf-8")
    with pytest.raises(ConfigError), build(load_workspace(folder), SystemClock()):
        pass


def test_a_wrong_word_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARDRAFT_NOTES__PICTURES", "steal")
    with pytest.raises(ConfigError):
        load_workspace(folder)
