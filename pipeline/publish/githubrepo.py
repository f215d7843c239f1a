"""A repository at GitHub without a clone: one commit through the git data API.

Nothing is seen before the last request, which moves the branch from the commit we looked at and
nowhere else: a kill before it leaves only unreachable objects, a kill after it is found again
by content.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from pipeline.errors import CredentialError
from pipeline.ports import Outgoing
from pipeline.publish.readme import day_of_path
from pipeline.publish.revision import (
    README,
    TRAILER,
    PublishError,
    Revision,
    diff,
    digest,
    issue,
    owned,
    stop,
)
from pipeline.publish.target import Sent, Step, no_step, remembered

if TYPE_CHECKING:
    from github import Github
    from github.Commit import Commit
    from github.GithubException import GithubException
    from github.Repository import Repository

_NAME = re.compile(r"(?!\.+/)[A-Za-z0-9_.-]{1,100}/(?!\.+\Z)[A-Za-z0-9_.-]{1,100}")
_BRANCH = re.compile(r"(?![-/.])(?:(?!\.\.)[A-Za-z0-9_./-]){0,200}")
_LOOKED_AT = 30
"""How many commits of a file are searched for our last one."""


class GithubTarget:
    """`Target` at GitHub (`owner/name`); `branch` empty means the default one.

    `pull_request` proposes each revision on a branch of its own. `pause` is the time between
    two writes in seconds, as GitHub asks for. Raises `CredentialError` without a token.
    """

    def __init__(
        self,
        repository: str,
        *,
        token: str | None,
        branch: str = "",
        pull_request: bool = False,
        api_url: str = "https://api.github.com",
        timeout: float = 20.0,
        pause: float = 1.0,
        step: Step = no_step,
    ) -> None:
        if not _NAME.fullmatch(repository) or not _BRANCH.fullmatch(branch):
            remedy = "[publish] repository 写成 用户名/仓库名；branch 写分支名。"
            raise stop(repository, "name", "这不是 GitHub 仓库或分支的名字。", remedy)
        self._repository, self._token, self._wanted = repository, token, branch
        self._proposes, self._api_url, self._timeout = pull_request, api_url, timeout
        self._pause, self._step = pause, step
        self._tree: Mapping[str, str] = {}
        self._proposal = ""

    @property
    def name(self) -> str:
        """`github:owner/name`, with the branch where one is named."""
        return f"github:{self._repository}" + (f"@{self._wanted}" if self._wanted else "")

    def open(self) -> None:
        """Look at the branch: its commit is the base of all that follows."""
        if not self._token:
            remedy = "设环境变量 GITHUB_TOKEN（要有写这个仓库的权限），再发布。"
            raise CredentialError(issue("GITHUB_TOKEN", "no_token", "没有 GitHub 令牌。", remedy))
        with _explained(self._repository):
            self._repo: Repository = self._client(self._token).get_repo(self._repository)
            self._branch = self._wanted or self._repo.default_branch
            self._base = self._repo.get_branch(self._branch).commit
            tree = self._repo.get_git_tree(self._base.commit.tree.sha, recursive=True)
            if tree.raw_data.get("truncated"):
                remedy = '改用 target = "git"，在本地的克隆里发布。'
                raise stop(self._repository, "too_large", "仓库的文件太多，列不全。", remedy)
            self._tree = {e.path: e.sha for e in tree.tree if e.type == "blob"}

    def _client(self, token: str) -> Github:
        import math

        from github import Auth, Github
        from github.GithubRetry import GithubRetry

        return Github(
            auth=Auth.Token(token),
            base_url=self._api_url.rstrip("/"),
            timeout=max(1, math.ceil(self._timeout)),
            user_agent="stardraft PyGithub",
            retry=GithubRetry(total=3, backoff_factor=0.2, max_rate_limit_wait=60),
            seconds_between_requests=None,
            seconds_between_writes=self._pause or None,
        )

    def days(self) -> Sequence[date]:
        """The notes of the branch."""
        return [day for path in sorted(self._tree) if (day := day_of_path(path))]

    def read(self, path: str) -> bytes | None:
        """The file on the branch."""
        return self._blob(self._tree[path]) if path in self._tree else None

    def _blob(self, sha: str) -> bytes:
        with _explained(self._repository):
            return base64.b64decode(self._repo.get_git_blob(sha).content)

    def check(
        self, revision: Revision, memory: Sequence[Outgoing], *, overwrite: bool, dry: bool = False
    ) -> None:
        """What stands there is ours, or stays."""
        known = remembered(memory)
        for path, body in revision.files.items():
            if overwrite or path not in self._tree or self._tree[path] == _sha(body):
                continue
            found = self._blob(self._tree[path])
            if digest(found) not in known.get(path, frozenset()) and not self._ours(path, found):
                shown = diff({path: found}, {path: body})
                remedy = "把要留的话移到标题之前（README）或笔记里，再用 --overwrite 发布；旧的内容留在历史里。"
                sentence = f"GitHub 上的 {path} 是手写或手改过的，没有发布。\n{shown}"
                raise stop(path, "hand_edited", sentence, remedy)

    def _ours(self, path: str, found: bytes) -> bool:
        """Equal to what our last commit of it had; a README's head is the reader's."""
        if not owned(path, found).strip():
            return True
        with _explained(self._repository):
            commit = self._last(path, f"{TRAILER}: ")
            if commit is None:
                return False
            tree = self._repo.get_git_tree(commit.commit.tree.sha, recursive=True)
            shas = [e.sha for e in tree.tree if e.path == path]
        return bool(shas) and owned(path, self._blob(shas[0])) == owned(path, found)

    def _last(self, path: str, words: str) -> Commit | None:
        """The newest commit of the file whose message has these words."""
        commits = self._repo.get_commits(sha=self._base.sha, path=path)
        for number, commit in enumerate(commits):
            if words in commit.commit.message:
                return commit
            if number + 1 >= _LOOKED_AT:
                break
        return None

    def find(self, revision: Revision) -> str | None:
        """By content on the branch; with pull requests also by the branch made for it."""
        if all(self._tree.get(path) == _sha(body) for path, body in revision.files.items()):
            with _explained(self._repository):
                made = self._last(README, f"{TRAILER}: {revision.hash}")
            self._proposal = ""
            return (made or self._base).sha
        if not self._proposes:
            return None
        self._proposal = f"stardraft/{revision.day.isoformat()}-{revision.hash[:12]}"
        with _explained(self._repository):
            refs = self._repo.get_git_matching_refs(f"heads/{self._proposal}")
            exact = [r for r in refs if r.ref == f"refs/heads/{self._proposal}"]
        return exact[0].object.sha if exact else None

    def commit(self, revision: Revision) -> str:
        """Blobs, tree, commit, and at last the branch."""
        from github import GithubException, InputGitTreeElement

        with _explained(self._repository):
            elements = []
            for path, body in sorted(revision.files.items()):
                if self._tree.get(path) == _sha(body):
                    continue
                self._step("blob")
                blob = self._repo.create_git_blob(base64.b64encode(body).decode(), "base64")
                elements.append(InputGitTreeElement(path, "100644", "blob", sha=blob.sha))
            self._step("tree")
            tree = self._repo.create_git_tree(elements, self._base.commit.tree)
            self._step("commit")
            made = self._repo.create_git_commit(revision.message, tree, [self._base.commit])
            self._step("ref")
            if self._proposes:
                self._repo.create_git_ref(f"refs/heads/{self._proposal}", made.sha)
                return made.sha
            try:
                self._repo.get_git_ref(f"heads/{self._branch}").edit(made.sha, force=False)
            except GithubException as error:
                if error.status in (409, 422):
                    raise _moved(self._branch) from error
                raise
        return made.sha

    def push(self, commit: str) -> Sent:
        """Open the pull request, where there is none for this revision yet."""
        page = f"{self._repo.html_url}/commit/{commit}"
        if not self._proposes or not self._proposal:
            return Sent(commit=commit, pushed=True, address=page)
        with _explained(self._repository):
            head = f"{self._repo.owner.login}:{self._proposal}"
            for pull in self._repo.get_pulls(state="all", head=head):
                return Sent(commit=commit, pushed=True, address=pull.html_url)
            self._step("pull")
            made = self._repo.create_pull(
                base=self._branch,
                head=self._proposal,
                title=f"Publish {self._proposal.partition('/')[2]}",
                body="",
            )
        return Sent(commit=commit, pushed=True, address=made.html_url)


def _sha(body: bytes) -> str:
    """The id that git gives a file of these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()


def _moved(branch: str) -> PublishError:
    remedy = "再运行一次 stardraft publish：它会在新的提交上重做，不会重复。"
    sentence = f"GitHub 上的 {branch} 刚刚有了别的提交，没有发布。"
    return stop(branch, "remote_moved", sentence, remedy, temporary=True)


@contextmanager
def _explained(subject: str) -> Iterator[None]:
    """GitHub's refusals and the network's failures as issues."""
    import requests
    from github import GithubException

    try:
        yield
    except GithubException as error:
        raise _refused(subject, error) from error
    except requests.RequestException as error:
        remedy = "稍后再发布一次；已做的提交不会重复。"
        raise stop(subject, "network", "连不上 GitHub。", remedy, temporary=True) from error


def _refused(subject: str, error: GithubException) -> PublishError | CredentialError:
    if error.status == 401:
        remedy = "换一个有效的 GITHUB_TOKEN，再发布。"
        return CredentialError(issue(subject, "bad_token", "GitHub 不接受这个令牌。", remedy))
    if error.status in (403, 404):
        remedy = "核对 [publish] repository 和 branch，仓库里至少要有一个提交；令牌要有写权限（Contents，合并请求还要 Pull requests）。"
        sentence = f"GitHub 上没有这个仓库或分支，或者令牌没有权限（HTTP {error.status}）。"
        return stop(subject, "refused", sentence, remedy)
    remedy = "稍后再发布一次；已做的提交不会重复。"
    return stop(
        subject, "github", f"GitHub 没有照办（HTTP {error.status}）。", remedy, temporary=True
    )
