"""Prompts by model, batches by length, and the same vectors as plain `encode`."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pipeline.score import encode as encoding
from pipeline.score.embed import open_embedder
from pipeline.score.encode import batches, prompt_of

NO_PROMPTS = {"query": "", "document": ""}
"""What Sentence Transformers says of a model whose files name none."""


def model(prompts: dict[str, str], default: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(prompts=NO_PROMPTS | prompts, default_prompt_name=default)


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("intfloat/multilingual-e5-base", "query: "),
        ("my-E5-copy@0123456789ab", "query: "),
        ("intfloat/multilingual-e5-large-instruct", ""),
        ("intfloat/e5-mistral-7b-instruct", ""),
        ("nomic-ai/nomic-embed-text-v1.5", "clustering: "),
        ("BAAI/bge-m3", ""),
        ("thenlper/gte-base-zh", ""),
        ("Qwen/Qwen3-Embedding-0.6B", ""),
        ("sentence-transformers/all-MiniLM-L6-v2", ""),
    ],
)
def test_each_family_gets_its_prompt_for_texts_of_one_kind(name: str, prompt: str) -> None:
    assert prompt_of(model({"query": "Instruct: answer\nQuery: "}), name) == prompt


def test_what_a_models_files_say_comes_before_its_family() -> None:
    tasks = {"query": "search: ", "STS": "sentence similarity: ", "Clustering": "clusters: "}
    assert prompt_of(model(tasks), "google/embeddinggemma-300m") == "sentence similarity: "
    assert prompt_of(model({"text-matching": ""}), "some-e5") == ""
    assert prompt_of(model(tasks, "query"), "nomic-embed-text-v2-moe") == "search: "


def test_batches_hold_every_text_once_within_the_bounds() -> None:
    lengths = [5, 500, 5, 7, 499, 500, 450, 430, 500, 700, 3000] + [9] * 300
    cut = list(batches(lengths))
    assert sorted(i for batch in cut for i in batch) == list(range(len(lengths)))
    for batch in cut:
        longest = max(lengths[i] for i in batch)
        assert len(batch) <= 128
        assert longest * len(batch) <= 2048 or len(batch) == 1
    for before, after in pairwise(cut):
        assert lengths[before[-1]] >= lengths[after[0]]
    assert list(batches([])) == []


def test_batches_are_cut_where_padding_and_starts_cost_least() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        lengths = rng.integers(1, 200, 9).tolist()
        tokens = sorted(lengths, reverse=True)
        costs = []
        for ways in range(256):
            ends = [n + 1 for n in range(8) if ways >> n & 1]
            costs.append(sum(cost(tokens[a:b]) for a, b in pairwise([0, *ends, 9])))
        assert sum(cost([lengths[i] for i in b]) for b in batches(lengths)) == min(costs)


def cost(batch: list[int]) -> int:
    return 40 + len(batch) * max(batch) if len(batch) * max(batch) <= 2048 else 10**6


@pytest.mark.model
def test_the_columns_that_pad_only_others_are_left_out_on_either_side() -> None:
    import torch

    mask = torch.tensor([[0, 0, 1, 1], [1, 1, 1, 1], [0, 0, 0, 1]])
    for flip in (False, True):
        table = mask.flip(1) if flip else mask
        features = {"attention_mask": table, "input_ids": 7 * table, "modality": "text"}
        assert encoding._lengths(features, 3) == [2, 4, 1]
        some = encoding._rows(features, [0, 2])
        assert some["input_ids"].tolist() == ([[7, 7], [7, 0]] if flip else [[7, 7], [0, 7]])
        assert some["modality"] == "text"


@pytest.mark.model
def test_vectors_are_those_of_plain_encode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sentence_transformers import SentenceTransformer

    folder = tiny_bert(tmp_path)
    texts = ["z", "ab", "abc " * 30, *("xyz" * n for n in range(1, 60)), "中文abc" * 9]
    known = SentenceTransformer(str(folder), device="cpu").encode(texts, prompt="do: ")
    known /= np.linalg.norm(known, axis=1, keepdims=True)
    monkeypatch.setattr(encoding, "_PORTION", 16)
    monkeypatch.setattr(encoding, "_BATCH_TOKENS", 100)
    found = open_embedder(str(folder), tmp_path).embed(texts)
    assert np.abs((found * known).sum(axis=1) - 1).max() < 1e-4
    # The prompt, which this model's pooling leaves out, and the padding were both seen.
    assert np.abs(known[1] - known[4]).max() > 1e-3


def tiny_bert(folder: Path) -> Path:
    """A random model of two layers whose pooling leaves the prompt out, with a default prompt."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    vocabulary = {c: i for i, c in enumerate(["[PAD]", "[UNK]", *"abcdefghijklmnopqrstuvwxyz: "])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        model_max_length=64,
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=64, pad_token_id=0,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder / "bert")
    fast.save_pretrained(folder / "bert")
    whole: Any = SentenceTransformer(
        modules=[transformer(folder / "bert"), Pooling(32, include_prompt=False)],
        prompts={"query": "do: "},
        default_prompt_name="query",
    )
    whole.save(str(folder / "model"))
    return folder / "model"


def transformer(folder: Path) -> Any:
    from sentence_transformers.base.modules import Transformer

    return Transformer(str(folder))
