"""One article of the sample day, read from its source file.

A source file is a TOML head between `+++` lines and a body of blocks with empty lines between:
`## heading`, `- list item`, `> quote`, `![caption](name 1080x607)` for a picture, else a
paragraph. Inline `**bold**`; `¦` marks where WeChat's editor broke a text into two spans;
`[text](url)` is a link on pages that may have links (WeChat's may not).
"""

from __future__ import annotations

import base64
import hashlib
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DECOYS = ("qrcode", "divider", "pixel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A WeChat account; `biz` is the base64 number in its links, `gh` its user name."""

    name: str
    biz: str
    gh: str
    slogan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An article as written for the demo; `published` is aware and in UTC.

    `feed` is the feed (of `feeds.toml`) that tells of it; `kind` is `article`, `deleted` or
    `captcha`; `content` is what the feed carries: `full`, `failure` (the bridge's failure text)
    or `none`.
    """

    slug: str
    title: str
    feed: str
    published: datetime
    body: str
    url: str = ""
    account: Account | None = None
    author: str = ""
    mid: str = ""
    source_url: str = ""
    summary: str = ""
    kind: str = "article"
    content: str = "none"

    @property
    def key(self) -> str:
        """The 22 characters of a short link, made from the slug."""
        return _letters(f"key:{self.slug}", 22)

    @property
    def sn(self) -> str:
        """The check number of a long link, 32 hex digits made from the slug."""
        return hashlib.sha256(f"sn:{self.slug}".encode()).hexdigest()[:32]

    @property
    def short_url(self) -> str:
        """The address that bridges and readers pass on."""
        return self.url or f"https://mp.weixin.qq.com/s/{self.key}"

    @property
    def long_url(self) -> str:
        """The address with tracking that WeChat's own lists carry, http as they say it."""
        assert self.account is not None
        chksm = hashlib.sha256(f"chksm:{self.slug}".encode()).hexdigest()
        return (
            f"http://mp.weixin.qq.com/s?__biz={self.account.biz}&mid={self.mid}&idx=1"
            f"&sn={self.sn}&chksm={chksm}&scene=27#wechat_redirect"
        )

    @property
    def cover(self) -> str:
        """The cover picture."""
        return picture_url(self.slug, "cover", size=0)


def read_source(file: Path, accounts: dict[str, Account]) -> Source:
    """The article in `file`; its name without ending is the slug."""
    _, head, body = file.read_text(encoding="utf-8").split("+++\n", 2)
    facts: dict[str, Any] = tomllib.loads(head)
    name = facts.pop("account", "")
    published = facts.pop("published").astimezone(UTC)
    account = accounts[name] if name else None
    return Source(slug=file.stem, published=published, account=account, body=body.strip(), **facts)


def picture_url(slug: str, name: str, *, size: int = 640) -> str:
    """A picture's address, made up in the shape of WeChat's picture host."""
    key = _letters(f"picture:{slug}:{name}", 86)
    tail = "&from=appmsg" if size else ""
    return f"https://mmbiz.qpic.cn/sz_mmbiz_png/{key}/{size}?wx_fmt=png{tail}"


def _letters(seed: str, count: int) -> str:
    digest = hashlib.sha512(seed.encode()).digest() * 2
    text = base64.b64encode(digest).decode().translate({43: "a", 47: "b", 61: None})
    return text[:count]
