"""A language model behind any OpenAI-compatible endpoint, asked for words it must quote.

Touches the network, only the address that the reader's settings name. Never raises for what the
other side does: a failure is an `Issue`, and the note keeps the words it has.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from pipeline.draft.quoted import PROMPT, Answer, UnfitError, messages_for, proved, read_answer
from pipeline.errors import CredentialError, Issue
from pipeline.ports import Wording
from pipeline.types import Candidate

_MAX_BYTES = 512 * 1024
_RULES = 2
"""Raised with every change of what an answer must be: refused articles are then asked anew."""
_REMEDY = "笔记用了自己摘的句子，不受影响；不想再用语言模型，就把 [llm] 的 base_url 留空。"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointConfig:
    """Where to ask; `timeout` is the total of one question in seconds. `key` never shows."""

    base_url: str
    model: str
    key: str | None = field(default=None, repr=False)
    timeout: float = 20.0
    language: str = "zh"


class EndpointWriter:
    """`ports.Writer` over HTTP; redirects are not followed, so the key stays where it belongs."""

    def __init__(self, config: EndpointConfig, now: Callable[[], float] = monotonic) -> None:
        self._config = config
        self._now = now

    def version(self) -> str:
        """Changes with everything that changes the words, or whether they are taken."""
        config = self._config
        return f"{config.base_url} {config.model} {config.language} {PROMPT} {_RULES}"

    def suggest(self, candidate: Candidate) -> Wording | Issue:
        """Quoted words for the article's item, or why there are none."""
        import httpx

        subject = candidate.article.title or candidate.article.url
        try:
            answer = proved(read_answer(self._ask(candidate)), candidate)
        except UnfitError as error:
            return _issue(subject, "unfit", f"语言模型的话没有采用：{error}。")
        except TimeoutError:
            return _issue(subject, "timeout", "语言模型没有在限定时间内回答。", temporary=True)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ExceptionGroup) as error:
            return _issue(subject, "down", f"语言模型没有回答：{_reason(error)}。", temporary=True)
        return _wording(answer, self._config.language)

    def _ask(self, candidate: Candidate) -> str:
        """Its answer; in a thread of its own, for the caller's may have a loop of its own."""
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(asyncio.run, self._in_time(candidate)).result()

    async def _in_time(self, candidate: Candidate) -> str:
        """The deadline holds for all of it: headers that come one a second would outlive others."""
        async with asyncio.timeout(self._config.timeout):
            return await self._talk(candidate)

    async def _talk(self, candidate: Candidate) -> str:
        import httpx

        config, ends = self._config, self._now() + self._config.timeout
        headers = {"Accept-Encoding": "identity"}
        if config.key:
            headers["Authorization"] = f"Bearer {config.key}"
        body = {
            "model": config.model,
            "messages": messages_for(candidate, config.language),
            "temperature": 0,
            "max_tokens": 600,
            "response_format": {"type": "json_object"},
        }
        url = config.base_url.rstrip("/") + "/chat/completions"
        async with (
            httpx.AsyncClient(timeout=None, trust_env=False) as client,  # noqa: S113 - `_in_time`
            client.stream("POST", url, json=body, headers=headers) as reply,
        ):
            if reply.status_code != httpx.codes.OK:
                raise httpx.HTTPError(f"HTTP {reply.status_code}")
            received = bytearray()
            async for chunk in reply.aiter_raw():
                received += chunk
                if len(received) > _MAX_BYTES:
                    raise UnfitError("回答太长")
                if self._now() > ends:
                    raise TimeoutError
        return _content(bytes(received))


def find_key(environ: Mapping[str, str]) -> str | None:
    """The key in `STARDRAFT_LLM_KEY`, else in the file that `STARDRAFT_LLM_KEY_FILE` names.

    `CredentialError` where that file cannot be read.
    """
    name = "STARDRAFT_LLM_KEY"
    key = environ.get(name, "")
    if not key and (file := environ.get(f"{name}_FILE")):
        try:
            key = Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            remedy = f"改正 {name}_FILE，或去掉它。"
            sentence = "语言模型的密钥文件读不了。"
            raise CredentialError(
                Issue(subject=file, code="llm.key", sentence=sentence, remedy=remedy)
            ) from error
    key = key.strip()
    return key if re.fullmatch(r"[\x21-\x7e]{1,512}", key) else None


def _content(body: bytes) -> str:
    """The words in the envelope; `UnfitError` where it is none."""
    try:
        found: Any = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise UnfitError("回答不是 OpenAI 兼容接口的格式") from error
    if not isinstance(found, str):
        raise UnfitError("回答不是 OpenAI 兼容接口的格式")
    return found


def _wording(answer: Answer, language: str) -> Wording:
    return Wording(
        tips=("" if language == "zh" else " ").join(answer.tips), abstract=answer.abstract
    )


def _reason(error: Exception) -> str:
    text = str(error)
    return text if text.startswith("HTTP ") else type(error).__name__


def _issue(subject: str, code: str, sentence: str, *, temporary: bool = False) -> Issue:
    return Issue(
        subject=subject[:80],
        code=f"llm.{code}",
        sentence=sentence,
        remedy=_REMEDY,
        temporary=temporary,
    )
