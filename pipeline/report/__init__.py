"""report/: a run in words a reader understands, and as JSON. Comes in: `RunReport`; pure."""

from pipeline.report.words import (
    STAGE_NAMES,
    as_json,
    issue_lines,
    outcome,
    stage_line,
    summary_lines,
    traffic_line,
)

__all__ = [
    "STAGE_NAMES",
    "as_json",
    "issue_lines",
    "outcome",
    "stage_line",
    "summary_lines",
    "traffic_line",
]
