"""Which process holds the run lock, and whether it still lives. No library needed on Linux."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process, so described that no other is mistaken for it: neither after a reboot, nor with
    a pid used again, nor in another container.

    `boot` is the kernel's boot id, `namespace` the one in which `pid` counts (pid_namespaces(7))
    and `process_start` its start in clock ticks since boot (field 22 of `/proc/PID/stat`,
    proc(5)); all three are empty where there is no `/proc`, and `namespace` where an older
    version wrote the row.
    """

    host: str
    boot: str
    namespace: str = ""
    pid: int
    process_start: str

    def lives(self, *, local: bool) -> bool | None:
        """Whether it is still there; None where that cannot be told from here.

        `local` says that whoever shares its row is on one machine, as with a SQLite file. Only
        then is another boot id under the same name a reboot, and not another machine's.
        """
        here = this_process()
        if self.host != here.host:
            return None
        if self.boot != here.boot:
            return False if local and self.boot and here.boot else None
        if not (local or self.boot) or self.namespace not in ("", here.namespace):
            return None
        if not exists(self.pid):
            return False
        start = _start_of(self.pid)
        # A pid alone may be somebody else's by now.
        return None if start is None or not self.process_start else start == self.process_start


def this_process() -> Process:
    """The process that asks."""
    pid = os.getpid()
    return Process(
        host=socket.gethostname(),
        boot=_boot_id(),
        namespace=_namespace(),
        pid=pid,
        process_start=_start_of(pid) or "",
    )


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""


def _namespace() -> str:
    try:
        return str(_NAMESPACE.readlink())
    except OSError:
        return ""


def _start_of(pid: int) -> str | None:
    """When it started; empty for a zombie, None where `/proc` does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
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
