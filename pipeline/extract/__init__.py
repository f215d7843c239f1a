"""Extract: what does a page say?

In: a `Page` (HTML of any charset, gzipped or not, Markdown, or the fragment a feed carried) and
the `Entry` it came from. Out: an `Article` with clean text, sanitised HTML, pictures and typed
links with roles and verbatim evidence; or a page state with an `Issue`. Touches nothing: no
network, no disk (but for `read_path`), no clock. No input makes it raise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.extract.extractor import PageExtractor
    from pipeline.extract.payload import as_json, explain, read_path

__all__ = ["PageExtractor", "as_json", "explain", "read_path"]


def __getattr__(name: str) -> Any:
    """Load the parsers only when something is extracted."""
    if name == "PageExtractor":
        from pipeline.extract.extractor import PageExtractor

        return PageExtractor
    if name in ("as_json", "explain", "read_path"):
        from pipeline.extract import payload

        return getattr(payload, name)
    raise AttributeError(name)
