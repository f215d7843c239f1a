"""Extraction of a rendered note finds exactly the links that the note holds."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.identifiers import identify
from pipeline.notes import NoteLayout
from pipeline.notes.render import render_note
from pipeline.types import Note, NoteField, NoteItem, NoteLink
from tests.extract.builders import markdown, works

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,18}[A-Za-z0-9]", fullmatch=True).filter(
    lambda name: not name.lower().endswith((".git", "gitcd"))
)
PAPERS = st.builds(
    lambda year, month, number: f"https://arxiv.org/abs/{year:02}{month:02}.{number:05}",
    st.integers(15, 26), st.integers(1, 12), st.integers(0, 99_999),
)  # fmt: skip
CODES = st.builds(lambda owner, name: f"https://github.com/{owner}/{name}", NAMES, NAMES).filter(
    lambda url: identify(url) is not None
)
TITLES = st.sampled_from(("A Paper", "一篇论文", "Learning [Very] Good *Things*", "代码", "a_b_c"))


@st.composite
def items(draw: st.DrawFn, number: int) -> NoteItem:
    paper, code = draw(PAPERS), draw(CODES)
    return NoteItem(
        title=f"题目 {number}",
        url=f"https://mp.weixin.qq.com/s/article-{number:05}",
        stars=2,
        fields=(
            NoteField(name="Paper", value="", links=(NoteLink(text=draw(TITLES), url=paper),)),
            NoteField(name="Code", value="", links=(NoteLink(text=code, url=code),)),
            NoteField(name="Tips", value="值得看一看。"),
        ),
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6).flatmap(lambda n: st.tuples(*(items(number=k) for k in range(n)))))
def test_a_rendered_note_holds_its_own_links(given_items: tuple[NoteItem, ...]) -> None:
    text = render_note(Note(day=date(2026, 9, 18), items=given_items), NoteLayout())
    urls = [link.url for item in given_items for field in item.fields for link in field.links]
    expected = {known.id for url in urls if (known := identify(url))}
    assert set(works(markdown(text))) == expected


@given(PAPERS | CODES)
def test_the_canonical_address_is_its_own(url: str) -> None:
    known = identify(url)
    assert known is not None
    assert identify(known.url) == known
