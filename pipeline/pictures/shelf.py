"""The pictures kept beside the notes: `202609/images/<content hash>.png`, and what they are of.

The memory (address → file) lives with the state, not among the notes. Without it nothing is
lost: the same bytes get the same name again.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.errors import Issue
from pipeline.pictures.check import DEFAULT_LIMITS, Picture, PictureLimits, check_picture
from pipeline.pictures.placeholder import not_the_picture, referer_of
from pipeline.types import FetchRequest, Image

FOLDER = "images"
_MOST = 5_000
"""Addresses remembered; the oldest are forgotten, and fetched again where a rerun needs them."""


class PictureShelf:
    """`ports.Shelf` on the notes folder; `memory` is a JSON file that need not exist."""

    def __init__(self, notes: Path, memory: Path, limits: PictureLimits = DEFAULT_LIMITS) -> None:
        self._notes = notes
        self._memory = memory
        self._limits = limits
        self._names, self._stand_ins = _load(memory)

    def find(self, url: str, day: date) -> str | None:
        """The picture's path as the day's note says it, where it was kept in that month."""
        name = self._names.get(url)
        if name is None or name in self._stand_ins or not self._path(day, name).is_file():
            return None
        return f"{FOLDER}/{name}"

    def request(self, image: Image, article: str) -> FetchRequest:
        """How to ask for the picture of the article at that address."""
        return FetchRequest(url=image.url, purpose="image", referer=referer_of(image.url, article))

    def keep(self, image: Image, body: bytes, day: date) -> str | Issue:
        """Check the bytes and keep them beside the day's note; the path as the note says it.

        Bytes that turn out to be WeChat's stand-in are never kept again, also where they were
        first taken for a picture.
        """
        picture = check_picture(body, subject=image.url, limits=self._limits)
        if isinstance(picture, Issue):
            return picture
        if doubt := not_the_picture(picture, image.url, image, self._seen(picture)):
            if self._names.get(image.url) != picture.name and picture.name in self._names.values():
                self._stand_ins.add(picture.name)
                self._save()
            return doubt
        if failed := self._write(self._path(day, picture.name), picture, image.url):
            return failed
        self._names.pop(image.url, None)
        self._names[image.url] = picture.name
        self._save()
        return f"{FOLDER}/{picture.name}"

    def _seen(self, picture: Picture) -> dict[str, str]:
        """The address that brought the very same bytes before."""
        others = (url for url, name in self._names.items() if name == picture.name)
        return {picture.digest: other} if (other := next(others, None)) else {}

    def _path(self, day: date, name: str) -> Path:
        return self._notes / f"{day:%Y%m}" / FOLDER / name

    def _write(self, path: Path, picture: Picture, url: str) -> Issue | None:
        """Put the bytes in place in one step; the same bytes are not written twice."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.parent.resolve().is_relative_to(self._notes.resolve()):
                return _unwritable(url, "图片文件夹是一个链接，指到了笔记目录之外")
            if not path.is_file() or path.read_bytes() != picture.body:
                _replace(path, picture.body)
        except OSError as error:
            return _unwritable(url, str(error.strerror))
        return None

    def _save(self) -> None:
        for url in list(self._names)[:-_MOST]:
            del self._names[url]
        facts = {"names": self._names, "stand_ins": sorted(self._stand_ins)}
        with suppress(OSError):  # forgotten, not lost: see above
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            _replace(self._memory, json.dumps(facts, ensure_ascii=False, indent=0).encode())


def _load(memory: Path) -> tuple[dict[str, str], set[str]]:
    """Addresses with names, and names of stand-ins; a damaged file is no memory."""
    try:
        facts: Any = json.loads(memory.read_text(encoding="utf-8"))
        names = {str(url): _plain(name) for url, name in facts["names"].items()}
        return names, {_plain(name) for name in facts["stand_ins"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}, set()


def _plain(name: object) -> str:
    """A file name of ours, whatever stands in the file."""
    return Path(str(name)).name


def _replace(path: Path, body: bytes) -> None:
    beside = path.with_name(f".{path.name}.tmp")
    beside.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(beside, flags, 0o644), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _unwritable(url: str, reason: str) -> Issue:
    return Issue(
        subject=url,
        code="picture.unwritable",
        sentence=f"图片写不了：{reason}。",
        remedy="检查笔记目录的权限和剩余空间，再运行一次；笔记里仍用原来的网址。",
    )
