"""The words and the template of a note: the house format, or the reader's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ConfigError, Issue

if TYPE_CHECKING:
    from jinja2.environment import TemplateModule

_MAX_TEMPLATE = 64 * 1024
_TEMPLATE_NAMES = ("head", "item", "also_seen", "tail")
_SHIPPED = (
    Path(__file__).parents[2] / "config" / "templates" / "note.md.j2",
    Path(__file__).parents[1] / "shipped_config" / "templates" / "note.md.j2",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLayout:
    """What the reader may choose about the look of a note.

    `heading` stands before the date, `items_heading` above the items and `others_heading` above
    the `footer` lines (Markdown, without the hyphen); `footer_image` ends the note where it is
    given; `also_seen_label` is the summary of the collapsed block; `labels` rename fields, as
    pairs (`Abstract`, `摘要`). `template` is a Jinja2 file with the macros `head`, `item`,
    `also_seen` and `tail`; None means the shipped one.
    """

    heading: str = "公众号内容拓展学习笔记"
    items_heading: str = "今日要点"
    others_heading: str = "Others"
    also_seen_label: str = "今日还看到"
    footer: tuple[str, ...] = ("星标的数量是与个人相关程度，不代表文章内容的好坏",)
    footer_image: str = ""
    footer_zoom: str = "80%"
    image_zoom: str = "100%"
    labels: tuple[tuple[str, str], ...] = ()
    template: Path | None = None


def layout_from(text: str, layout: NoteLayout | None = None) -> NoteLayout:
    """The layout with heading, footer and closing picture read off an existing note."""
    layout = layout or NoteLayout()
    heading = re.match(r"\ufeff?#\s*([^（(\n]{1,60})[（(]", text)
    tail = re.search(r"(?m)^##[^\n]*\bOthers[ \t]*$(?P<rest>[\s\S]*)\Z", text)
    rest = tail["rest"] if tail else ""
    footer = re.findall(r"(?m)^- (.+)$", rest)
    image = re.search(r"<img src=\"([^\"]+)\" style='zoom:([^']{1,6})'>", rest)
    return replace(
        layout,
        heading=heading[1].strip() if heading else layout.heading,
        footer=tuple(footer) or layout.footer,
        footer_image=image[1] if image else layout.footer_image,
        footer_zoom=image[2] if image else layout.footer_zoom,
    )


def macros(template: Path | None) -> TemplateModule:
    """The template's macros; a file that is not such a template raises `ConfigError`."""
    path = template or next((path for path in _SHIPPED if path.is_file()), _SHIPPED[0])
    try:
        if path.stat().st_size > _MAX_TEMPLATE:
            raise template_error("超过 64 KB")
        return _compiled(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise template_error(f"读不了 {path.name}：{error}") from error


def _mistakes() -> tuple[type[Exception], ...]:
    """What a wrong template raises."""
    from jinja2 import TemplateError

    plain = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
    return (TemplateError, *plain)


@lru_cache(maxsize=8)
def _compiled(source: str) -> TemplateModule:
    from pipeline.notes.sandbox import NoteEnvironment, counted

    try:
        with counted():
            module = NoteEnvironment().from_string(source).module
    except _mistakes() as error:
        line = getattr(error, "lineno", None)
        raise template_error(f"第 {line} 行：{error}" if line else str(error)) from error
    missing = [name for name in _TEMPLATE_NAMES if not hasattr(module, name)]
    if missing:
        raise template_error(f"缺少宏 {', '.join(missing)}")
    return module


def call(template: Path | None, macro: str, *arguments: Any) -> str:
    """What one macro of the template writes; its mistakes are `ConfigError`s."""
    from pipeline.notes.sandbox import counted

    module = macros(template)
    try:
        with counted():
            return str(getattr(module, macro)(*arguments))
    except _mistakes() as error:
        raise template_error(f"宏 {macro}：{error}") from error


def template_error(reason: str) -> ConfigError:
    """The refusal of a template, with its reason."""
    return ConfigError(
        Issue(
            subject="note.md.j2",
            code="notes.template",
            sentence=f"笔记模板不能用：{reason}",
            remedy="改正模板，或在设置里去掉它，改用自带的模板。",
        )
    )


def heading_lines(names: Sequence[str]) -> re.Pattern[str]:
    """A heading of one of these names, with or without its shortcode, also one that is only bold."""
    wanted = "|".join(re.escape(name) for name in names if name)
    words = rf"\s*(?::\w+:)?\s*(?:{wanted})\s*[:：]?\s*"
    return re.compile(rf"(?:#{{1,6}}{words}#*|\*\*{words}\*\*)\s*", re.IGNORECASE)
