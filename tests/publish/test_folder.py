"""Publishing to a plain folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ports import Store
from pipeline.publish import FolderTarget, Publisher, ReadmeWords, gather
from pipeline.publish.revision import PublishError
from tests.conftest import StillClock
from tests.publish.samples import DAY, NOTE, write_note


@pytest.fixture
def house(tmp_path: Path, store: Store, clock: StillClock) -> Publisher:
    (tmp_path / "out").mkdir()
    write_note(tmp_path / "notes")
    target = FolderTarget(tmp_path / "out", tmp_path / "notes")
    return Publisher(target, store, clock, ReadmeWords())


def test_a_rerun_writes_nothing_and_an_edit_is_published(house: Publisher, tmp_path: Path) -> None:
    assert house.publish(gather(tmp_path / "notes", DAY)).made
    assert not house.publish(gather(tmp_path / "notes", DAY)).made
    write_note(tmp_path / "notes", text=NOTE + "\n新的")
    assert house.publish(gather(tmp_path / "notes", DAY)).made
    out = tmp_path / "out"
    assert (out / "notes/202207/0710.md").read_bytes() == (NOTE + "\n新的").encode()
    assert sorted(p.name for p in out.rglob("*") if p.is_file()) == [
        "0710.md",
        "0710.png",
        "README.md",
    ]


def test_a_hand_written_readme_stops_it_and_is_kept_when_taken_over(
    house: Publisher, tmp_path: Path
) -> None:
    readme = tmp_path / "out" / "README.md"
    readme.write_text("# 我的仓库\n\n## 历史更新\n\n手写的目录\n")
    material = gather(tmp_path / "notes", DAY)
    with pytest.raises(PublishError) as caught:
        house.publish(material)
    assert "-手写的目录" in caught.value.issues[0].sentence
    assert not (tmp_path / "out" / "notes").exists()
    house.publish(material, overwrite=True)
    assert "手写的目录" in (tmp_path / "out" / "README.md.bak").read_text()
    assert readme.read_text().startswith("# 我的仓库\n\n更新今日时间：2022.7.10\n")


def test_a_day_without_a_note_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PublishError) as caught:
        gather(tmp_path, DAY)
    assert "stardraft run" in caught.value.issues[0].remedy


def test_an_edited_head_is_no_obstacle_and_stays(house: Publisher, tmp_path: Path) -> None:
    house.publish(gather(tmp_path / "notes", DAY))
    readme = tmp_path / "out" / "README.md"
    readme.write_text("欢迎来看\n\n" + readme.read_text(encoding="utf-8"), encoding="utf-8")
    write_note(tmp_path / "notes", text=NOTE + "\n新的")
    assert house.publish(gather(tmp_path / "notes", DAY)).made
    assert readme.read_text(encoding="utf-8").startswith("欢迎来看\n\n# ")
    assert not readme.with_name("README.md.bak").exists()
