"""“Run now”: the command that a reader would type, as a child of the server."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from pipeline.settings import Workspace

_TAIL = 12
_TAIL_BYTES = 16_384


class Runner:
    """At most one run at a time: who asks while one is alive joins it.

    A run that `outlives_page` is in a session of its own, so that Ctrl+C ends the page alone.
    """

    def __init__(self, workspace: Workspace, *, outlives_page: bool = True) -> None:
        self._outlives_page = outlives_page
        self._config = workspace.config
        self._log: Path = workspace.state / "review-run.log"
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin a run unless one is alive; the store's own lock keeps out any other."""
        with self._lock:
            if self.alive:
                return
            self._log.parent.mkdir(parents=True, exist_ok=True)
            command = [
                sys.executable,
                "-m",
                "pipeline.cli.main",
                "run",
                "--log",
                "text",
                "--config",
            ]
            with self._log.open("wb") as log:
                self._child = subprocess.Popen(  # noqa: S603 - our own command, no words of others
                    [*command, str(self._config)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=self._outlives_page,
                )

    @property
    def alive(self) -> bool:
        """True while the run works."""
        return self._child is not None and self._child.poll() is None

    @property
    def code(self) -> int | None:
        """The exit code of the last run, None before or while one works."""
        return self._child.poll() if self._child else None

    def said(self) -> str:
        """The last lines that the run printed."""
        if self._child is None or not self._log.is_file():
            return ""
        with self._log.open("rb") as log:
            log.seek(max(0, self._log.stat().st_size - _TAIL_BYTES))
            text = log.read().decode("utf-8", "replace")
        return "\n".join(text.splitlines()[-_TAIL:])
