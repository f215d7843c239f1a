"""Lead pictures of the recorded pages: every choice was read, and few are the account's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eval.pictures import UNREAD, rows, verdict_of

ACCOUNT_S = 3
"""Choices known to be ornaments, told only once a second article has the same picture; to be
lowered only."""
DOUBTFUL = 3

pytestmark = pytest.mark.corpus


def test_lead_pictures_of_the_recorded_pages(corpus: Path) -> None:
    found = list(rows(corpus))
    verdicts = [verdict_of(row) for row in found]
    changed = [row.path for row, verdict in zip(found, verdicts, strict=True) if verdict == UNREAD]
    assert changed == [], "read these pages around their new choice, then say so in pictures.json"
    assert sum(verdict.startswith("the account's") for verdict in verdicts) <= ACCOUNT_S
    assert sum(verdict.startswith("doubtful") for verdict in verdicts) <= DOUBTFUL
    assert sum(row.chosen > 0 for row in found) >= 68
    for row in found:
        assert not row.ranked or "beside a call to scan" not in row.ranked[0][2]
