"""Publishing to GitHub without a clone, against its git data API on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import CredentialError
from pipeline.ports import Store
from pipeline.publish import GithubTarget, Publisher, ReadmeWords, gather
from pipeline.publish.revision import PublishError
from tests.conftest import StillClock
from tests.publish.github_server import REPO, Hub
from tests.publish.samples import DAY, NOTE, PNG, write_note


class Killed(BaseException):
    """The process ends here."""


def house(hub: Hub, store: Store, *, fatal: str = "", pull_request: bool = False) -> Publisher:
    def step(name: str) -> None:
        if name == fatal:
            raise Killed

    target = GithubTarget(
        REPO, token="token-of-the-reader", api_url=hub.url, pull_request=pull_request, pause=0, step=step
    )  # fmt: skip
    return Publisher(target, store, StillClock(), ReadmeWords(), step=step)


def made(hub: Hub, branch: str = "main") -> int:
    return sum("Stardraft-Revision: " in message for message in hub.log(branch))


def test_one_commit_holds_note_readme_and_pictures(hub: Hub, store: Store, notes: Path) -> None:
    done = house(hub, store).publish(gather(notes, DAY))
    files = hub.files()
    assert files["LICENSE"] == b"mine\n"
    assert files["notes/202207/0710.md"] == NOTE.encode()
    assert files["notes/202207/images/0710.png"] == PNG
    assert 'href="notes/202207/0710.md"' in files["README.md"].decode()
    assert done.sent.address == f"https://github.com/{REPO}/commit/{hub.refs['heads/main']}"
    assert not house(hub, store).publish(gather(notes, DAY)).made
    assert made(hub) == 1


def test_the_index_holds_what_stands_at_github_and_the_note(
    hub: Hub, store: Store, notes: Path
) -> None:
    hub.push("by hand", {"notes/202205/0505.md": b"# x", "notes/202205/05010.md": b"# x"})
    write_note(notes, DAY.replace(day=9))
    house(hub, store).publish(gather(notes, DAY))
    readme = hub.files()["README.md"].decode()
    assert "0505.md" in readme
    assert "05010.md" not in readme
    assert "0709.md" not in readme


def test_a_dry_run_only_reads(hub: Hub, store: Store, notes: Path) -> None:
    assert "+++ b/README.md" in house(hub, store).plan(gather(notes, DAY)).diff
    assert {asked.split()[0] for asked in hub.asked} == {"GET"}


@pytest.mark.parametrize(
    "fatal", ["plan", "blob", "tree", "commit", "ref", "record committed", "record pushed"]
)
def test_a_kill_at_every_step_and_a_rerun_end_in_one_commit(
    hub: Hub, store: Store, notes: Path, fatal: str
) -> None:
    with pytest.raises(Killed):
        house(hub, store, fatal=fatal).publish(gather(notes, DAY))
    house(hub, store).publish(gather(notes, DAY))
    assert made(hub) == 1
    assert len(hub.log()) == 2


def test_an_answer_lost_after_the_branch_moved_is_not_done_twice(
    hub: Hub, store: Store, notes: Path
) -> None:
    hub.lose = lambda verb, path: verb == "PATCH"
    with pytest.raises(PublishError):
        house(hub, store).publish(gather(notes, DAY))
    hub.lose = lambda verb, path: False
    assert not house(hub, store).publish(gather(notes, DAY)).made
    assert made(hub) == 1


def test_a_remote_that_moved_meanwhile_is_left_alone(hub: Hub, store: Store, notes: Path) -> None:
    def move(verb: str, path: str) -> None:
        if path.endswith("/git/commits") and len(hub.log()) == 1:
            hub.push("elsewhere", {"other.txt": b"x"})

    hub.before = move
    with pytest.raises(PublishError) as caught:
        house(hub, store).publish(gather(notes, DAY))
    assert caught.value.issues[0].code == "publish.remote_moved"
    assert made(hub) == 0
    house(hub, store).publish(gather(notes, DAY))
    assert made(hub) == 1
    assert hub.files()["other.txt"] == b"x"


def test_a_hand_edited_index_stops_it_and_an_edited_head_does_not(
    hub: Hub, store: Store, notes: Path
) -> None:
    house(hub, store).publish(gather(notes, DAY))
    hub.push("head", {"README.md": "欢迎\n\n".encode() + hub.files()["README.md"]})
    write_note(notes, text=NOTE + "\n新的")
    house(hub, store).publish(gather(notes, DAY))
    assert hub.files()["README.md"].startswith("欢迎\n".encode())
    hub.push("tail", {"README.md": hub.files()["README.md"] + "结尾\n".encode()})
    write_note(notes, text=NOTE + "\n更新的")
    with pytest.raises(PublishError) as caught:
        house(hub, store).publish(gather(notes, DAY))
    assert caught.value.issues[0].code == "publish.hand_edited"
    assert "-结尾" in caught.value.issues[0].sentence
    assert house(hub, store).publish(gather(notes, DAY), overwrite=True).made


@pytest.mark.parametrize("fatal", ["ref", "record committed", "pull", "record pushed"])
def test_a_pull_request_is_opened_once(hub: Hub, store: Store, notes: Path, fatal: str) -> None:
    with pytest.raises(Killed):
        house(hub, store, fatal=fatal, pull_request=True).publish(gather(notes, DAY))
    done = house(hub, store, pull_request=True).publish(gather(notes, DAY))
    assert done.sent.address == f"https://github.com/{REPO}/pull/1"
    house(hub, store, pull_request=True).publish(gather(notes, DAY))
    assert len(hub.pulls) == 1
    assert made(hub) == 0
    branch = hub.pulls[0]["head"]["ref"]
    assert made(hub, branch) == 1
    hub.refs["heads/main"] = hub.refs[f"heads/{branch}"]
    assert not house(hub, store, pull_request=True).publish(gather(notes, DAY)).made


@pytest.mark.parametrize(("status", "code"), [(401, "bad_token"), (404, "refused")])
def test_refusals_say_what_to_do(
    hub: Hub, store: Store, notes: Path, status: int, code: str
) -> None:
    hub.before = lambda verb, path: status
    with pytest.raises((PublishError, CredentialError)) as caught:
        house(hub, store).publish(gather(notes, DAY))
    (issue,) = caught.value.issues
    assert issue.code == f"publish.{code}"
    assert issue.remedy
    assert "token-of-the-reader" not in str(issue)


def test_no_token_is_a_missing_credential_and_odd_names_are_refused() -> None:
    with pytest.raises(CredentialError):
        GithubTarget(REPO, token=None).open()
    for name in ("../..", "a/b/c", "a/b?x=1", "", "https://github.com/a/b"):
        with pytest.raises(PublishError):
            GithubTarget(name, token="x")
    with pytest.raises(PublishError):
        GithubTarget(REPO, token="x", branch="--force")
