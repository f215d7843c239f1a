"""The reader's settings: one TOML file, environment on top, all mistakes reported at once."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from pipeline.errors import ConfigError, Issue
from pipeline.settings.sections import (
    ArxivSettings,
    DraftSettings,
    FetchSettings,
    GithubSettings,
    LlmSettings,
    LookupSettings,
    ModelSettings,
    NotesSettings,
    NotifySettings,
    PrefectSettings,
    PublishSettings,
    ReaderSettings,
    ReviewSettings,
    RunSettings,
    ScheduleSettings,
    SeedsSettings,
    SourcesSettings,
    StoreSettings,
)
from pipeline.settings.words import nearest, what_is_wrong

SETTINGS = "settings.toml"
INTERESTS = "interests.toml"
FEEDS = "feeds.opml"
TEMPLATE = "templates/note.md.j2"
STATE = ".stardraft"


class Settings(BaseSettings):
    """All settings; the file `settings.toml` below `STARDRAFT_…` environment variables."""

    model_config = SettingsConfigDict(
        env_prefix="STARDRAFT_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    reader: ReaderSettings = ReaderSettings()
    store: StoreSettings = StoreSettings()
    notes: NotesSettings = NotesSettings()
    draft: DraftSettings = DraftSettings()
    fetch: FetchSettings = FetchSettings()
    sources: SourcesSettings = SourcesSettings()
    arxiv: ArxivSettings = ArxivSettings()
    github: GithubSettings = GithubSettings()
    lookup: LookupSettings = LookupSettings()
    model: ModelSettings = ModelSettings()
    seeds: SeedsSettings = SeedsSettings()
    llm: LlmSettings = LlmSettings()
    publish: PublishSettings = PublishSettings()
    prefect: PrefectSettings = PrefectSettings()
    run: RunSettings = RunSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    notify: NotifySettings = NotifySettings()
    review: ReviewSettings = ReviewSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first: what is passed in is the file, the weaker of the two."""
        return env_settings, init_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A reader's folder: `config` holds the four files, `root` everything made from them.

    They are the same folder unless the configuration stands in one named `config`.
    """

    root: Path
    config: Path
    settings: Settings

    @property
    def feeds(self) -> Path:
        """The OPML file of followed feeds."""
        return self.config / FEEDS

    @property
    def interests(self) -> Path:
        """The reader's interests in plain words."""
        return self.config / INTERESTS

    @property
    def notes(self) -> Path:
        """The folder of notes."""
        return self.root / self.settings.notes.folder

    @property
    def state(self) -> Path:
        """The folder of our own state."""
        return self.root / STATE

    @property
    def store_url(self) -> str:
        """The database, SQLite in the state folder unless the settings name another.

        A relative path of a SQLite file counts from the workspace, wherever the command is typed.
        """
        wish = self.settings.store.url
        path = wish.removeprefix("sqlite:///")
        if not wish:
            path = str(self.state / "state.db")
        elif "://" in path or path.startswith(":memory:"):
            return wish
        return str(self.root / Path(path).expanduser())

    @property
    def template(self) -> Path | None:
        """The reader's own template, None for the shipped one."""
        if self.settings.notes.template:
            return self.root / self.settings.notes.template
        own = self.config / TEMPLATE
        return own if own.is_file() else None

    @property
    def model_cache(self) -> Path:
        """Where converted models are kept, shared by all workspaces of the user."""
        if self.settings.model.cache:
            return (self.root / self.settings.model.cache).expanduser()
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        return Path(base).expanduser() / "stardraft"


def shipped_config() -> Path:
    """The commented defaults that `stardraft init` copies."""
    inside = Path(__file__).parents[1] / "shipped_config"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "config"


def find_config(given: Path | None, cwd: Path) -> Path:
    """The folder with `settings.toml`: the given one, else here or in `./config`.

    Raises `ConfigError` with the remedy where there is none.
    """
    asked = given or (
        Path(os.environ["STARDRAFT_CONFIG"]) if "STARDRAFT_CONFIG" in os.environ else None
    )
    places = [asked] if asked else [cwd]
    for place in (p for base in places for p in (base, base / "config")):
        if (place / SETTINGS).is_file():
            return place.resolve()
    raise ConfigError(
        Issue(
            subject=str(asked or cwd),
            code="config.missing",
            sentence=f"这里没有工作区（找不到 {SETTINGS}）。",
            remedy=f"运行 stardraft init {asked or 'my-notes'} 建一个，或用 --config 指定文件夹。",
        )
    )


def load_workspace(config: Path) -> Workspace:
    """Read and check the workspace's settings.

    Raises `ConfigError` with every mistake at once, each with its path and nearest valid key.
    """
    file = config / SETTINGS
    settings = _parse(file)
    root = config.parent if config.name == "config" else config
    return Workspace(root=root, config=config, settings=settings)


def _parse(file: Path) -> Settings:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigError(
            Issue(
                subject=str(file),
                code="config.encoding",
                sentence=f"{SETTINGS} 不是 UTF-8 编码的文字。",
                remedy="用编辑器另存为 UTF-8 编码。",
            )
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            Issue(
                subject=str(file),
                code="config.syntax",
                sentence=f"{SETTINGS} 不是有效的 TOML：{error}",
                remedy="改正这一处；字符串要用引号括起来。",
            )
        ) from error
    try:
        return Settings(**data)
    except ValidationError as error:
        raise ConfigError(*(_issue(file, dict(e)) for e in error.errors())) from error
    except SettingsError as error:
        raise ConfigError(_unread_variable()) from error


def _unread_variable() -> Issue:
    """For a variable that should hold a list or a table, and is no JSON."""
    named = sorted(n for n in os.environ if n.startswith("STARDRAFT_") and "__" in n)
    return Issue(
        subject="、".join(named) or "STARDRAFT_…",
        code="config.bad_variable",
        sentence="这些环境变量里有一个看不懂：一列要写成 JSON。",
        remedy="""例如 STARDRAFT_FETCH__ALLOW_PRIVATE='["127.0.0.1:4000"]'；不要它就 unset。""",
    )


def _issue(file: Path, error: dict[str, Any]) -> Issue:
    steps = [str(s) for s in error["loc"]]
    path = ".".join(steps)
    variable = f"STARDRAFT_{'__'.join(steps)}".upper()
    subject = variable if variable in os.environ else f"{file}: {path}"
    if error["type"] == "extra_forbidden":
        near = nearest(path, _known_keys())
        return Issue(
            subject=subject,
            code="config.unknown_key",
            sentence=f"没有 {path} 这一项。",
            remedy=f"是不是想写 {near}？" if near else "删掉它，或对照自带的 settings.toml。",
        )
    return Issue(
        subject=subject,
        code="config.bad_value",
        sentence=f"{path} 的值 {_short(error.get('input'))} 不对：{what_is_wrong(path, error)}。",
        remedy="对照自带的 settings.toml 里的说明改正。",
    )


def _short(value: object) -> str:
    """A value as it was written, as far as it fits into a sentence."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _known_keys() -> list[str]:
    keys = []
    for name, info in Settings.model_fields.items():
        keys.append(name)
        section = info.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            keys.extend(f"{name}.{key}" for key in section.model_fields)
    return keys
