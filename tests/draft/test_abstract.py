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
        ("FooNet：特征融合的新思路（附源代码）", "FooNet：特征融合的新思路"),
        ("FooNet：特征融合的新思路(有源码)", "FooNet：特征融合的新思路"),
        ("FooNet：特征融合的新思路（附PyTorch代码实现）", "FooNet：特征融合的新思路"),
        ("某某识别方法汇总（附开源代码）", "某某识别方法汇总（附开源代码）"),
        ("某某模型修炼之路（附FooNet复现经验）", "某某模型修炼之路（附FooNet复现经验）"),
        ("最新开源！某某风格化：从单张照片生成", "某某风格化：从单张照片生成"),
        ("首次开源！某某风格化：从单张照片生成", "首次开源！某某风格化：从单张照片生成"),
        ("ECCV 2026 | 突破性研究！将某某学习用到驾驶上", "将某某学习用到驾驶上"),
        ("某某机制总结与代码实现（2017-2025年）", "某某机制总结与代码实现"),
        ("详尽实用的 Foo 教程，这篇文章值得一看", "详尽实用的 Foo 教程"),
        ("EMNLP2026 “某某+预训练”再下一城", "“某某+预训练”再下一城"),
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
        ("甲乙生成神器！这效果太香了！代码开源 SIGGRAPH Asia 2026", "甲乙生成神器"),
        ("丙公司提出FooNet！ 全身都行，这可太Foo了", "丙公司提出FooNet！ 全身都行，这可太Foo了"),
        ("记性从三十岁变差？百万人数据证实：七十岁后才下降", "百万人数据证实：七十岁后才下降"),
        ("2026年某某待遇如何？八卦各专业的现状！", "2026年某某待遇如何？八卦各专业的现状！"),
        ("某某提出了生成器，完美保留细节，让编辑们失业？", "某某提出了生成器，完美保留细节"),
        ("完全基于某某的检测器，ICLR匿名论文实现统一", "完全基于某某的检测器，实现统一"),
        ("一举打败18个同类模型，超分冠军算法入选CVPR 2026，来自甲大学", "来自甲大学超分冠军算法"),
        (
            "轻量级检测FooDet！乙公司最新成果！ICLR2026！性能更优！",
            "乙公司最新成果轻量级检测FooDet",
        ),
        (
            "用Foo搞定图像、视频和三维三大任务！BarNet：性能还不输",
            "BarNet用Foo搞定图像、视频和三维三大任务",
        ),
        (
            "CVPR 2026｜Foo-Attention和CNN的优雅集成！甲大学等提出BarMix，性能速度全面提升！",
            "甲大学等提出BarMix，Foo-Attention和CNN的优雅集成，性能速度全面提升",
        ),
        (
            "成功检测远处目标，将点云与图像结合，丙公司提出新算法：4D-Foo",
            "丙公司提出新算法：4D-Foo，成功检测远处目标，将点云与图像结合",
        ),
        (
            "解决落地场景真实问题，港中文等提出：开放世界分割",
            "解决落地场景真实问题，港中文等提出：开放世界分割",
        ),
        ("Foo-Lite 详解教程 | 嚼碎所有原理、训练自己的数据、部署应有尽有", "Foo-Lite 详解教程"),
        ("A Survey of Something Useful", "A Survey of Something Useful"),
        ("CVPR 2026", "CVPR 2026"),
        ("CVPR 2026 最新 30 篇论文整理", "CVPR 2026 最新 30 篇论文整理"),
        ("Nature：为什么某某", "为什么某某"),
        ("Nature Machine Intelligence | 甲大用网络预测某某", "甲大用网络预测某某"),
        ("CVPR 2026 最佳论文提名 | FooNet：某某重建", "FooNet：某某重建"),
        ("Nature语言模型是什么", "Nature语言模型是什么"),
        ("CVPR 2026 | Counting Sheep by Sleeping", "Counting Sheep by Sleeping"),
        ("论文笔记 - 某某预训练模型综述", "某某预训练模型综述"),
        ("ICCV2025-FooNet：在各种检测器里实现某某", "FooNet：在各种检测器里实现某某"),
        ("CVPR 2026 最佳论文候选—提高某某的鲁棒性", "提高某某的鲁棒性"),
        ("ICCV2025论文精读：Counting Sheep by Sleeping", "Counting Sheep by Sleeping"),
        ("直播 | ACL 2026论文解读：某某的统一框架", "某某的统一框架"),
        ("某某分割 | foonet | MICCAI2025 | 论文+pytorch代码", "某某分割 | foonet"),
        ("互相关损失的推导与实现 | 代码 + 讲解", "互相关损失的推导与实现"),
        ("近似推断|机器学习推导系列（二十七）", "近似推断"),
        ("综述 | 某某机制", "综述 | 某某机制"),
        ("2.5K star量，老片变高清，甲站开源超分算法", "老片变高清，甲站开源超分算法"),
        ("6.3k Star 的某某工具，助你看懂市场", "6.3k Star 的某某工具，助你看懂市场"),
        ("Sheep for the Night 羊群检测最新进展", "羊群检测最新进展"),
    ],
)
def test_what_goes_and_what_stays(title: str, abstract: str) -> None:
    assert abstract_of(title) == abstract


@pytest.mark.parametrize(
    "title",
    [
        "Counting Sheep by Learning to Sleep",
        "Fine Grained Sheep Are Better Than Coarse Ones: Or Not",
        "学习某某，如何避免从入门到放弃？",
        "一部手机加几行代码，如何搞定重建？",
        "你还弄不懂的某某变换，网络只用三十行代码就学会了",
        "甲少年造出自动驾驶单车！图纸已开源，硬件成本一万",
        "有人工智能的地方就有某某",
        "CVPR 2026 中的领域适应 一种某某分割方法",
        "AAAI-26 预征稿通知",
        "MICCAI 2026 Continual Learning 的某某器官和肿瘤分割",
        "Foo Anything Model 2 正式开源支持视频里的分割",
        "【从零开始学Foo】三，基于某某模型结构了解前端",
        "甲实验室五篇论文入选 CVPR 2026",
        "某某博物馆的十件收藏",
    ],
)
def test_a_title_that_would_lose_its_sense_stays_whole(title: str) -> None:
    assert abstract_of(title) == title


@given(st.text(alphabet="ABC甲乙丙 |｜！：（）【】()[]，2026CVPR…?？附论文下载", max_size=80))
def test_never_empty_never_longer_and_settled(title: str) -> None:
    abstract = abstract_of(title)
    assert bool(abstract) == bool(title.split())
    assert len(abstract) <= len(title)


@pytest.mark.parametrize(
    "part",
    [
        "！",
        "|",
        "（附",
        "【",
        "A b ",
        "，让",
        "，",
        "CVPR ",
        "甲乙，",
        "？",
        "，来自",
        "用甲！",
        "教程|",
        "提出A，",
        "甲！太",
    ],
)
def test_long_titles_are_read_in_passing(part: str) -> None:
    assert len(abstract_of(part * 50_000)) <= 600
