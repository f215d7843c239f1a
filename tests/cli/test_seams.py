"""The commands other programs rely on: their JSON, on real data where it is there."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from pipeline.errors import Exit
from tests.cli.conftest import Command

ROOT = Path(__file__).parents[2]
PAST = ROOT / "demo" / "day" / "archive"
ARTICLE = """# 一个轻量的检测器

本文介绍一种新的检测器，它在边缘设备上也能实时运行，精度没有下降。

论文地址：https://arxiv.org/pdf/2110.06864v3.pdf，代码已开源：https://github.com/ifzhang/ByteTrack/tree/main 。

预训练模型：https://huggingface.co/datasets/owner/Some-Data
"""


def test_extract_tells_links_with_ids_kinds_roles_and_evidence(
    stardraft: Command, tmp_path: Path
) -> None:
    (tmp_path / "article.md").write_text(ARTICLE, encoding="utf-8")
    shown = stardraft("extract", "article.md", "--json")
    assert shown.returncode == 0, shown.stderr
    data = json.loads(shown.stdout)
    assert data["state"] == "ok"
    assert data["title"] == "一个轻量的检测器"
    assert {"account", "published", "text", "images"} <= data.keys()
    links = {link["id"]: link for link in data["links"]}
    assert links["arxiv:2110.06864"]["kind"] == "paper"
    assert links["arxiv:2110.06864"]["role"] == "main"
    assert links["github.com/ifzhang/bytetrack"]["kind"] == "code"
    assert links["github.com/ifzhang/bytetrack"]["role"] == "main"
    assert links["huggingface.co/owner/some-data"]["kind"] == "code"
    assert all(link["evidence"] for link in links.values())


def test_extract_reads_gzipped_pages(stardraft: Command, corpus: Path) -> None:
    page = next((corpus / "wechat" / "raw_html").rglob("*.html.gz"))
    assert gzip.decompress(page.read_bytes())
    shown = stardraft("extract", str(page), "--json")
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["state"] == "ok"


def test_extract_explains_each_link_on_request(stardraft: Command, tmp_path: Path) -> None:
    (tmp_path / "article.md").write_text(ARTICLE, encoding="utf-8")
    shown = stardraft("extract", "article.md", "--explain")
    assert shown.returncode == 0, shown.stderr
    assert "arxiv:2110.06864" in shown.stdout
    assert "论文地址" in shown.stdout


def test_notes_parse_tells_items_with_fields_and_links(stardraft: Command) -> None:
    note = sorted(PAST.rglob("*.md"))[0]
    shown = stardraft("notes", "parse", str(note), "--json")
    assert shown.returncode == 0, shown.stderr
    items = json.loads(shown.stdout)["items"]
    assert items
    for item in items:
        assert {"title", "url", "stars", "fields", "links", "image"} <= item.keys()
        assert 1 <= item["stars"] <= 5


def test_notes_check_is_quiet_about_a_sound_archive_and_names_a_repeat(
    stardraft: Command, tmp_path: Path
) -> None:
    assert json.loads(stardraft("notes", "check", str(PAST), "--json").stdout) == []
    folder = tmp_path / "notes" / "202609"
    folder.mkdir(parents=True)
    text = sorted(PAST.rglob("*.md"))[0].read_text(encoding="utf-8")
    (folder / "0901.md").write_text(text, encoding="utf-8")
    (folder / "0902.md").write_text(text, encoding="utf-8")
    shown = stardraft("notes", "check", str(tmp_path / "notes"), "--json")
    assert shown.returncode == Exit.PARTLY
    assert len(json.loads(shown.stdout)) >= 1


def test_notes_import_counts_what_it_read(stardraft: Command, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("", encoding="utf-8")
    shown = stardraft("notes", "import", str(PAST), "--json")
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["items"] == 12


def test_evaluate_ranking_refuses_a_file_that_is_not_there(stardraft: Command) -> None:
    shown = stardraft("evaluate", "ranking", "--data", "nowhere.jsonl", "--json")
    assert shown.returncode == Exit.USAGE
    assert "nowhere.jsonl" in shown.stderr
    assert "Traceback" not in shown.stderr
