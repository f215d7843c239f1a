"""Documents as JSON text: the frozen dataclasses of `pipeline.types`, and back.

Pydantic's adapters know tuples, aware datetimes, dates, enumerations and nested dataclasses.
What a document does not say takes the field's default, and what a type no longer knows is
ignored, so that adding a field needs no migration.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def dump(document: object, leave_out: Collection[str] = ()) -> str:
    """The document as JSON text, without the top-level fields in `leave_out`.

    Lone surrogates, which no database takes, become question marks.
    """
    kind: Any = type(document)
    plain = _adapter(kind).dump_python(document, mode="json", exclude=set(leave_out))
    return storable(json.dumps(plain, ensure_ascii=False, separators=(",", ":")))


def load(kind: type[T], text: str, **parts: object) -> T:
    """The document of that kind; `parts` are fields that are kept elsewhere."""
    plain: dict[str, Any] = json.loads(text)
    any_kind: Any = kind
    document: T = _adapter(any_kind).validate_python(plain | parts)
    return document


def storable(text: str) -> str:
    """The text as any database takes it: lone surrogates and NUL become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "?")
