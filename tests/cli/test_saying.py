"""Dates that are slips, runs that are broken off, options that exclude each other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import typer

from pipeline.cli.daily import _warn_of_future
from pipeline.cli.talk import a_day, local_time, watching
from pipeline.errors import Exit
from pipeline.settings import load_workspace
from tests.cli.conftest import Command


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "20226-01-01", "2026-02-30", ""])
def test_a_day_no_note_can_be_of_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        a_day(text)


def test_a_day_may_be_written_with_slashes() -> None:
    assert a_day("2026/09/18") == a_day("2026-09-18") == date(2026, 9, 18)


def test_times_are_those_of_the_readers_clock() -> None:
    at = datetime(2026, 9, 17, 23, 30, tzinfo=UTC)
    assert local_time(at, ZoneInfo("Asia/Shanghai")) == "2026-09-18 07:30"


def test_a_day_that_has_not_come_is_pointed_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.toml").write_text("", encoding="utf-8")
    place = load_workspace(tmp_path)
    _warn_of_future(place, date(2026, 1, 1) - timedelta(days=999))
    assert not capsys.readouterr().err
    _warn_of_future(place, date(2199, 1, 1))
    assert "2199-01-01 还没有到" in capsys.readouterr().err


@pytest.mark.parametrize(("style", "said"), [("text", True), ("pretty", True), ("json", False)])
def test_a_run_that_is_broken_off_says_that_nothing_is_lost(
    style: str, said: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt), watching(False, style):
        raise KeyboardInterrupt
    assert ("中断了" in capsys.readouterr().err) is said


def test_rescoring_takes_no_days(stardraft: Command) -> None:
    stardraft("init", "mine")
    both = stardraft("backfill", "--rescore", "--from", "2026-09-14", "--config", "mine")
    assert both.returncode == Exit.USAGE
    assert "分两次运行" in both.stderr
