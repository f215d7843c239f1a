"""`SqlStore`: the whole of `ports.Store`, put together from its parts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, Table, select

from pipeline.store.clues import ClueRows
from pipeline.store.decisions import DecisionRows
from pipeline.store.desk import DeskRows
from pipeline.store.drafts import DraftRows
from pipeline.store.enrichment import EnrichmentRows
from pipeline.store.feeds import FeedRows
from pipeline.store.leases import LeaseRows
from pipeline.store.limits import LimitRows, VectorRows
from pipeline.store.notices import NoticeRows
from pipeline.store.outbox import OutboxRows
from pipeline.store.pages import PageRows
from pipeline.store.past import PastRows
from pipeline.store.runs import RunRows
from pipeline.store.tables import UtcTime, metadata

_HISTORY = frozenset({"runs", "locks", "limits", "leases", "notices"})
"""Tables that say when and how often something ran, not what came of it."""

_VOLATILE = frozenset({"failures", "attempts", "fetched_at", "first_seen_at", "at", "stamp"})
"""What differs between two runs with the same outcome: moments, and how often we tried."""


class SqlStore(
    FeedRows,
    PageRows,
    EnrichmentRows,
    ClueRows,
    DraftRows,
    DeskRows,
    DecisionRows,
    PastRows,
    RunRows,
    LimitRows,
    VectorRows,
    OutboxRows,
    LeaseRows,
    NoticeRows,
):
    """`ports.Store` on a SQLite file or a PostgreSQL database; made by `open_store`.

    Every method is one transaction, and may be called from any thread.
    """

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def dump(self) -> Mapping[str, list[dict[str, Any]]]:
        """Every table's rows as plain data in a fixed order, to compare two stores.

        Documents are parsed; page bodies and vectors become their SHA-256; moments, counts of
        tries and the history of runs are left out.
        """
        with self.database.read() as connection:
            return {
                table.name: sorted(
                    (_plain(table, row) for row in connection.execute(select(table)).mappings()),
                    key=lambda row: json.dumps(row, sort_keys=True),
                )
                for table in metadata.sorted_tables
                if table.name not in _HISTORY
            }


def _plain(table: Table, row: RowMapping) -> dict[str, Any]:
    """One row without what is volatile; `published` is what the article says, so it stays."""
    return {
        column.name: _comparable(column.name, row[column.name])
        for column in table.columns
        if column.name not in _VOLATILE
        and (column.name == "published" or not isinstance(column.type, UtcTime))
    }


def _comparable(name: str, value: object) -> Any:
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if name in ("doc", "issue", "covered") and isinstance(value, str):
        return _steady(json.loads(value))
    return value


def _steady(document: Any) -> Any:
    if isinstance(document, dict):
        return {k: _steady(v) for k, v in document.items() if k not in _VOLATILE}
    if isinstance(document, list):
        return [_steady(value) for value in document]
    return document
