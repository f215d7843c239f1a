"""What stands in deploy/ is run: the cron line, the workflow's steps, the unit's command."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.replay import ReplayServer
from tests.flows.small import Small, SmallWeb

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture
def replay() -> Iterator[ReplayServer]:
    with ReplayServer(SmallWeb()) as running:
        yield running


def shell(line: str, cwd: Path, **env: str) -> str:
    """Run it in a plain shell with little in its environment; it must not fail."""
    kept = {k: os.environ[k] for k in ("PATH", "LANG") if k in os.environ}
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=cwd,
        env=kept | env,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def installed(folder: Path) -> None:
    """A `.venv` as `./run.sh setup` makes it."""
    (folder / ".venv").symlink_to(sys.prefix)


def test_the_cron_line_writes_the_note_of_a_workspace_that_never_ran(
    tmp_path: Path, replay: ReplayServer
) -> None:
    (line,) = [x for x in (DEPLOY / "crontab").read_text("utf-8").splitlines() if x[:1].isdigit()]
    home = tmp_path / "home"
    small = Small(home / "stardraft" / "my-notes", replay)
    installed(home / "stardraft")
    shell(line.split(maxsplit=5)[5], tmp_path, HOME=str(home))
    assert len(small.notes()) == 1
    assert '"event": "run.end"' in (small.folder / "cron.log").read_text("utf-8")


def steps() -> dict[str, str]:
    workflow: dict[str, Any] = yaml.safe_load((DEPLOY / "github-actions.yml").read_text("utf-8"))
    return {s["name"]: s["run"] for s in workflow["jobs"]["run"]["steps"] if "name" in s}


def test_the_workflow_commits_and_pushes_the_note_once(
    tmp_path: Path, replay: ReplayServer
) -> None:
    run = steps()
    assert set(run) == {"Write the note", "Keep the note"}
    home, origin = tmp_path / "home", tmp_path / "origin.git"
    home.mkdir()
    here = Small(tmp_path / "checkout", replay).folder
    path = f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}"
    env = {"HOME": str(home), "PATH": path, "GIT_CONFIG_NOSYSTEM": "1"}
    shell(f"git init -q --bare {origin}", tmp_path, **env)
    shell(f"git init -q -b main && git remote add origin {origin}", here, **env)
    shell("git config user.name a && git config user.email a@example.org", here, **env)
    shell("git add *.toml *.opml && git commit -qm start && git push -qu origin main", here, **env)
    shell(run["Keep the note"], here, **env)
    assert shell("git rev-list --count main", origin, **env).strip() == "1", "there is no note yet"
    for _ in range(2):
        shell(run["Write the note"], here, DAY="", **env)
        shell(run["Keep the note"], here, **env)
    assert shell("git rev-list --count main", origin, **env).strip() == "2"
    assert ".md" in shell("git show --name-only --format= main", origin, **env)


@pytest.mark.prefect
def test_the_unit_starts_serves_and_stops_as_systemd_would(
    tmp_path: Path, replay: ReplayServer
) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign,assignment]
    unit.read(DEPLOY / "stardraft.service")
    service = {k: v.replace("%h", str(tmp_path)) for k, v in unit["Service"].items()}
    ports = "[prefect]\nport = 42179\n[review]\nport = 42178\n"
    Small(tmp_path / "stardraft" / "my-notes", replay, ports)
    installed(tmp_path / "stardraft")
    serving = subprocess.Popen(
        shlex.split(service["ExecStart"]),
        cwd=service["WorkingDirectory"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert serving.stdout is not None
        assert serving.stdout.readline().startswith("开始了")
    finally:
        serving.send_signal(getattr(signal, service["KillSignal"]))
        said, _ = serving.communicate(timeout=float(service["TimeoutStopSec"]))
    assert serving.returncode == 0, said
    assert said.strip().endswith("没有留下任何进程。")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    units = tmp_path / ".config" / "systemd" / "user"
    units.mkdir(parents=True)
    shutil.copy(DEPLOY / "stardraft.service", units)
    command = tmp_path / "stardraft" / ".venv" / "bin"
    command.mkdir(parents=True)
    (command / "stardraft").symlink_to(sys.executable)
    here = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    shell(f"systemd-analyze --user verify {units / 'stardraft.service'}", tmp_path, **here)
