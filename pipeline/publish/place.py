"""Files below a root: read and replaced in one step, never through a link out of it."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.publish.revision import PublishError, stop


class Place:
    """A folder that is written to; paths are relative, with slashes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        """The file's place; `PublishError` where a link leads out of the folder."""
        path = self.root / name
        if path.is_symlink() or not path.parent.resolve().is_relative_to(self.root.resolve()):
            remedy = "去掉这个链接，再发布。"
            raise stop(name, "outside", "这个路径是一个链接，指到了别处。", remedy)
        return path

    def read(self, name: str) -> bytes | None:
        """The file's bytes, None where there is none."""
        try:
            return self.path(name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            remedy = "检查权限，再发布。"
            raise stop(name, "unreadable", f"读不了：{error.strerror}。", remedy) from error

    def write(self, name: str, body: bytes) -> None:
        """Put the bytes in place of the file, whatever happens in between.

        The name beside it is always the same, so that a killed writer leaves no second one.
        """
        path = self.path(name)
        beside = path.with_name(f".{path.name}.stardraft")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(beside, flags, 0o644), "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                beside.chmod(path.stat().st_mode & 0o777)
            beside.replace(path)
        except OSError as error:
            raise _unwritable(name, error) from error

    def sweep(self, name: str) -> None:
        """Remove what a killed writer left beside the file."""
        path = self.path(name)
        try:
            path.with_name(f".{path.name}.stardraft").unlink(missing_ok=True)
        except NotADirectoryError:
            return  # a file stands where the folder should be: writing says so
        except OSError as error:
            raise _unwritable(name, error) from error


def _unwritable(name: str, error: OSError) -> PublishError:
    remedy = "检查权限和剩余空间，再发布；原来的文件没有动。"
    return stop(name, "unwritable", f"写不了：{error.strerror}。", remedy)
