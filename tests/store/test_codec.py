"""Documents survive the way to JSON and back, whatever is in them."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import Issue
from pipeline.ports import DraftRecord, Feedback
from pipeline.store.codec import dump, load, storable
from pipeline.types import (
    ArchiveItem,
    Article,
    Candidate,
    Entry,
    Feed,
    Page,
    PageState,
    Paper,
    Repo,
    RepoState,
    RunReport,
    Score,
)
from tests.store.samples import NOW, article, candidate, paper

DOCUMENTS = (ArchiveItem, Candidate, DraftRecord, Entry, Feed, Feedback, Issue, RunReport, Score)

MOMENTS = st.datetimes(timezones=st.just(UTC))
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def documents(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type; moments are in UTC and numbers finite, as the types promise."""
    if hint in (datetime, float):
        return MOMENTS if hint is datetime else FINITE
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{f.name: documents(hints[f.name]) for f in fields(hint)})
    if get_origin(hint) is tuple:
        return st.lists(documents(get_args(hint)[0]), max_size=3).map(tuple)
    if get_origin(hint) is UnionType:
        return st.one_of(*(documents(part) for part in get_args(hint)))
    return st.from_type(hint)


@pytest.mark.parametrize("kind", DOCUMENTS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_document_comes_back_equal(kind: type, data: st.DataObject) -> None:
    document = data.draw(documents(kind))
    text = dump(document)
    back = load(kind, text)
    assert back == document
    assert hash(back) == hash(document)
    assert dump(back) == text
    assert "\x00" not in text


def test_types_come_back_as_they_were() -> None:
    beijing = datetime(2026, 9, 18, 9, tzinfo=timezone(timedelta(hours=8)))
    entry = Entry(feed_id="f", key="k", url="u", title="t", published=beijing)
    assert load(Entry, dump(entry)).published == beijing
    assert load(Article, dump(article("1", PageState.CAPTCHA))).state is PageState.CAPTCHA
    gone = Repo(id="r", full_name="o/n", url="u", state=RepoState.GONE, topics=("a", "b"))
    back = load(Repo, dump(gone))
    assert (back.state, back.topics) == (RepoState.GONE, ("a", "b"))
    noted = load(Candidate, dump(candidate("1", noted=date(2022, 5, 3)))).noted
    assert type(noted) is date


def test_parts_kept_elsewhere_are_put_back() -> None:
    page = Page(url="u", final_url="v", body=b"\xff\x00", fetched_at=NOW)
    text = dump(page, leave_out=("body",))
    assert "body" not in json.loads(text)
    assert load(Page, text, body=page.body) == page


def test_documents_of_other_versions_are_read() -> None:
    plain = json.loads(dump(paper()))
    del plain["withdrawn"]
    plain["added_later"] = 1
    assert load(Paper, json.dumps(plain)) == paper()


def test_lone_surrogates_are_replaced_and_chinese_stays_readable() -> None:
    text = dump(Feed(id="f", title="机器之心\ud83d", url="u"))
    assert "机器之心?" in text
    assert load(Feed, text).title == "机器之心?"


@given(st.text(st.characters()))
def test_storable_text_is_what_any_database_takes(text: str) -> None:
    made = storable(text)
    assert "\x00" not in made
    assert made.encode("utf-8").decode("utf-8") == made
    assert len(made) == len(text)
    assert storable(made) == made
