"""The GitHub index against a loopback server: batches, limits, and what became of repositories."""

from __future__ import annotations

import ast
import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.enrich import GithubConfig, GithubIndex, GithubSearch, RepoVerifier
from pipeline.types import RepoState
from tests.conftest import StillClock
from tests.enrich.builders import paper
from tests.enrich.loopback import Asked, Loopback, MemoryLimiter, RealClock, Says, in_turn, serving

RESET = int(datetime(2026, 9, 18, 1, 40, tzinfo=UTC).timestamp())
TOKEN = "ghp_notARealTokenButLongEnough0123456789"


def index(
    server: Loopback,
    clock: StillClock | RealClock,
    limiter: MemoryLimiter | None = None,
    token: str | None = None,
    **config: Any,
) -> GithubIndex:
    settings = GithubConfig(api_url=server.url, token=token, **config)
    return GithubIndex(settings, limiter or MemoryLimiter(), clock)


def facts(name: str, **more: Any) -> dict[str, Any]:
    return {
        "full_name": name,
        "description": "A thing",
        "stargazers_count": 7,
        "archived": False,
        "size": 120,
        "language": "Python",
        "license": {"spdx_id": "MIT"},
        "topics": ["vision"],
        "pushed_at": "2022-03-01T10:00:00Z",
    } | more


def rest(
    known: dict[str, Any], limit: int = 60, spent: list[int] | None = None
) -> Callable[[Asked], Says]:
    """`known` maps owner/name to facts, a status, or another name (a rename)."""
    used = spent if spent is not None else [0]

    def answer(asked: Asked) -> Says:
        used[0] += 1
        left = {"X-RateLimit-Remaining": str(limit - used[0]), "X-RateLimit-Reset": str(RESET)}
        name = asked.path.removeprefix("/repos/").lower()
        found = known.get(name, 404)
        if isinstance(found, str):
            host = f"http://{asked.headers['host']}"
            return Says("{}", 301, left | {"Location": f"{host}/repos/{found}"})
        if isinstance(found, int):
            return Says('{"message": "Not Found"}', found, left)
        return Says(json.dumps(found), 200, left)

    return answer


def graphql(
    known: dict[str, Any], errors: list[dict[str, Any]] | None = None
) -> Callable[[Asked], Says]:
    """Answers aliases as GitHub does: nothing there is null with an error beside it."""

    def answer(asked: Asked) -> Says:
        query = json.loads(asked.body)["query"]
        data, wrong = {}, list(errors or [])
        for alias, owner, name in re.findall(
            r'(r\d+): repository\(owner: "([^"]+)", name: "([^"]+)"\)', query
        ):
            data[alias] = known.get(f"{owner}/{name}")
            if data[alias] is None:
                wrong.append({"type": "NOT_FOUND", "path": [alias], "message": "Could not resolve"})
        return Says(json.dumps({"data": data} | ({"errors": wrong} if wrong else {})))

    return answer


def node(name: str, **more: Any) -> dict[str, Any]:
    return {
        "nameWithOwner": name,
        "description": "A thing",
        "stargazerCount": 7,
        "isArchived": False,
        "isEmpty": False,
        "pushedAt": "2022-03-01T10:00:00Z",
        "primaryLanguage": {"name": "Python"},
        "licenseInfo": {"spdxId": "MIT"},
        "repositoryTopics": {"nodes": [{"topic": {"name": "vision"}}]},
    } | more


@pytest.mark.parametrize("token", [None, TOKEN])
def test_reads_the_facts_of_a_repository(clock: StillClock, token: str | None) -> None:
    answer = (
        graphql({"some/repo": node("Some/Repo")})
        if token
        else rest({"some/repo": facts("Some/Repo")})
    )
    with serving(answer) as server:
        found = index(server, clock, token=token).by_ids(["github.com/some/repo"])
    repo = found.found["github.com/some/repo"]
    assert repo.full_name == "Some/Repo"
    assert repo.url == "https://github.com/Some/Repo"
    assert repo.state is RepoState.OK
    assert (repo.stargazers, repo.language, repo.licence) == (7, "Python", "MIT")
    assert repo.topics == ("vision",)
    assert repo.pushed_at == datetime(2022, 3, 1, 10, tzinfo=UTC)
    assert found.requests == 1


@pytest.mark.parametrize("token", [None, TOKEN])
def test_other_hosts_are_not_asked(clock: StillClock, token: str | None) -> None:
    with serving(rest({})) as server:
        found = index(server, clock, token=token).by_ids(
            ["gitlab.com/a/b", "huggingface.co/a/b", "github.com/only-owner", 'github.com/a/b"']
        )
    assert server.asked == []
    assert (found.found, found.missing, found.deferred) == ({}, (), ())


def test_what_became_of_repositories_without_a_token(clock: StillClock) -> None:
    known = {
        "old/name": "new/name",
        "new/name": facts("New/Name"),
        "a/archived": facts("a/archived", archived=True),
        "an/empty": facts("an/empty", size=0, language=None),
        "a/blocked": 451,
    }
    names = ["old/name", "a/archived", "an/empty", "a/blocked", "not/there"]
    with serving(rest(known)) as server:
        found = index(server, clock).by_ids([f"github.com/{n}" for n in names])
    states = [found.found[f"github.com/{n}"].state.value for n in names]
    assert states == ["renamed", "archived", "empty", "blocked", "gone"]
    assert found.found["github.com/old/name"].url == "https://github.com/New/Name"
    assert not found.issues


def test_one_deleted_repository_does_not_spoil_the_batch(clock: StillClock) -> None:
    known = {
        "a/one": node("a/one"),
        "old/name": node("New/Name"),
        "a/archived": node("a/archived", isArchived=True),
        "an/empty": node("an/empty", isEmpty=True),
    }
    ids = [f"github.com/{n}" for n in (*known, "not/there")]
    with serving(graphql(known)) as server:
        found = index(server, clock, token=TOKEN).by_ids(ids)
    states = [found.found[i].state.value for i in ids]
    assert states == ["ok", "renamed", "archived", "empty", "gone"]
    assert len(server.asked) == 1


def test_a_blocked_repository_in_a_batch(clock: StillClock) -> None:
    blocked = [{"type": "FORBIDDEN", "path": ["r0"], "message": "Repository access blocked"}]
    with serving(graphql({}, blocked)) as server:
        found = index(server, clock, token=TOKEN).by_ids(["github.com/a/blocked"])
    assert found.found["github.com/a/blocked"].state is RepoState.BLOCKED


def test_asks_a_hundred_repositories_per_query(clock: StillClock) -> None:
    names = [f"owner/repo{n}" for n in range(250)]
    with serving(graphql({n: node(n) for n in names})) as server:
        found = index(server, clock, token=TOKEN).by_ids([f"github.com/{n}" for n in names])
    assert len(found.found) == 250
    assert found.requests == len(server.asked) == 3
    assert {a.path for a in server.asked} == {"/graphql"}


def test_the_anonymous_allowance_is_spent_on_the_first_and_never_to_the_end(
    clock: StillClock,
) -> None:
    names = [f"owner/repo{n}" for n in range(20)]
    limiter = MemoryLimiter()
    with serving(rest({n: facts(n) for n in names}, limit=10)) as server:
        found = index(server, clock, limiter, keep=2).by_ids([f"github.com/{n}" for n in names])
    assert list(found.found) == [f"github.com/{n}" for n in names[:8]]
    assert found.deferred == tuple(f"github.com/{n}" for n in names[8:])
    assert found.issues[0].temporary
    assert "GITHUB_TOKEN" in found.issues[0].remedy
    assert limiter.pushed == [("github", datetime.fromtimestamp(RESET, UTC))]


LIMITED = '{"message": "API rate limit exceeded for 192.0.2.1"}'
SECONDARY = '{"message": "You have exceeded a secondary rate limit"}'


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize(
    "fault",
    [
        Says(LIMITED, 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1999999999"}),
        Says(SECONDARY, 403, {"Retry-After": "90"}),
        Says(SECONDARY, 403),
        Says(SECONDARY, 429),
        Says(SECONDARY, 429, {"Retry-After": "90"}),
    ],
)
def test_a_spent_limit_defers_at_once(clock: StillClock, token: str | None, fault: Says) -> None:
    ids = ["github.com/a/one", "github.com/a/two"]
    with serving(in_turn(fault)) as server:
        found = index(server, clock, token=token).by_ids(ids)
        assert len(server.asked) == 1
    assert found.deferred == tuple(ids)
    assert [i.temporary for i in found.issues] == [True]
    assert sum(clock.slept) < 11


def test_retry_after_is_told_to_other_processes(clock: StillClock) -> None:
    limiter = MemoryLimiter()
    with serving(in_turn(Says(SECONDARY, 403, {"Retry-After": "90"}))) as server:
        asked = index(server, clock, limiter)
        asked.by_ids(["github.com/a/one"])
        again = asked.by_ids(["github.com/a/two"])
        assert len(server.asked) == 1
    assert limiter.pushed == [("github", clock.now() + timedelta(seconds=90))]
    assert again.deferred == ("github.com/a/two",)


def test_a_short_retry_after_is_waited_out_on_our_clock(clock: StillClock) -> None:
    good = Says(json.dumps(facts("a/one")))
    with serving(in_turn(Says(SECONDARY, 429, {"Retry-After": "3"}), good)) as server:
        found = index(server, clock).by_ids(["github.com/a/one"])
    assert found.found["github.com/a/one"].state is RepoState.OK
    assert clock.slept == [3.0]
    assert found.requests == 2


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize(
    "fault",
    [
        Says("<html>Unicorn!</html>", 502),
        Says("<html>Unicorn!</html>", 200),
        Says("{broken", 200),
        Says("[1, 2]", 200),
        Says('{"data": 5, "errors": "x"}', 200),
        Says("", 202),
        Says("{}", 301, {"Location": "https://elsewhere.example/x"}),
        Says(b"\xff\xfe\x00", 200),
    ],
)
def test_an_answer_that_is_none_defers(clock: StillClock, token: str | None, fault: Says) -> None:
    ids = [f"github.com/a/r{n}" for n in range(30)]
    with serving(in_turn(fault)) as server:
        found = index(server, clock, token=token).by_ids(ids)
        assert len(server.asked) <= 16
    assert sorted(found.deferred) == sorted(ids)
    assert all(i.temporary for i in found.issues)
    assert sum(clock.slept) < 60


def test_a_server_error_passes(clock: StillClock) -> None:
    good = Says(json.dumps(facts("a/one")))
    with serving(in_turn(Says(status=502), Says(status=500), good)) as server:
        found = index(server, clock).by_ids(["github.com/a/one"])
    assert found.found["github.com/a/one"].state is RepoState.OK
    assert found.requests == 3


def test_a_query_that_is_too_much_is_halved(clock: StillClock) -> None:
    names = [f"owner/repo{n}" for n in range(60)]
    small = graphql({n: node(n) for n in names})

    def answer(asked: Asked) -> Says:
        return Says(status=502) if asked.body.count(b"repository(") > 40 else small(asked)

    with serving(answer) as server:
        found = index(server, clock, token=TOKEN).by_ids([f"github.com/{n}" for n in names])
    assert len(found.found) == 60


def test_a_server_that_hangs_is_given_up(clock: StillClock) -> None:
    real = RealClock(clock.now())
    with serving(in_turn(Says(delay=30))) as server:
        found = index(server, real, timeout=0.3).by_ids(["github.com/a/one", "github.com/a/two"])
        server.closing.set()
    assert len(found.deferred) == 2


def test_a_refused_token_is_told_and_done_without(clock: StillClock) -> None:
    public = rest({"a/one": facts("a/one")})

    def answer(asked: Asked) -> Says:
        if "authorization" in asked.headers:
            return Says('{"message": "Bad credentials"}', 401)
        return public(asked)

    with serving(answer) as server:
        found = index(server, clock, token=TOKEN).by_ids(["github.com/a/one"])
    assert found.found["github.com/a/one"].state is RepoState.OK
    assert [i.code for i in found.issues] == ["github.bad_token"]
    assert found.requests == 2


def test_the_token_shows_nowhere(clock: StillClock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(in_turn(Says('{"message": "x"}', 500))) as server:
        asked = index(server, clock, token=TOKEN)
        found = asked.by_ids(["github.com/a/one"])
        sent = server.asked[0].headers["authorization"]
    assert sent == f"token {TOKEN}"
    assert TOKEN not in repr(asked._config)
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(found)


# -- recorded replies ------------------------------------------------------------------------


def recorded(corpus: Path, name: str) -> Callable[[Asked], Says]:
    """PyGithub's own recordings: blocks of ten lines and an empty one between."""
    lines = (
        (corpus / "github" / "PyGithub_ReplayData" / f"{name}.txt").read_text("utf-8").split("\n")
    )
    replies = {}
    for at in range(0, len(lines) - 9, 11):
        headers = {k.lower(): v for k, v in ast.literal_eval(lines[at + 8])}
        replies.setdefault(
            (lines[at + 1], lines[at + 4]), (int(lines[at + 7]), headers, lines[at + 9])
        )

    def answer(asked: Asked) -> Says:
        status, headers, body = replies[asked.method, asked.path]
        kept = {k: v for k, v in headers.items() if k.startswith("x-ratelimit") or k == "location"}
        if "location" in kept:
            kept["location"] = re.sub(
                r"^https://[^/]+", f"http://{asked.headers['host']}", kept["location"]
            )
        return Says(body, status, kept)

    return answer


@pytest.mark.corpus
def test_recorded_rename_is_followed(corpus: Path, clock: StillClock) -> None:
    with serving(recorded(corpus, "Repository.testGetRepositoryWith301Redirect")) as server:
        found = index(server, clock).by_ids(["github.com/protoncoin/protoncoin"])
    repo = found.found["github.com/protoncoin/protoncoin"]
    assert repo.state is RepoState.RENAMED
    assert repo.full_name == "padima2/protoncoin"


@pytest.mark.corpus
def test_recorded_repository(corpus: Path, clock: StillClock) -> None:
    with serving(recorded(corpus, "Repository.setUp")) as server:
        found = index(server, clock).by_ids(["github.com/PyGithub/PyGithub"])
    repo = found.found["github.com/PyGithub/PyGithub"]
    assert (repo.full_name, repo.licence, repo.language) == (
        "PyGithub/PyGithub",
        "LGPL-3.0",
        "Python",
    )
    assert repo.stargazers
    assert repo.stargazers > 6000


@pytest.mark.corpus
def test_recorded_not_found(corpus: Path, clock: StillClock) -> None:
    with serving(recorded(corpus, "SpecificExceptions.testUnknownObject")) as server:
        found = index(server, clock).by_ids(["github.com/jacquev6/Xxx"])
    assert found.found["github.com/jacquev6/Xxx"].state is RepoState.GONE


@pytest.mark.corpus
def test_recorded_server_errors_defer(corpus: Path, clock: StillClock) -> None:
    with serving(recorded(corpus, "Retry.testRaisesRetryErrorAfterMaxRetries")) as server:
        found = index(server, clock).by_ids(["github.com/PyGithub/PyGithub"])
    assert found.deferred == ("github.com/PyGithub/PyGithub",)


@pytest.mark.parametrize(
    "name",
    [
        'a/b") { id } evil: viewer { login } x: repository(owner: "c',
        "a/b\n}",
        "a/..",
        "../user",
        "a/b/c",
        "a/b?x=1",
        "a/b#c",
        "a%2fb/c",
        "{a}/${b}",
        "ａ/ｂ",
    ],
)
@pytest.mark.parametrize("token", [None, TOKEN])
def test_a_name_that_cannot_be_one_is_never_sent(
    name: str, token: str | None, clock: StillClock
) -> None:
    with serving(in_turn(Says("{}"))) as server:
        found = index(server, clock, token=token).by_ids([f"github.com/{name}"])
    assert not server.asked
    assert not found.found


def test_the_token_shows_nowhere_while_code_is_looked_for(
    clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(in_turn(Says(status=500), Says(status=401))) as server:
        door = index(server, clock, token=TOKEN).door
        search = GithubSearch(RepoVerifier(door))
        said = search.find(
            [paper("2103.14030", "Swin Transformer: Hierarchical Vision Transformer")]
        )
        assert any(TOKEN in a.headers.get("authorization", "") for a in server.asked)
    assert TOKEN not in caplog.text
    assert TOKEN not in repr((said, search, door))
