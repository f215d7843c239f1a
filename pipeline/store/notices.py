"""What the reader was told: a row is claimed before a message leaves, so that none leaves twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update

from pipeline.store.database import Part, inserted
from pipeline.store.tables import notices


class NoticeRows(Part):
    """One row per event, day and address: `claimed`, then `sent`; a refused one is let go."""

    def claim_notice(self, key: str, now: datetime) -> bool:
        """Whether this message is ours to send: nobody has sent it or is sending it.

        A process that dies between claim and answer leaves the claim: the message may have
        left, and telling nobody is better than telling twice.
        """
        with self.database.write() as connection:
            return inserted(connection, notices, {"key": key, "state": "claimed", "at": now})

    def settle_notice(self, key: str, *, sent: bool, now: datetime) -> None:
        """Remember that it was sent, or let a later run try again."""
        mine = notices.c.key == key
        with self.database.write() as connection:
            if sent:
                connection.execute(update(notices).where(mine).values(state="sent", at=now))
            else:
                connection.execute(delete(notices).where(mine, notices.c.state == "claimed"))
