"""The reader's own library as the command sees it: read, counted, complained of, used."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import Exit
from pipeline.settings import load_workspace
from pipeline.types import Paper
from pipeline.wiring import library_of, open_store, seeds_of, taste_of
from pipeline.wiring.library import unread
from tests.cli.conftest import Command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace whose settings name a file of each kind and one that is not there."""
    (tmp_path / "settings.toml").write_text(
        '[seeds]\nfiles = ["refs.bib", "list.txt", "gone.csv"]\nweight = 0.25\n', encoding="utf-8"
    )
    (tmp_path / "interests.toml").write_text("", encoding="utf-8")
    (tmp_path / "refs.bib").write_text("@misc{a, title = {图论综述}, year = 2020}", "utf-8")
    (tmp_path / "list.txt").write_text("2103.14030\n", encoding="utf-8")
    return tmp_path


def test_what_arxiv_said_completes_the_seeds_of_a_list(folder: Path) -> None:
    workspace = load_workspace(folder)
    store = open_store(workspace)
    try:
        assert [s.title for s in seeds_of(workspace, store)] == ["图论综述"]
        ids, issues = unread(workspace, store)
        assert ids == ("arxiv:2103.14030",)
        assert [i.code for i in issues] == ["seeds.missing"]
        paper = Paper(id=ids[0], title="Swin Transformer", url="", abstract="Windows.")
        store.save_papers({ids[0]: paper}, (), datetime(2026, 9, 18, tzinfo=UTC))
        assert unread(workspace, store)[0] == ()
        seeds = taste_of(workspace, store).seeds
    finally:
        store.close()
    assert [(s.title, s.text, s.weight) for s in seeds] == [
        ("图论综述", "", 0.25),
        ("Swin Transformer", "Windows.", 0.25),
    ]


def test_without_files_nothing_is_read(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("", encoding="utf-8")
    found = library_of(load_workspace(tmp_path))
    assert (found.seeds, found.issues) == ((), ())


def test_status_counts_the_library_and_names_what_is_missing(
    stardraft: Command, folder: Path
) -> None:
    said = stardraft("status").stdout
    assert "文献库：2 篇，其中 1 篇由 arXiv 补题目或摘要" in said
    assert "gone.csv" in said
    library = json.loads(stardraft("status", "--json").stdout)["library"]
    assert (library["papers"], library["unknown"]) == (2, 1)


def test_doctor_counts_the_library_and_gives_the_remedy(stardraft: Command, folder: Path) -> None:
    (folder / "settings.toml").open("a", encoding="utf-8").write('[model]\nname = "use"\n')
    shown = stardraft("doctor", "--json")
    assert shown.returncode == Exit.PARTLY
    rows = [r for r in json.loads(shown.stdout) if r["what"] == "文献库"]
    assert [r["ok"] for r in rows] == [True, False]
    assert "[seeds] files" in rows[1]["detail"]


def test_a_weight_of_nothing_is_refused(stardraft: Command, folder: Path) -> None:
    (folder / "settings.toml").write_text("[seeds]\nweight = 0\n", encoding="utf-8")
    shown = stardraft("status")
    assert shown.returncode == Exit.USAGE
    assert "seeds.weight" in shown.stderr
