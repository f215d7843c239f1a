"""What Zotero exports besides BibTeX: CSL JSON and CSV, as fields named like BibTeX's."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

_CSL = {
    "title": "title",
    "abstract": "abstract",
    "keyword": "keywords",
    "DOI": "doi",
    "URL": "url",
    "number": "number",
    "archive_location": "eprint",
    "note": "note",
    "type": "type",
}
_COLUMNS = {
    "Title": "title",
    "Abstract Note": "abstract",
    "Manual Tags": "keywords",
    "DOI": "doi",
    "Url": "url",
    "Archive Location": "eprint",
    "Extra": "note",
    "Date": "date",
    "Publication Year": "year",
    "Date Added": "added",
    "Item Type": "type",
}
_TAG = re.compile(
    r"</?(?:jats:)?(?:p|i|b|u|em|strong|sub|sup|sc|scp|span|title|italic|bold|sec|div|br)"
    r'(?:\s[\w:-]{1,30}="[^"<>]{0,100}"){0,5}\s?/?>',
    re.IGNORECASE,
)


def read_csl(text: str) -> Iterator[dict[str, str] | None]:
    """The items of a CSL JSON file, None for each that is none; raises `ValueError` for a file
    of another shape, `RecursionError` for one nested without sense."""
    data = json.loads(text)
    rows = data.get("items") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise ValueError("no list of items")
    for row in rows:
        yield _csl(row) if isinstance(row, dict) else None


def _csl(row: Mapping[str, Any]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for theirs, ours in _CSL.items():
        if isinstance(said := row.get(theirs), str) and said:
            fields.setdefault(ours, untagged(said))
    if date := _date(row.get("issued")):
        fields["date"] = date
    return fields


def _date(said: Any) -> str:
    """`2021-5-3` of `{"date-parts": [[2021, 5, 3]]}`, as much of it as there is."""
    if not isinstance(said, dict):
        return ""
    parts = said.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, list):
        return "-".join(str(p)[:10] for p in first[:3] if isinstance(p, int | str))
    return next((said[k] for k in ("raw", "literal") if isinstance(said.get(k), str)), "")


def read_csv(text: str) -> Iterator[dict[str, str]]:
    """The rows of Zotero's CSV; raises `ValueError` where its columns are missing, `csv.Error`
    for what is no CSV."""
    rows = csv.DictReader(StringIO(text, newline=""))
    if "Title" not in (rows.fieldnames or ()):
        raise ValueError("no column named Title")
    for row in rows:
        yield {
            ours: untagged(said)
            for theirs, ours in _COLUMNS.items()
            if isinstance(said := row.get(theirs), str) and said
        }


def untagged(text: str) -> str:
    """The text without the few tags that titles and abstracts carry."""
    return _TAG.sub("", text) if "<" in text else text
