"""Words in common: what counts as a word, how telling it is, and the search by shared words."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.score import lexical
from pipeline.score.lexical import WordIndex, telling, terms

TEXTS = ("detection mobilevit", "segmentation lidar", "目标检测 mobilevit", "")


def test_words_are_pairs_of_characters_and_stems_without_what_everyone_says() -> None:
    assert terms("We propose object detectors") == ["object", "detector", "object detector"]
    assert terms("本文提出一种目标检测方法") == ["目标", "标检", "检测"]
    assert terms("YOLOv7 与 ResNet-50") == ["yolov7", "resnet-50"]
    assert terms("") == []


def test_words_are_stemmed_alike_however_many_have_been_seen() -> None:
    terms(" ".join(f"word{n}" for n in range(lexical._STEMS_KEPT + 10)))
    assert terms("networks of sparse detectors") == terms("network of sparse detector")
    assert len(lexical._STEMS) <= lexical._STEMS_KEPT


def test_a_shared_rare_word_counts_more_than_a_shared_frequent_one() -> None:
    index = WordIndex(
        ["mobilevit zebra", "detection zebra", "detection mobilevit"],
        [f"detection paper{n}" for n in range(200)],
    )
    rare, frequent, itself = index.cosines(["detection mobilevit"])[0]
    assert rare > frequent > 0
    assert np.isclose(itself, 1)
    _, shared = index.nearest(["detection mobilevit"], 1)
    assert telling(shared[0], 1) == ["detection mobilevit"]


def test_the_nearest_are_those_of_the_whole_table_and_a_row_may_be_left_out() -> None:
    index = WordIndex(TEXTS, ["braised pork"])
    whole = index.cosines(TEXTS)
    cosines, shared = index.nearest(TEXTS, 2)
    np.testing.assert_allclose(cosines, -np.sort(-whole, axis=1)[:, :2])
    assert set(shared[0]) == {"mobilevit", "detection mobilevit", "detection"}
    # What each word adds is the sum over the neighbours.
    assert np.isclose(sum(shared[0].values()), cosines[0].sum())
    without, _ = index.nearest(TEXTS, 2, [0, None, 2, None])
    assert without[0, 0] == np.float32(whole[0, 2])
    assert without[1, 0] == np.float32(1)


def test_texts_are_searched_in_parts_without_changing_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [f"{a} {b}" for a in TEXTS for b in ("pork", "lidar", "检测")]
    index = WordIndex(texts, [])
    at_once = index.nearest(texts, 3)
    monkeypatch.setattr(lexical, "_AT_ONCE", 2)
    in_parts = index.nearest(texts, 3)
    assert np.array_equal(at_once[0], in_parts[0])
    assert at_once[1] == in_parts[1]


def test_nothing_to_search_or_to_ask_is_nothing_found() -> None:
    cosines, shared = WordIndex([], ["pork"]).nearest(["pork", "的"], 12)
    assert cosines.shape == (2, 0)
    assert shared == [{}, {}]
    assert WordIndex(TEXTS, []).nearest([], 12)[0].shape == (0, 4)
    cosines, shared = WordIndex(TEXTS, []).nearest(["the of", "unheard"], 2)
    assert not cosines.any()
    assert shared == [{}, {}]
