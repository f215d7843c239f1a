"""Repositories as they are found in the wild: each refusal comes before anything is written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import Issue
from pipeline.ports import Store
from pipeline.publish.publisher import Publisher
from pipeline.publish.revision import PublishError, gather
from tests.conftest import StillClock
from tests.publish.samples import DAY, NOTE, commits, git, publisher, repository, write_note


def stopped(house: Publisher, notes: Path) -> Issue:
    with pytest.raises(PublishError) as caught:
        house.publish(gather(notes, DAY))
    (issue,) = caught.value.issues
    assert issue.remedy
    return issue


def published_once(house: Publisher, root: Path, notes: Path) -> None:
    """One commit, none by a rerun, and one more for an edit."""
    assert house.publish(gather(notes, DAY)).made
    assert not house.publish(gather(notes, DAY)).made
    assert len(commits(root)) == 1
    write_note(notes, text=NOTE + "\n又一句。")
    assert house.publish(gather(notes, DAY)).made
    assert not house.publish(gather(notes, DAY)).made
    assert len(commits(root)) == 2
    assert git(root, "status", "--porcelain") == ""


@pytest.fixture
def refusing() -> Iterator[str]:
    """A web server that wants a password."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/notes.git"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("remote", "code"), [("refusing", "login"), ("http://127.0.0.1:9/n.git", "remote_down"),
                         ("nowhere", "no_remote"), ("/nonexistent/n.git", "no_remote")]
)  # fmt: skip
def test_a_remote_that_does_not_answer_stops_it_before_the_commit(
    remote: str, code: str, root: Path, notes: Path, store: Store, clock: StillClock, refusing: str
) -> None:
    name = "upstream" if remote == "nowhere" else "origin"
    git(root, "remote", "add", name, refusing if remote == "refusing" else remote)
    issue = stopped(publisher(root, notes, store, clock, remote="origin"), notes)
    assert issue.code == f"publish.{code}", issue
    assert issue.temporary == (code == "remote_down")
    assert not (root / "README.md").exists()


def test_a_password_in_the_address_is_not_repeated(
    root: Path, notes: Path, store: Store, clock: StillClock
) -> None:
    git(root, "remote", "add", "origin", "http://me:s3cret@127.0.0.1:9/n.git")
    issue = stopped(publisher(root, notes, store, clock, remote="origin"), notes)
    assert "s3cret" not in issue.sentence
    assert "127.0.0.1" in issue.sentence


def test_a_linked_worktree_is_a_repository_too(
    root: Path, notes: Path, store: Store, clock: StillClock, tmp_path: Path
) -> None:
    git(root, "commit", "-q", "--allow-empty", "-m", "first")
    git(root, "worktree", "add", "-q", "-b", "notes", str(tmp_path / "tree"))
    tree = tmp_path / "tree"
    lock = Path(git(tree, "rev-parse", "--git-path", "index.lock"))
    lock.touch()
    house = publisher(tree, notes, store, clock)
    assert stopped(house, notes).code == "publish.locked"
    lock.unlink()
    published_once(house, tree, notes)


def test_a_submodule_in_the_way_stops_it(house: Publisher, root: Path, notes: Path) -> None:
    repository(root / "notes")
    git(root / "notes", "commit", "-q", "--allow-empty", "-m", "theirs")
    assert stopped(house, notes).code == "publish.submodule"
    assert [p.name for p in (root / "notes").iterdir()] == [".git"]


def test_a_link_inside_the_repository_stops_it_too(
    house: Publisher, root: Path, notes: Path
) -> None:
    (root / "docs").mkdir()
    (root / "notes").symlink_to("docs")
    assert stopped(house, notes).code == "publish.outside"
    assert not list((root / "docs").iterdir())


def test_a_name_that_differs_in_case_alone_stops_it(
    house: Publisher, root: Path, notes: Path
) -> None:
    (root / "Readme.md").write_text("# hello\n", encoding="utf-8")
    git(root, "add", "Readme.md")
    git(root, "commit", "-q", "-m", "by hand")
    issue = stopped(house, notes)
    assert issue.code == "publish.case"
    assert "git mv Readme.md README.md" in issue.remedy
    git(root, "mv", "Readme.md", "README.md")
    git(root, "commit", "-q", "-m", "renamed")
    published_once(house, root, notes)


def test_a_folder_of_notes_that_differs_in_case_alone_stops_it_too(
    house: Publisher, root: Path, notes: Path
) -> None:
    (root / "Notes").mkdir()
    (root / "Notes" / "old.md").write_text("x", encoding="utf-8")
    git(root, "add", "Notes")
    git(root, "commit", "-q", "-m", "by hand")
    assert "git mv Notes notes" in stopped(house, notes).remedy


def test_a_file_where_the_folder_should_be_is_said(
    house: Publisher, root: Path, notes: Path
) -> None:
    (root / "notes").write_text("x", encoding="utf-8")
    git(root, "add", "notes")
    git(root, "commit", "-q", "-m", "by hand")
    assert stopped(house, notes).code == "publish.unwritable"


def test_a_message_written_anew_makes_the_files_no_strangers(
    house: Publisher, root: Path, notes: Path
) -> None:
    house.publish(gather(notes, DAY))
    git(root, "commit", "-q", "--amend", "-m", "今天的笔记")
    write_note(notes, text=NOTE + "\n\n新的一句")
    assert house.publish(gather(notes, DAY)).made
    assert git(root, "rev-list", "--count", "HEAD") == "2"
    committed = root / "notes" / "202207" / "0710.md"
    committed.write_text("手改的", encoding="utf-8")
    git(root, "commit", "-q", "-a", "-m", "by hand")
    write_note(notes, text=NOTE + "\n\n又一句")
    assert stopped(house, notes).code == "publish.hand_edited"


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("\n", "\r\n", "+------␍"),
        ("</div>", "</div>\n", "\\ No newline at end of file"),
        ("题目", "题\u2028目", "+1. [题\ufffd目]"),
    ],
)
def test_a_dry_run_shows_what_changes_at_the_ends_of_lines_alone(
    old: str, new: str, shown: str, house: Publisher, root: Path, notes: Path
) -> None:
    house.publish(gather(notes, DAY))
    write_note(notes, text=NOTE.replace(old, new))
    assert shown in house.plan(gather(notes, DAY)).diff


def test_hooks_from_elsewhere_are_obeyed(house: Publisher, root: Path, notes: Path) -> None:
    hook = root.parent / "hooks" / "commit-msg"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\necho needs a ticket >&2\nexit 1\n")
    hook.chmod(0o755)
    git(root, "config", "core.hooksPath", str(hook.parent))
    assert "needs a ticket" in stopped(house, notes).sentence
    git(root, "config", "--unset", "core.hooksPath")
    published_once(house, root, notes)


def test_a_signature_that_cannot_be_made_stops_it(
    house: Publisher, root: Path, notes: Path
) -> None:
    git(root, "config", "commit.gpgSign", "true")
    git(root, "config", "gpg.program", "/bin/false")
    assert stopped(house, notes).code == "publish.git"
    git(root, "config", "commit.gpgSign", "false")
    published_once(house, root, notes)


@pytest.mark.parametrize(
    ("setting", "attributes"),
    [
        ("core.autocrlf=true", ""),
        ("core.autocrlf=input", ""),
        ("core.eol=crlf", "*.md text eol=crlf"),
        ("filter.x.clean=sed s/一句/两句/", "*.md filter=x"),
        ("core.fileMode=false", "*.md ident"),
    ],
)
def test_line_ends_and_filters_make_no_second_commit(
    setting: str, attributes: str, house: Publisher, root: Path, notes: Path
) -> None:
    git(root, "config", *setting.split("=", 1))
    if attributes:
        (root / ".gitattributes").write_text(attributes + "\n")
        git(root, "add", ".gitattributes")
        git(root, "commit", "-q", "-m", "attributes")
    published_once(house, root, notes)


def test_windows_line_ends_in_the_note_too(house: Publisher, root: Path, notes: Path) -> None:
    git(root, "config", "core.autocrlf", "true")
    write_note(notes, text=NOTE.replace("\n", "\r\n"))
    published_once(house, root, notes)


def test_an_executable_note_stays_one(house: Publisher, root: Path, notes: Path) -> None:
    house.publish(gather(notes, DAY))
    path = root / "notes/202207/0710.md"
    path.chmod(0o755)
    git(root, "commit", "-q", "-a", "-m", "mode")
    write_note(notes, text=NOTE + "\n又一句。")
    assert house.publish(gather(notes, DAY)).made
    assert git(root, "ls-files", "-s", "notes/202207/0710.md").startswith("100755")


def test_an_ignored_folder_is_said(house: Publisher, root: Path, notes: Path) -> None:
    (root / ".gitignore").write_text("notes/\n")
    issue = stopped(house, notes)
    assert issue.code == "publish.ignored"
    (root / ".gitignore").write_text("")
    assert house.publish(gather(notes, DAY)).made
    assert len(commits(root)) == 1


@pytest.mark.parametrize("head", ["CHERRY_PICK_HEAD", "REVERT_HEAD", "MERGE_HEAD"])
def test_unfinished_business_stops_it(head: str, house: Publisher, root: Path, notes: Path) -> None:
    git(root, "commit", "-q", "--allow-empty", "-m", "first")
    (root / ".git" / head).write_text(git(root, "rev-parse", "HEAD") + "\n")
    assert stopped(house, notes).code == "publish.merging"
    assert not (root / "README.md").exists()


def test_an_unresolved_merge_in_the_note_is_not_published(
    house: Publisher, root: Path, notes: Path
) -> None:
    both = "<<<<<<< HEAD\n   - Abstract: 一句话\n=======\n   - Abstract: 两句话\n>>>>>>> main"
    write_note(notes, text=NOTE.replace("   - Abstract: 一句话", both))
    assert stopped(house, notes).code == "publish.unmerged"
    write_note(notes, text=NOTE + "\n标题\n=======\n")
    assert house.publish(gather(notes, DAY)).made


def test_a_shallow_clone_publishes(
    root: Path, notes: Path, store: Store, clock: StillClock, tmp_path: Path
) -> None:
    for word in ("a", "b"):
        git(root, "commit", "-q", "--allow-empty", "-m", word)
    git(tmp_path, "clone", "-q", "--bare", "repo", "remote.git")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path}/remote.git", "clone")
    clone = tmp_path / "clone"
    git(clone, "config", "user.name", "Reader")
    git(clone, "config", "user.email", "reader@example.org")
    house = publisher(clone, notes, store, clock, remote="origin")
    published_once(house, clone, notes)
    assert git(clone, "rev-parse", "HEAD") == git(tmp_path / "remote.git", "rev-parse", "main")
