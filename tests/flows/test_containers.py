"""What the container files name exists: settings, commands, files that are copied, flows."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from pipeline.cli.main import app
from pipeline.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
COPIED = [
    name
    for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE)
    for name in line.split()
]


def understood(words: list[str]) -> bool:
    """Whether the command line takes these words; it raises where not, and nothing is run."""
    program, name, *options = words
    assert program == "stardraft"
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    return bool(command.make_context(name, options))


@pytest.mark.parametrize("service", ["stardraft", "worker"])
def test_services_say_what_the_command_and_the_settings_understand(service: str) -> None:
    made = COMPOSE["services"][service]
    assert understood(made["command"])
    for name in made["environment"]:
        if name.startswith("STARDRAFT_"):
            section, _, key = name.removeprefix("STARDRAFT_").lower().partition("__")
            known = Settings.model_fields[section].annotation
            assert known is not None
            assert key in known.model_fields, name
    assert made["image"] == COMPOSE["services"]["stardraft"]["image"], "built once"


def test_both_pages_are_heard_in_the_container_and_published_on_this_machine_only() -> None:
    made = COMPOSE["services"]["stardraft"]
    shipped = Settings()
    ports = (shipped.prefect.port, shipped.review.port)
    assert made["ports"] == [f"127.0.0.1:{port}:{port}" for port in ports]
    assert made["environment"]["STARDRAFT_PREFECT__HOST"] == "0.0.0.0"
    assert made["environment"]["STARDRAFT_REVIEW__HOST"] == "0.0.0.0"
    assert "ports" not in COMPOSE["services"]["database"]


def test_the_image_gets_every_file_that_it_copies_and_nothing_else() -> None:
    allowed = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text("utf-8").split("\n")
    assert "*" in allowed
    assert sorted(line[1:] for line in allowed if line.startswith("!")) == sorted(COPIED)
    for name in COPIED:
        assert (ROOT / name).exists(), name
    words = re.search(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE)
    assert words
    assert understood(yaml.safe_load(words[1]))


def test_the_container_pool_runs_a_flow_of_the_image_on_the_mounted_workspace() -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
    (made,) = [d for d in deployments if d["name"] == "container"]
    module, _, name = made["entrypoint"].rpartition(".")
    assert getattr(importlib.import_module(module), name).name == "daily"
    (volume,) = made["work_pool"]["job_variables"]["volumes"]
    assert volume.endswith(":" + made["parameters"]["config"])
    entry = re.search(r"^ENTRYPOINT (.+)$", DOCKERFILE, re.MULTILINE)
    assert entry
    assert yaml.safe_load(entry[1]) == ["tini", "--"], "Prefect's worker brings its own command"
