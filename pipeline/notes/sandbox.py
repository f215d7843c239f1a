"""Where a reader's template runs: it can write a note's words, and neither reach nor exhaust more.

Jinja2's own sandbox keeps a template from the program; it does not keep it from running for ever
or from filling the memory. Here every loop is counted and every text is measured before it grows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from types import FrameType
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

_MAX_STEPS = 200_000
"""Lines of compiled template; an item of the house format takes about a hundred."""
_MAX_TEXT = 400_000
_MAX_NUMBER = 10**9
_FILTERS = (
    "abs capitalize count d default first int join last length list lower map max min reject "
    "rejectattr replace reverse round select selectattr sort string sum title trim unique upper"
).split()
_METHODS = frozenset(
    "startswith endswith strip lstrip rstrip lower upper split removeprefix removesuffix get items "
    "keys values index count".split()
)
_LOOP = frozenset("index index0 revindex revindex0 first last length".split())
_PLAIN = (str, bytes, int, float, tuple, list, dict, set, frozenset)


class NoteEnvironment(SandboxedEnvironment):
    """Jinja2 for templates of notes. Markdown is escaped before it gets here, not as HTML."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            keep_trailing_newline=True,
        )
        self.filters = {name: self.filters[name] for name in _FILTERS}
        self.filters |= {"join": _join, "replace": _replace, "stardraft_concat": _join}
        self.globals = {"range": _range}

    @staticmethod
    def concat(parts: Iterable[str]) -> str:
        """Put output together, up to a limit."""
        return _join(parts)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """The fields of what a template is given, and the harmless methods of plain values."""
        if isinstance(obj, _PLAIN):
            return attr in _METHODS
        if isinstance(obj, LoopContext):
            return attr in _LOOP
        return is_dataclass(obj) and any(field.name == attr for field in fields(obj))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic that cannot grow without end."""
        if operator == "%" and not isinstance(left, int):
            raise SecurityError("% 只用于整数")
        if operator == "**" and not (_is_small(left, 1000) and _is_small(right, 9)):
            raise SecurityError("乘方太大")
        if operator == "*" and _size(left) * _size(right) > _MAX_TEXT:
            raise SecurityError("写出的内容太长")
        return _measured(super().call_binop(context, operator, left, right))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return _Tamed().visit(super()._parse(source, name, filename))  # type: ignore[no-any-return]


class _Tamed(NodeTransformer):
    """`a ~ b` becomes a filter that measures; lists are made of constants, so that none can hold
    itself forty times over."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        parts = nodes.List([self.visit(part) for part in node.nodes], lineno=node.lineno)
        return nodes.Filter(parts, "stardraft_concat", [], [], None, None, lineno=node.lineno)

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        return self._of_constants(node, node.items)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        return node if node.ctx == "store" else self._of_constants(node, node.items)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802
        return self._of_constants(node, [pair.value for pair in node.items])

    def _of_constants(self, node: nodes.Node, items: Iterable[nodes.Node]) -> nodes.Node:
        if all(isinstance(item, nodes.Const) for item in items):
            return node
        raise TemplateSyntaxError("列表和字典里只能写常量", node.lineno)


@contextmanager
def counted() -> Iterator[None]:
    """Let a template run for so many lines; `SecurityError` where it goes on."""
    left = _MAX_STEPS
    before = sys.gettrace()

    def step(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        nonlocal left
        if frame.f_code.co_filename != "<template>":
            return None
        left -= event == "line"
        if left < 0:
            raise SecurityError("模板停不下来")
        return step

    sys.settrace(step)
    try:
        yield
    finally:
        sys.settrace(before)


def _range(*bounds: int) -> range:
    made = range(*bounds)
    if len(made) > 1000:
        raise SecurityError("range 太长")
    return made


def _join(parts: Iterable[Any], d: str = "") -> str:
    """The parts one after the other; measured while they come."""
    texts: list[str] = []
    room = _MAX_TEXT
    for part in parts:
        texts.append(str(part))
        room -= len(texts[-1]) + len(d)
        if room < 0:
            raise SecurityError("写出的内容太长")
    return d.join(texts)


def _replace(text: str, old: str, new: str) -> str:
    text = str(text)
    if len(text) + text.count(str(old)) * len(str(new)) > _MAX_TEXT:
        raise SecurityError("写出的内容太长")
    return text.replace(str(old), str(new))


def _size(value: Any) -> int:
    """Characters or entries; a number multiplies what stands on the other side."""
    if isinstance(value, int | float):
        return max(1, int(abs(value)))
    return len(value) if hasattr(value, "__len__") else 1


def _is_small(value: Any, limit: int) -> bool:
    return isinstance(value, int | float) and abs(value) <= limit


def _measured(value: Any) -> Any:
    if isinstance(value, int) and abs(value) > _MAX_NUMBER:
        raise SecurityError("数太大")
    if hasattr(value, "__len__") and len(value) > _MAX_TEXT:
        raise SecurityError("写出的内容太长")
    return value
