"""arXiv's announcements in the forms of 2023 and of today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sources.conftest import Read, rss

HEAD = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def announced(number: str, kind: str, marked: bool = True) -> str:
    mark = f"<arxiv:announce_type>{kind}</arxiv:announce_type>" if marked else ""
    return (
        f"<item><title>A Title</title><link>https://arxiv.org/abs/{number}</link>"
        f"<description>arXiv:{number}v1 Announce Type: {kind} \nAbstract: If a &lt; b, then $x$.</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{number}v1</guid>{mark}'
        "<dc:creator>A. Author, B. Author</dc:creator>"
        "<pubDate>Thu, 17 Sep 2026 00:00:00 -0400</pubDate></item>"
    )


def daily(*items: str) -> str:
    return rss(*items).replace('<rss version="2.0"', f'<rss version="2.0" {HEAD}')


def test_an_announcement_carries_the_abstract_and_needs_no_page(read: Read) -> None:
    (entry,) = read(daily(announced("2609.01234", "new")), kind="arxiv").entries
    assert (entry.key, entry.url) == ("arxiv:2609.01234", "https://arxiv.org/abs/2609.01234")
    assert entry.summary == "If a < b, then $x$."
    assert entry.content == "<p>If a &lt; b, then $x$.</p>"
    assert entry.content_is_full
    assert entry.author == "A. Author, B. Author"


@pytest.mark.parametrize("marked", [True, False])
def test_new_versions_of_old_papers_are_left_out(marked: bool, read: Read) -> None:
    kinds = {
        "2609.00001": "new",
        "2609.00002": "cross",
        "2609.00003": "replace",
        "2609.00004": "replace-cross",
    }
    body = daily(*(announced(n, kind, marked) for n, kind in kinds.items()))
    assert [e.key for e in read(body, kind="arxiv").entries] == [
        "arxiv:2609.00001",
        "arxiv:2609.00002",
    ]


def test_the_rdf_of_2023(read: Read) -> None:
    def one(number: str, updated: str = "") -> str:
        return (
            f'<item rdf:about="http://arxiv.org/abs/{number}"><title>A Title. (arXiv:{number}v2 [cs.AI]{updated})</title>'
            f"<link>http://arxiv.org/abs/{number}</link><description>&lt;p&gt;Abstract text.&lt;/p&gt;</description></item>"
        )

    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f"<channel><title>x</title></channel>{one('2307.01201')}{one('2307.01202', ' UPDATED')}</rdf:RDF>"
    )
    (entry,) = read(body, kind="arxiv").entries
    assert (entry.title, entry.summary) == ("A Title", "Abstract text.")
    assert entry.key == "arxiv:2307.01201"


def test_weekends_are_empty_and_fine(read: Read) -> None:
    poll = read(daily(), kind="arxiv")
    assert poll.entries == poll.issues == ()


def test_the_apis_complaint_is_no_paper(read: Read) -> None:
    poll = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Error</title>'
        "<id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id>"
        '<link href="https://arxiv.org/api/errors#incorrect_id_format_for_abc" rel="alternate"/>'
        "<summary>incorrect id format for abc</summary></entry></feed>",
        kind="arxiv",
    )
    assert poll.entries == ()
    assert [i.code for i in poll.issues] == ["feed.not_understood"]
    assert "incorrect id format" in poll.issues[0].sentence


def test_recorded_queries_of_the_api(corpus: Path, read: Read) -> None:
    pages: dict[str, set[str]] = {}
    for path in sorted((corpus / "arxiv" / "api_replies").glob("*.json")):
        reply = json.loads(path.read_bytes())
        if reply["status_code"] != 200:
            continue
        poll = read(reply["body"], kind="arxiv", url=reply["url"])
        assert poll.issues == (), path.name
        pages[path.name] = {entry.key for entry in poll.entries}
        for entry in poll.entries:
            assert entry.key.startswith("arxiv:")
            assert entry.url.startswith("https://arxiv.org/abs/")
            assert entry.content_is_full
            assert entry.published is not None
    tens = [keys for name, keys in pages.items() if "_m10_" in name]
    assert max(map(len, tens)) == 10
    assert any(not keys for keys in pages.values()), "an unknown id brings nothing"
