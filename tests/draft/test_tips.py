"""Tips are quoted, never written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.draft.tips import sentences_of, tips_of

NEWS = "本文提出了一种新的特征融合网络，通过逐层加权显著提升了小目标检测的精度。"
ENGLISH = "We propose a novel fusion network that improves the detection of small objects."


def test_the_sentence_that_says_what_is_new() -> None:
    text = f"大家好，欢迎来到本期分享。\n\n目标检测是一个基础任务，近年来进展很快。{NEWS}实验在两个数据集上进行。"
    assert tips_of("小目标检测新方法", text, "").startswith(NEWS)


@pytest.mark.parametrize(
    "noise",
    [
        "我们提出的方法已开源，代码地址：https://github.com/a/b 欢迎使用。",
        "关注公众号，后台回复“提出”即可获取本文提出的新方法的全部代码。",
        "作者：某某大学的研究者，本文提出的方法由他们在去年完成。",
        "如图所示，本文提出的方法首次在所有数据集上达到了最优结果。",
    ],
)
def test_advertisements_and_links_are_never_quoted(noise: str) -> None:
    assert tips_of("题目", noise, "") == ""
    assert tips_of("题目", f"{noise}\n{NEWS}", "") == NEWS


def test_the_readers_language_comes_first() -> None:
    assert tips_of("T", NEWS, ENGLISH, "zh") == NEWS
    assert tips_of("T", NEWS, ENGLISH, "en") == ENGLISH
    assert tips_of("T", "", ENGLISH, "zh") == ENGLISH
    assert tips_of("T", "没有新东西的一段话，只是寒暄而已，没有别的。", ENGLISH, "zh") == ENGLISH


def test_nothing_to_say_is_nothing() -> None:
    assert tips_of("题目", "", "") == ""
    assert tips_of("题目", "今天天气很好，我们去公园里走了一走，很开心。", "") == ""


@given(st.text(alphabet="我们提出了一种新的方法。！？\n-*[]()网络。 ", max_size=300))
def test_every_word_is_the_articles(text: str) -> None:
    tips = tips_of("新的方法", text, "")
    whole = "".join("".join(sentences_of(text)).split())
    assert "".join(tips.split()) in whole


@pytest.mark.parametrize("part", ["。", "[", "![](", "$", "a. A", "我们提出", "\n", "本文 ", "*"])
def test_long_texts_are_read_in_passing(part: str) -> None:
    assert len(tips_of("题", part * 200_000, "")) <= 800


def test_the_approach_comes_before_its_results_and_additions() -> None:
    text = (
        "We further propose an auxiliary loss that improves the convergence of training. "
        f"{ENGLISH} "
        "The network outperforms the state-of-the-art on three benchmarks by a wide margin."
    )
    assert tips_of("Fusion", text, "", "en").startswith(ENGLISH)


def test_a_sentence_that_begins_with_the_name_in_the_title() -> None:
    text = "做过跟踪的人都知道遮挡有多难，分数一低框就丢了。FooTrack 换了一个思路：把分数低的框也拿来再匹配一次，于是被遮住的人找了回来。"
    assert tips_of("FooTrack：遮挡有解了", text, "").startswith("FooTrack 换了一个思路")


def test_the_word_abstract_is_no_part_of_the_quotation() -> None:
    assert tips_of("T", f"Abstract:{ENGLISH}", "", "en") == ENGLISH


@pytest.mark.parametrize(
    ("text", "tips"),
    [
        (
            "因此，本文提出了一种新的轻量网络FooNet，用于密集检测。",
            "本文提出了一种新的轻量网络FooNet，用于密集检测。",
        ),
        (
            "为了解决这些限制，甲实验室的研究人员引入了FooSet，这是一个大规模数据集。",
            "甲实验室的研究人员引入了FooSet，这是一个大规模数据集。",
        ),
        (
            "【某某导语】FooNet将离散的搜索空间松弛，从而可以用梯度的方式优化。",
            "FooNet将离散的搜索空间松弛，从而可以用梯度的方式优化。",
        ),
        (
            "我最近才开始学FooNet，论文提出的方法我还没看懂。本文提出FooNet，一种全新的检测网络结构。",
            "本文提出FooNet，一种全新的检测网络结构。",
        ),
        ("今天来学习这篇论文提出的FooNet，一种全新的检测网络结构。", ""),
        ("论文首先提出了一个问题，即如何把全卷积网络应用到某某任务上？", ""),
    ],
)
def test_a_quotation_stands_on_its_own(text: str, tips: str) -> None:
    assert tips_of("FooNet：用于检测", text, "") == tips
    assert tips in text


def test_the_reader_s_language_first_within_one_text() -> None:
    text = "We propose a novel framework FooNet for dense detection in crowded scenes, as they say. 本文提出了一种新的网络FooNet，用于检测。这里都是中文的正文，讲得很详细，也很长。"
    assert tips_of("FooNet：用于检测", text, "") == "本文提出了一种新的网络FooNet，用于检测。"


@pytest.mark.parametrize(
    "opener",
    ["最后，", "众所周知，", "受这些工作的启发，", "为了回答这个问题，", "为了填补这一空缺，"],
)
def test_words_that_lean_on_what_was_said_before_are_left_off(opener: str) -> None:
    assert tips_of("题目", f"{opener}{NEWS}", "") == NEWS


def test_training_camps_are_no_news() -> None:
    assert (
        tips_of("题目", f"作为配套的项目，本文提出的某某训练营首次同步开启。\n{NEWS}", "") == NEWS
    )


FIRST = "我们首次提出了一种新的融合网络FooNet。"


@pytest.mark.parametrize(
    ("after", "quoted"),
    [
        ("它靠逐层加权，从而让小目标检测无需额外的标注。", False),
        ("关键在于逐层加权，从而让小目标检测的模型无需额外的标注。", True),
        ("实验都在两个公开的地方进行，一共做了三次，用了一个下午。", False),
    ],
)
def test_a_short_sentence_takes_the_next_where_that_tells_more(after: str, quoted: bool) -> None:
    assert tips_of("题目", f"{FIRST}{after}", "") == FIRST + (after if quoted else "")


def test_a_long_sentence_stands_alone() -> None:
    long = f"{FIRST[:-1]}，{'把浅层与深层的特征逐层加权再合在一起，' * 3}小目标检测的精度因此明显提升。"
    assert tips_of("题目", f"{long}关键在于逐层加权，从而让检测的模型无需额外的标注。", "") == long


def test_the_second_sentence_is_the_next_one_only() -> None:
    later = "关键在于逐层加权，从而让小目标检测的模型无需额外的标注。"
    text = f"{FIRST}实验都在两个公开的地方进行，一共做了三次。{later}"
    assert tips_of("题目", text, "") == FIRST


def test_a_sentence_is_not_quoted_twice() -> None:
    """A heading or a caption often says it once more."""
    assert tips_of("T", f"{NEWS}\n\n{NEWS}", "") == NEWS


def test_the_title_is_not_said_twice() -> None:
    title = NEWS.removesuffix("。")
    other = "本文的核心思路是把分数低的框也拿来再匹配一次。"
    assert tips_of(title, f"{NEWS}{other}", "") == other


def test_the_words_of_a_link_are_part_of_the_sentence() -> None:
    text = "本文提出了一种新的网络[FooNet](https://example.org/a)，用于检测密集场景里的小目标。"
    assert tips_of("题目", text, "") == text.replace("[FooNet](https://example.org/a)", "FooNet")


@pytest.mark.parametrize(
    "cut",
    [NEWS.removesuffix("。"), f"本文提出了一种新的网络，{'它把各层的特征合在一起，' * 15}完。"],
)
def test_headings_and_whole_paragraphs_are_no_sentences(cut: str) -> None:
    assert tips_of("题目", cut, "") == ""


def test_of_two_equals_the_one_that_names_what_the_title_names() -> None:
    one, two = (
        f"本文提出了一种新的网络{name}，用于检测密集场景里的目标。" for name in ("Abc1", "FooNet")
    )
    assert tips_of("FooNet 来了", f"{one}{two}", "").startswith(two)
    assert tips_of("来了", f"{one}{two}", "").startswith(one), "else the earlier one"
