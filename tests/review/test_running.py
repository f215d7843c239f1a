"""“Run now” starts the reader's own command, once at a time, and shows what it said."""

from __future__ import annotations

import time
from pathlib import Path

from pipeline.errors import Exit
from pipeline.review.running import Runner
from pipeline.settings import Settings, Workspace


def test_a_run_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[reader]\nlanguge = 'zh'\n", encoding="utf-8")
    runner = Runner(Workspace(root=tmp_path, config=tmp_path, settings=Settings()))
    assert (runner.alive, runner.code, runner.said()) == (False, None, "")
    runner.start()
    child = runner._child
    runner.start()
    assert runner._child is child, "who asks while one is alive joins it"
    for _ in range(600):
        if not runner.alive:
            break
        time.sleep(0.05)
    assert runner.code == Exit.USAGE
    assert "reader.language" in runner.said()
