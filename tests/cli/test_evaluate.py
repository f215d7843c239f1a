"""`stardraft evaluate` as programs read it: JSON alone on standard output, the rest beside it."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.errors import Exit
from tests.cli.conftest import Command


def reader(user: str, **more: object) -> str:
    def paper(title: str, **more: object) -> dict[str, object]:
        return {"title": title, "abstract": f"We study {title}.", "year": 2020, **more}

    rated = [paper("object detector", rating=5), paper("braised pork", rating=1)]
    return json.dumps(
        {"user": user, "profile": [paper("object detection")], "rated": rated, **more}
    )


def test_ranking_prints_the_scorers_and_nothing_else(stardraft: Command, tmp_path: Path) -> None:
    lines = [reader("a"), reader("b", profile=[]), reader("c")]
    (tmp_path / "readers.jsonl").write_text("\n".join(lines), encoding="utf-8")
    shown = stardraft("evaluate", "ranking", "--data", "readers.jsonl", "--model", "use", "--json")
    assert shown.returncode == 0, shown.stderr
    found = json.loads(shown.stdout)
    assert list(found) == ["scorers"]
    ours = found["scorers"][0]
    assert (ours["name"], ours["kendall_loss"], ours["auc"], ours["ndcg"]) == ("stardraft", 0, 1, 1)
    assert ours["kendall_loss_interval"] == [0, 0]
    assert ours["kendall_loss_users"] == 2
    assert all(row["ours_less_interval"] for row in found["scorers"][1:])
    assert "第 2 行" in shown.stderr


def test_a_file_without_a_reader_is_a_usage_error(stardraft: Command, tmp_path: Path) -> None:
    (tmp_path / "readers.jsonl").write_text(reader("a", rated=[]), encoding="utf-8")
    shown = stardraft("evaluate", "ranking", "--data", "readers.jsonl", "--json")
    assert shown.returncode == Exit.USAGE
    assert shown.stdout == ""
    assert "rated 是空的" in shown.stderr


def test_the_backtest_names_the_profile_and_what_it_is_made_of(
    stardraft: Command, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text(
        '[model]\nname = "use"\n[seeds]\nfiles = ["mine.bib"]\n', encoding="utf-8"
    )
    (tmp_path / "interests.toml").write_text('[[interest]]\nphrase = "图论"\n', encoding="utf-8")
    (tmp_path / "mine.bib").write_text("@misc{a, title = {Graph theory}}", encoding="utf-8")
    first = stardraft("evaluate", "--svg", "chart.svg")
    assert first.returncode == 0, first.stderr
    assert "：兴趣 1 条，往期 0 条，删掉 0 条，文献库 1 篇；模型 use" in first.stdout
    assert "取舍还太少" in (tmp_path / "chart.svg").read_text(encoding="utf-8")
    before = json.loads(stardraft("evaluate", "--json").stdout)["profile"]
    assert before in first.stdout
    (tmp_path / "interests.toml").write_text('[[interest]]\nphrase = "美食"\n', encoding="utf-8")
    assert json.loads(stardraft("evaluate", "--json").stdout)["profile"] != before
