"""A day with five items drafted and three also seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.world import Reader

NAMES = ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    made = Reader(tmp_path)
    made.collect(*NAMES)
    made.run()
    yield made
    made.store.close()
