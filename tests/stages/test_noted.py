"""What was noted before is known, from our own notes as from the reader's archive."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli.main import app as command
from pipeline.errors import ConfigError
from pipeline.settings import find_config, load_workspace
from pipeline.wiring import build
from pipeline.wiring.past import import_past
from tests.conftest import StillClock
from tests.stages.mornings import SOURCE, Morning
from tests.stages.rooms import feed_of
from tests.stages.test_days_off import Nobody

PAPER = "<p>论文地址：https://arxiv.org/abs/2103.14030</p>"


def test_a_paper_of_an_earlier_note_of_ours_says_where_it_was(morning: Morning) -> None:
    morning.app = replace(morning.app, papers=Nobody(), repos=Nobody())  # type: ignore[arg-type]
    first = morning.clock.now()
    morning.publishes(first)
    _with_paper(morning, first)
    morning.runs()
    assert "2103.14030" in morning.note(first.date())
    morning.clock.time += timedelta(days=3)
    second = morning.clock.now()
    morning.publishes(second)
    _with_paper(morning, second)
    other = second - timedelta(hours=1)
    morning.web.answers[SOURCE.url] = feed_of(second, other)
    morning.web.answers[f"https://e.org/{other:%Y%m%d%H%M}"] = (
        "<title>别的</title>" + "<p>文</p>" * 99
    )
    morning.runs()
    day = first.date()
    assert f"已记于 {day.year}.{day.month}.{day.day}" in morning.note(second.date())


def _with_paper(morning: Morning, moment: datetime) -> None:
    url = f"https://e.org/{moment:%Y%m%d%H%M}"
    morning.web.answers[url] = str(morning.web.answers[url]).replace(
        "</article>", f"{PAPER}</article>"
    )


def test_the_archive_that_the_settings_name_is_read_once_until_it_changes(
    tmp_path: Path, clock: StillClock
) -> None:
    assert CliRunner().invoke(command, ["init", str(tmp_path / "w")]).exit_code == 0
    settings = next((tmp_path / "w").rglob("settings.toml"))
    text = settings.read_text("utf-8")
    assert 'archive = ""' in text
    settings.write_text(text.replace('archive = ""', 'archive = "../past"', 1), "utf-8")
    workspace = load_workspace(find_config(tmp_path / "w", Path.cwd()))
    with pytest.raises(ConfigError), build(workspace, clock):  # type: ignore[arg-type]
        raise AssertionError
    note = tmp_path / "past" / "202205" / "0503.md"
    note.parent.mkdir(parents=True)
    note.write_text("# 笔记（2022.5.3）\n\n1. [题](https://a.example/1) :star::star:\n", "utf-8")
    with build(workspace, clock) as app:  # type: ignore[arg-type]
        assert [i.title for i in app.store.archive()] == ["题"]
        assert import_past(workspace, app.store, clock.now()) == 0
        note.write_text(note.read_text("utf-8").replace("题", "新题"), "utf-8")
        assert import_past(workspace, app.store, clock.now()) == 1
        assert [i.title for i in app.store.archive()] == ["新题"]
