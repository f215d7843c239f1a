"""Titles of our own making, one per habit of the archive's owner."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.draft import abstract_of


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("CVPR 2026 | 甲大提出FooNet：用于某某任务的网络", "甲大提出FooNet：用于某某任务的网络"),
        ("ICLR2026 Oral｜FooNet：用于某某任务", "FooNet：用于某某任务"),
        ("ICCV-2025 | FooNet：用于某某任务", "FooNet：用于某某任务"),
        ("[CVPR 2026] FooNet：用于某某任务", "FooNet：用于某某任务"),
        ("(ECCV 2026)某某区域的感知卷积", "某某区域的感知卷积"),
        ("CVPR2026 做分割不用任何标签，乙大加入分组", "做分割不用任何标签，乙大加入分组"),
        ("FooNet：用于某某任务（NeurIPS 2025）", "FooNet：用于某某任务"),
        ("FooNet: 某某分割 (CVPR'26)", "FooNet: 某某分割"),
        ("某某新算法，精度优于现有模型丨CVPR 2026", "某某新算法，精度优于现有模型"),
        ("甲公司提出某某注意力，性能更强！ICLR 2026已接收", "甲公司提出某某注意力，性能更强！"),
        ("FooNet：特征融合的新思路（附论文下载）", "FooNet：特征融合的新思路"),
        ("FooNet：特征融合的新思路（附源代码）", "FooNet：特征融合的新思路（附源代码）"),
        ("实用代码段整理合集，建议收藏！", "实用代码段整理合集"),
        ("超级干货 | 用万字文章总结某某方法", "用万字文章总结某某方法"),
        ("【每周一览】AAAI 2026：基于某某的融合模型", "基于某某的融合模型"),
        ("某某识别算法方案总结 | 每日打榜", "某某识别算法方案总结"),
        ("难度炸裂！FooSet：一个新的大规模数据集", "FooSet：一个新的大规模数据集"),
        (
            "超越Transformer！乙实验室重新设计架构：FooNet",
            "超越Transformer！乙实验室重新设计架构：FooNet",
        ),
        (
            "让手机用上低延迟的视觉模型，丙公司搞了个FooViT",
            "丙公司搞了个FooViT，让手机用上低延迟的视觉模型",
        ),
        ("A Survey of Something Useful", "A Survey of Something Useful"),
        ("CVPR 2026", "CVPR 2026"),
        ("CVPR 2026 最新 30 篇论文整理", "CVPR 2026 最新 30 篇论文整理"),
        ("Nature：为什么某某", "为什么某某"),
        ("Nature Machine Intelligence | 甲大用网络预测某某", "甲大用网络预测某某"),
        ("CVPR 2026 最佳论文提名 | FooNet：某某重建", "FooNet：某某重建"),
        ("Nature语言模型是什么", "Nature语言模型是什么"),
    ],
)
def test_what_goes_and_what_stays(title: str, abstract: str) -> None:
    assert abstract_of(title) == abstract


@given(st.text(alphabet="ABC甲乙丙 |｜！：（）【】()[]，2026CVPR…?？附论文下载", max_size=80))
def test_never_empty_never_longer_and_settled(title: str) -> None:
    abstract = abstract_of(title)
    assert bool(abstract) == bool(title.split())
    assert len(abstract) <= len(title)


@pytest.mark.parametrize("part", ["！", "|", "（附", "【", "A b ", "，让", "，", "CVPR ", "甲乙，"])
def test_long_titles_are_read_in_passing(part: str) -> None:
    assert len(abstract_of(part * 50_000)) <= 600
