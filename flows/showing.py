"""What a run leaves in Prefect's UI: the draft, its report as a table, and events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pipeline.settings import Workspace, find_config, load_workspace
from pipeline.types import RunReport
from pipeline.wiring import Watch
from pipeline.wiring.log import flow_watch


def due() -> datetime:
    """When the run of this flow was to start, as its schedule or its trigger said."""
    from prefect.runtime import flow_run

    started: datetime = flow_run.scheduled_start_time
    return started.astimezone(UTC)


def logged(config: Path | None) -> Watch:
    """Log lines of a run that nobody watches, as the workspace's settings want them."""
    workspace = load_workspace(find_config(config, Path.cwd()))
    return flow_watch(workspace.settings.run.log)


def show_run(config: Path | None, report: RunReport) -> None:
    """Artifacts of the note and of the stages, and the events `draft.ready`, `source.stale`."""
    workspace = load_workspace(find_config(config, Path.cwd()))
    if report.stages:
        _table(report)
        _words(report)
    if report.note_path and any(s.stage == "draft" for s in report.stages):
        _draft(workspace, report)
        emit("draft.ready", report.day, {"items": report.items, "path": report.note_path})
    for issue in (i for s in report.stages for i in s.issues if i.code == "feed.stale"):
        emit("source.stale", report.day, {"source": issue.subject, "sentence": issue.sentence})


def emit(event: str, day: date, payload: Mapping[str, Any]) -> None:
    """Tell Prefect of something an automation may wait for."""
    from prefect.events import emit_event

    emit_event(
        event=event,
        resource={
            "prefect.resource.id": f"stardraft.day.{day}",
            "prefect.resource.name": f"{day}",
        },
        payload=dict(payload),
    )


def _draft(workspace: Workspace, report: RunReport) -> None:
    from prefect.artifacts import create_link_artifact, create_markdown_artifact

    note = workspace.notes / str(report.note_path)
    page = review_page(workspace, report.day)
    text = note.read_text(encoding="utf-8", errors="replace")
    create_markdown_artifact(
        markdown=f"[{page}]({page})\n\n{text}", key="draft", description=f"{report.day}"
    )
    create_link_artifact(link=page, link_text=f"{report.day}", key="review")


def _table(report: RunReport) -> None:
    from prefect.artifacts import create_table_artifact

    rows = [
        {
            "stage": s.stage,
            "seen": s.seen,
            "made": s.made,
            "skipped": s.skipped,
            "failed": s.failed,
            "requests": s.requests,
            "seconds": s.seconds,
        }
        for s in report.stages
    ]
    create_table_artifact(table=rows, key="run-report", description=f"{report.day}")


def _words(report: RunReport) -> None:
    """The whole report: reasons, hosts, and what the services still allow."""
    from prefect.artifacts import create_markdown_artifact

    from pipeline.report import as_markdown

    create_markdown_artifact(
        markdown=as_markdown(report), key="report", description=f"{report.day}"
    )


def review_page(workspace: Workspace, day: date) -> str:
    """The address at which the day's draft can be reviewed."""
    from pipeline.wiring import review_address

    return review_address(workspace, day)
