"""A run killed anywhere, and run again, ends in the same store and the same note."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo.__main__ import DAY, NOTE, prepare
from demo.day import SampleDay
from demo.replay import ReplayServer
from pipeline.errors import Exit
from pipeline.report import STAGE_NAMES
from pipeline.store import open_store

STAGES = list(STAGE_NAMES)


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What a workspace holds in the end."""

    rows: dict[str, Any]
    note: bytes


class Reader:
    """A workspace on a replayed day, and the command run in it."""

    def __init__(self, folder: Path, server: ReplayServer) -> None:
        self.folder = folder
        prepare(folder, SampleDay(), server)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """`stardraft run` in a process group of its own, its stage lines on a pipe."""
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith(("STARDRAFT_", "PREFECT_"))
        }
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "pipeline.cli.main", "run"),
                *("--date", DAY, "--config", str(self.folder), *arguments),
            ],
            # How many searches a minute allows must not decide what two stores hold.
            env=clean
            | {
                "STARDRAFT_RUN__LOG": "text",
                "STARDRAFT_MODEL__NAME": "use",
                "STARDRAFT_LOOKUP__SEARCH_CODE": "false",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> Ending:
        """Run to the end; what the workspace holds then."""
        process = self.start(*arguments)
        _, said = process.communicate(timeout=240)
        assert process.returncode in (Exit.DONE, Exit.PARTLY), said
        store = open_store(f"sqlite:///{self.folder / '.stardraft' / 'state.db'}")
        try:
            here = json.dumps(str(self.folder))[1:-1]  # the inbox's row names its file
            rows = json.loads(json.dumps(store.dump(), default=str).replace(here, ""))
            return Ending(rows=rows, note=(self.folder / NOTE).read_bytes())
        finally:
            store.close()

    def run_until(self, stage: str, *arguments: str) -> None:
        """Run, and kill without warning as soon as `stage` says it has ended."""
        process = self.start(*arguments)
        assert process.stderr is not None
        with process.stderr as lines:
            said = next((line for line in lines if line.startswith(STAGE_NAMES[stage])), None)
            process.send_signal(signal.SIGKILL)
        assert said, f"the run never said that {stage} had ended: nothing was killed there"
        assert process.wait(timeout=60) in (-signal.SIGKILL, Exit.DONE, Exit.PARTLY)


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    with ReplayServer(SampleDay()) as running:
        yield running


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Ending:
    with ReplayServer(SampleDay()) as running:
        return Reader(tmp_path_factory.mktemp("unbroken"), running).run("--no-prefect")


@pytest.mark.parametrize("stage", STAGES)
def test_killed_after_a_stage_and_run_again(
    stage: str, tmp_path: Path, server: ReplayServer, unbroken: Ending
) -> None:
    reader = Reader(tmp_path / "reader", server)
    reader.run_until(stage, "--no-prefect")
    ending = reader.run("--no-prefect")
    assert ending.note == unbroken.note
    assert ending.rows == unbroken.rows


def test_killed_again_and_again(tmp_path: Path, server: ReplayServer, unbroken: Ending) -> None:
    reader = Reader(tmp_path / "reader", server)
    for stage in STAGES:
        reader.run_until(stage, "--no-prefect")
    assert reader.run("--no-prefect") == unbroken


def test_a_second_run_changes_nothing(
    tmp_path: Path, server: ReplayServer, unbroken: Ending
) -> None:
    reader = Reader(tmp_path / "reader", server)
    assert reader.run("--no-prefect") == unbroken
    assert reader.run("--no-prefect") == unbroken


@pytest.mark.prefect
def test_killed_as_a_flow_and_run_again_as_a_flow(
    tmp_path: Path, server: ReplayServer, unbroken: Ending
) -> None:
    reader = Reader(tmp_path / "reader", server)
    reader.run_until("extract")
    assert reader.run() == unbroken
