"""Where a token is looked for; every token here is made up."""

from __future__ import annotations

from pathlib import Path

from pipeline.enrich import GithubConfig, find_token

TOKEN, OTHER = (
    "ghp_madeUpForThisTest0000000000000000000",
    "gho_alsoMadeUp11111111111111111111111111",
)


def test_no_token_anywhere(tmp_path: Path) -> None:
    assert find_token({}, tmp_path) is None
    assert find_token({}) is None


def test_our_own_name_comes_first(tmp_path: Path) -> None:
    environ = {"GH_TOKEN": OTHER, "GITHUB_TOKEN": OTHER, "STARDRAFT_GITHUB_TOKEN": f" {TOKEN}\n"}
    assert find_token(environ, tmp_path) == TOKEN
    assert find_token({"GH_TOKEN": OTHER}, tmp_path) == OTHER


def test_a_file_may_hold_it(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{TOKEN}\n")
    assert find_token({"GITHUB_TOKEN_FILE": str(file)}) == TOKEN
    assert find_token({"GITHUB_TOKEN_FILE": str(tmp_path / "absent")}) is None


def test_what_is_no_token_is_passed_over(tmp_path: Path) -> None:
    assert find_token({"GITHUB_TOKEN": "", "GH_TOKEN": TOKEN}) == TOKEN
    assert find_token({"GITHUB_TOKEN": "two words here", "GH_TOKEN": TOKEN}) == TOKEN
    assert find_token({"GITHUB_TOKEN": "bad\nheader: injected"}) is None


HOSTS = f"""\
ghe.example.com:
    oauth_token: {OTHER}
github.com:
    user: someone
    oauth_token: {TOKEN}
    git_protocol: https
"""


def test_the_gh_commands_own_file(tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "gh"
    folder.mkdir(parents=True)
    (folder / "hosts.yml").write_text(HOSTS)
    assert find_token({}, tmp_path) == TOKEN
    assert find_token({"XDG_CONFIG_HOME": str(tmp_path / ".config")}) == TOKEN
    assert find_token({"GH_CONFIG_DIR": str(folder)}) == TOKEN


def test_a_broken_or_tokenless_hosts_file_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "hosts.yml").write_bytes(b"\xff\xfe: [}\ngithub.com:\n    user: x\n")
    assert find_token({"GH_CONFIG_DIR": str(tmp_path)}) is None


def test_the_configuration_does_not_show_it() -> None:
    assert TOKEN not in repr(GithubConfig(token=TOKEN))
    assert TOKEN not in str(GithubConfig(token=TOKEN))
