"""The pictures of a note: found however they are written, moved where they stand."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from pipeline.publish.readme import ReadmeWords, make_readme
from pipeline.publish.revision import gather
from pipeline.publish.shown import pictures_of
from tests.publish.samples import DAY, NOTE, PNG, write_note


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('<img src="images/a.png">', "a.png"),
        ("<img src='images/a.png'>", "a.png"),
        ("<img src=images/a.png>", "a.png"),
        ('<IMG SRC="images/a.png">', "a.png"),
        ('<img alt="x" src = "images/a.png" />', "a.png"),
        ('<img data-src="https://e.org/b.png" src="images/a.png">', "a.png"),
        ('<img\n src="images/a.png">', "a.png"),
        ('<img src="images/it\'s.png">', "it's.png"),
        ('<img src="images/a b.png">', "a b.png"),
        ('<img src="images/a&amp;b.png">', "a&b.png"),
        ('<video controls><source src="images/a.mp4"></video>', "a.mp4"),
        ("![](images/a.png)", "a.png"),
        ('![图](images/a.png "题")', "a.png"),
        ("![图 [1]](images/a.png)", "a.png"),
        ("![](images/a(1).png)", "a(1).png"),
        ("![](<images/a b.png>)", "a b.png"),
        ("![](./images/a%20b.png)", "a b.png"),
    ],
)
def test_a_picture_comes_along_and_is_seen_from_the_readme(
    written: str, name: str, tmp_path: Path
) -> None:
    path = write_note(tmp_path / "notes", text=f"{NOTE}\n\n{written}\n")
    (path.parent / "images" / name).write_bytes(PNG)
    material = gather(tmp_path / "notes", DAY)
    assert material.issues == ()
    assert set(material.pictures) == {
        "notes/202207/images/0710.png",
        f"notes/202207/images/{name}",
    }
    readme = make_readme(None, DAY, material.note.decode(), [DAY], ReadmeWords())
    moved = written.replace("./images/", "images/").replace("images/", "notes/202207/images/")
    assert moved in readme


@pytest.mark.parametrize(
    "where", ["C:\\Users\\me\\a.png", "d:/pics/a.png", "file:///D:/pics/a.png"]
)
def test_a_picture_on_a_disk_of_the_writer_is_told(where: str, tmp_path: Path) -> None:
    path = write_note(tmp_path / "notes", text=f"{NOTE}\n\n![]({where})\n")
    (path.parent / "d:" / "pics").mkdir(parents=True)
    (path.parent / "d:" / "pics" / "a.png").write_bytes(PNG)
    material = gather(tmp_path / "notes", DAY)
    assert [(i.code, i.subject) for i in material.issues] == [("publish.picture", where)]
    assert set(material.pictures) == {"notes/202207/images/0710.png"}


def test_words_are_no_pictures_and_traps_are_read_in_passing() -> None:
    assert pictures_of("[a](images/a.png) <imgx src='a.png'> ![](a b.png) ![](") == []
    started = process_time()
    for trap in ("![](a", "![" * 3, "![a](" + "(" * 40, "<img src ", '<img src="', "<img " * 9):
        pictures_of(trap * 40_000)
    assert process_time() - started < 5
