"""What the reader hears of settings that are wrong, and where relative paths lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ConfigError, Issue
from pipeline.settings import load_workspace
from pipeline.wiring import open_store


def wrong(folder: Path, text: str | bytes) -> list[Issue]:
    body = text if isinstance(text, bytes) else text.encode()
    (folder / "settings.toml").write_bytes(body)
    with pytest.raises(ConfigError) as caught:
        load_workspace(folder)
    return list(caught.value.issues)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('[fetch]\ntimeout = "x"', "fetch.timeout 的值 'x' 不对：要写一个数，不加引号。"),
        ("[fetch]\nconcurrency = 1.5", "要写一个整数"),
        ("[fetch]\nper_host = 0", "最小是 1"),
        ("[seeds]\nweight = 0", "要大于 0"),
        ("[review]\nport = 99999", "最大是 65535"),
        ('[review]\nopen = "maybe"', "要写 true 或 false"),
        ('[fetch]\nallow_private = "127.0.0.1"', "要写成一列"),
        ("[notes]\nlabels = 3", "要写成一张表"),
        ('[notes]\npictures = "x"', "只能是 'hotlink' 或 'mirror'"),
        ("[notes]\nheading = 3", "要写一段文字"),
        ('[llm]\nbase_url = "foo"', "要以 http:// 或 https:// 开头"),
        ('[reader]\ntimezone = "Asia/Beijing"', "没有名为 Asia/Beijing 的时区"),
        ('[schedule]\ntimezone = "Asia/Beijing"', "schedule.timezone 的值 'Asia/Beijing' 不对："),
        ('[schedule]\ndraft = "0 7 * *"', "要写成五段的 cron"),
        ("reader = 3", "要写成 [reader]"),
    ],
)
def test_a_wrong_value_is_told_in_plain_chinese(tmp_path: Path, line: str, said: str) -> None:
    (issue,) = wrong(tmp_path, line)
    assert said in issue.sentence
    assert "Input should" not in issue.sentence
    assert "Value error" not in issue.sentence


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("[fetch]\ntimout = 3", "fetch.timeout"),
        ("[fetch]\nmax_items = 3", "draft.max_items"),
        ("[githb]\ntimeout = 3", "github"),
        ("[fetch]\nzzzz = 3", ""),
        ("[zzzz]\na = 3", ""),
    ],
)
def test_an_unknown_key_names_the_one_that_was_meant(tmp_path: Path, line: str, meant: str) -> None:
    (issue,) = wrong(tmp_path, line)
    assert issue.remedy == (
        f"是不是想写 {meant}？" if meant else "删掉它，或对照自带的 settings.toml。"
    )


def test_a_file_in_another_encoding_is_not_called_bad_toml(tmp_path: Path) -> None:
    (issue,) = wrong(tmp_path, '[notes]\nheading = "笔记"'.encode("gb18030"))
    assert "UTF-8" in issue.sentence
    assert "另存为" in issue.remedy


def test_a_wrong_variable_is_named_in_place_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STARDRAFT_FETCH__TIMEOUT", "x")
    (issue,) = wrong(tmp_path, "")
    assert issue.subject == "STARDRAFT_FETCH__TIMEOUT"
    monkeypatch.delenv("STARDRAFT_FETCH__TIMEOUT")
    monkeypatch.setenv("STARDRAFT_FETCH__ALLOW_PRIVATE", "127.0.0.1:4000")
    (issue,) = wrong(tmp_path, "")
    assert issue.subject == "STARDRAFT_FETCH__ALLOW_PRIVATE"
    assert "JSON" in issue.sentence


@pytest.mark.parametrize("url", ["", "own.db", "sqlite:///own.db"])
def test_the_state_lies_in_the_workspace_wherever_the_command_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    place, elsewhere = tmp_path / "我的 笔记?", tmp_path / "elsewhere"
    place.mkdir()
    elsewhere.mkdir()
    (place / "settings.toml").write_text(f'[store]\nurl = "{url}"\n', encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    open_store(load_workspace(place)).close()
    assert (place / ("own.db" if url else ".stardraft/state.db")).is_file()
    assert not list(elsewhere.iterdir())


def test_other_databases_are_left_as_they_are_written(tmp_path: Path) -> None:
    for url in ("postgresql+psycopg://u:p@h/d", "/somewhere/else.db", "sqlite:////abs/x.db"):
        (tmp_path / "settings.toml").write_text(f'[store]\nurl = "{url}"\n', encoding="utf-8")
        assert load_workspace(tmp_path).store_url == url.removeprefix("sqlite:///")
