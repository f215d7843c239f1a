"""As much of GitHub's GraphQL as a client asks for repositories with: read and resolved.

Aliases, arguments, variables, named and inline fragments and nested selections are
understood; unknown fields and missing repositories become entries of `errors`, in the shape
GitHub gives them (the latter beside the data, with `type: NOT_FOUND`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r'(?P<skip>[\s,\ufeff]+|\#[^\n]*)|(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<number>-?\d+)|(?P<name>[A-Za-z_]\w*)|(?P<punct>\.\.\.|[!$():=@\[\]{}|&])"
)
_MAX_TOKENS = 60_000
_MAX_DEPTH = 30


class GraphQLSyntaxError(ValueError):
    """The query is not GraphQL."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A `$name` in an argument."""

    name: str


@dataclass(slots=True)
class Selection:
    """One field; `name` is empty for a fragment, whose own selections are then meant."""

    name: str
    alias: str
    line: int
    column: int
    arguments: dict[str, Any] = field(default_factory=dict)
    selections: list[Selection] = field(default_factory=list)
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The first operation of a query with the fragments beside it."""

    operation: str
    selections: list[Selection]
    fragments: Mapping[str, list[Selection]]


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = list(self._scan(source))
        self._at = 0
        self._depth = 0

    def _scan(self, source: str) -> Iterator[tuple[str, int]]:
        at = count = 0
        while at < len(source):
            found = _TOKEN.match(source, at)
            count += 1
            if not found or count > _MAX_TOKENS:
                raise GraphQLSyntaxError(f"Parse error on {source[at : at + 10]!r}")
            if not found.group("skip"):
                yield found.group(), at
            at = found.end()

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _next(self, expected: str = "") -> str:
        token = self._peek()
        if not token or (expected and token != expected):
            raise GraphQLSyntaxError(f"Parse error on {token or 'end of file'!r}")
        self._at += 1
        return token

    def document(self) -> Document:
        operation, selections = "", None
        fragments: dict[str, list[Selection]] = {}
        while self._peek():
            if self._peek() == "fragment":
                self._next()
                name = self._next()
                self._next("on")
                self._next()
                fragments[name] = self._selections()
                continue
            kind = self._operation_head()
            body = self._selections()
            if selections is None:
                operation, selections = kind, body
        if selections is None:
            raise GraphQLSyntaxError("A query attribute must be specified and must be a string.")
        return Document(operation, selections, fragments)

    def _operation_head(self) -> str:
        kind = "query" if self._peek() == "{" else self._next()
        while self._peek() not in ("{", ""):
            self._next()
        return kind

    def _selections(self) -> list[Selection]:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise GraphQLSyntaxError("Query is too deep")
        self._next("{")
        found = []
        while self._peek() != "}":
            found.append(self._selection())
        self._next("}")
        self._depth -= 1
        return found

    def _selection(self) -> Selection:
        line, column = self._place()
        if self._peek() == "...":
            self._next()
            if self._peek() not in ("on", "{"):
                return Selection("", "", line, column, fragment=self._next())
            if self._peek() == "on":
                self._next()
                self._next()
            return Selection("", "", line, column, selections=self._selections())
        alias = name = self._next()
        if self._peek() == ":":
            self._next()
            name = self._next()
        made = Selection(name, alias, line, column)
        if self._peek() == "(":
            made.arguments = self._arguments()
        if self._peek() == "{":
            made.selections = self._selections()
        return made

    def _place(self) -> tuple[int, int]:
        offset = self._tokens[self._at][1] if self._at < len(self._tokens) else 0
        before = self._source[:offset]
        return before.count("\n") + 1, offset - before.rfind("\n")

    def _arguments(self) -> dict[str, Any]:
        self._next("(")
        given = {}
        while self._peek() != ")":
            name = self._next()
            self._next(":")
            given[name] = self._value()
        self._next(")")
        return given

    def _value(self) -> Any:
        sign = self._next()
        if sign == "$":
            return Variable(self._next())
        if sign.startswith('"'):
            return json.loads(sign)
        if sign == "[":
            return self._list()
        if re.fullmatch(r"-?\d+", sign):
            return int(sign)
        return {"true": True, "false": False, "null": None}.get(sign, sign)

    def _list(self) -> list[Any]:
        values = []
        while self._peek() != "]":
            values.append(self._value())
        self._next("]")
        return values


def parse(source: str) -> Document:
    """Read a query; raises `GraphQLSyntaxError`."""
    return _Parser(source).document()


Resolver = Callable[[Mapping[str, Any]], Any]


class Execution:
    """Resolves a document; `roots` maps the fields of the query to what they yield.

    A root yields a nested mapping, or None where there is nothing (told in `errors`).
    """

    def __init__(
        self, document: Document, roots: Mapping[str, Resolver], variables: Mapping[str, Any]
    ) -> None:
        self.errors: list[dict[str, Any]] = []
        self._document = document
        self._roots = roots
        self._variables = variables

    def run(self) -> dict[str, Any]:
        """GitHub's answer: `data` and, where something failed, `errors`."""
        data = {}
        for wanted in self._flat(self._document.selections):
            resolve = self._roots.get(wanted.name)
            if resolve is None:
                self._undefined(wanted, "Query", [wanted.alias])
                continue
            given = {k: self._given(v) for k, v in wanted.arguments.items()}
            value = resolve(given)
            if value is None:
                self._not_found(wanted, given)
            data[wanted.alias] = self._pick(value, wanted, [wanted.alias])
        if any(e.get("extensions") for e in self.errors):
            return {"errors": self.errors}
        return {"data": data} | ({"errors": self.errors} if self.errors else {})

    def _given(self, value: Any) -> Any:
        return self._variables.get(value.name) if isinstance(value, Variable) else value

    def _flat(self, selections: list[Selection], depth: int = 0) -> Iterator[Selection]:
        """The fields, fragments unfolded."""
        for selection in selections:
            if selection.name:
                yield selection
            elif depth < _MAX_DEPTH:
                inside = self._document.fragments.get(selection.fragment, selection.selections)
                yield from self._flat(inside, depth + 1)

    def _pick(self, value: Any, wanted: Selection, path: list[Any]) -> Any:
        """The wanted parts of a value."""
        if isinstance(value, list):
            return [self._pick(v, wanted, [*path, i]) for i, v in enumerate(value)]
        if not isinstance(value, Mapping):
            return value
        picked = {}
        for inner in self._flat(wanted.selections):
            where = [*path, inner.alias]
            if inner.name not in value:
                self._undefined(inner, str(value.get("__typename", "Object")), where)
                continue
            picked[inner.alias] = self._pick(value[inner.name], inner, where)
        return picked

    def _undefined(self, wanted: Selection, type_name: str, path: list[Any]) -> None:
        self.errors.append(
            {
                "path": ["query", *path],
                "extensions": {
                    "code": "undefinedField",
                    "typeName": type_name,
                    "fieldName": wanted.name,
                },
                "locations": [{"line": wanted.line, "column": wanted.column}],
                "message": f"Field '{wanted.name}' doesn't exist on type '{type_name}'",
            }
        )

    def _not_found(self, wanted: Selection, given: Mapping[str, Any]) -> None:
        name = f"{given.get('owner')}/{given.get('name')}"
        self.errors.append(
            {
                "type": "NOT_FOUND",
                "path": [wanted.alias],
                "locations": [{"line": wanted.line, "column": wanted.column}],
                "message": f"Could not resolve to a Repository with the name '{name}'.",
            }
        )
