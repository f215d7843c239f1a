"""Three versions into one: whatever the reader did to the file stays, whatever order it came in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.notes import FolderNotebook
from pipeline.types import Image, Note, NoteField, NoteItem

DAY = date(2026, 9, 8)


@pytest.fixture
def book(tmp_path: Path) -> FolderNotebook:
    return FolderNotebook(tmp_path)


def item(number: int, tips: str = "", **changes: object) -> NoteItem:
    made = NoteItem(
        title=f"题目 {number}",
        url=f"https://mp.weixin.qq.com/s/article-{number:05}",
        stars=2,
        fields=(
            NoteField(name="Abstract", value=f"摘要 {number}"),
            NoteField(name="Tips", value=tips or f"提示 {number}。"),
        ),
        image=Image(url=f"https://example.org/{number}.png"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def note(*numbers: int, also: tuple[int, ...] = ()) -> Note:
    return Note(
        day=DAY,
        items=tuple(item(n) for n in numbers),
        also_seen=tuple(item(n, stars=0, fields=(), image=None) for n in also),
    )


def titles(book: FolderNotebook, text: str) -> list[str]:
    return [i.title.removeprefix("题目 ") for i in book.parse(text).items]


def also(book: FolderNotebook, text: str) -> list[str]:
    return [i.title.removeprefix("题目 ") for i in book.parse(text).also_seen]


def test_an_untouched_or_missing_file_is_simply_written_anew(book: FolderNotebook) -> None:
    base, new = book.render(note(1, 2)), note(3)
    assert book.merge(base, base, new) == book.render(new)
    assert book.merge(base, None, new) == book.render(new)
    assert book.merge(None, None, new) == book.render(new)
    assert book.merge(base, " \n", new) == book.render(new), "a truncated file is no edit"


def test_stars_words_and_prose_stay_while_news_comes_in(book: FolderNotebook) -> None:
    base = book.render(note(1, 2))
    edited = (
        base.replace("00001)         :star::star:", "00001)         :star::star::star::star:")
        .replace("提示 2。", "我自己的话。")
        .replace("## :paperclip:  Others", "随手记一段。\n\n## :paperclip:  Others")
    )
    newer = Note(day=DAY, items=(item(1, tips="新的提示。"), item(2), item(3)))
    text = book.merge(base, edited, newer)
    read = book.parse(text)
    assert [i.stars for i in read.items] == [4, 2, 2]
    assert [i.fields[1].value for i in read.items] == ["新的提示。", "我自己的话。", "提示 3。"]
    assert "随手记一段。" in text
    assert "<!--" not in text


def test_a_dropped_item_does_not_come_back(book: FolderNotebook) -> None:
    base = book.render(note(1, 2, 3))
    parsed = book.parse(base)
    edited = book.render(replace(parsed, items=parsed.items[:1] + parsed.items[2:]))
    assert titles(book, book.merge(base, edited, note(1, 2, 3, 4))) == ["1", "3", "4"]
    assert also(book, book.merge(base, edited, note(1, 3, also=(2,)))) == []


def test_order_stays_and_newcomers_go_to_the_end_renumbered(book: FolderNotebook) -> None:
    base = book.render(note(1, 2, 3))
    parsed = book.parse(base)
    edited = book.render(replace(parsed, items=parsed.items[::-1]))
    text = book.merge(base, edited, note(1, 2, 3, 4))
    assert titles(book, text) == ["3", "2", "1", "4"]
    assert book.parse(text).numbers == (1, 2, 3, 4)


def test_hand_written_items_stay(book: FolderNotebook) -> None:
    base = book.render(note(1))
    own = "2. 读书会笔记       :star:\n   - Tips: 下周讨论\n\n"
    edited = base.replace("## :paperclip:  Others", own + "## :paperclip:  Others")
    text = book.merge(base, edited, note(1, 5))
    assert titles(book, text) == ["1", "读书会笔记", "5"]
    assert "   - Tips: 下周讨论" in text


def test_an_item_the_reader_left_alone_goes_when_the_draft_drops_it(book: FolderNotebook) -> None:
    base = book.render(note(1, 2, 3))
    edited = base.replace("提示 1。", "改过。")
    text = book.merge(base, edited, note(3, also=(1, 2)))
    assert titles(book, text) == ["1", "3"], "the edited one stays, the untouched one leaves"
    assert also(book, text) == ["2"]


def test_a_conflict_is_shown_beside_the_item_until_the_reader_settles_it(
    book: FolderNotebook,
) -> None:
    base = book.render(note(1, 2))
    edited = base.replace("提示 1。", "我的 --> 话。")
    newer = Note(day=DAY, items=(item(1, tips="草稿 --> 新话。"), item(2)))
    text = book.merge(base, edited, newer)
    comment = next(line for line in text.split("\n") if "<!--" in line)
    assert "Tips" in comment
    assert "草稿" in comment
    assert comment.count("-->") == 1
    assert comment.endswith("-->")
    assert "我的 --> 话。" in text
    assert len(book.parse(text).items) == 2
    again = book.merge(book.render(newer), text, newer)
    assert again == text, "nothing new, nothing lost, nothing said twice"
    settled = text.replace(comment + "\n", "")
    assert book.merge(book.render(newer), settled, newer) == settled


def test_a_newer_conflict_replaces_the_older_comment(book: FolderNotebook) -> None:
    base = book.render(note(1))
    edited = base.replace("提示 1。", "我的。")
    first = Note(day=DAY, items=(item(1, tips="草稿一。"),))
    second = Note(day=DAY, items=(item(1, tips="草稿二。"),))
    text = book.merge(book.render(first), book.merge(base, edited, first), second)
    assert text.count("<!--") == 1
    assert "草稿二。" in text
    assert "草稿一。" not in text


def test_removed_lines_stay_removed_and_new_ones_come_in(book: FolderNotebook) -> None:
    base = book.render(note(1))
    edited = base.replace("   - Tips:  提示 1。\n", "")
    paper = NoteField(name="Paper", value="[A Paper](https://arxiv.org/abs/2203.00001)")
    fields = item(1).fields
    newer = Note(day=DAY, items=(item(1, fields=(fields[0], paper, fields[1])),))
    (read,) = book.parse(book.merge(base, edited, newer)).items
    assert [f.name for f in read.fields] == ["Abstract", "Paper"]


def test_a_removed_line_that_the_draft_writes_otherwise_now_is_told_of_and_not_put_back(
    book: FolderNotebook,
) -> None:
    base = book.render(note(1))
    edited = base.replace("   - Tips:  提示 1。\n", "")
    text = book.merge(base, edited, Note(day=DAY, items=(item(1, tips="新的提示。"),)))
    (read,) = book.parse(text).items
    assert [f.name for f in read.fields] == ["Abstract"]
    assert [line.count("新的提示。") for line in text.split("\n") if "<!--" in line] == [1]
    assert "<!--" not in book.merge(base, edited, note(1))


def test_the_closing_section_is_the_readers_once_it_was_touched(book: FolderNotebook) -> None:
    was = replace(book.parse(book.render(note(1))), tail="## Others\n\n- 甲\n")
    base, newer = book.render(was), book.render(replace(was, tail="## Others\n\n- 乙\n"))
    assert book.merge(base, base, book.parse(newer)).endswith("- 乙\n")
    text = book.merge(base, base.replace("- 甲", "- 我的"), book.parse(newer))
    assert text.endswith("## Others\n\n- 我的\n")
    assert text.count("<!--") == 1
    assert "- 乙" in next(line for line in text.split("\n") if "<!--" in line)
    hand = base.replace("- 甲", "- 我的")
    assert "<!--" not in book.merge(None, hand, book.parse(newer)), "nothing to compare it with"


def test_an_existing_hand_written_note_is_only_added_to(book: FolderNotebook) -> None:
    hand = (
        "# 我的笔记（2026.9.8）\n\n1. [题目 2](https://mp.weixin.qq.com/s/article-00002)  :star:\n"
    )
    text = book.merge(None, hand, note(1, 2))
    assert text.startswith(hand.rstrip("\n"))
    assert titles(book, text) == ["2", "1"]


def test_also_seen_entries_can_be_taken_up_or_out(book: FolderNotebook) -> None:
    base = book.render(note(1, also=(7, 8, 9)))
    parsed = book.parse(base)
    up = replace(item(8), fields=(), image=None)
    edited = book.render(replace(parsed, items=(*parsed.items, up), also_seen=parsed.also_seen[:1]))
    text = book.merge(base, edited, note(1, also=(7, 8, 9, 10)))
    assert titles(book, text) == ["1", "8"]
    assert also(book, text) == ["7", "10"]


def test_the_readers_own_words_in_the_block_stay_and_the_rest_follows_the_draft(
    book: FolderNotebook,
) -> None:
    day = note(1, also=(7, 8))
    base = book.render(day)
    edited = base.replace("article-00007)", "article-00007) — 周末细读").replace(
        "\n\n</details>", "\n- [自己找到的](https://example.org/own)\n\n</details>"
    )
    told = NoteField(name="Remark", value="与正文里的一篇相同")
    seven, eight = (replace(one, fields=(told,)) for one in day.also_seen)
    newer = replace(day, also_seen=(seven, eight))
    text = book.merge(base, edited, newer)
    assert [line for line in text.split("\n") if line.startswith("- [")] == [
        "- [题目 7](https://mp.weixin.qq.com/s/article-00007) — 周末细读",
        "- [题目 8](https://mp.weixin.qq.com/s/article-00008) — 与正文里的一篇相同",
        "- [自己找到的](https://example.org/own)",
    ]
    assert book.merge(book.render(newer), text, newer) == text


def test_a_removed_block_stays_removed(book: FolderNotebook) -> None:
    base = book.render(note(1, also=(7,)))
    parsed = book.parse(base)
    edited = book.render(replace(parsed, also_seen=(), also_head="", also_tail=""))
    assert "details" not in book.merge(base, edited, note(1, also=(7, 8)))


def test_items_match_by_address_whatever_its_tracking(book: FolderNotebook) -> None:
    url = "https://mp.weixin.qq.com/s?__biz=MzA1&mid=2650&idx=1&sn=ab12"
    base = book.render(Note(day=DAY, items=(item(1, url=url),)))
    edited = base.replace(url, url + "&chksm=ff&scene=21").replace("题目 1", "换了名字")
    newer = Note(day=DAY, items=(item(1, url=url),))
    assert titles(book, book.merge(base, edited, newer)) == ["换了名字"]


def test_windows_line_ends_are_no_edit(book: FolderNotebook) -> None:
    base = book.render(note(1, 2))
    text = book.merge(base, base.replace("\n", "\r\n"), note(1, 3))
    assert titles(book, text) == ["1", "3"]


steps = st.tuples(
    st.sampled_from(["rerun", "kill", "star", "tips", "drop", "swap", "own", "prose"]),
    st.integers(0, 5),
    st.text(alphabet="abc甲乙<>[]`-: ", min_size=1, max_size=8),
)


@given(steps=st.lists(steps, max_size=14))
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_sequence_of_edits_and_reruns_loses_an_edit(
    book: FolderNotebook, steps: list[tuple[str, int, str]]
) -> None:
    """Edits, reruns and kills (between writing the file and remembering it) in any order."""
    drafted = [1, 2, 3]
    base = current = book.render(note(*drafted))
    stars: dict[str, int] = {}
    tips: dict[str, str] = {}
    dropped: set[str] = set()
    prose: list[str] = []
    for at, (kind, place, words) in enumerate(steps):
        parsed = book.parse(current)
        items = list(parsed.items)
        pick = place % len(items) if items else None
        if kind in ("rerun", "kill"):
            drafted = [*drafted, max(drafted) + 1][-6:] if kind == "rerun" else drafted
            new = note(*drafted)
            current = book.merge(base, current, new)
            base = book.render(new) if kind == "rerun" else base
            continue
        if kind == "own":
            title = f"手写 {at}"
            items.append(NoteItem(title=title, url=f"https://own.example/{at}", stars=1))
            stars[title] = 1
        elif kind == "prose":
            prose.append(f"闲话 {at}")
            current = current.replace(
                "## :paperclip:  Others", f"{prose[-1]}\n\n## :paperclip:  Others"
            )
            continue
        elif pick is None:
            continue
        elif kind == "star":
            items[pick] = replace(items[pick], stars=place)
            stars[items[pick].title] = place
        elif kind == "tips" and items[pick].fields:
            value = f"改 {at} {words.strip()}"
            changed = replace(items[pick].fields[-1], value=value)
            items[pick] = replace(items[pick], fields=(*items[pick].fields[:-1], changed))
            current_tips = book.parse(book.render(replace(parsed, items=tuple(items))))
            tips[items[pick].title] = current_tips.items[pick].fields[-1].value
        elif kind == "drop":
            dropped.add(items[pick].title)
            prose = [p for p in prose if not any(p in line for line in items[pick].extra)]
            del items[pick]
        elif kind == "swap":
            items.reverse()
        current = book.render(replace(parsed, items=tuple(items)))
    final = book.parse(book.merge(base, current, note(*drafted)))
    by_title = {i.title: i for i in final.items}
    assert len(by_title) == len(final.items), "no item twice"
    assert not dropped & set(by_title)
    for title, wanted in stars.items():
        assert title in dropped or by_title[title].stars == wanted
    for title, wanted in tips.items():
        assert title in dropped or by_title[title].fields[-1].value == wanted
    whole = book.render(final)
    assert all(words in whole for words in prose)
    assert final.numbers == tuple(range(1, len(final.items) + 1))
