"""docs/operating.md is kept true: its commands are run, in its order, on a fresh workspace."""

from __future__ import annotations

import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.schedules import CronSchedule

from demo.replay import ReplayServer
from pipeline.settings.sections import ScheduleSettings
from tests.flows.prefect_house import House, until
from tests.flows.small import Small, SmallWeb

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", TEXT, re.MULTILINE)
ELSEWHERE = {
    "./run.sh setup": "made the environment of these tests",
    "export PREFECT_API_URL=http://127.0.0.1:4217/api": "is the server of these tests here",
    "systemctl --user daemon-reload": "needs systemd",
    "systemctl --user enable --now stardraft": "needs systemd",
    "loginctl enable-linger": "needs systemd",
} | {command: "needs Docker" for command in COMMANDS if command.startswith("docker compose ")}
STAYING = (" serve ", " worker start ")
"""Commands that stay until they are stopped."""


def test_what_is_not_run_here_is_in_the_document() -> None:
    assert set(ELSEWHERE) <= set(COMMANDS)
    assert list(ELSEWHERE.values()).count("needs Docker") == 4


@pytest.fixture
def receiver() -> Iterator[list[bytes]]:
    """Whoever listens on the port that the document names."""
    got: list[bytes] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 8765), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield got
    server.shutdown()
    server.server_close()


class Newcomer:
    """A shell in a fresh folder with the project's files."""

    def __init__(self, folder: Path, house: House) -> None:
        self.folder = folder
        (folder / ".venv").symlink_to(sys.prefix)
        shutil.copytree(ROOT / "deploy", folder / "deploy")  # it is written into
        for name in ("flows", "prefect.yaml"):
            (folder / name).symlink_to(ROOT / name)
        (folder / "home").mkdir()
        clean = {k: v for k, v in os.environ.items() if not k.startswith("STARDRAFT_")}
        self.env = clean | {"HOME": str(folder / "home"), "PREFECT_API_URL": house.api}
        self.staying: list[subprocess.Popen[str]] = []

    def type(self, command: str) -> str:
        """Run it as typed; what it said. It must not fail."""
        command = command.replace(" deploy/data", " data")  # not into the project itself
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}" if " " in command else command],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if any(word in f"{command} " for word in STAYING):
            self.staying.append(process)
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            return next(line for line in lines if "开始了" in line or "started!" in line)
        said, _ = process.communicate(timeout=240)
        assert process.returncode == 0, f"{command}\n{said}"
        return said

    def stop(self) -> None:
        """End what stays, as Ctrl+C or systemd would."""
        while self.staying:
            process = self.staying.pop()
            process.terminate()
            process.communicate(timeout=60)


def test_every_command_does_what_the_document_says(
    tmp_path: Path, house: House, receiver: list[bytes]
) -> None:
    newcomer = Newcomer(tmp_path, house)
    said: dict[str, str] = {}
    with ReplayServer(SmallWeb()) as replay:
        try:
            for command in COMMANDS:
                if command in ELSEWHERE:
                    continue
                if " restore " in command:
                    newcomer.stop()  # as the document says
                with_variables = f"env {command}"
                said[command] = newcomer.type(
                    with_variables if command.startswith("STARDRAFT_") else command
                )
                if command.endswith("init my-notes"):
                    Small(tmp_path / "my-notes", replay)
        finally:
            newcomer.stop()
    for command, words in said.items():
        if "/stardraft run " in command:
            assert len(words.splitlines()) <= 30, words
    watched = next(w for c, w in said.items() if c.endswith("--watch"))
    assert "draft.ready" in watched
    assert "artifact.created * run-report" in watched
    assert len(receiver) == 1, "the second run of the day, the first that was told where"
    assert any("都好" in words for words in said.values())
    assert any("恢复好了" in words for words in said.values())
    assert until(lambda: list((tmp_path / "my-notes" / "notes").rglob("*.md")))


def test_the_table_of_times_is_that_of_the_settings() -> None:
    shipped = tomllib.loads((ROOT / "config" / "settings.toml").read_text("utf-8"))["schedule"]
    assert ScheduleSettings(**shipped) == ScheduleSettings()
    for name in ("draft", "collect", "retry", "housekeeping"):
        assert f"| `{name}` | `{shipped[name]}` |" in TEXT
        assert CronSchedule(cron=shipped[name], timezone="Asia/Shanghai").cron == shipped[name]


def test_recipes_name_commands_and_times_that_exist() -> None:
    import yaml

    prefect: dict[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))
    shipped = ScheduleSettings()
    timed = {
        d["entrypoint"].rsplit(":", 1)[1]: d["schedules"][0]["cron"]
        for d in prefect["deployments"]
        if "schedules" in d
    }
    assert timed == {
        "daily": shipped.draft,
        "collect": shipped.collect,
        "retry": shipped.retry,
        "housekeeping": shipped.housekeeping,
    }
    yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
    yaml.safe_load((ROOT / "deploy" / "github-actions.yml").read_text("utf-8"))
    unit = (ROOT / "deploy" / "stardraft.service").read_text("utf-8")
    assert "stardraft serve --review --config" in unit
