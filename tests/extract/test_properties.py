"""Whatever comes in: no exception, no lost offsets, no work beyond a bound."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract import addresses, guard, links
from pipeline.extract import markdown as markdown_module
from pipeline.extract.charset import decode
from pipeline.extract.document import MAX_BLOCKS, Writer
from tests.extract.builders import extract, markdown, wechat, works

PIECES = st.sampled_from(
    [
        "论文链接：", "代码", "https://", "http：//", "arxiv.org/abs/", "2203.15332", "github.com/", "owner/name", "\\_", "__", "**", "[", "](", ")", "`",
        "<p>", "</p>", "<br>", "<span>", "<a href='", "'>", "</a>", "<pre>", "<script>", "</script>", "<!--", "\n", "\n\n", "# ", "|", "---", "《", "》",
        "Learning Good Things From Data", "参考文献", "\u200b", "\u3000", "\ud800", "\x00", "&amp;", "&#0;", "data:image/svg+xml,",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=60).map("".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_no_text_makes_it_raise(text: str) -> None:
    for article in (
        markdown(text),
        extract(wechat(text)),
        extract(text, url="https://e.org/a"),
        extract(text, origin="feed"),
    ):
        for link in article.links:
            assert 0 <= link.position <= len(article.text)
            assert link.evidence in article.text or link.position == len(article.text)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    assert isinstance(decode(raw), str)
    extract(raw)


@given(TEXTS)
def test_places_are_in_order_and_never_overlap(text: str) -> None:
    end = 0
    for found in addresses.find(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


@given(st.text(alphabet="ab/_-().,;:!?*\\'\"。）", max_size=60))
def test_trimming_is_idempotent(text: str) -> None:
    once = addresses.trim(text)
    assert text.startswith(once)
    assert addresses.trim(once) == once


@given(
    st.lists(st.tuples(st.text(alphabet="ab 中\n\u3000", max_size=6), st.booleans()), max_size=20)
)
def test_anchors_keep_their_text(parts: list[tuple[str, bool]]) -> None:
    writer = Writer()
    expected = []
    for text, linked in parts:
        if linked:
            writer.open_anchor("https://e.org")
            expected.append(re.sub(r"\s+", "", text))
        writer.add(text)
        if linked:
            writer.close_anchor()
    document = writer.document()
    block = document.blocks[0] if document.blocks else None
    found = (
        [re.sub(r"\s+", "", block.text[a.start : a.end]) for a in block.anchors] if block else []
    )
    assert found == (expected if block else [])


def test_blocks_and_links_are_bounded() -> None:
    article = markdown("\n\n".join(f"https://github.com/a/b{n}" for n in range(MAX_BLOCKS + 500)))
    assert article.text.count("\n") < MAX_BLOCKS
    assert len(article.links) <= links.MAX_LINKS


def test_inline_marks_are_bounded() -> None:
    steps = 0
    token = markdown_module._Reader._token

    def counted(self: object, *args: object) -> int:
        nonlocal steps
        steps += 1
        return token(self, *args)  # type: ignore[arg-type]

    with patch.object(markdown_module._Reader, "_token", counted):
        markdown("[a](" * 50_000)
    assert steps <= markdown_module.MAX_TOKENS


def test_the_shape_is_measured_in_one_pass() -> None:
    assert guard.shape_of("<div>" * 10_000).depth == guard.MAX_DEPTH + 1
    assert guard.shape_of("<a title=\"a>b\" b c='d' e>").attributes == 4
    assert guard.without_scripts("a<script>b</script>c<style>d") == "ac"
    assert guard.without_scripts("a<!-- b --><!-- c") == "a c"


@pytest.mark.parametrize(
    "line",
    [
        f"原创{' ' * 20_000}x",
        f"某人 某号{' ' * 20_000}2023-01-01{' ' * 20_000}后面还有十三个以上的字在这里",
        f"原创 某人{' ' * 1_900}*2023-01-01*{' ' * 1_900}x",
        f"论文题目：A Study of Blanks{' ' * 20_000}in Lines",
    ],
    ids=["note", "both sides", "byline", "title"],
)
def test_runs_of_blanks_are_read_in_passing(line: str) -> None:
    """Finishes at all: given back blank by blank, one such line took minutes."""
    article = markdown(
        f"题 #js_name {{ margin: 0 }}\n\n{line}\n\n论文：https://arxiv.org/abs/2203.15332"
    )
    assert works(article) == {"arxiv:2203.15332": "main"}
