"""Every setting with its default and its limits, section by section as in settings.toml."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"没有名为 {value} 的时区，例如 Asia/Shanghai") from None
    return value


class ReaderSettings(_Section):
    """Who reads, and where the day begins."""

    language: Literal["zh", "en"] = "zh"
    timezone: str = "Asia/Shanghai"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return _zone(value)


class StoreSettings(_Section):
    """Where the state lives."""

    url: str = ""
    archive: str = ""


class NotesSettings(_Section):
    """The notes folder and the words of the house format."""

    folder: str = "notes"
    template: str = ""
    heading: str = "公众号内容拓展学习笔记"
    footer: tuple[str, ...] = ("星标的数量是与个人相关程度，不代表文章内容的好坏",)
    footer_image: str = ""
    pictures: Literal["hotlink", "mirror"] = "hotlink"
    check_pictures: bool = True
    labels: dict[str, str] = Field(default_factory=dict, max_length=20)


class DraftSettings(_Section):
    """How much a note holds."""

    max_items: int = Field(6, ge=1, le=200)
    max_also_seen: int = Field(20, ge=0, le=500)
    per_feed: int = Field(3, ge=1, le=200)


class FetchSettings(_Section):
    """Limits of the network client; times in seconds."""

    timeout: float = Field(30.0, gt=0, le=600)
    concurrency: int = Field(50, ge=1, le=500)
    per_host: int = Field(4, ge=1, le=50)
    max_megabytes: float = Field(15.0, gt=0, le=500)
    wechat_delay: float = Field(1.0, ge=0, le=600)
    proxy: str = ""
    gateway: str = ""
    allow_private: tuple[str, ...] = ()
    user_agent: str = ""
    obey_robots: bool = True
    robots_exempt: tuple[str, ...] = ("mp.weixin.qq.com",)
    max_entries: int = Field(500, ge=1, le=100_000)

    @field_validator("gateway")
    @classmethod
    def _ends_where_an_address_may_follow(cls, value: str) -> str:
        return value if not value or value[-1] in "/=?" else f"{value}/"


class SourcesSettings(_Section):
    """Sources on disk."""

    inbox: str = "inbox.txt"
    saved: str = "saved"


class ArxivSettings(_Section):
    """The arXiv API; times in seconds."""

    api_url: str = "https://export.arxiv.org/api/query"
    interval: float = Field(3.0, ge=0, le=600)
    timeout: float = Field(30.0, gt=0, le=600)


class GithubSettings(_Section):
    """The GitHub API; the token never stands in a file of ours."""

    api_url: str = "https://api.github.com"
    timeout: float = Field(20.0, gt=0, le=600)


class LookupSettings(_Section):
    """Where else papers and code are looked up; an empty address means not at all."""

    crossref: str = "https://api.crossref.org"
    openreview: str = "https://api2.openreview.net"
    hugging_face: str = "https://huggingface.co"
    search_code: bool = True
    timeout: float = Field(15.0, gt=0, le=600)


class ModelSettings(_Section):
    """The embedding model."""

    name: str = "e5-small"
    cache: str = ""


class SeedsSettings(_Section):
    """The reader's own library as a past without notes."""

    files: tuple[str, ...] = Field((), max_length=50)
    weight: float = Field(0.5, gt=0, le=1)


class LlmSettings(_Section):
    """A language model behind an OpenAI-compatible endpoint; its key is never in a file of ours."""

    base_url: str = Field("", pattern=r"^(?:https?://[^\s]+)?$")
    model: str = ""
    timeout: float = Field(20.0, gt=0, le=600)


class PublishSettings(_Section):
    """Where finished notes go."""

    target: Literal["", "git", "folder", "github"] = ""
    repository: str = ""
    branch: str = ""
    push: bool = False
    remote: str = "origin"
    pull_request: bool = False
    title: str = ""
    site: str = ""


class PrefectSettings(_Section):
    """Where flows are recorded; Prefect asks nobody for a password."""

    api_url: str = ""
    host: Literal["127.0.0.1", "0.0.0.0"] = "127.0.0.1"  # noqa: S104 - the reader's own word
    port: int = Field(4217, ge=1, le=65535)


class RunSettings(_Section):
    """How runs tell what they do, and who computes vectors."""

    log: Literal["auto", "pretty", "text", "json"] = "auto"
    task_runner: Literal["", "dask"] = ""
    dask_address: str = ""


class ReviewKeys(_Section):
    """The keys of the review page: a key, `Ctrl+Enter`, or two in a row (`g d`); empty is off."""

    next: str = "j"
    previous: str = "k"
    star1: str = "1"
    star2: str = "2"
    star3: str = "3"
    star4: str = "4"
    star5: str = "5"
    accept: str = "a"
    drop: str = "x"
    undo: str = "u"
    redo: str = "Shift+U"
    edit: str = "e"
    leave: str = "Escape"
    done: str = "Ctrl+Enter"
    up: str = "Alt+ArrowUp"
    down: str = "Alt+ArrowDown"
    article: str = "o"
    original: str = "v"
    paper: str = "p"
    code: str = "c"
    filter: str = "/"
    help: str = "?"
    go_draft: str = "g d"
    go_history: str = "g h"
    go_stats: str = "g s"


class ReviewSettings(_Section):
    """The local review page."""

    port: int = Field(4218, ge=1, le=65535)
    host: str = "127.0.0.1"
    hosts: tuple[str, ...] = ()
    token: str = ""
    open: bool = True
    shortcuts: bool = True
    keys: ReviewKeys = ReviewKeys()


class ScheduleSettings(_Section):
    """When `stardraft serve` runs what: cron lines in the schedule's time zone."""

    timezone: str = ""
    draft: str = "0 7 * * *"
    collect: str = "0 10-22/3 * * *"
    retry: str = "30 7-11 * * *"
    housekeeping: str = "30 4 * * 0"
    catch_up: int = Field(7, ge=0, le=366)
    patience: float = Field(30.0, ge=0, le=1440)
    backups: int = Field(4, ge=0, le=1000)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return _zone(value) if value else value

    @field_validator("draft", "collect", "retry", "housekeeping")
    @classmethod
    def _five_fields(cls, value: str) -> str:
        if value and len(value.split()) != 5:
            raise ValueError("要写成五段的 cron，例如 0 7 * * *（每天七点）；留空就不安排")
        return value


NotifyEvent = Literal["draft.ready", "source.dead", "publish.done"]


class NotifySettings(_Section):
    """Where the reader wants to hear of what; addresses as Apprise spells them."""

    urls: tuple[str, ...] = ()
    events: tuple[NotifyEvent, ...] = ("draft.ready", "source.dead", "publish.done")
    page: str = ""
    timeout: float = Field(20.0, gt=0, le=600)
