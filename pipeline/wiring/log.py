"""Telling a log of a run: JSON lines for programs, short sentences for people."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from typing import Literal, TextIO

from pipeline.errors import Issue
from pipeline.ports import Clock
from pipeline.report.lines import (
    LogLine,
    run_end,
    run_start,
    run_wait,
    stage_end,
    stage_progress,
)
from pipeline.types import RunReport, StageReport
from pipeline.wiring.clock import SystemClock
from pipeline.wiring.day import Watch

Style = Literal["pretty", "text", "json"]
LONG = 500
"""From how many things on a stage says how far it is, at each quarter."""
_QUARTERS = 4


def style_of(setting: str, stream: TextIO) -> Style:
    """How to write to `stream`: as the setting says, else pretty for people and JSON for pipes."""
    if setting in ("pretty", "text", "json"):
        return setting  # type: ignore[return-value]
    return "pretty" if stream.isatty() else "json"


def log_watch(style: Style, say: Callable[[str], None], clock: Clock | None = None) -> Watch:
    """Watches a run and says a line for everything that happens, at most 3 for a stage's progress."""
    log = _Log(style, say, clock or SystemClock())
    return Watch(
        progress=log.progress,
        done=log.done,
        waiting=log.waiting,
        began=log.began,
        ended=log.ended,
    )


def say_to(stream: TextIO) -> Callable[[str], None]:
    """Writes a line at once; a reader who has gone away is no reason to end a run."""

    def say(line: str) -> None:
        try:
            stream.write(f"{line}\n")
            stream.flush()
        except BrokenPipeError:
            return

    return say


def flow_watch(setting: str) -> Watch:
    """For a run that nobody watches: its lines on standard error, where `serve` passes them on."""
    style = style_of(setting, sys.stderr)
    return log_watch("text" if style == "pretty" else style, say_to(sys.stderr))


class _Log:
    def __init__(self, style: Style, say: Callable[[str], None], clock: Clock) -> None:
        self._json, self._say, self._clock = style == "json", say, clock
        self._quarters: dict[str, int] = {}

    def began(self, day: date) -> None:
        if self._json:
            self._write(run_start(day, self._clock.now()))

    def waiting(self, other: Issue) -> None:
        self._write(run_wait(other, self._clock.now()))

    def progress(self, stage: str, done: int, total: int) -> None:
        if total < LONG:
            return
        quarter = _QUARTERS * done // total
        if self._quarters.get(stage, 0) < quarter < _QUARTERS:
            self._quarters[stage] = quarter
            self._write(stage_progress(stage, done, total, self._clock.now()))

    def done(self, report: StageReport) -> None:
        lines = list(stage_end(report, self._clock.now()))
        for line in lines if self._json else lines[:1]:
            self._write(line)

    def ended(self, report: RunReport) -> None:
        if self._json:
            self._write(run_end(report, self._clock.now()))

    def _write(self, line: LogLine) -> None:
        self._say(line.as_json() if self._json else line.message)
