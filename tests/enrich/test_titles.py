"""When two titles are the same paper's, and when they contradict each other."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipeline.enrich.titles import MAX_TITLE, agreement, contradicts, same_paper, searchable
from tests.enrich.library import Library

SWIN = "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows"
OFA = (
    "OFA: Unifying Architectures, Tasks, and Modalities Through a Simple Sequence-to-Sequence"
    " Learning Framework"
)


@pytest.mark.parametrize(
    ("asked", "true"),
    [
        (SWIN, SWIN),
        (SWIN.upper(), SWIN),
        ("Swin Transformer：Hierarchical Vision Transformer using Shifted Windows", SWIN),
        (OFA.removeprefix("OFA: "), OFA),
        (OFA, OFA.removeprefix("OFA: ")),
        (
            "LanguageModels Can See: Plugging Visual Controls",
            "Language Models Can See: Plugging Visual Controls",
        ),
        (
            "StyleCLIP: Text-Driven Manipulation of StyleGAN Imager",
            "StyleCLIP: Text-Driven Manipulation of StyleGAN Imagery",
        ),
        (
            "S2-MLP: Spatial-Shift MLP Architecture for Vision",
            "S$^2$-MLP: Spatial-Shift MLP Architecture for Vision",
        ),
    ],
)
def test_the_same_paper(asked: str, true: str) -> None:
    assert same_paper(asked, true)
    assert not contradicts(asked, true)


@pytest.mark.parametrize(
    ("asked", "true"),
    [
        ("Deep Residual Learning", "Deep Residual Learning for Image Recognition"),
        (
            "Swin Transformer V2: Scaling Up Capacity and Resolution",
            "Swin Transformer V3: Scaling Up Capacity and Resolution",
        ),
        (
            "GPT-2: Language Models are Few-Shot Learners Here",
            "GPT-3: Language Models are Few-Shot Learners Here",
        ),
        ("Object Detection", "YOLO: Object Detection"),
        ("", SWIN),
        (SWIN, ""),
    ],
)
def test_not_surely_the_same_paper(asked: str, true: str) -> None:
    assert not same_paper(asked, true)


def test_only_a_plain_disagreement_contradicts() -> None:
    assert contradicts("Inverting Adversarial Renderers for Faces", SWIN)
    assert not contradicts("Swin Transformer", SWIN)
    assert not contradicts("Video Swin", SWIN)
    assert not contradicts("一种新的视觉主干网络", SWIN)
    assert not contradicts("论文地址", SWIN)
    assert not contradicts("Shifted window attention: a hierarchical backbone", SWIN)


def test_what_can_be_searched() -> None:
    assert searchable("A ConvNet for the 2020s")
    assert searchable("Transformer in Transformer")
    assert not searchable("Survey")
    assert not searchable("一种基于 Transformer 的目标检测方法")
    assert not searchable("of the and in a an")
    assert not searchable("word " * 200)


def test_overlong_strings_cost_nothing() -> None:
    long = "a b c d " * 200_000
    assert not same_paper(long, SWIN)
    assert not contradicts(long, long)
    assert len(long) > MAX_TITLE


@pytest.mark.corpus
def test_the_threshold_stands_between_right_and_wrong_links(corpus: Path) -> None:
    """Measured on the notes: right links agree by .5 or more (two titles of one paper), the
    three wrong ones by 0; the threshold is .3. Of random pairs 98 % contradict."""
    library = Library(corpus)
    known = [n for n in library.noted if n.title]
    scores = sorted((agreement(n.written, n.title or ""), n.id) for n in known)
    assert {i for score, i in scores if score == 0} == {"2009.00960", "2103.16047", "2105.00637"}
    assert scores[3][0] >= 0.5
    titles = [p.title for p in library.papers()]
    pick = random.Random(7)
    pairs = [(n.written, pick.choice(titles)) for n in known for _ in range(5)]
    assert sum(contradicts(a, b) for a, b in pairs) / len(pairs) > 0.97
