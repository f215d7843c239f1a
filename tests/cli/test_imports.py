"""What is loaded when: neither Prefect nor a model before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "prefect",
    "torch",
    "sentence_transformers",
    "transformers",
    "numpy",
    "sqlalchemy",
    "aiohttp",
    "pydantic",
    "github",
    "arxiv",
    "trafilatura",
)


@pytest.mark.parametrize(
    "module",
    [
        "pipeline",
        "pipeline.types",
        "pipeline.ports",
        "pipeline.cli.main",
        "pipeline.sources",
        "pipeline.fetch",
        "pipeline.extract",
        "pipeline.enrich",
        "pipeline.score",
        "pipeline.draft",
        "pipeline.notes",
        "pipeline.store",
        "pipeline.report",
    ],
)
def test_opening_a_door_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert loaded == []


def test_wiring_loads_neither_prefect_nor_a_model() -> None:
    code = "import sys, pipeline.wiring; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "pipeline.stages" in loaded
    assert not {"prefect", "torch", "sentence_transformers", "transformers"} & set(loaded)
