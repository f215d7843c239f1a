"""notes/: Note ↔ Markdown, and the folder of notes.

In: notes to render, Markdown to parse, three versions to merge, a folder of old notes to read.
Out: Markdown in the reader's format, notes, archive items, and what is wrong with an archive.
Touches: files in the notes folder only; no network, no clock. Jinja2 is loaded at first use.
"""

from __future__ import annotations

from pipeline.notes.archive import path_day, read_archive
from pipeline.notes.check import check_archive
from pipeline.notes.folder import FolderNotebook
from pipeline.notes.layout import NoteLayout, layout_from
from pipeline.notes.lock import FileLock
from pipeline.notes.payload import parse_payload

__all__ = [
    "FileLock",
    "FolderNotebook",
    "NoteLayout",
    "check_archive",
    "layout_from",
    "parse_payload",
    "path_day",
    "read_archive",
]
