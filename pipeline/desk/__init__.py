"""desk/: what the reader sees of a day's draft, and every decision made on it.

In: the day's note file, what the store knows of its candidates, one change at a time.
Out: the day as the review page shows it; the changed file; feedback that the next score learns
from. The file is the only truth of a draft: a change on the page is an edit of the file, and an
edit made in any editor is found here and logged as if it had been made on the page.
Touches: the notebook and the store behind their ports; no network, no web.
"""

from __future__ import annotations

from pipeline.desk.day import Change, Conflict, Day, DayBrief, Desk, DeskItem, Outcome
from pipeline.desk.note_desk import NoteDesk
from pipeline.desk.redrafting import DeskRedraft
from pipeline.ports import Decision

__all__ = [
    "Change",
    "Conflict",
    "Day",
    "DayBrief",
    "Decision",
    "Desk",
    "DeskItem",
    "DeskRedraft",
    "NoteDesk",
    "Outcome",
]
