"""The reader's settings: one TOML file, environment on top, all mistakes reported at once."""

from __future__ import annotations

import difflib
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

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
        """The database, SQLite in the state folder unless the settings name another."""
        return self.settings.store.url or f"sqlite:///{self.state / 'state.db'}"

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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
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


def _issue(file: Path, error: dict[str, Any]) -> Issue:
    steps = [str(s) for s in error["loc"]]
    path = ".".join(steps)
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(path, _known_keys(), n=1, cutoff=0.5)
        hint = f"是不是想写 {near[0]}？" if near else "删掉它，或对照自带的 settings.toml。"
        return Issue(
            subject=f"{file}: {path}",
            code="config.unknown_key",
            sentence=f"没有 {path} 这一项。",
            remedy=hint,
        )
    return Issue(
        subject=f"{file}: {path}",
        code="config.bad_value",
        sentence=f"{path} 的值 {error.get('input')!r} 不对：{error['msg']}",
        remedy="对照自带的 settings.toml 里的说明改正。",
    )


def _known_keys() -> list[str]:
    keys = []
    for name, info in Settings.model_fields.items():
        keys.append(name)
        section = info.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            keys.extend(f"{name}.{key}" for key in section.model_fields)
    return keys
