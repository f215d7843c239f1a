"""The door of the room: cheap to open."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("requests", "urllib3", "arxiv", "github", "lxml", "numpy", "yaml")


def test_importing_the_room_loads_nothing_slow() -> None:
    code = f"import sys, pipeline.enrich; print([m for m in {HEAVY!r} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
