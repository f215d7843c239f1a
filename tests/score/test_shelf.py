"""The archive's vectors in a file: only what is new is embedded, whatever happened to the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pipeline.ports import Taste
from pipeline.score import RelevanceScorer
from pipeline.score.shelf import PastKeys, VectorShelf
from pipeline.types import ArchiveItem
from tests.score.fakes import WordEmbedder, candidate, past

ARCHIVE = tuple(past(f"detection {w}") for w in ("one", "two", "three", "检测"))


def rows(folder: Path, items: tuple[ArchiveItem, ...], embedder: WordEmbedder) -> np.ndarray:
    vectors, language_of = VectorShelf(folder).rows(items, PastKeys(items), embedder)
    assert list(language_of) == [int("检" not in i.title) for i in items]
    return np.array(vectors)


def test_a_known_archive_is_read_and_a_longer_one_embeds_only_what_is_new(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    first = rows(tmp_path, ARCHIVE, embedder)
    embedder.asked.clear()
    assert np.array_equal(rows(tmp_path, ARCHIVE, embedder), first)
    assert embedder.asked == []
    longer = (past("segmentation"), *reversed(ARCHIVE))
    assert np.array_equal(rows(tmp_path, longer, embedder)[1:], first[::-1])
    assert embedder.asked == ["segmentation"]
    assert [p.suffix for p in tmp_path.iterdir()] == [".npy"]


@pytest.mark.parametrize("size", [0, 1, 90])
def test_a_damaged_file_is_made_anew(tmp_path: Path, size: int) -> None:
    embedder = WordEmbedder()
    first = rows(tmp_path, ARCHIVE, embedder)
    file = next(tmp_path.iterdir())
    file.write_bytes(file.read_bytes()[:-size] if size else b"not an array")
    assert np.array_equal(rows(tmp_path, ARCHIVE, embedder), first)


def test_another_size_of_vectors_under_the_same_name_is_made_anew(tmp_path: Path) -> None:
    rows(tmp_path, ARCHIVE[:2], WordEmbedder(32))
    assert rows(tmp_path, ARCHIVE, WordEmbedder(48)).shape == (4, 48)


def test_scores_are_the_same_from_the_file(tmp_path: Path) -> None:
    taste = Taste(archive=ARCHIVE)
    plain, first, again = (
        RelevanceScorer(WordEmbedder(), taste, date(2026, 9, 18), folder).score(
            [candidate("detection of two")]
        )
        for folder in (None, tmp_path, tmp_path)
    )
    assert plain == first == again


def test_a_file_whose_middle_never_reached_the_disk_is_made_anew(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    first = rows(tmp_path, ARCHIVE, embedder)
    file = next(tmp_path.iterdir())
    content = file.read_bytes()
    start = content.index(first[1].tobytes())
    file.write_bytes(content[:start] + bytes(first[1].nbytes) + content[start + first[1].nbytes :])
    assert np.array_equal(rows(tmp_path, ARCHIVE, embedder), first)


def test_keys_tell_words_days_and_stars_apart() -> None:
    one, other = past("a detector", text="b"), past("a", text=" detectorb")
    words = [PastKeys(items).words for items in ([one], [other], [one, other], [other, one], [])]
    assert len(set(words)) == 5
    later, starred = replace(one, day=date(2026, 1, 2)), replace(one, stars=5)
    assert {PastKeys([i]).words for i in (later, starred)} == {words[0]}
    assert len({PastKeys([i]).whole for i in (one, later, starred)}) == 3
    assert len(set(PastKeys([one, other, later]).each.tolist())) == 2
