"""Lead pictures of the recorded pages: every choice was read, and none is an ornament or a code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eval.pictures import UNREAD, early, rows, verdict_of

UNKNOWN = 4
"""Choices of which the page does not say enough; one page is none but a list of search results.
To be lowered only."""

DECORATING = "opendatalab"
"""Of the two accounts of the corpus the one that decorates its articles."""
FURNITURE_LEFT = {0: 0.15, 5: 0.06, 10: 0.06}
"""By how many articles were read before: the share of choices that are furniture, to be lowered
only."""

pytestmark = pytest.mark.corpus


def test_lead_pictures_of_the_recorded_pages(corpus: Path) -> None:
    found = list(rows(corpus))
    alone = {row.path: verdict_of(row) for row in found}
    known = {row.path: verdict_of(row, row.known) for row in found}
    changed = [path for path in alone if UNREAD in (alone[path], known[path])]
    assert changed == [], "read these pages around their new choice, then say so in pictures.json"
    kinds = {"figure", "unknown", "none"}
    for path in alone:
        assert {alone[path].partition(":")[0], known[path].partition(":")[0]} <= kinds, path
    assert sum(verdict.startswith("unknown") for verdict in alone.values()) <= UNKNOWN
    assert sum(row.chosen > 0 for row in found) >= 68
    for row in found:
        assert not row.ranked or "beside a call to scan" not in row.ranked[0][2]


def test_an_account_s_furniture_is_known_after_a_few_articles(corpus: Path) -> None:
    found = early(corpus / "wechat", DECORATING)
    shares = {before: wrong / chosen for before, chosen, wrong in found}
    assert all(shares[before] <= floor for before, floor in FURNITURE_LEFT.items()), shares
