"""Whatever a note says: it stays in its folder, and every format it goes into stays whole."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.publish.exports import Source, export
from pipeline.publish.readme import ReadmeWords, make_readme, split_readme
from pipeline.publish.revision import gather
from pipeline.types import Image, Note, NoteField, NoteItem
from tests.publish.samples import DAY, write_note
from tests.publish.test_exports import read

TAGS = {"section", "p", "strong", "sup", "img"}
FREELY = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
words = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            list("[]()<>`\\*_!#:-|.1\n\r\t \u2028\u200b\u202e\"'&$~>星目：；、）⭐\x00\x1b")
        ),
        st.characters(codec="utf-8"),
    ),
    max_size=40,
)
traps = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "</content><entry>",
        "]]>",
        "--upload-pack=x",
        "## :paperclip:  历史更新",
        "# 公众号内容拓展学习笔记（2022.7.10）",
        "<!-- ",
        "```\n",
        "</details></pre>",
        "\n---\n",
        "[x](javascript:alert(1))",
        "Stardraft-Revision: 0",
    ]
)
prose = st.lists(st.one_of(words, traps), max_size=4).map("".join)
urls = st.one_of(
    prose,
    words.map(lambda w: f"https://a.org/{w}"),
    st.sampled_from(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//a.org/x"]),
)
items = st.builds(
    NoteItem,
    title=prose,
    url=urls,
    stars=st.integers(-1, 9),
    fields=st.lists(
        st.builds(NoteField, name=st.sampled_from(["Abstract", "Tips", "Paper"]), value=prose),
        max_size=3,
    ).map(tuple),
    image=st.none() | st.builds(Image, url=urls),
)
notes = st.builds(Note, day=st.just(DAY), items=st.lists(items, max_size=3).map(tuple))


def exported(kind: str, note: Note, text: str, title: str) -> str:
    return export(kind, [Source(note=note, text=text)], title, "https://example.org/notes")


@given(note=notes, title=prose)
@FREELY
def test_wechat_html_is_closed_and_ours(note: Note, title: str) -> None:
    html = exported("html", note, "", title)
    found = read(html)
    assert found.tags <= TAGS
    assert {name for name, _ in found.attributes} <= {"style", "src", "alt"}
    for name, value in found.attributes:
        assert name != "src" or not str(value).lower().startswith(("javascript", "data", "file"))


@given(note=notes, title=prose)
@FREELY
def test_feeds_are_read_by_a_feed_reader(note: Note, title: str) -> None:
    feed = feedparser.parse(exported("atom", note, "", title).encode())
    assert (feed.version, feed.bozo, len(feed.entries)) == ("atom10", False, 1)
    (entry,) = feed.entries
    assert entry.id.startswith("urn:uuid:")
    assert entry.link == "https://example.org/notes/notes/202207/0710.md"
    told = json.loads(exported("jsonfeed", note, "", title))
    assert told["items"][0]["id"] == entry.id
    assert read(told["items"][0]["content_html"]).tags <= TAGS


@given(note=notes, title=prose)
@FREELY
def test_csdn_markdown_holds_no_html_and_only_web_links(note: Note, title: str) -> None:
    tokens = MarkdownIt("commonmark").parse(exported("csdn", note, "", title))
    inline = [child for token in tokens for child in token.children or []]
    assert not [t for t in (*tokens, *inline) if t.type in ("html_block", "html_inline", "fence")]
    for token in inline:
        target = token.attrGet("href") or token.attrGet("src")
        assert not re.match(r"(?:javascript|data|file|vbscript):", str(target or ""), re.IGNORECASE)


@given(text=prose)
@FREELY
def test_a_readme_keeps_its_index_and_its_head(text: str) -> None:
    days = [date(2022, 5, 5), DAY]
    old = "# 我的仓库\n\n欢迎\n\n更新今日时间：2022.7.9\n\n"
    made = make_readme(old, DAY, text, days, ReadmeWords())
    assert split_readme(made)[0] == old.replace("7.9", "7.10")
    assert make_readme(made, DAY, text, days, ReadmeWords()) == made
    html = MarkdownIt("commonmark").render(made)
    index = html.rpartition("<summary>2022年</summary>")[2]
    assert index.count('<a href="notes/2022') == 2
    assert "<code" not in index


names = st.one_of(
    st.text(
        alphabet=st.sampled_from(list("ab./\\~ %-:;$`\"'<>|&\u202e图")), min_size=1, max_size=24
    ).map(lambda name: f"{name}.png"),
    st.sampled_from(
        ["../../secret.png", "/etc/passwd.png", "%2e%2e/%2e%2e/secret.png", "..\\secret.png",
         "images/../../../secret.png", ".git/x.png", "file:///secret.png", "~/secret.png"]
    ),
)  # fmt: skip


@given(name=names)
@FREELY
def test_no_picture_comes_from_outside_the_notes(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    notes = tmp_path / "notes"
    write_note(notes, text=f'# x\n<img src="{name}">\n![]({name})\n')
    (notes / ".git").mkdir(exist_ok=True)
    (notes / ".git" / "x.png").write_bytes(b"secret")
    material = gather(notes, DAY)
    assert b"secret" not in material.pictures.values()
    for path in material.pictures:
        assert path.startswith("notes/")
        assert ".." not in path.split("/")


@pytest.mark.parametrize("word", ["题目", "--force", "$(id)", "`id`", "\x1b[31m", "\u202e"])
def test_a_commit_s_message_holds_no_word_of_the_note(word: str, tmp_path: Path) -> None:
    from pipeline.publish.revision import Revision

    write_note(tmp_path / "notes", text=f"# {word}\n")
    material = gather(tmp_path / "notes", DAY)
    message = Revision(day=DAY, files={"notes/202207/0710.md": material.note}).message
    assert word not in message
    assert re.fullmatch(
        r"Publish the note of 2022\.7\.10\n\nStardraft-Revision: [0-9a-f]{64}\n", message
    )
