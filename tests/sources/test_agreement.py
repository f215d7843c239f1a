"""Agreement with the results that feedparser's own tests expect; `docs/sources.md` says why not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.sources.expectations import expectations

KNOWN = {
    "encoding/bozo_linenoise.xml",
    "wellformed/base/http_entry_id_base_content_location.xml",
    "wellformed/base/http_entry_id_base_docuri.xml",
    "wellformed/base/http_item_link_base_content_location.xml",
    "wellformed/base/http_item_link_base_docuri.xml",
    "wellformed/rss/item_description_not_a_doctype.xml",
    "wellformed/sanitize/entry_content_iframe.xml",
    "wellformed/sanitize/item_content_encoded_script_nested_cdata.xml",
}


def test_entries_are_what_feedparser_expects(corpus: Path) -> None:
    found = list(expectations(corpus / "feeds" / "feedparser_tests"))
    fields = Counter(one.field for one in found)
    agreeing = [one for one in found if one.agrees]
    assert fields.keys() == {"id", "link", "title", "published", "summary", "content"}
    assert len(found) > 700
    assert len(agreeing) / len(found) >= 0.98
    assert {one.file for one in found if not one.agrees} <= KNOWN
