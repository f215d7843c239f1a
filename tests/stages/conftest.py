"""A morning to run in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli.main import app as command
from pipeline.settings import find_config, load_workspace
from pipeline.wiring import build
from tests.conftest import StillClock
from tests.stages.mornings import SOURCE, EqualScorer, Morning
from tests.stages.rooms import Web


@pytest.fixture
def morning(tmp_path: Path, clock: StillClock) -> Iterator[Morning]:
    assert CliRunner().invoke(command, ["init", str(tmp_path / "w")]).exit_code == 0
    workspace = load_workspace(find_config(tmp_path / "w", Path.cwd()))
    web = Web(clock)
    with build(workspace, clock) as app:  # type: ignore[arg-type]
        app = replace(app, feeds=(SOURCE,), fetcher=web, scorer=lambda day: EqualScorer())
        yield Morning(app, web, clock)
