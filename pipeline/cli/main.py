"""The command `stardraft`: its words, and the exit codes of `pipeline.errors.Exit`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from pipeline import __version__
from pipeline.cli import (
    backfill,
    backup,
    daily,
    doctor,
    evaluate,
    past,
    pausing,
    publishing,
    reading,
    review,
    serve,
    workspace,
)
from pipeline.cli.mishaps import Misuse, misuse, refused
from pipeline.cli.talk import complain
from pipeline.errors import Exit, StardraftError

if TYPE_CHECKING:
    from logging import LogRecord

app = typer.Typer(
    name="stardraft",
    help="把一个早上的阅读变成一篇只需过目的笔记。Turns a morning of reading into a note.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (
    daily.run,
    publishing.publish,
    workspace.init,
    doctor.doctor,
    daily.status,
    workspace.sources,
    review.review,
    reading.add,
    reading.extract,
    serve.serve,
    serve.work,
    pausing.pause,
    pausing.resume,
    backfill.backfill,
    backup.backup,
    backup.restore,
):
    app.command()(command)
app.add_typer(past.app, name="notes")
app.add_typer(evaluate.app, name="evaluate")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"stardraft {__version__}")
        raise typer.Exit


def _not_prefect(record: LogRecord) -> bool:
    """Prefect logs with a traceback what a flow raised; we say it ourselves, in plain words."""
    return not record.name.startswith("prefect")


@app.callback()
def _main(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="版本。"
    ),
    verbose: bool = typer.Option(False, "--verbose", help="把所用的库说的话也显示出来。"),
) -> None:
    """Options that come before a command."""
    import logging

    # Libraries talk to themselves; what a reader should know stands in the report.
    logging.basicConfig(level=logging.INFO)
    if not verbose:
        logging.disable(logging.WARNING)
        for handler in logging.getLogger().handlers:
            handler.addFilter(_not_prefect)


def run(arguments: list[str] | None = None) -> None:
    """The entry point: run the command and exit with its code (130 after Ctrl+C)."""
    try:
        # Not standalone: Typer would say in English what went wrong, and show tracebacks.
        code = app(args=arguments, prog_name="stardraft", standalone_mode=False)
    except StardraftError as error:
        complain(error.issues)
        sys.exit(error.exit_code)
    except Misuse as error:
        sys.exit(_misused(error))
    except OSError as error:
        sys.exit(_refused(error))
    except typer.Abort:
        sys.exit(Exit.INTERRUPTED)
    sys.exit(code if isinstance(code, int) else Exit.DONE)


def _misused(error: Exception) -> Exit:
    """Say how to call it right; without any command that is the help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(str(error), err=True)
    else:
        complain([misuse(error)])
    return Exit.USAGE


def _refused(error: OSError) -> Exit:
    """Say what the machine refused, raise what only a fault of ours explains."""
    import logging

    issue = refused(error)
    if issue is None:
        raise error
    logging.getLogger(__name__).info("%s", issue.code, exc_info=error)  # shown with --verbose
    complain([issue])
    return Exit.FAILED


if __name__ == "__main__":
    run()
