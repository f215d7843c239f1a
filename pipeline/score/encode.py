"""Texts through a Sentence Transformers model: its own prompt, one tokenization, little padding.

Plain `encode` sorts by characters and cuts every 32 texts, so that a batch of Chinese and
English, or of short and long texts, is padded to its longest. Here a portion is tokenized at
once, and cut where the padding and the fixed cost of a batch together are least.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_FAMILIES = (
    ("instruct", ""),
    ("e5-mistral", ""),
    ("e5", "query: "),
    ("nomic-embed", "clustering: "),
)
"""The prompt for texts of one kind compared with each other, by a part of the model's name, the
first that fits; any other model gets none. From the models' cards: E5 is trained with `query: `
on both sides where the sides are alike, Nomic with a task before every text, GTE with nothing.
BGE, Arctic, mxbai, Qwen3, MiniLM and M3E get none as well; their cards were not looked at."""
_ALIKE = ("STS", "sts", "text-matching", "similarity", "Clustering", "clustering")
"""What a model's own files call the prompt for texts of one kind, where they name several."""
_PORTION = 256
"""Texts tokenized at once: of 512 tokens each, their numbers are 3 MB."""
_BATCH_TOKENS = 2048
_BATCH_TEXTS = 128
_START = 40
"""What starting a batch costs, in tokens: e5-small takes 15 ms for it and .3 to .5 for a token."""


def prompt_of(model: Any, name: str) -> str:
    """The prompt that the model's own files name, else its family's, told by `name`."""
    prompts = dict(model.prompts)
    if model.default_prompt_name is not None:
        return str(prompts[model.default_prompt_name])
    own = next((prompts[n] for n in _ALIKE if n in prompts), None)
    if own is not None:
        return str(own)
    low = Path(name).name.lower()
    return next((prompt for part, prompt in _FAMILIES if part in low), "")


def encode(model: Any, texts: Sequence[str], prompt: str) -> Vectors:
    """The model's vectors, shape (len(texts), dimensions), float32, as plain `encode` gives them
    but for the order of float additions."""
    import numpy as np

    vectors = np.zeros((len(texts), model.get_embedding_dimension()), np.float32)
    # Bytes are to tokens much the same in Chinese and in English, characters are not.
    size = [len(text.encode("utf-8", "surrogatepass")) for text in texts]
    order = sorted(range(len(texts)), key=lambda i: (-size[i], i))
    for start in range(0, len(order), _PORTION):
        places = order[start : start + _PORTION]
        vectors[places] = _portion(model, [texts[i] for i in places], prompt)
    return vectors


def _portion(model: Any, texts: list[str], prompt: str) -> Vectors:
    import numpy as np
    import torch

    features = model.preprocess(texts, prompt=prompt)
    lengths = _lengths(features, len(texts))
    if lengths is None:
        # Models without an attention mask (static ones, bags of words) have no padding to save.
        plain = model.encode(texts, prompt=prompt, show_progress_bar=False)
        return np.asarray(plain, np.float32)
    vectors = np.zeros((len(texts), model.get_embedding_dimension()), np.float32)
    with torch.inference_mode():
        for batch in batches(lengths):
            made = model(_rows(features, batch))["sentence_embedding"]
            vectors[batch] = made[:, : vectors.shape[1]].float().numpy()
    return vectors


def _lengths(features: Any, count: int) -> list[int] | None:
    """How many tokens each text has; None where they are not rows of one padded table."""
    import torch

    mask = features.get("attention_mask")
    if not isinstance(mask, torch.Tensor) or mask.dim() != 2:
        return None
    tensors = [v for v in features.values() if isinstance(v, torch.Tensor)]
    if any(v.dim() == 0 or len(v) != count for v in tensors):
        return None
    return [int(n) for n in mask.sum(dim=1)]


def _rows(features: Any, rows: list[int]) -> dict[str, Any]:
    """The features of some texts, without the columns that pad all of them."""
    import torch

    mask = features["attention_mask"]
    used = mask[rows].any(dim=0).nonzero()
    columns = slice(int(used[0]), int(used[-1]) + 1) if len(used) else slice(0, 1)
    picked = dict(features)
    for name, value in features.items():
        if isinstance(value, torch.Tensor):
            wide = value.dim() > 1 and value.shape[1] == mask.shape[1]
            picked[name] = value[rows][:, columns] if wide else value[rows]
    return picked


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices of texts by length, the longest first, cut where padding and starts cost least."""
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    cost, cut = [0.0], [0]
    for end in range(1, len(order) + 1):
        options = []
        for start in range(end - 1, max(end - 1 - _BATCH_TEXTS, -1), -1):
            tokens = (end - start) * lengths[order[start]]
            if tokens > _BATCH_TOKENS and end - start > 1:
                break
            options.append((cost[start] + _START + tokens, start))
        least = min(options)
        cost.append(least[0])
        cut.append(least[1])
    ends = []
    end = len(order)
    while end:
        ends.append(end)
        end = cut[end]
    start = 0
    for end in reversed(ends):
        yield order[start:end]
        start = end
