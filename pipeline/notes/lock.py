"""The notes' lock: one writer of note files at a time, whatever thread or process it is in."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.errors import Issue, NoteError
from pipeline.ports import Clock

_LOOK_AGAIN = 0.01


class FileLock:
    """`ports.NotesLock` on a file; the kernel takes it back from whoever dies.

    Who wants it waits at a turnstile (a second file) until the one before has it: else a holder
    that lets go and takes it again at once is always faster than one who looks now and then.
    Not to be taken twice by one thread. `patience` is in seconds.
    """

    def __init__(self, path: Path, clock: Clock, patience: float = 20.0) -> None:
        self._path, self._clock, self._patience = path, clock, patience

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it for a block; `NoteError` where another holds it for longer than `patience`."""
        deadline = self._clock.now() + timedelta(seconds=self._patience)
        handle = self._opened(self._path)
        try:
            turnstile = self._opened(self._path.with_name(f"{self._path.name}.next"))
            try:
                self._take(turnstile, deadline)
                self._take(handle, deadline)
            finally:
                os.close(turnstile)
            yield
        finally:
            os.close(handle)

    def _opened(self, path: Path) -> int:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            sentence = f"锁文件打不开：{error.strerror}。"
            raise self._error("notes.lock", sentence, "检查状态文件夹的权限。") from error

    def _take(self, handle: int, deadline: datetime) -> None:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError as error:
                if self._clock.now() >= deadline:
                    sentence = "另一个程序正在改笔记，等了很久也没有轮到。"
                    remedy = "等它结束再试；没有写任何东西。"
                    raise self._error("notes.busy", sentence, remedy) from error
            self._clock.sleep(_LOOK_AGAIN)

    def _error(self, code: str, sentence: str, remedy: str) -> NoteError:
        return NoteError(
            Issue(
                subject=self._path.name, code=code, sentence=sentence, remedy=remedy, temporary=True
            )
        )
