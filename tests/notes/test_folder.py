"""The folder of notes: whole files or none, and never outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import NoteError
from pipeline.notes import FolderNotebook
from pipeline.notes import folder as folder_module

DAY = date(2022, 5, 5)


def test_written_and_read_byte_for_byte(tmp_path: Path) -> None:
    book = FolderNotebook(tmp_path)
    assert book.read(DAY) is None
    assert book.path(DAY) == "202205/0505.md"
    path = book.write(DAY, "一\r\n二\u2028")
    assert Path(path) == tmp_path / "202205" / "0505.md"
    assert book.read(DAY) == "一\r\n二\u2028"
    assert [p.name for p in (tmp_path / "202205").iterdir()] == ["0505.md"]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = FolderNotebook(tmp_path)
    book.write(DAY, "旧")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_module.os, "fsync", full)
    with pytest.raises(NoteError) as caught:
        book.write(DAY, "新")
    assert caught.value.issues[0].code == "notes.unwritable"
    assert book.read(DAY) == "旧"
    assert [p.name for p in (tmp_path / "202205").iterdir()] == ["0505.md"]


def test_the_mode_of_the_file_is_kept(tmp_path: Path) -> None:
    book = FolderNotebook(tmp_path)
    path = Path(book.write(DAY, "旧"))
    path.chmod(0o600)
    book.write(DAY, "新")
    assert path.stat().st_mode & 0o777 == 0o600


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    notes, outside = tmp_path / "notes", tmp_path / "outside"
    outside.mkdir()
    notes.mkdir()
    (outside / "0505.md").write_text("秘密", "utf-8")
    (notes / "202205").symlink_to(outside)
    book = FolderNotebook(notes)
    for act in (lambda: book.read(DAY), lambda: book.write(DAY, "x")):
        with pytest.raises(NoteError) as caught:
            act()
        assert caught.value.issues[0].code == "notes.outside"
    assert (outside / "0505.md").read_text("utf-8") == "秘密"


def test_a_file_that_is_no_text_says_so(tmp_path: Path) -> None:
    book = FolderNotebook(tmp_path)
    Path(book.write(DAY, "x")).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NoteError) as caught:
        book.read(DAY)
    assert caught.value.issues[0].code == "notes.not_utf8"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_says_so(tmp_path: Path) -> None:
    book = FolderNotebook(tmp_path)
    Path(book.write(DAY, "x")).chmod(0)
    with pytest.raises(NoteError):
        book.read(DAY)


def test_leftovers_of_killed_writers_are_swept_whatever_their_process_ids(tmp_path: Path) -> None:
    book = FolderNotebook(tmp_path)
    folder = Path(book.write(DAY, "旧")).parent
    for owner in ("4194999-1", f"{os.getpid()}-1", "1-2"):  # 1: in another container, say
        (folder / f".0505.md.{owner}.tmp").write_text("halb", "utf-8")
    others = [folder / ".0506.md.1-1.tmp", folder / "0505.md.tmp", folder / ".0505.md.swp"]
    for other in others:
        other.write_text("x", "utf-8")
    book.write(DAY, "新")
    assert {p.name for p in folder.iterdir()} == {"0505.md", *(p.name for p in others)}
    assert book.read(DAY) == "新"


def test_a_writer_killed_at_the_worst_moment_leaves_the_old_note(tmp_path: Path) -> None:
    """SIGKILL between writing the temporary file and renaming it."""
    book = FolderNotebook(tmp_path)
    book.write(DAY, "旧")
    code = (
        "import os, signal, sys\nfrom datetime import date\nfrom pathlib import Path\n"
        "from pipeline.notes import FolderNotebook\n"
        "Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "FolderNotebook(Path(sys.argv[1])).write(date(2022, 5, 5), '新')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert book.read(DAY) == "旧"
    book.write(DAY, "新")
    assert [p.name for p in (tmp_path / "202205").iterdir()] == ["0505.md"]
