"""Publishing to a real git repository, when all is well and when it is not."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from pipeline.notes import check_archive
from pipeline.ports import Store
from pipeline.publish.publisher import Publisher
from pipeline.publish.revision import PublishError, gather
from pipeline.store import open_store
from tests.conftest import StillClock
from tests.publish.samples import DAY, NOTE, PNG, commits, git, publisher, write_note


def stopped(house: Publisher, notes: Path, *, overwrite: bool = False) -> str:
    with pytest.raises(PublishError) as caught:
        house.publish(gather(notes, DAY), overwrite=overwrite)
    (issue,) = caught.value.issues
    assert issue.remedy
    return f"{issue.code}\n{issue.sentence}"


def test_note_pictures_and_readme_are_one_commit_and_a_rerun_makes_none(
    house: Publisher, root: Path, notes: Path
) -> None:
    (root / "mine.txt").write_text("mine")
    git(root, "add", "mine.txt")
    made = house.publish(gather(notes, DAY))
    assert made.made
    assert git(root, "show", "--name-only", "--format=", "HEAD").splitlines() == [
        "README.md",
        "notes/202207/0710.md",
        "notes/202207/images/0710.png",
    ]
    assert (root / "notes/202207/0710.md").read_bytes() == NOTE.encode()
    assert (root / "notes/202207/images/0710.png").read_bytes() == PNG
    readme = (root / "README.md").read_text()
    assert "更新今日时间：2022.7.10\n" in readme
    assert 'src="notes/202207/images/0710.png"' in readme
    assert '<a href="notes/202207/0710.md"' in readme
    assert git(root, "status", "--porcelain") == "A  mine.txt"
    again = house.publish(gather(notes, DAY))
    assert not again.made
    assert again.sent.commit == made.sent.commit
    assert len(commits(root)) == 1


def test_each_revision_is_one_commit_and_going_back_is_one_more(
    house: Publisher, root: Path, notes: Path
) -> None:
    for text in (NOTE, NOTE + "\n改", NOTE):
        write_note(notes, text=text)
        house.publish(gather(notes, DAY))
        house.publish(gather(notes, DAY))
    assert len(commits(root)) == 3
    assert (root / "notes/202207/0710.md").read_bytes() == NOTE.encode()


def test_an_older_day_leaves_the_newest_note_on_the_readme(
    house: Publisher, root: Path, notes: Path
) -> None:
    house.publish(gather(notes, DAY))
    write_note(notes, date(2021, 12, 1), "# 拓展学习笔记（2021.12.1）\n\n旧的一天")
    house.publish(gather(notes, date(2021, 12, 1)))
    readme = (root / "README.md").read_text()
    assert "更新今日时间：2022.7.10\n" in readme
    assert "旧的一天" not in readme
    assert readme.index("2021年") < readme.index("2022年")
    assert readme.count("<details>") == readme.count("</details>") == 4


def test_the_readers_notes_may_lie_in_the_repository_itself(
    root: Path, store: Store, clock: StillClock
) -> None:
    own = root / "notes"
    write_note(own)
    git(root, "add", "notes")
    git(root, "commit", "-qm", "by hand")
    write_note(own, text=NOTE + "\n手写的一行")
    publisher(root, own, store, clock).publish(gather(own, DAY))
    assert git(root, "show", "HEAD:notes/202207/0710.md").endswith("手写的一行")
    assert git(root, "status", "--porcelain") == ""


def test_a_dry_run_shows_the_diff_and_changes_nothing(
    house: Publisher, root: Path, notes: Path, store: Store
) -> None:
    plan = house.plan(gather(notes, DAY))
    assert "+++ b/notes/202207/0710.md" in plan.diff
    assert "+更新今日时间：2022.7.10" in plan.diff
    assert not plan.obstacles
    assert sorted(p.name for p in root.iterdir()) == [".git"]
    assert not store.outgoing(house._target.name)


def test_a_dirty_tree_stops_it_with_the_diff(house: Publisher, root: Path, notes: Path) -> None:
    house.publish(gather(notes, DAY))
    write_note(notes, text=NOTE + "\n新的")
    readme = root / "README.md"
    readme.write_text("没提交的话\n" + readme.read_text())
    said = stopped(house, notes)
    assert said.startswith("publish.dirty")
    assert "-没提交的话" in said
    assert readme.read_text().startswith("没提交的话")
    assert len(commits(root)) == 1
    plan = house.plan(gather(notes, DAY))
    assert [i.code for i in plan.obstacles] == ["publish.dirty"]


def test_a_staged_change_stops_it_too(house: Publisher, root: Path, notes: Path) -> None:
    house.publish(gather(notes, DAY))
    committed = (root / "README.md").read_text()
    (root / "README.md").write_text("只暂存了\n")
    git(root, "add", "README.md")
    (root / "README.md").write_text(committed)
    write_note(notes, text=NOTE + "\n新的")
    assert stopped(house, notes).startswith("publish.dirty")
    assert git(root, "show", ":README.md") == "只暂存了"


def test_a_hand_edited_index_stops_it_and_an_edited_head_does_not(
    house: Publisher, root: Path, notes: Path
) -> None:
    house.publish(gather(notes, DAY))
    readme = root / "README.md"
    readme.write_text("我的欢迎词\n\n" + readme.read_text())
    git(root, "commit", "-qam", "head")
    write_note(notes, text=NOTE + "\n新的")
    house.publish(gather(notes, DAY))
    assert readme.read_text().startswith("我的欢迎词\n")
    readme.write_text(readme.read_text() + "\n我的结尾\n")
    git(root, "commit", "-qam", "tail")
    write_note(notes, text=NOTE + "\n更新的")
    said = stopped(house, notes)
    assert said.startswith("publish.hand_edited")
    assert "-我的结尾" in said
    house.publish(gather(notes, DAY), overwrite=True)
    assert "我的结尾" not in readme.read_text()
    assert "我的结尾" in git(root, "show", "HEAD~1:README.md")


def test_a_note_edited_in_the_repository_is_not_overwritten(
    house: Publisher, root: Path, notes: Path
) -> None:
    house.publish(gather(notes, DAY))
    (root / "notes/202207/0710.md").write_text(NOTE + "\n在仓库里改的")
    git(root, "commit", "-qam", "by hand")
    write_note(notes, text=NOTE + "\n新的")
    assert "-在仓库里改的" in stopped(house, notes)


def test_a_held_lock_a_detached_head_and_no_repository_stop_it(
    house: Publisher, root: Path, notes: Path, store: Store, clock: StillClock, tmp_path: Path
) -> None:
    lock = root / ".git" / "index.lock"
    lock.touch()
    assert stopped(house, notes).startswith("publish.locked")
    lock.unlink()
    house.publish(gather(notes, DAY))
    git(root, "checkout", "-q", "--detach")
    assert stopped(house, notes).startswith("publish.detached")
    other = publisher(tmp_path, notes, store, clock)
    assert stopped(other, notes).startswith("publish.no_repository")


def test_a_readme_that_is_nothing_but_a_head_is_no_obstacle(
    house: Publisher, root: Path, notes: Path
) -> None:
    (root / "README.md").write_text("# 学习\n\n更新今日时间：2022.7.9\n", encoding="utf-8")
    git(root, "add", "README.md")
    git(root, "commit", "-q", "-m", "by hand")
    assert house.publish(gather(notes, DAY)).made
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# 学习\n\n更新今日时间：2022.7.10\n\n------\n")


def test_a_remote_that_moved_on_stops_it_before_the_commit(
    root: Path, notes: Path, store: Store, clock: StillClock, tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote.git")
    git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    house = publisher(root, notes, store, clock, remote="origin")
    assert house.publish(gather(notes, DAY)).sent.pushed
    git(tmp_path, "clone", "-q", "remote.git", "other")
    other = tmp_path / "other"
    git(other, "-c", "user.name=O", "-c", "user.email=o@example.org",
        "commit", "-q", "--allow-empty", "-m", "elsewhere")  # fmt: skip
    git(other, "push", "-q")
    write_note(notes, text=NOTE + "\n新的")
    (unfetched,) = house.plan(gather(notes, DAY)).obstacles
    assert (unfetched.code, "\n+" in unfetched.sentence) == ("publish.remote_moved", False)
    assert stopped(house, notes).startswith("publish.remote_moved")
    assert len(commits(root)) == 1
    git(root, "pull", "-q", "--rebase", "origin", "main")
    assert house.publish(gather(notes, DAY)).sent.pushed
    assert not house.publish(gather(notes, DAY)).made
    assert len(commits(tmp_path / "remote.git")) == 2


def test_a_push_refused_after_the_commit_is_pushed_later_without_a_second_commit(
    root: Path, notes: Path, store: Store, clock: StillClock, tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote.git")
    git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    hook = tmp_path / "remote.git/hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    house = publisher(root, notes, store, clock, remote="origin")
    stopped(house, notes)
    assert [row.state for row in store.outgoing(house._target.name)] == ["committed"]
    hook.unlink()
    assert house.publish(gather(notes, DAY)).sent.pushed
    assert len(commits(tmp_path / "remote.git")) == 1
    assert [row.state for row in store.outgoing(house._target.name)] == ["pushed"]


def test_a_lost_acknowledgement_is_found_by_content_and_trailer(
    house: Publisher, root: Path, notes: Path, clock: StillClock, tmp_path: Path
) -> None:
    house.publish(gather(notes, DAY))
    (root / "mine.txt").write_text("mine")
    git(root, "add", "mine.txt")
    git(root, "commit", "-qm", "mine")
    fresh = open_store(f"sqlite:///{tmp_path / 'fresh.db'}")
    found = publisher(root, notes, fresh, clock).publish(gather(notes, DAY))
    fresh.close()
    assert not found.made
    assert found.sent.commit == git(root, "rev-parse", "HEAD~1")


STEPS = (
    "plan", "write", "wrote note", "wrote README", "added", "record committed", "push",
    "record pushed",
)  # fmt: skip
_DRIVER = """
import os, signal, sys
from pathlib import Path
from pipeline.publish.revision import gather
from pipeline.store import open_store
from pipeline.wiring import SystemClock
from tests.publish.samples import DAY, publisher
folder, fatal = Path(sys.argv[1]), sys.argv[2]
def step(name):
    if name == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
store = open_store(f"sqlite:///{folder / 'state.db'}")
publisher(folder / "repo", folder / "notes", store, SystemClock(), remote="origin", step=step).publish(
    gather(folder / "notes", DAY))
"""


@pytest.mark.parametrize("fatal", STEPS)
@pytest.mark.parametrize("edited", [False, True])
def test_a_kill_at_every_step_and_a_rerun_end_in_one_commit(
    fatal: str, edited: bool, root: Path, notes: Path, tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote.git")
    git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    driver = [sys.executable, "-c", _DRIVER, str(tmp_path)]
    where = Path(__file__).parents[2]
    assert subprocess.run([*driver, fatal], cwd=where).returncode == -signal.SIGKILL
    before = len(commits(root)) if (root / ".git/refs/heads/main").exists() else 0
    if edited:
        write_note(notes, text=NOTE + "\n被杀以后改的")
    for _ in range(2):
        assert subprocess.run([*driver, "never"], cwd=where).returncode == 0
    assert len(commits(root)) == (before + 1 if edited else 1)
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "rev-parse", "HEAD") == git(tmp_path / "remote.git", "rev-parse", "main")


def test_git_variables_and_hostile_names_do_not_reach_git(
    house: Publisher, root: Path, notes: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    images = notes / "202207" / "images"
    for name in ("--upload-pack=x.png", ":(top)x.png", "a b;c.png"):
        (images / name).write_bytes(PNG)
    (tmp_path / "secret.png").write_bytes(b"secret")
    (images / "link.png").symlink_to(tmp_path / "secret.png")
    pictures = "".join(
        f'\n<img src="images/{n}">'
        for n in (
            "--upload-pack=x.png",
            ":(top)x.png",
            "a b;c.png",
            "../../../secret.png",
            "link.png",
        )
    )
    write_note(notes, text=NOTE + pictures)
    material = gather(notes, DAY)
    assert [i.code for i in material.issues] == ["publish.picture"] * 2
    house.publish(material)
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    listed = git(root, "ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0")
    assert "notes/202207/images/--upload-pack=x.png" in listed
    assert "notes/202207/images/:(top)x.png" in listed
    assert not any("secret" in name or "link" in name for name in listed)


def test_a_link_in_the_repository_leads_nothing_out_of_it(
    house: Publisher, root: Path, notes: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (root / "notes").symlink_to(tmp_path / "outside")
    assert stopped(house, notes).startswith("publish.outside")
    assert not list((tmp_path / "outside").iterdir())


def test_a_refusing_hook_of_the_reader_is_obeyed(house: Publisher, root: Path, notes: Path) -> None:
    hook = root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    assert "not today" in stopped(house, notes)
    hook.unlink()
    assert house.publish(gather(notes, DAY)).made
    assert len(commits(root)) == 1


@pytest.mark.corpus
def test_the_index_of_the_real_notes_has_no_dead_link(
    corpus: Path, root: Path, store: Store, clock: StillClock
) -> None:
    shutil.copytree(corpus / "notes", root / "notes")
    git(root, "add", "notes")
    git(root, "commit", "-qm", "notes")
    newest = date(2022, 5, 5)
    publisher(root, root / "notes", store, clock).publish(gather(root / "notes", newest))
    readme = (root / "README.md").read_text()
    files = list((root / "notes").rglob("[0-9][0-9][0-9][0-9].md"))
    assert readme.count('target="_blank"') == len(files) >= 90
    assert "dead_link" not in {i.code.partition(".")[2] for i in check_archive(str(root / "notes"))}
    assert git(root, "status", "--porcelain") == ""
    assert len(readme) > 5_000
