"""What `stardraft doctor` finds, `init` refuses and the next commands look like."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.cli.doctor import _check_answers, _check_past
from pipeline.cli.serve import began
from pipeline.cli.talk import next_command, shown
from pipeline.errors import ConfigError, Exit, Issue
from pipeline.settings import Workspace, load_workspace
from pipeline.wiring import feeds_of, open_store
from tests.cli.conftest import Command

_OPML = """<opml version="2.0"><body>
<outline type="rss" text="甲" xmlUrl="https://one.example/feed"/>
<outline type="rss" text="乙" xmlUrl="https://two.example/feed"/>
</body></opml>"""


def workspace(folder: Path, settings: str = "") -> Workspace:
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    (folder / "feeds.opml").write_text(_OPML, encoding="utf-8")
    return load_workspace(folder)


def test_settings_that_cannot_be_read_end_with_the_code_of_wrong_settings(
    stardraft: Command, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text("[fetch]\ntimout = 3\n", encoding="utf-8")
    told = stardraft("doctor", "--json")
    assert told.returncode == Exit.USAGE
    (finding,) = json.loads(told.stdout)
    assert not finding["ok"]
    assert "fetch.timeout" in finding["detail"]


def test_past_notes_that_are_not_there_are_found_before_a_run_is(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        _check_past(workspace(tmp_path, '[store]\narchive = "old"\n'))
    assert str(tmp_path / "old") in caught.value.issues[0].sentence
    (tmp_path / "old").mkdir()
    ((ok, words),) = _check_past(load_workspace(tmp_path))
    assert ok
    assert str(tmp_path / "old") in words


_CHECKED = """
import sys; from pathlib import Path
from pipeline.cli.doctor import _check_schedule
from pipeline.errors import ConfigError
from pipeline.settings import load_workspace
for folder in sys.argv[1:]:
    try:
        print(_check_schedule(load_workspace(Path(folder))))
    except ConfigError as error:
        print(error.issues[0].subject, error.issues[0].sentence)
"""


def test_a_cron_line_is_read_by_the_scheduler_itself(tmp_path: Path) -> None:
    lines = ("", 'draft = "99 7 * * *"', 'draft = "5 6 * * 1-5"')
    for number, line in enumerate(lines):
        (tmp_path / f"{number}").mkdir()
        workspace(tmp_path / f"{number}", f"[schedule]\n{line}\n")
    home = tmp_path / "home"
    home.mkdir()
    told = subprocess.run(  # in a process of its own: it imports Prefect
        [sys.executable, "-c", _CHECKED, *(str(tmp_path / f"{n}") for n in range(3))],
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    shipped, wrong, right = told.stdout.splitlines()
    assert shipped == "[]"
    assert wrong.startswith("settings.toml: schedule.draft ")
    assert "99 7 * * *" in wrong
    assert right == "[(True, '写笔记 5 6 * * 1-5')]"
    assert not list(home.iterdir()), "nothing of Prefect's is left in the reader's home"


def test_a_source_that_failed_when_it_was_last_asked_is_named(tmp_path: Path) -> None:
    place = workspace(tmp_path)
    feeds, _ = feeds_of(place)
    now = datetime(2026, 9, 18, tzinfo=UTC)
    store = open_store(place)
    store.sync_feeds(feeds, now)
    failed = Issue(subject="乙", code="http.404", sentence="没有这个页面。")
    store.record_poll_failure(feeds[1].id, failed, now, now)
    store.close()
    assert _check_answers(place) == [(False, "1 个上次没有看成：乙。原因见 stardraft sources。")]
    (tmp_path / "feeds.opml").write_text(_OPML.replace("two", "three"), encoding="utf-8")
    assert _check_answers(load_workspace(tmp_path)) == []  # no longer followed


def test_init_does_not_hide_a_workspace_in_the_folder_named_config(
    stardraft: Command, tmp_path: Path
) -> None:
    assert stardraft("init", "mine/config").returncode == 0
    refused = stardraft("init", "mine")
    assert refused.returncode == Exit.USAGE
    assert "stardraft run --config mine" in refused.stderr
    assert not (tmp_path / "mine" / "settings.toml").exists()


def test_init_says_that_a_folder_stands_where_the_settings_would(
    stardraft: Command, tmp_path: Path
) -> None:
    (tmp_path / "mine" / "settings.toml").mkdir(parents=True)
    refused = stardraft("init", "mine")
    assert refused.returncode == Exit.USAGE
    assert "同名的文件夹" in refused.stderr
    assert not (tmp_path / "mine" / "feeds.opml").exists()


def test_the_next_command_names_the_same_workspace_and_can_be_pasted(stardraft: Command) -> None:
    assert next_command("run", None) == "stardraft run"
    assert next_command("run", Path("my-notes")) == "stardraft run --config my-notes"
    made = stardraft("init", "我的 笔记")
    assert made.stdout.rstrip().endswith("stardraft run --config '我的 笔记'")


def test_sources_are_told_in_one_form_only(stardraft: Command) -> None:
    both = stardraft("sources", "--opml", "--json")
    assert both.returncode == Exit.USAGE
    assert not both.stdout


def test_complaints_do_not_move_the_terminal() -> None:
    assert shown("题\x1b[2J目\n第二行\r") == "题 [2J目\n第二行"


def test_serve_says_first_what_is_scheduled_and_what_is_not(tmp_path: Path) -> None:
    said = began(workspace(tmp_path, '[schedule]\ncollect = ""\n'))
    assert said == "开始了，按 Asia/Shanghai 的时间：写笔记 0 7 * * *，收集 不安排。"
