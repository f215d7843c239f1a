"""report/: a run in words a reader understands, and as JSON. Comes in: `RunReport`; pure."""

from pipeline.report.words import STAGE_NAMES, as_json, issue_lines, stage_line, summary_lines

__all__ = ["STAGE_NAMES", "as_json", "issue_lines", "stage_line", "summary_lines"]
