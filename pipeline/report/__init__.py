"""report/: a run in words a reader understands, as Markdown, as JSON, and as log lines.

In: `RunReport`, and its stages as they end. Out: text and plain data. Pure.
"""

from pipeline.report.markdown import as_markdown
from pipeline.report.words import (
    STAGE_NAMES,
    as_json,
    ended,
    issue_lines,
    limits_line,
    one_line,
    outcome,
    plain_data,
    stage_line,
    stage_name,
    summary_lines,
    traffic_line,
)

__all__ = [
    "STAGE_NAMES",
    "as_json",
    "as_markdown",
    "ended",
    "issue_lines",
    "limits_line",
    "one_line",
    "outcome",
    "plain_data",
    "stage_line",
    "stage_name",
    "summary_lines",
    "traffic_line",
]
