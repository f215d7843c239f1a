"""The smaller flows: collect through the day, finish what was not, publish, tidy up, backfill."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812  (the parameter is called `date` in Prefect's UI)
from pathlib import Path
from typing import Any

from prefect import flow

from flows.daily import as_task
from flows.server import die_with_server
from flows.showing import due, emit, logged, show_run
from flows.spreading import spreading
from pipeline.settings import Workspace, find_config, load_workspace
from pipeline.stages.run import COLLECT
from pipeline.types import RunReport
from pipeline.wiring import SystemClock, run_day, today


@flow(name="collect", persist_result=False)
def collect(config: Path | None = None) -> RunReport:
    """Fetch and check what is new, so that the morning has less to do. Writes no note.

    Args:
        config: The folder with settings.toml. Left out: the current folder.
    """
    die_with_server()
    with spreading(config) as many:
        report = run_day(
            config, None, call=as_task, watch=logged(config), due=due(), only=COLLECT, many=many
        )
    show_run(config, report)
    return report


@flow(name="retry", persist_result=False)
def retry(config: Path | None = None) -> RunReport | None:
    """Run the day's job again where it is due but not done, or left something out.

    Args:
        config: The folder with settings.toml. Left out: the current folder.
    """
    from pipeline.wiring.upkeep import unfinished

    die_with_server()
    if not unfinished(_workspace(config), SystemClock()):
        return None
    with spreading(config) as many:
        report = run_day(config, None, call=as_task, watch=logged(config), due=due(), many=many)
    show_run(config, report)
    return report


@flow(name="publish", persist_result=False)
def publish(date: Date | None = None, config: Path | None = None) -> dict[str, Any]:
    """Publish the day's note to the target of the settings; a revision is committed once.

    Args:
        date: The note's day, such as 2026-09-18. Left out: today in the reader's time zone.
        config: The folder with settings.toml. Left out: the current folder.
    """
    from pipeline.publish import gather
    from pipeline.wiring import publishing
    from pipeline.wiring.upkeep import announce_publication

    die_with_server()
    workspace = _workspace(config)
    day = date or today(workspace, SystemClock())
    with publishing(workspace, SystemClock()) as publisher:
        done = publisher.publish(gather(workspace.notes, day))
    announce_publication(workspace, SystemClock(), day, done)
    made = {"commit": done.sent.commit, "address": done.sent.address, "files": list(done.files)}
    emit("publish.done", day, made)
    return made


@flow(name="housekeeping", persist_result=False)
def housekeeping(config: Path | None = None) -> str:
    """Back up state and notes, and let the database tidy itself up.

    Args:
        config: The folder with settings.toml. Left out: the current folder.
    """
    from pipeline.wiring.upkeep import keep_house

    die_with_server()
    return str(keep_house(_workspace(config), SystemClock()) or "")


@flow(name="backfill", persist_result=False)
def backfill(first: Date, last: Date, config: Path | None = None) -> RunReport:
    """Write the notes of past days that have none, oldest first; may be broken off and repeated.

    Args:
        first: The first day, such as 2026-09-14.
        last: The last day.
        config: The folder with settings.toml. Left out: the current folder.
    """
    from pipeline.wiring.upkeep import write_past_days

    die_with_server()
    report = write_past_days(config, first, last, call=as_task, watch=logged(config))
    show_run(config, report)
    return report


@flow(name="work", persist_result=False)
def work(config: Path | None = None) -> list[int]:
    """Help a run elsewhere: read pages and score candidates until none are left.

    Args:
        config: The folder with settings.toml. Left out: the current folder.
    """
    from pipeline.wiring.upkeep import assist

    die_with_server()
    return [report.made for report in assist(config, call=as_task)]


def _workspace(config: Path | None) -> Workspace:
    return load_workspace(find_config(config, Path.cwd()))
