"""Pairs that may be one paper: nearest to each other, above the line, not two named papers."""

from __future__ import annotations

import numpy as np

from pipeline.score.topic import TopicSpace
from pipeline.score.twins import pairs, twins
from tests.score.fakes import WordEmbedder, candidate


def test_a_pair_is_told_once_and_only_where_each_is_the_others_nearest() -> None:
    alike = np.asarray(
        [[-99, 2, 1, -3], [2, -99, 5, -3], [1, 5, -99, -3], [-3, -3, -3, -99]], np.float32
    )
    assert pairs(alike) == ((1, 2),)


def test_a_pair_is_not_told_where_a_third_is_nearly_as_near() -> None:
    alike = np.asarray([[-99, 4, -1], [4, -99, 3], [-1, 3, -99]], np.float32)
    assert pairs(alike) == ()
    alike[1, 2] = alike[2, 1] = 2.4
    assert pairs(alike) == ((0, 1),)
    # Unless the three are all alike: then they are on one paper, and the surest pair is told.
    assert pairs(np.asarray([[-99, 4, 1], [4, -99, 3], [1, 3, -99]], np.float32) - 0.5) == ((0, 1),)
    assert pairs(np.full((1, 1), -99, np.float32)) == ()


def test_an_article_and_a_blog_on_one_paper_are_twins_others_are_not() -> None:
    offered = [
        candidate("苹果的轻量模型 MobileViT", "MobileViT ImageNet MobileViT ImageNet 手机"),
        candidate("MobileViT ImageNet", "MobileViT ImageNet MobileViT ImageNet"),
        candidate("Braised pork belly", "caramelise sugar and simmer for an hour"),
    ]
    assert twins(offered, TopicSpace(WordEmbedder())) == ((0, 1),)
    assert twins(offered[1:], TopicSpace(WordEmbedder())) == ()
    assert twins(offered[:1], TopicSpace(WordEmbedder())) == ()


def test_two_that_name_their_papers_are_two() -> None:
    offered = [candidate(f"MobileViT {n}", abstract="mobile transformer patches") for n in (1, 2)]
    assert twins(offered, TopicSpace(WordEmbedder())) == ()
