"""What arXiv says of the papers in the reader's own library that came without a title."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import Issue

_NAMED = 3


def unknown_to_arxiv(ids: Sequence[str]) -> tuple[Issue, ...]:
    """One issue for all ids that arXiv surely does not know; none where it knows all."""
    if not ids:
        return ()
    named = "、".join(i.removeprefix("arxiv:") for i in ids[:_NAMED])
    more = " 等" if len(ids) > _NAMED else ""
    return (
        Issue(
            subject="[seeds] files",
            code="seeds.unknown",
            sentence=f"文献库里有 {len(ids)} 个编号 arXiv 查不到：{named}{more}。",
            remedy="请改正或删掉这些编号；其余照用。",
        ),
    )
