"""Decisions logged by an older program know their day after the migration."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, text

from pipeline.ports import Feedback
from pipeline.store import open_store
from pipeline.store.codec import dump
from pipeline.store.migrations import config
from tests.store.samples import DAY, NOW


def test_old_decisions_keep_counting(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    made = Feedback(article_id="x", day=DAY, action="drop", value="", at=NOW)
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        command.upgrade(config(connection), "0002")
        connection.execute(
            text(
                "INSERT INTO feedback (stamp, article_id, position, action, at, doc)"
                " VALUES ('s', 'x', 0, 'drop', '2026-09-18 01:00:00.000000', :doc)"
            ),
            {"doc": dump(made)},
        )
    engine.dispose()
    store = open_store(str(file))
    assert store.feedback_of(DAY) == store.feedback() == [made]
    store.record_feedback("x", DAY, "restore", "", NOW)
    assert [f.action for f in store.feedback_of(DAY)] == ["drop", "restore"]
    store.close()
