"""What `stardraft extract FILE --explain` says of each link."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from pipeline.cli.main import app
from pipeline.extract import explain
from tests.extract.builders import markdown

TEXT = (
    "# 一篇论文\n\n题目：《Learning Very Good Features from Small Data》\n\n"
    "论文链接：https://arxiv.org/abs/2203.15332\n\n它参考了 https://github.com/they/lib 的写法。\n"
)


def test_each_link_has_role_label_reason_and_evidence() -> None:
    lines = explain(markdown(TEXT))
    assert lines[0] == "主要  论文  arxiv:2203.15332"
    assert "      标题  Learning Very Good Features from Small Data" in lines
    assert any(line.startswith("      标签  论文链接") for line in lines)
    assert any(line.startswith("      原因  ") for line in lines)
    assert "      原文  论文链接：https://arxiv.org/abs/2203.15332" in lines
    assert "提到  代码  github.com/they/lib" in lines


def test_a_title_without_a_link_is_explained() -> None:
    lines = explain(
        markdown("# 一篇\n\n论文题目：Learning Very Good Features from Small Data\n\n没有链接。\n")
    )
    assert lines[0] == "主要  论文  Learning Very Good Features from Small Data"
    assert explain(markdown("# 空\n\n没有链接。\n")) == ["没有找到论文或代码链接。"]


def test_the_command_prints_it(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(TEXT, encoding="utf-8")
    shown = CliRunner().invoke(app, ["extract", str(file), "--explain"])
    assert shown.exit_code == 0
    assert "主要  论文  arxiv:2203.15332" in shown.output
