"""The few endpoints of GitHub's git data API that publishing uses, on loopback, in memory."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

REPO = "reader/notes"


class Hub:
    """One repository: objects by sha, branches, pull requests; `fault` may break a request."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, dict[str, str]] = {}
        self.commits: dict[str, dict[str, Any]] = {}
        self.refs: dict[str, str] = {}
        self.pulls: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.before: Callable[[str, str], int | None] = lambda verb, path: None
        self.lose: Callable[[str, str], bool] = lambda verb, path: False
        self.refs["heads/main"] = self.commit("Start", {"LICENSE": b"mine\n"}, [])
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                status, said = hub.answer(self.command, self.path, body)
                text = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - the names http.server asks for

            def log_message(self, format: str, *args: Any) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def commit(self, message: str, files: dict[str, bytes], parents: list[str]) -> str:
        """A commit by somebody: their files on top of the first parent's."""
        tree = dict(self.trees[self.commits[parents[0]]["tree"]]) if parents else {}
        tree.update({path: self.blob(body) for path, body in files.items()})
        return self.add_commit(message, self.add_tree(tree), parents)

    def push(self, message: str, files: dict[str, bytes]) -> None:
        self.refs["heads/main"] = self.commit(message, files, [self.refs["heads/main"]])

    def files(self, branch: str = "main") -> dict[str, bytes]:
        tree = self.trees[self.commits[self.refs[f"heads/{branch}"]]["tree"]]
        return {path: self.blobs[sha] for path, sha in tree.items()}

    def log(self, branch: str = "main") -> list[str]:
        return [self.commits[sha]["message"] for sha in self._history(self.refs[f"heads/{branch}"])]

    def blob(self, body: bytes) -> str:
        sha = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
        self.blobs[sha] = body
        return sha

    def add_tree(self, tree: dict[str, str]) -> str:
        sha = hashlib.sha1(json.dumps(sorted(tree.items())).encode()).hexdigest()
        self.trees[sha] = tree
        return sha

    def add_commit(self, message: str, tree: str, parents: list[str]) -> str:
        text = f"{message}{tree}{parents}{len(self.commits)}"
        sha = hashlib.sha1(text.encode()).hexdigest()
        self.commits[sha] = {"message": message, "tree": tree, "parents": parents}
        return sha

    def _history(self, sha: str) -> list[str]:
        found = []
        while sha:
            found.append(sha)
            parents = self.commits[sha]["parents"]
            sha = parents[0] if parents else ""
        return found

    def answer(self, verb: str, target: str, body: dict[str, Any]) -> tuple[int, Any]:
        parts = urlsplit(target)
        path = unquote(parts.path)
        self.asked.append(f"{verb} {path}")
        if status := self.before(verb, path):
            return status, {"message": "broken"}
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        done = self._route(verb, path.removeprefix(f"/repos/{REPO}"), query, body)
        return (502, {"message": "lost"}) if self.lose(verb, path) else done

    def _route(
        self, verb: str, path: str, query: dict[str, str], body: dict[str, Any]
    ) -> tuple[int, Any]:
        base = f"{self.url}/repos/{REPO}"
        page = f"https://github.com/{REPO}"
        if path == "":
            owner = {"login": REPO.partition("/")[0]}
            return 200, {
                "url": base,
                "html_url": page,
                "full_name": REPO,
                "default_branch": "main",
                "owner": owner,
            }
        if path.startswith("/branches/"):
            ref = f"heads/{path.removeprefix('/branches/')}"
            if ref not in self.refs:
                return 404, {"message": "Branch not found"}
            return 200, {"name": ref, "commit": self._commit_json(self.refs[ref])}
        if verb == "GET" and (found := re.fullmatch(r"/git/trees/(\w+)", path)):
            rows = [
                {"path": p, "mode": "100644", "type": "blob", "sha": s}
                for p, s in self.trees[found[1]].items()
            ]
            return 200, {"sha": found[1], "tree": rows, "truncated": False}
        if verb == "GET" and (found := re.fullmatch(r"/git/blobs/(\w+)", path)):
            content = base64.encodebytes(self.blobs[found[1]]).decode()
            return 200, {"sha": found[1], "content": content, "encoding": "base64"}
        if path == "/commits":
            history = self._history(query["sha"])
            return 200, [self._commit_json(s) for s in history if self._touches(s, query["path"])]
        if path == "/git/blobs":
            return 201, {"sha": self.blob(base64.b64decode(body["content"]))}
        if path == "/git/trees":
            tree = dict(self.trees[body["base_tree"]])
            tree.update({row["path"]: row["sha"] for row in body["tree"]})
            return 201, {"sha": self.add_tree(tree)}
        if path == "/git/commits":
            return 201, {"sha": self.add_commit(body["message"], body["tree"], body["parents"])}
        if path == "/pulls":
            return self._pulls(verb, query, body, page)
        return self._refs(verb, path, body, base)

    def _refs(self, verb: str, path: str, body: dict[str, Any], base: str) -> tuple[int, Any]:
        if path.startswith("/git/matching-refs/"):
            start = path.removeprefix("/git/matching-refs/")
            return 200, [self._ref_json(r, base) for r in self.refs if r.startswith(start)]
        if verb == "POST":
            ref = body["ref"].removeprefix("refs/")
            if ref in self.refs:
                return 422, {"message": "Reference already exists"}
            self.refs[ref] = body["sha"]
            return 201, self._ref_json(ref, base)
        ref = re.sub(r"^/git/refs?/", "", path)
        if verb == "PATCH":
            if self.refs[ref] not in self._history(body["sha"]) and not body["force"]:
                return 422, {"message": "Update is not a fast forward"}
            self.refs[ref] = body["sha"]
        return 200, self._ref_json(ref, base)

    def _pulls(
        self, verb: str, query: dict[str, str], body: dict[str, Any], page: str
    ) -> tuple[int, Any]:
        if verb == "GET":
            branch = query["head"].partition(":")[2]
            return 200, [p for p in self.pulls if p["head"]["ref"] == branch]
        number = len(self.pulls) + 1
        self.pulls.append(
            {"number": number, "html_url": f"{page}/pull/{number}", "head": {"ref": body["head"]}}
        )
        return 201, self.pulls[-1]

    def _ref_json(self, ref: str, base: str) -> dict[str, Any]:
        return {
            "ref": f"refs/{ref}",
            "url": f"{base}/git/refs/{ref}",
            "object": {"type": "commit", "sha": self.refs[ref]},
        }

    def _commit_json(self, sha: str) -> dict[str, Any]:
        made = self.commits[sha]
        return {
            "sha": sha,
            "commit": {"sha": sha, "message": made["message"], "tree": {"sha": made["tree"]}},
        }

    def _touches(self, sha: str, path: str) -> bool:
        made = self.commits[sha]
        before = self.trees[self.commits[made["parents"][0]]["tree"]] if made["parents"] else {}
        return self.trees[made["tree"]].get(path) != before.get(path)
