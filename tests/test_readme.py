"""The README is kept true: every command in it is run, and what it shows is what comes out."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.__main__ import NOTE, prepare
from demo.day import SampleDay
from demo.replay import ReplayServer
from pipeline.errors import Exit

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", README, re.MULTILINE)
RUN_BY_OTHERS = {
    "./run.sh test": "is what runs this test, see .ci/run",
    "./run.sh lint": "is the first half of ./run.sh test",
    "./run.sh demo": "is run by test_the_demo_ends_in_the_note_that_is_shown",
    "./run.sh realday": "is run by tests/realday",
    "./run.sh screenshots": "makes pictures to look at; its pages are tested by tests/browser",
    "./run.sh stardraft review --config my-notes": "is run by tests/review and tests/browser",
    "./run.sh stardraft serve --review --config my-notes": "is run by tests/flows",
}


def readme_part(name: str) -> str:
    found = re.search(
        rf"<!-- {name}:begin -->\n```\w*\n(.*?)\n```\n<!-- {name}:end -->", README, re.S
    )
    assert found, f"README has no {name}"
    return found.group(1)


def run(command: list[str], cwd: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("STARDRAFT_", "PREFECT_"))}
    if "STARDRAFT_CORPUS" in os.environ:
        clean["STARDRAFT_CORPUS"] = os.environ["STARDRAFT_CORPUS"]
    return subprocess.run(
        command,
        cwd=cwd,
        env=clean | extra,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def test_ci_calls_the_test_command_of_the_readme() -> None:
    assert "./run.sh test" in COMMANDS
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()[-1]
    assert last == "exec ./run.sh test"


def test_every_command_is_one_that_run_sh_knows() -> None:
    words = subprocess.run(
        [str(ROOT / "run.sh"), "help"], capture_output=True, text=True, check=True
    ).stdout
    for command in COMMANDS:
        name = command.split()[1]
        assert f"./run.sh {name}" in words


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Path]:
    """A folder with what the README's reader has: past notes, a saved article, a replayed web."""
    shutil.copytree(ROOT / "demo" / "day" / "archive", tmp_path / "past-notes")
    with ReplayServer(SampleDay()) as server:
        prepare(tmp_path / "prepared", SampleDay(), server)
        page = SampleDay().sources[0]
        (tmp_path / "article.html").write_text(f"<h1>{page.slug}</h1><p>{'字' * 400}</p>", "utf-8")
        yield tmp_path


@pytest.mark.prefect
def test_the_commands_of_the_readers_day_work_in_their_order(newcomer: Path) -> None:
    ran = 0
    for command in COMMANDS:
        words = shlex.split(command)
        if words[1] != "stardraft" or command in RUN_BY_OTHERS:
            assert words[1] == "bench" or command in RUN_BY_OTHERS, command
            continue
        done = run(
            [sys.executable, "-m", "pipeline.cli.main", *words[2:]],
            newcomer,
            STARDRAFT_MODEL__NAME="use",
        )
        allowed = (Exit.DONE, Exit.PARTLY) if words[2] == "run" else (Exit.DONE,)
        assert done.returncode in allowed, f"{command}\n{done.stdout}{done.stderr}"
        ran += 1
        if words[2] == "init":  # the reader's own feeds: here those of the sample day
            for name in ("settings.toml", "feeds.opml", "interests.toml"):
                shutil.copyfile(newcomer / "prepared" / name, newcomer / "my-notes" / name)
            (newcomer / "my-notes" / "notes").mkdir()
    assert ran >= 7
    assert list((newcomer / "my-notes" / "notes").rglob("*.md"))


def test_bench_lists_its_measurements() -> None:
    listed = run([sys.executable, "-m", "benchmarks"], ROOT)
    assert listed.returncode == 0
    assert "run" in listed.stderr


@pytest.mark.prefect
@pytest.mark.model
def test_the_demo_ends_in_the_note_that_is_shown(tmp_path: Path) -> None:
    """The real command twice, with the bundled model and Prefect: same bytes, and as shown."""
    folder = tmp_path / "demo-day"
    command = [sys.executable, "-m", "demo", "--dir", str(folder)]
    first = run(command, ROOT)
    assert first.returncode == 0, first.stdout + first.stderr
    note = (folder / NOTE).read_bytes()
    assert readme_part("note") in note.decode()
    for line in readme_part("report").splitlines():
        assert line in first.stdout + first.stderr
    second = run(command, ROOT)
    assert second.returncode == 0, second.stdout + second.stderr
    assert (folder / NOTE).read_bytes() == note
