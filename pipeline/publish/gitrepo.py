"""A git repository on disk: our files only, one commit per revision, pushed where wished."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from pipeline.ports import Outgoing
from pipeline.publish.command import Git, explained, locked, moved
from pipeline.publish.place import Place
from pipeline.publish.readme import day_of_path
from pipeline.publish.revision import (
    README,
    TRAILER,
    PublishError,
    Revision,
    diff,
    digest,
    owned,
    stop,
)
from pipeline.publish.target import Sent, Step, no_step, owned_key, remembered

_UNFINISHED = (
    ("MERGE_HEAD", "合并"),
    ("CHERRY_PICK_HEAD", "拣选（cherry-pick）"),
    ("REVERT_HEAD", "回退（revert）"),
)

_TOP = {name.casefold(): name for name in (README, "notes")}
"""What we write at the repository's top."""


class GitTarget:
    """`Target` on a working tree.

    `source` is the folder of notes: where it lies inside the repository, the note in the
    working tree is the reader's own and never "edited behind our back". `remote` is None where
    nothing is pushed.
    """

    def __init__(
        self, root: Path, source: Path, *, remote: str | None = None, step: Step = no_step
    ) -> None:
        self._root, self._source, self._remote, self._step = root, source, remote, step
        self._git = Git(root)
        self._place = Place(root)
        self._branch = ""
        self._head: str | None = None

    @property
    def name(self) -> str:
        """`git:` and the absolute path."""
        return f"git:{self._root.resolve()}"

    def open(self) -> None:
        """Refuses what is no repository of its own, a detached head, a merge, a held lock."""
        top = self._git.line("rev-parse", "--show-toplevel") if self._root.is_dir() else None
        if not top or Path(top).resolve() != self._root.resolve():
            remedy = "把 [publish] repository 设成仓库最上层的文件夹；还没有就运行 git init。"
            raise stop(str(self._root), "no_repository", "这里不是一个 git 仓库。", remedy)
        branch = self._git.line("symbolic-ref", "--quiet", "--short", "HEAD")
        if not branch:
            remedy = "git switch 到要发布的分支（或先做完 rebase），再发布。"
            raise stop("HEAD", "detached", "仓库不在任何分支上。", remedy)
        for head, what in _UNFINISHED:
            if self._git.line("rev-parse", "--quiet", "--verify", head):
                remedy = f"先完成或放弃这个{what}，再发布。"
                raise stop("HEAD", "merging", f"仓库里有一个没做完的{what}。", remedy)
        lock = self._git.line("rev-parse", "--git-path", "index.lock")
        if lock and (self._root / lock).exists():
            raise locked("")
        self._branch = branch
        self._look()

    def _look(self) -> None:
        self._head = self._git.line("rev-parse", "--quiet", "--verify", "HEAD^{commit}")

    def days(self) -> Sequence[date]:
        """The committed notes that are still on disk."""
        if not self._head:
            return ()
        names = self._git.run("ls-tree", "-r", "-z", "--name-only", self._head, "--", "notes/")
        paths = names.decode("utf-8", "replace").split("\0")
        return [d for p in paths if (d := day_of_path(p)) and (self._root / p).is_file()]

    def read(self, path: str) -> bytes | None:
        """The committed file."""
        return self._blob(f"{self._head}:{path}") if self._head else None

    def _blob(self, name: str) -> bytes | None:
        code, body, _ = self._git.ask("cat-file", "blob", name)
        return body if code == 0 else None

    def check(
        self, revision: Revision, memory: Sequence[Outgoing], *, overwrite: bool, dry: bool = False
    ) -> None:
        """Nothing uncommitted, hand-made or newer at the remote may be lost."""
        known = remembered(memory)
        self._check_case()
        for path, body in revision.files.items():
            self._check_way(path)
            if not dry:
                self._place.sweep(path)
            self._check_clean(path, body, known.get(path, frozenset()))
            if not overwrite:
                self._check_ours(path, body, revision, known)
        self._check_remote(revision, dry)

    def _check_way(self, path: str) -> None:
        """No folder on the way is a link or a repository of its own: git adds nothing there."""
        for folder in list(Path(path).parents)[:-1]:
            here = self._root / folder
            if here.is_symlink():
                remedy = "把它换成真正的文件夹，再发布。"
                raise stop(path, "outside", f"仓库里的 {folder} 是一个链接。", remedy)
            if (here / ".git").exists():
                remedy = "把 [publish] repository 设成那个仓库，或把它移走。"
                raise stop(path, "submodule", f"{folder} 自己是一个 git 仓库。", remedy)

    def _check_case(self) -> None:
        """No second README or notes under a name that other systems take for the same."""
        if not self._head:
            return
        names = self._git.run("ls-tree", "-z", "--name-only", self._head).decode("utf-8", "replace")
        for name in names.split("\0"):
            ours = _TOP.get(name.casefold(), name)
            if name != ours:
                remedy = f"运行 git mv {name} {ours} 并提交，再发布。"
                raise stop(name, "case", f"仓库里已有 {name}，和 {ours} 只差大小写。", remedy)

    def _check_clean(self, path: str, body: bytes, known: frozenset[str]) -> None:
        """What lies in the working tree and the index is committed, or ours."""
        committed, lying, staged = self.read(path), self._place.read(path), self._blob(f":{path}")
        for found in (lying, staged):
            if found is None and committed is None:
                continue
            if found is not None and (found == body or digest(found) in known):
                continue
            if found is None or not self._same(path, found, committed):
                raise self._edited(path, "dirty", "有没提交的改动", found, body)

    def _same(self, path: str, found: bytes, committed: bytes | None) -> bool:
        """Equal as git sees it, line ends and filters included."""
        if committed is None or found == committed:
            return found == committed
        return self._object(path, found) == _blob_id(committed, self._algorithm())

    def _check_ours(
        self, path: str, body: bytes, revision: Revision, known: Mapping[str, frozenset[str]]
    ) -> None:
        """The committed file is what we last committed; a README's head is the reader's.

        The outbox knows it also where a hook or the reader wrote the commit's message anew.
        """
        committed = self.read(path)
        if committed is None or committed == body or self._is_source(path, revision):
            return
        part = owned(path, committed)
        if not part.strip() or digest(part) in known.get(_own_name(path), frozenset()):
            return
        last = self._commit_with(f"{TRAILER}: ", path)
        ours = self._blob(f"{last}:{path}") if last else None
        if ours is None or owned(path, ours) != part:
            raise self._edited(path, "hand_edited", "是手写或手改过的", committed, body)

    def _is_source(self, path: str, revision: Revision) -> bool:
        """True where the file is the reader's own note or picture, not our copy of it."""
        if path == README:
            return False
        own = self._source / path.removeprefix("notes/")
        return own.resolve() == (self._root / path).resolve()

    @staticmethod
    def _edited(path: str, code: str, words: str, found: bytes | None, body: bytes) -> PublishError:
        shown = diff({path: found}, {path: body})
        remedy = (
            "先提交、暂存（git stash）或放弃它，再发布。"
            if code == "dirty"
            else "把要留的话移到标题之前（README）或笔记里，再用 --overwrite 发布；旧的内容留在 git 历史里。"
        )
        return stop(path, code, f"仓库里的 {path} {words}，没有发布。\n{shown}", remedy)

    def _check_remote(self, revision: Revision, dry: bool) -> None:
        """The remote has nothing that is not here; a branch it does not have is new."""
        if not self._remote:
            return
        if self._remote.startswith("-"):
            raise stop(self._remote, "remote", "这不是远端的名字。", "改正 [publish] remote。")
        heads = self._git.run(
            "ls-remote", "--heads", "--", self._remote, f"refs/heads/{self._branch}"
        )
        if not heads.strip():
            return
        there = heads.split()[0].decode()
        if not dry:
            self._git.run(
                "fetch", "--quiet", "--no-tags", "--", self._remote, f"refs/heads/{self._branch}"
            )
        if not self._head or self._git.ask("merge-base", "--is-ancestor", there, self._head)[0]:
            if self._git.ask("cat-file", "-e", f"{there}^{{commit}}")[0]:
                raise moved("")  # a dry run does not fetch: nothing to compare with
            old = {path: self._blob(f"{there}:{path}") for path in revision.files}
            raise moved(f"\n{diff(old, revision.files)}")

    def find(self, revision: Revision) -> str | None:
        """By content, which is the truth; by trailer, where a hook or filter changed content."""
        if not self._head:
            return None
        made = self._commit_with(f"{TRAILER}: {revision.hash}")
        now = self._tree(self._head, revision)
        if now == {path: self._object(path, body) for path, body in revision.files.items()}:
            return made or self._head
        return made if made and self._tree(made, revision) == now else None

    def _commit_with(self, words: str, path: str | None = None) -> str | None:
        where = ("--", path) if path else ("--",)
        return self._git.line(
            "log",
            "-1",
            "--format=%H",
            "--fixed-strings",
            f"--grep={words}",
            str(self._head),
            *where,
        )

    def _tree(self, commit: str, revision: Revision) -> Mapping[str, str]:
        """The object of each of the revision's files in a commit."""
        listed = self._git.run("ls-tree", "-z", commit, "--", *sorted(revision.files))
        rows = [row.partition("\t") for row in listed.decode("utf-8", "replace").split("\0") if row]
        return {path: meta.split()[2] for meta, _, path in rows}

    def _object(self, path: str, body: bytes) -> str:
        """The object that git would make of a file, line ends and filters applied."""
        return self._git.run("hash-object", f"--path={path}", "--stdin", body=body).decode().strip()

    def _algorithm(self) -> str:
        return "sha256" if self._head and len(self._head) == 64 else "sha1"

    def commit(self, revision: Revision) -> str:
        """Write the files, then `git commit --only` of exactly these."""
        self._step("write")
        # The README last: what it links to is there before it.
        for path in sorted(revision.files, key=lambda p: p == README):
            if self._place.read(path) != revision.files[path]:
                self._place.write(path, revision.files[path])
                self._step(f"wrote {'README' if path == README else 'note'}")
        paths = sorted(revision.files)
        self._git.run("add", "--", *paths)
        self._step("added")
        code, out, said = self._git.ask(
            "commit", "--quiet", "--cleanup=verbatim", "--file=-", "--only", "--", *paths,
            body=revision.message.encode(),
        )  # fmt: skip
        self._look()
        made = self.find(revision)
        if made:  # also where another process was faster and nothing was left to commit
            return made
        raise explained("commit", said or out.decode("utf-8", "replace") or str(code))

    def push(self, commit: str) -> Sent:
        """A plain push of the branch, never forced."""
        if not self._remote:
            return Sent(commit=commit, pushed=False)
        goal = f"refs/heads/{self._branch}"
        self._step("push")
        self._git.run("push", "--quiet", "--", self._remote, f"{goal}:{goal}")
        return Sent(commit=commit, pushed=True)


def _own_name(path: str) -> str:
    return owned_key(path) if path == README else path


def _blob_id(body: bytes, algorithm: str) -> str:
    return hashlib.new(algorithm, b"blob %d\0" % len(body) + body).hexdigest()
