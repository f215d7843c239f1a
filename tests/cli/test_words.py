"""What the command says: help, mistakes with their remedies, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import Exit
from tests.cli.conftest import Command


def test_help_names_every_command(stardraft: Command) -> None:
    shown = stardraft("--help")
    assert shown.returncode == 0
    for command in ("run", "init", "doctor", "status", "sources", "add", "extract", "notes"):
        assert f"\n  {command} " in shown.stdout


def test_an_unknown_command_is_a_usage_error(stardraft: Command) -> None:
    shown = stardraft("rnu")
    assert shown.returncode == Exit.USAGE
    assert "rnu" in shown.stderr


def test_a_date_that_is_none_says_how_to_write_one(stardraft: Command) -> None:
    shown = stardraft("run", "--date", "yesterday")
    assert shown.returncode == Exit.USAGE
    assert "2026-09-18" in shown.stderr


def test_without_a_workspace_the_remedy_is_init(stardraft: Command) -> None:
    shown = stardraft("run")
    assert shown.returncode == Exit.USAGE
    assert "stardraft init" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_init_writes_a_workspace_once_and_never_overwrites(
    stardraft: Command, tmp_path: Path
) -> None:
    assert stardraft("init", "mine").returncode == 0
    for name in ("settings.toml", "interests.toml", "feeds.opml", "templates/note.md.j2"):
        assert (tmp_path / "mine" / name).is_file()
    (tmp_path / "mine" / "settings.toml").write_text("# my own\n", encoding="utf-8")
    again = stardraft("init", "mine")
    assert again.returncode == 0
    assert (tmp_path / "mine" / "settings.toml").read_text(encoding="utf-8") == "# my own\n"


def test_doctor_finds_a_fresh_workspace_in_order(stardraft: Command) -> None:
    stardraft("init", "mine")
    shown = stardraft("doctor", "--config", "mine", "--json")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    findings = json.loads(shown.stdout)
    assert {f["what"] for f in findings} >= {"设置", "来源", "兴趣", "模板", "存储", "模型"}
    assert all(f["ok"] for f in findings)


def test_all_mistakes_of_the_settings_are_told_at_once(stardraft: Command, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        '[fetch]\ntimout = 3\nconcurrency = "many"\n[githb]\n', encoding="utf-8"
    )
    shown = stardraft("run")
    assert shown.returncode == Exit.USAGE
    assert "fetch.timeout" in shown.stderr  # the nearest valid key
    assert "fetch.concurrency" in shown.stderr
    assert "github" in shown.stderr


def test_settings_that_are_no_toml_say_where(stardraft: Command, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[fetch\n", encoding="utf-8")
    shown = stardraft("run")
    assert shown.returncode == Exit.USAGE
    assert "line 1" in shown.stderr


@pytest.mark.parametrize(
    "opml",
    [
        None,
        "",
        "<opml version='2.0'><body></body></opml>",
        "not xml at all <",
    ],
    ids=["missing", "empty file", "no outlines", "broken"],
)
def test_a_feed_list_with_nothing_to_poll_ends_with_the_remedy(
    stardraft: Command, tmp_path: Path, opml: str | None
) -> None:
    (tmp_path / "settings.toml").write_text("", encoding="utf-8")
    if opml is not None:
        (tmp_path / "feeds.opml").write_text(opml, encoding="utf-8")
    shown = stardraft("run", "--no-prefect")
    assert shown.returncode == Exit.USAGE
    assert "OPML" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_add_takes_only_addresses_and_each_once(stardraft: Command, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("", encoding="utf-8")
    assert stardraft("add", "not an address").returncode == Exit.USAGE
    url = "http://mp.weixin.qq.com/s?__biz=MzA&mid=1&idx=1&sn=a&chksm=b&scene=27"
    assert stardraft("add", url).returncode == 0
    assert stardraft("add", url).returncode == 0
    lines = (tmp_path / "inbox.txt").read_text(encoding="utf-8").split()
    assert lines == ["https://mp.weixin.qq.com/s?__biz=MzA&mid=1&idx=1&sn=a"]


def test_extract_of_a_missing_file_is_a_usage_error(stardraft: Command) -> None:
    shown = stardraft("extract", "nowhere.html")
    assert shown.returncode == Exit.USAGE
    assert "nowhere.html" in shown.stderr


def test_extract_of_an_address_that_does_not_answer(stardraft: Command) -> None:
    shown = stardraft("extract", "http://127.0.0.1:9/x", "--json")
    assert shown.returncode == Exit.FAILED
    assert "Traceback" not in shown.stderr


def test_status_before_the_first_run(stardraft: Command, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[prefect]\nport = 1\n", encoding="utf-8")
    assert "stardraft run" in stardraft("status").stdout
    assert json.loads(stardraft("status", "--json").stdout) == {
        "runs": [],
        "schedules": None,
        "library": None,
    }


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_without_a_server_there_is_nothing_to_pause(
    command: str, stardraft: Command, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text("[prefect]\nport = 1\n", encoding="utf-8")
    shown = stardraft(command, "daily")
    assert shown.returncode == Exit.FAILED
    assert "没有正在运行的 stardraft serve" in shown.stderr
    assert "先运行 stardraft serve" in shown.stderr
    assert not (tmp_path / ".stardraft" / "prefect").exists(), "nothing was started for it"


def test_a_style_of_log_that_is_none_says_which_there_are(
    stardraft: Command, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text("", encoding="utf-8")
    shown = stardraft("run", "--log", "xml")
    assert shown.returncode == Exit.USAGE
    assert "text 或 json" in shown.stderr
