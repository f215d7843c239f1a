"""What every page shares: templates, static files by their hash, keys, words, signed pictures."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from pipeline.review.guard import Gate
from pipeline.review.patch import Shown
from pipeline.review.running import Runner
from pipeline.review.words import Words
from pipeline.wiring.review import ReviewRooms

_HERE = Path(__file__).parent
_SPOKEN = (
    "saved",
    "retrying",
    "unreachable",
    "not_saved",
    "elsewhere",
    "elsewhere_open",
    "reload",
    "unchanged",
)
_STARS = ("star1", "star2", "star3", "star4", "star5")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """A file of ours, in memory; its address changes with its content, so it may be kept."""

    body: bytes
    media_type: str
    address: str


def static_files() -> Mapping[str, StaticFile]:
    """Every file below `static/` by its bare name."""
    found = {}
    for path in sorted((_HERE / "static").rglob("*")):
        if path.suffix in (".css", ".js", ".svg"):
            body = path.read_bytes()
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            mark = sha256(body).hexdigest()[:12]
            found[path.name] = StaticFile(
                body=body, media_type=kind, address=f"/static/{path.name}?v={mark}"
            )
    return found


class Frame:
    """The rooms, and how a page is made of a template."""

    def __init__(self, rooms: ReviewRooms, gate: Gate) -> None:
        self.rooms, self.gate = rooms, gate
        self.review = rooms.workspace.settings.review
        self.zone = rooms.workspace.settings.reader.timezone
        self.words = Words(rooms.workspace.settings.reader.language)
        self.shown = Shown()
        self.runner = Runner(rooms.workspace, outlives_page=not rooms.served)
        self.static = static_files()
        self._environment = self._made()

    def _made(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["short"] = short
        spoken = {name: self.words(name) for name in _SPOKEN}
        environment.globals |= {
            "w": self.words,
            "csrf": self.gate.form_token,
            "static": lambda name: self.static[name].address,
            "keys": json.dumps(self._keys(), ensure_ascii=False),
            "spoken": json.dumps(spoken, ensure_ascii=False),
            "shortcuts": self.review.shortcuts,
            "key_rows": self._key_rows(),
        }
        for name in environment.list_templates():  # compiled now, not under the first visitor
            environment.get_template(name)
        return environment

    def render(self, template: str, **values: Any) -> str:
        """The template, filled; everything in it is escaped unless it was made by `shown`."""
        return self._environment.get_template(template).render(values)

    def page(self, template: str, *, status: int = 200, here: str = "", **values: Any) -> Any:
        """The template as an answer; `here` marks the entry of the navigation."""
        text = self.render(template, **{"here": here, "said": "", **values})
        return HTMLResponse(text, status_code=status)

    def part(self, name: str, **values: Any) -> str:
        """One macro of `parts.html.j2`, filled."""
        module = self._environment.get_template("parts.html.j2").module
        return str(getattr(module, name)(self.words, **values))

    def picture(self, url: str, article: str) -> str:
        """Where our proxy serves a picture of that article: the signature is the allow-list."""
        if urlsplit(url).scheme not in ("http", "https"):
            return ""
        mark = self.gate.sign("picture", url, article)
        return "/picture?" + urlencode({"u": url, "a": article, "s": mark})

    def local_picture(self, day: date, name: str) -> str:
        """Where a picture beside the day's note is served."""
        mark = self.gate.sign("local", str(day), name)
        return "/picture?" + urlencode({"d": str(day), "n": name, "s": mark})

    def _keys(self) -> Mapping[str, str]:
        if not self.review.shortcuts:
            return {}
        keys = self.review.keys.model_dump()
        return {combo: action for action, combo in keys.items() if combo}

    def _key_rows(self) -> list[tuple[str, list[str]]]:
        keys = self.review.keys.model_dump()
        rows: list[tuple[str, list[str]]] = []
        for action, combo in keys.items():
            if action == _STARS[0]:
                rows.append((self.words("key_star"), [keys[s] for s in _STARS if keys[s]]))
            elif action not in _STARS and combo:
                rows.append((self.words(f"key_{action}"), combo.split(" ")))
        return rows


def short(url: str) -> str:
    """An address as a reader likes to see it: no scheme, not too long."""
    bare = url.partition("://")[2].removeprefix("www.").rstrip("/")
    return bare if len(bare) <= 48 else bare[:47] + "…"
