"""arXiv replies in the shape of the recorded ones."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
    ' xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">'
    "<id>https://arxiv.org/api/x</id><title>arXiv Query</title>"
    "<updated>2026-04-12T22:09:26Z</updated>"
)


def entry(
    arxiv_id: str, title: str, abstract: str = "An abstract.", comment: str = "", journal: str = ""
) -> str:
    extra = f"<arxiv:comment>{escape(comment)}</arxiv:comment>" if comment else ""
    extra += f"<arxiv:journal_ref>{escape(journal)}</arxiv:journal_ref>" if journal else ""
    return (
        f"<entry><id>http://arxiv.org/abs/{arxiv_id}v2</id><title>{escape(title)}</title>"
        "<updated>2021-04-20T16:07:14Z</updated><published>2021-04-20T16:07:14Z</published>"
        f"<summary>{escape(abstract)}</summary><author><name>A. Author</name></author>"
        '<category term="cs.CV" scheme="http://arxiv.org/schemas/atom"/>'
        f'<arxiv:primary_category term="cs.CV"/>{extra}</entry>'
    )


def feed(entries: Iterable[str] = (), total: int | None = None) -> bytes:
    listed = list(entries)
    count = len(listed) if total is None else total
    counts = (
        f"<opensearch:itemsPerPage>100</opensearch:itemsPerPage>"
        f"<opensearch:totalResults>{count}</opensearch:totalResults>"
        "<opensearch:startIndex>0</opensearch:startIndex>"
    )
    return f"{HEAD}{counts}{''.join(listed)}</feed>".encode()


def error(sentence: str) -> bytes:
    return feed(
        [
            "<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title>"
            f"<updated>2026-04-12T22:09:26Z</updated><summary>{escape(sentence)}</summary></entry>"
        ]
    )
