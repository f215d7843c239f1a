"""GitHub's REST and GraphQL as a client that reads repositories meets them.

Shapes, headers and messages as in recorded replies of api.github.com: 301 with `Location` to
`/repositories/{id}` for a renamed repository, 404 and 403 as JSON with `message` and
`documentation_url`, `X-RateLimit-*` on every answer, and 304 for a matching ETag, which costs
nothing of the hourly allowance (60 without a token, 5,000 with one).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable
from urllib.parse import parse_qsl, unquote

from demo import github_graphql
from demo.world import Answer, RepoFacts, World

_JSON = "application/json; charset=utf-8"
_HOUR, _MINUTE = 3600.0, 60.0
_EPOCH = datetime(2021, 1, 1, tzinfo=UTC)
_WORD = re.compile(r"[\w.+#-]+")
_DOCS = "https://docs.github.com/rest"


@runtime_checkable
class ListsRepos(Protocol):
    """A world that can also be searched for repositories."""

    def repos(self) -> Iterable[RepoFacts]:
        """All repositories under their present names."""


@dataclass(slots=True)
class _Allowance:
    """Requests left until a window of `seconds` ends."""

    limit: int
    seconds: float
    resource: str
    used: int = 0
    reset: float = 0.0

    def roll(self, now: float) -> None:
        if now >= self.reset:
            self.used, self.reset = 0, now + self.seconds

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "X-RateLimit-Used": str(self.used),
            "X-RateLimit-Reset": str(int(self.reset)),
            "X-RateLimit-Resource": self.resource,
        }


class GithubApi:
    """Answers REST and GraphQL from a world; `base_url` is where it is served.

    `token` is the one that is accepted, None accepts any; `now` is the time.
    """

    def __init__(
        self, world: World, *, base_url: str, token: str | None, now: Callable[[], datetime]
    ) -> None:
        self._world = world
        self._base = base_url
        self._token = token
        self._now = now
        self._by_id: dict[int, str] = {}
        self._allowances: dict[tuple[str, bool], _Allowance] = {}

    def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """The reply to one request; `path` starts with a slash and is relative to the base."""
        given = _bearer(headers)
        if given and self._token is not None and given != self._token:
            return _message(401, "Bad credentials", _DOCS)
        if path == "/graphql":
            return self._graphql(method, bool(given), body)
        if method not in ("GET", "HEAD"):
            return _message(404, "Not Found", _DOCS)
        if path == "/rate_limit":
            return self._rate_limit(bool(given))
        resource = "search" if path.startswith("/search/") else "core"
        return self._counted(self._allowance(resource, bool(given)), path, query, headers)

    def _allowance(self, resource: str, known: bool) -> _Allowance:
        limits = {
            "core": (5000 if known else 60, _HOUR),
            "search": (30 if known else 10, _MINUTE),
            "graphql": (5000 if known else 0, _HOUR),
        }
        limit, seconds = limits[resource]
        made = self._allowances.setdefault((resource, known), _Allowance(limit, seconds, resource))
        made.roll(self._now().timestamp())
        return made

    def _counted(
        self, allowance: _Allowance, path: str, query: str, headers: Mapping[str, str]
    ) -> Answer:
        if allowance.used >= allowance.limit:
            return _with(_exceeded(), allowance.headers())
        answer = self._rest(path, query, headers)
        if answer.status == 200:
            tag = _etag(answer.body.replace(self._base.encode(), b""))  # the same on any port
            answer = _with(answer, {"ETag": tag, "Cache-Control": "public, max-age=60"})
            if _matches(headers.get("If-None-Match", ""), tag):
                return replace(_with(answer, allowance.headers()), status=304, body=b"")
        allowance.used += 1
        return _with(answer, allowance.headers())

    def _rest(self, path: str, query: str, headers: Mapping[str, str]) -> Answer:
        steps = [unquote(s) for s in path.strip("/").split("/")]
        match steps:
            case ["repositories", number] if number.isascii() and number.isdigit():
                return self._by_number(int(number[:18]))
            case ["repos", owner, name]:
                return self._repository(f"{owner}/{name}")
            case ["repos", owner, name, "readme"]:
                return self._readme(f"{owner}/{name}", headers.get("Accept", ""))
            case ["search", "repositories"]:
                return self._search(dict(parse_qsl(query)))
        return _message(404, "Not Found", _DOCS)

    def _repository(self, asked: str) -> Answer:
        facts = self._world.repo(asked)
        if facts is None:
            return _message(404, "Not Found", f"{_DOCS}/repos/repos#get-a-repository")
        if facts.full_name.lower() != asked.lower():
            return self._moved(facts)
        return _json(200, repository_json(facts, self._base))

    def _moved(self, facts: RepoFacts, rest: str = "") -> Answer:
        number = repository_number(facts)
        self._by_id[number] = facts.full_name
        location = f"{self._base}/repositories/{number}{rest}"
        said = {
            "message": "Moved Permanently",
            "url": location,
            "documentation_url": f"{_DOCS}/guides/best-practices-for-using-the-rest-api#follow-redirects",
        }
        return _with(_json(301, said), {"Location": location})

    def _by_number(self, number: int) -> Answer:
        name = self._by_id.get(number)
        facts = self._world.repo(name) if name else None
        if facts is None:
            return _message(404, "Not Found", f"{_DOCS}/repos/repos#get-a-repository")
        return _json(200, repository_json(facts, self._base))

    def _readme(self, asked: str, accept: str) -> Answer:
        facts = self._world.repo(asked)
        if facts is None or not facts.readme:
            return _message(404, "Not Found", f"{_DOCS}/repos/contents#get-a-repository-readme")
        raw = facts.readme.encode("utf-8", "replace")
        if "raw" in accept:
            kind = "application/vnd.github.raw; charset=utf-8"
            return Answer(headers={"Content-Type": kind}, body=raw)
        url = f"{self._base}/repos/{facts.full_name}/contents/README.md"
        said = {
            "name": "README.md",
            "path": "README.md",
            "sha": hashlib.sha1(raw, usedforsecurity=False).hexdigest(),
            "size": len(raw),
            "url": url,
            "html_url": f"https://github.com/{facts.full_name}/blob/main/README.md",
            "download_url": f"https://raw.githubusercontent.com/{facts.full_name}/main/README.md",
            "type": "file",
            "content": base64.encodebytes(raw).decode("ascii"),
            "encoding": "base64",
        }
        return _json(200, said)

    def _search(self, params: Mapping[str, str]) -> Answer:
        """Every word or "phrase" must occur in name, description or topics, or, with
        `in:readme`, in the README; most starred first, forks left out."""
        asked = params.get("q", "").strip()
        if not asked:
            return _message(422, "Validation Failed", f"{_DOCS}/search/search#search-repositories")
        bare, readme = re.sub(r"\b\w+:\S+", " ", asked).lower(), "in:readme" in asked
        phrases = re.findall(r'"([^"]*)"', bare)
        wanted = [*phrases, *_WORD.findall(re.sub(r'"[^"]*"', " ", bare))]
        listed = self._world.repos() if isinstance(self._world, ListsRepos) else ()
        texts = ((r, r.readme.lower() if readme else _searchable(r)) for r in listed)
        hits = [r for r, text in texts if not r.fork_of and all(w in text for w in wanted)]
        hits.sort(key=lambda r: (-r.stargazers, r.full_name.lower()))
        size = min(max(_int(params.get("per_page"), 30), 1), 100)
        start = (max(_int(params.get("page"), 1), 1) - 1) * size
        items = [
            repository_json(r, self._base) | {"score": 1.0} for r in hits[start : start + size]
        ]
        return _json(200, {"total_count": len(hits), "incomplete_results": False, "items": items})

    def _rate_limit(self, known: bool) -> Answer:
        resources = {}
        for name in ("core", "search", "graphql"):
            each = self._allowance(name, known)
            resources[name] = {
                "limit": each.limit,
                "used": each.used,
                "remaining": max(0, each.limit - each.used),
                "reset": int(each.reset),
            }
        answer = _json(200, {"resources": resources, "rate": resources["core"]})
        return _with(answer, self._allowance("core", known).headers())

    def _graphql(self, method: str, known: bool, body: bytes) -> Answer:
        docs = "https://docs.github.com/graphql/guides/forming-calls-with-graphql#authenticating-with-graphql"
        if not known:
            return _message(401, "This endpoint requires you to be authenticated.", docs)
        if method != "POST":
            return _message(404, "Not Found", "https://docs.github.com/graphql")
        allowance = self._allowance("graphql", known)
        if allowance.used >= allowance.limit:
            said = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
            return _with(_json(200, said), allowance.headers())
        allowance.used += 1
        return _with(self._execute(body, allowance), allowance.headers())

    def _execute(self, body: bytes, allowance: _Allowance) -> Answer:
        try:
            asked = json.loads(body)
            source, variables = asked["query"], asked.get("variables") or {}
        except (ValueError, TypeError, KeyError, AttributeError):
            return _message(400, "Problems parsing JSON", "https://docs.github.com/graphql")
        try:
            document = github_graphql.parse(str(source))
        except github_graphql.GraphQLSyntaxError as problem:
            return _json(200, {"errors": [{"message": str(problem)}]})
        roots: dict[str, github_graphql.Resolver] = {
            "repository": lambda given: self._node(f"{given.get('owner')}/{given.get('name')}"),
            "rateLimit": lambda _: _rate_node(allowance),
        }
        return _json(200, github_graphql.Execution(document, roots, variables).run())

    def _node(self, asked: str) -> dict[str, Any] | None:
        facts = self._world.repo(asked)
        return None if facts is None else repository_node(facts)


def repository_number(facts: RepoFacts) -> int:
    """A stable number for a repository, of the size of real ones."""
    digest = hashlib.sha256(facts.full_name.lower().encode()).digest()
    return int.from_bytes(digest[:4], "big") % 900_000_000 + 1_000_000


def repository_json(facts: RepoFacts, base: str) -> dict[str, Any]:
    """A repository as REST tells it."""
    owner, _, name = facts.full_name.partition("/")
    url, html = f"{base}/repos/{facts.full_name}", f"https://github.com/{facts.full_name}"
    number, pushed = repository_number(facts), _stamp(facts.pushed_at)
    source = {"source": {"full_name": facts.fork_of}} if facts.fork_of else {}
    return source | {
        "id": number,
        "node_id": base64.b64encode(f"010:Repository{number}".encode()).decode(),
        "name": name,
        "full_name": facts.full_name,
        "private": False,
        "owner": {"login": owner, "url": f"{base}/users/{owner}", "type": "User"},
        "html_url": html,
        "description": facts.description or None,
        "fork": bool(facts.fork_of),
        "mirror_url": facts.mirror or None,
        "is_template": facts.template,
        "url": url,
        "contents_url": url + "/contents/{+path}",
        "created_at": _stamp(None),
        "updated_at": pushed,
        "pushed_at": pushed,
        "clone_url": html + ".git",
        "homepage": None,
        "size": facts.size,
        "stargazers_count": facts.stargazers,
        "watchers_count": facts.stargazers,
        "language": facts.language,
        "forks_count": 0,
        "archived": facts.archived,
        "disabled": False,
        "open_issues_count": 0,
        "license": _licence_json(facts.licence),
        "topics": list(facts.topics),
        "visibility": "public",
        "forks": 0,
        "open_issues": 0,
        "watchers": facts.stargazers,
        "default_branch": "main",
    }


def repository_node(facts: RepoFacts) -> dict[str, Any]:
    """A repository as GraphQL tells it, with every field a client may select."""
    owner, _, name = facts.full_name.partition("/")
    topics = [{"__typename": "RepositoryTopic", "topic": {"name": t}} for t in facts.topics]
    readme = {"__typename": "Blob", "text": facts.readme, "byteSize": len(facts.readme.encode())}
    licence = _licence_json(facts.licence)
    return {
        "__typename": "Repository",
        "id": f"R_{repository_number(facts)}",
        "databaseId": repository_number(facts),
        "name": name,
        "nameWithOwner": facts.full_name,
        "owner": {"__typename": "User", "login": owner, "url": f"https://github.com/{owner}"},
        "url": f"https://github.com/{facts.full_name}",
        "description": facts.description or None,
        "homepageUrl": None,
        "stargazerCount": facts.stargazers,
        "stargazers": {"__typename": "StargazerConnection", "totalCount": facts.stargazers},
        "forkCount": 0,
        "isArchived": facts.archived,
        "isDisabled": False,
        "isEmpty": facts.size == 0,
        "isFork": False,
        "isLocked": False,
        "isPrivate": False,
        "diskUsage": facts.size,
        "createdAt": _stamp(None),
        "updatedAt": _stamp(facts.pushed_at),
        "pushedAt": _stamp(facts.pushed_at),
        "primaryLanguage": {"name": facts.language} if facts.language else None,
        "licenseInfo": licence
        and {"key": licence["key"], "name": licence["name"], "spdxId": licence["spdx_id"]},
        "repositoryTopics": {
            "__typename": "RepositoryTopicConnection",
            "totalCount": len(topics),
            "nodes": topics,
            "edges": [{"node": t} for t in topics],
        },
        "latestRelease": None,
        "defaultBranchRef": {"name": "main"} if facts.size else None,
        "object": readme if facts.readme else None,
    }


def _rate_node(allowance: _Allowance) -> dict[str, Any]:
    reset = datetime.fromtimestamp(int(allowance.reset), tz=UTC)
    return {
        "__typename": "RateLimit",
        "limit": allowance.limit,
        "cost": 1,
        "nodeCount": 0,
        "remaining": allowance.limit - allowance.used,
        "used": allowance.used,
        "resetAt": _stamp(reset),
    }


def _licence_json(spdx: str | None) -> dict[str, str] | None:
    if not spdx:
        return None
    return {"key": spdx.lower(), "name": spdx, "spdx_id": spdx}


def _searchable(facts: RepoFacts) -> str:
    return f"{facts.full_name} {facts.description} {' '.join(facts.topics)}".lower()


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    return given.strip() if scheme.lower() in ("bearer", "token") else ""


def _etag(body: bytes) -> str:
    return f'W/"{hashlib.sha256(body).hexdigest()}"'


def _matches(asked: str, tag: str) -> bool:
    return any(t.strip().removeprefix("W/") == tag.removeprefix("W/") for t in asked.split(","))


def _stamp(moment: datetime | None) -> str:
    return (moment or _EPOCH).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _int(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,6}", text, re.ASCII) else default


def _exceeded() -> Answer:
    return _message(
        403,
        "API rate limit exceeded for 127.0.0.1. (But here's the good news: Authenticated "
        "requests get a higher rate limit. Check out the documentation for more details.)",
        f"{_DOCS}/overview/resources-in-the-rest-api#rate-limiting",
    )


def _message(status: int, sentence: str, docs: str) -> Answer:
    return _json(status, {"message": sentence, "documentation_url": docs, "status": str(status)})


def _json(status: int, said: Mapping[str, Any]) -> Answer:
    body = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
    return Answer(status=status, headers={"Content-Type": _JSON}, body=body)


def _with(answer: Answer, headers: Mapping[str, str]) -> Answer:
    return replace(answer, headers={**answer.headers, **headers})
