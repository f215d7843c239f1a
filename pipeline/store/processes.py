"""Which process holds the run lock, and whether it still lives. No library needed on Linux."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process, so described that neither a reboot nor a reused pid is mistaken for it.

    `boot` is the kernel's boot id and `process_start` its start in clock ticks since boot
    (field 22 of `/proc/PID/stat`, proc(5)); both are empty where there is no `/proc`.
    """

    host: str
    boot: str
    pid: int
    process_start: str

    def lives(self) -> bool | None:
        """Whether it is still there; None for another machine's, which cannot be told."""
        here = this_process()
        if self.host != here.host:
            return None
        if self.boot != here.boot:
            return False
        return exists(self.pid) and self.process_start == _start_of(self.pid)


def this_process() -> Process:
    """The process that asks."""
    pid = os.getpid()
    return Process(
        host=socket.gethostname(), boot=_boot_id(), pid=pid, process_start=_start_of(pid)
    )


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""


def _start_of(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return ""
    after_name = stat.rpartition(")")[2].split()
    return after_name[19] if len(after_name) > 19 and after_name[0] not in "ZX" else ""


def exists(pid: int) -> bool:
    """Whether a process with this id runs on this machine, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
