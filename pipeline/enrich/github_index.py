"""GitHub as a `RepoIndex`: a hundred repositories per question with a token, one without."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from pipeline.enrich import wording
from pipeline.enrich.github_door import GithubConfig, GithubDoor
from pipeline.enrich.github_facts import from_graphql, from_rest, full_name, kept_of_rest, lost
from pipeline.errors import Issue
from pipeline.ports import Clock, Limiter, Lookup, Memory
from pipeline.types import Repo, RepoState

if TYPE_CHECKING:
    from pipeline.enrich.github_session import Said

_ETAGS = "etag"
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{1,200}"')


@dataclass(slots=True)
class _Work:
    """One lookup while it runs; `failures` counts answers that were none."""

    found: dict[str, Repo] = field(default_factory=dict)
    deferred: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    failures: int = 0


class GithubIndex:
    """Repositories by id; see `pipeline.ports.RepoIndex`.

    Ids of other hosts are passed over. Ask the important ones first: where the limit ends, the
    rest is deferred. With a `memory` an unchanged repository costs nothing without a token
    either (ETags). Nothing is ever `missing`: a repository that is not there is found with the
    state `GONE` or `BLOCKED`.
    """

    def __init__(
        self,
        config: GithubConfig,
        limiter: Limiter,
        clock: Clock,
        memory: Memory | None = None,
    ) -> None:
        self._config, self._clock, self._memory = config, clock, memory
        self.door = GithubDoor(config, limiter, clock)

    def by_ids(self, ids: Sequence[str]) -> Lookup[Repo]:
        """The repositories, with as few requests as the service allows."""
        asked = {i: name for i in dict.fromkeys(ids) if (name := full_name(i))}
        work, before = _Work(), self.door.sent
        if asked and self.door.token:
            asked = self._by_graphql(asked, work)
        if asked:
            self._by_rest(asked, work)
        return Lookup(
            found=work.found,
            deferred=tuple(work.deferred),
            issues=tuple(work.issues),
            requests=self.door.sent - before,
        )

    def _by_graphql(self, asked: Mapping[str, str], work: _Work) -> dict[str, str]:
        """Ask in batches; what is left to ask without a token, should it be refused."""
        from pipeline.enrich.github_session import Outcome

        batches = deque(_chunks(list(asked), max(1, self._config.batch)))
        while batches:
            batch = batches.popleft()
            said = self.door.ask(methodcaller("repositories", [asked[i] for i in batch]))
            rest = [i for b in (batch, *batches) for i in b]
            if said is None:
                self._defer(rest, "GitHub 要求的等待时间太长", work)
                return {}
            if said.outcome is Outcome.REFUSED:
                self._drop_token(work)
                return {i: asked[i] for i in rest}
            answer = _GraphqlAnswer(said)
            if answer.usable:
                self._settle_batch(batch, answer, work)
            elif said.outcome is Outcome.LIMITED or answer.limited:
                self._limited(said, rest, work)
                return {}
            elif len(batch) > 1 and work.failures < 3 and said.outcome is not Outcome.DOWN:
                # GitHub answers 502 where a query takes it too long: ask for less at once.
                work.failures += 1
                middle = len(batch) // 2
                batches.extendleft([batch[middle:], batch[:middle]])
            else:
                self._defer(rest, f"GitHub 暂时没有正常回答（{said.words or '无法识别'}）", work)
                return {}
        return {}

    def _settle_batch(self, batch: list[str], answer: _GraphqlAnswer, work: _Work) -> None:
        """Each alias by itself: one deleted repository does not spoil the others."""
        unclear = []
        for number, repo_id in enumerate(batch):
            repo = answer.repo(repo_id, f"r{number}")
            if repo is None:
                unclear.append(repo_id)
            else:
                work.found[repo_id] = repo
        if unclear:
            self._defer(unclear, "GitHub 没有给出回答", work)

    def _by_rest(self, asked: Mapping[str, str], work: _Work) -> None:
        waiting, kept = deque(asked), self._recalled(list(asked))
        while waiting:
            repo_id = waiting[0]
            tag, _ = kept.get(repo_id, (None, None))
            said = self.door.ask(methodcaller("repository", asked[repo_id], tag))
            if said is None:
                self._defer(list(waiting), "GitHub 要求的等待时间太长", work)
                return
            said = self._with_body(repo_id, said, kept)
            if not self._settle_one(repo_id, said, work):
                self._stop(said, list(waiting), work)
                return
            waiting.popleft()
            if said.remaining is not None and said.remaining <= self._config.keep and waiting:
                self._limited(said, list(waiting), work)
                return

    def _recalled(self, ids: list[str]) -> dict[str, tuple[str, Any]]:
        """ETag and answer by id, as they were kept."""
        if self._memory is None:
            return {}
        texts = self._memory.recall(_ETAGS, ids)
        kept = {key: json.loads(text) for key, (text, _) in texts.items()}
        return {key: (each["etag"], each["answer"]) for key, each in kept.items()}

    def _with_body(self, repo_id: str, said: Said, kept: dict[str, tuple[str, Any]]) -> Said:
        """An unchanged answer with the body it had; a new one is kept with its ETag."""
        if said.outcome.name == "UNCHANGED":
            return replace(said, outcome=type(said.outcome).FOUND, data=kept[repo_id][1])
        tag, answer = said.headers.get("etag", ""), kept_of_rest(said.data)
        if self._memory and said.outcome.name == "FOUND" and answer and _ETAG.fullmatch(tag):
            text = json.dumps({"etag": tag, "answer": answer})
            self._memory.remember(_ETAGS, {repo_id: text}, self._clock.now())
        return said

    def _settle_one(self, repo_id: str, said: Said, work: _Work) -> bool:
        """True where the answer is about the repository; odd single answers are deferred."""
        from pipeline.enrich.github_session import Outcome

        if said.outcome is Outcome.GONE:
            work.found[repo_id] = lost(repo_id, RepoState.GONE)
        elif said.outcome is Outcome.BLOCKED:
            work.found[repo_id] = lost(repo_id, RepoState.BLOCKED)
        elif said.outcome is Outcome.FOUND and (repo := from_rest(repo_id, said.data)):
            work.found[repo_id] = repo
        elif said.outcome is Outcome.LIMITED:
            return False
        else:
            work.failures += 1
            if work.failures >= 2 or said.outcome is Outcome.DOWN:
                return False
            self._defer([repo_id], f"GitHub 的回答无法识别（{said.words or repo_id}）", work)
        return True

    def _stop(self, said: Said, rest: list[str], work: _Work) -> None:
        from pipeline.enrich.github_session import Outcome

        if said.outcome is Outcome.LIMITED:
            self._limited(said, rest, work)
        else:
            self._defer(rest, f"GitHub 暂时没有正常回答（{said.words or '无法识别'}）", work)

    def _limited(self, said: Said, rest: list[str], work: _Work) -> None:
        """The hour's limit is spent, or GitHub asks for a pause: tell every process."""
        self.door.limited(said)
        remedy = (
            "" if self.door.token else "设置 GITHUB_TOKEN 后额度会大得多；剩下的以后运行时会补上。"
        )
        self._defer(rest, "GitHub 的查询额度用完了", work, remedy)

    def _defer(self, ids: list[str], why: str, work: _Work, remedy: str = "") -> None:
        work.deferred.extend(ids)
        work.issues.append(wording.github_unavailable(why, len(ids), remedy))

    def _drop_token(self, work: _Work) -> None:
        work.issues.append(wording.github_token_refused())
        self.door.drop_token()


class _GraphqlAnswer:
    """A GraphQL answer taken apart: `data` by alias, `errors` by the alias of their path."""

    def __init__(self, said: Said) -> None:
        body = said.data if isinstance(said.data, Mapping) else {}
        data = body.get("data")
        self._data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        errors = body.get("errors")
        self._errors = [e for e in _items(errors) if isinstance(e, Mapping)]
        self.usable = said.outcome.name == "FOUND" and bool(self._data)
        self.limited = any(e.get("type") == "RATE_LIMITED" for e in self._errors)

    def repo(self, repo_id: str, alias: str) -> Repo | None:
        """The repository under an alias; None where the answer does not say."""
        if repo := from_graphql(repo_id, self._data.get(alias)):
            return repo
        for error in self._errors:
            if _items(error.get("path"))[:1] == [alias]:
                return _lost_by(repo_id, error)
        return None


def _lost_by(repo_id: str, error: Mapping[str, Any]) -> Repo | None:
    words = str(error.get("message", "")).lower()
    if "blocked" in words or "dmca" in words:
        return lost(repo_id, RepoState.BLOCKED)
    if error.get("type") == "NOT_FOUND":
        return lost(repo_id, RepoState.GONE)
    return None


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _chunks(items: list[str], size: int) -> list[list[str]]:
    return [items[i : i + size] for i in range(0, len(items), size)]
