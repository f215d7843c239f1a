"""The machine's clock, and the reader's day."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pipeline.ports import Clock
from pipeline.settings import Workspace


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current time in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait that long."""
        time.sleep(seconds)


def today(workspace: Workspace, clock: Clock) -> date:
    """The reader's day."""
    return clock.now().astimezone(ZoneInfo(workspace.settings.reader.timezone)).date()
