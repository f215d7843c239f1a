"""Where an article's own title stands when no metadata says it."""

from __future__ import annotations

from pipeline.extract.document import Document


def front_title(document: Document) -> str:
    """The first heading of the highest level near the top, else the first short line."""
    top = [b for b in document.blocks[:12] if b.kind == "heading"]
    if top:
        return min(top, key=lambda b: b.level).text[:300]
    return next((b.text for b in document.blocks[:3] if len(b.text) <= 80), "")
