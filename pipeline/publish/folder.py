"""A plain folder, such as one that another tool synchronises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipeline.ports import Outgoing
from pipeline.publish.place import Place
from pipeline.publish.readme import day_of_path
from pipeline.publish.revision import README, Revision, diff, digest, owned, stop
from pipeline.publish.target import Sent, Step, no_step, owned_key, remembered


class FolderTarget:
    """`Target` on a folder; `source` is the folder of notes, which may lie inside it."""

    def __init__(self, root: Path, source: Path, *, step: Step = no_step) -> None:
        self._root, self._source, self._step = root, source, step
        self._place = Place(root)

    @property
    def name(self) -> str:
        """`folder:` and the absolute path."""
        return f"folder:{self._root.resolve()}"

    def open(self) -> None:
        """Refuses a folder that is not there: a typing error must not make a second one."""
        if not self._root.is_dir():
            remedy = "建好这个文件夹，或改正 [publish] repository。"
            raise stop(str(self._root), "no_folder", "没有这个文件夹。", remedy)

    def days(self) -> Sequence[date]:
        """The notes on disk."""
        found = (p.relative_to(self._root).as_posix() for p in self._root.glob("notes/*/*.md"))
        return [day for path in sorted(found) if (day := day_of_path(path))]

    def read(self, path: str) -> bytes | None:
        """The file on disk."""
        return self._place.read(path)

    def check(
        self, revision: Revision, memory: Sequence[Outgoing], *, overwrite: bool, dry: bool = False
    ) -> None:
        """A file that we did not write is not replaced, unless that is asked for."""
        known = remembered(memory)
        for path, body in revision.files.items():
            lying = self._place.read(path)
            if lying is None or lying == body or digest(lying) in known.get(path, frozenset()):
                continue
            part = owned(path, lying)
            if not part.strip() or digest(part) in known.get(owned_key(path), frozenset()):
                continue
            if overwrite:
                if not dry:
                    self._keep(path, lying)
                continue
            shown = diff({path: lying}, {path: body})
            sentence = f"{path} 是手写或手改过的，没有发布。\n{shown}"
            remedy = f"确认以后用 --overwrite 发布；旧的内容会留在 {path}.bak。"
            raise stop(path, "hand_edited", sentence, remedy)

    def _keep(self, path: str, body: bytes) -> None:
        """A copy beside it, under a name not yet taken by other words."""
        for number in range(1, 1000):
            name = f"{path}.bak{number if number > 1 else ''}"
            if self._place.read(name) in (None, body):
                self._place.write(name, body)
                return
        raise stop(path, "backups", "备份已经太多。", f"整理 {path}.bak… 再发布。")

    def find(self, revision: Revision) -> str | None:
        """By content: a folder has no history."""
        same = all(self._place.read(path) == body for path, body in revision.files.items())
        return revision.hash if same else None

    def commit(self, revision: Revision) -> str:
        """Write what differs, the README last."""
        for path in sorted(revision.files, key=lambda p: p == README):
            self._step(f"write {'README' if path == README else 'note'}")
            if self._place.read(path) != revision.files[path]:
                self._place.write(path, revision.files[path])
        return revision.hash

    def push(self, commit: str) -> Sent:
        """Nothing to do: it lies there."""
        return Sent(commit=commit, pushed=True)
