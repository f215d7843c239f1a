"""Writes the parsed e5 model as a folder that `SentenceTransformer(path)` loads.

BERT with a Unigram tokenizer, mean pooling and normalisation; the vocabulary is pruned to what
Chinese and English text can use, which leaves the vectors of such text as they were.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.score.e5_file import E5File, Sizes

_MAX_TOKENS = 512


def write_folder(data: bytes, folder: Path) -> None:
    """Write tokenizer, weights (fp16) and configuration into the empty `folder`."""
    source = E5File(data)
    kept = kept_pieces(source.vocabulary.pieces)
    _write_tokenizer(source, kept, folder)
    _write_tensors(source, kept, folder)
    _write_json(folder / "config.json", _bert_config(source.sizes, len(kept)))
    for name, content in _SENTENCE_FILES.items():
        _write_json(folder / name, content)


def kept_pieces(pieces: tuple[str, ...]) -> list[int]:
    """The ids of the pieces that Chinese or English text can be cut into, in their order."""
    return [i for i, piece in enumerate(pieces) if all(_is_kept(ord(c)) for c in piece)]


# Latin with its accents, Greek (formulas), punctuation and symbols, CJK with kana, the
# full-width forms and emoji. A piece is only ever used for text that contains all of its
# characters, so dropping the others leaves the pieces of Chinese and English text unchanged.
_KEPT_RANGES = (
    (0x0000, 0x0250),
    (0x0370, 0x0400),
    (0x2000, 0x2C00),
    (0x2E80, 0xA000),
    (0xF900, 0xFB00),
    (0xFE00, 0xFE70),
    (0xFF00, 0x10000),
    (0x1F000, 0x1FB00),
)


def _is_kept(code: int) -> bool:
    return any(low <= code < high for low, high in _KEPT_RANGES)


_WAVE, _WAVE_STAND_IN = "～", "\ue000"
_SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}


def _write_tokenizer(source: E5File, kept: list[int], folder: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    words = source.vocabulary
    pieces = [(words.pieces[i], words.scores[i]) for i in kept]
    tokenizer = Tokenizer(models.Unigram(pieces, kept.index(words.unk), False))
    tokenizer.normalizer = _normalizer(source)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    ends = [(words.pieces[i], kept.index(i)) for i in (words.bos, words.eos)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ends
    )
    tokenizer.add_special_tokens(list(_SPECIAL.values()))
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(folder / "tokenizer_config.json", _TOKENIZER_CONFIG)


def _normalizer(source: E5File) -> Any:
    """The file's character map: NFKC but for what it removes, what it turns into a space, and
    the full-width tilde, which it leaves alone."""
    from tokenizers import Regex, normalizers

    characters = source.vocabulary.characters
    removed = [c for c, to in characters.items() if not to]
    spaces = [c for c, to in characters.items() if to == " "]
    steps = [
        normalizers.Replace(Regex(_one_of(removed)), ""),
        normalizers.Replace(Regex(_one_of(spaces)), " "),
        normalizers.Replace(_WAVE, _WAVE_STAND_IN),
        normalizers.NFKC(),
        normalizers.Replace(_WAVE_STAND_IN, _WAVE),
        normalizers.Replace(Regex(" {2,}"), " "),
    ]
    return normalizers.Sequence(steps)


def _one_of(characters: list[str]) -> str:
    return "[" + "".join(f"\\x{{{ord(c):x}}}" for c in characters) + "]"


def _write_tensors(source: E5File, kept: list[int], folder: Path) -> None:
    from safetensors.numpy import save_file

    sizes = source.sizes
    words = source.tensor("emb.word", (sizes.vocabulary, sizes.hidden))[kept]
    tensors = {"embeddings.word_embeddings.weight": words}
    for theirs, ours, shape in _tensor_names(sizes):
        tensors[ours] = source.tensor(theirs, shape)
    # Mean pooling never uses BERT's pooler; zeros keep the loader from inventing weights.
    tensors["pooler.dense.weight"] = np.zeros((sizes.hidden, sizes.hidden), np.float32)
    tensors["pooler.dense.bias"] = np.zeros(sizes.hidden, np.float32)
    halves = {name: np.ascontiguousarray(t, np.float16) for name, t in tensors.items()}
    save_file(halves, folder / "model.safetensors", metadata={"format": "pt"})


def _tensor_names(sizes: Sizes) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """(name in the file, name in BERT, shape) of all tensors but the word embeddings."""
    hidden, wide = sizes.hidden, sizes.feed_forward
    yield "emb.pos", "embeddings.position_embeddings.weight", (sizes.positions, hidden)
    yield "emb.type", "embeddings.token_type_embeddings.weight", (sizes.token_types, hidden)
    parts = {
        "q": ("attention.self.query", (hidden, hidden)),
        "k": ("attention.self.key", (hidden, hidden)),
        "v": ("attention.self.value", (hidden, hidden)),
        "ao": ("attention.output.dense", (hidden, hidden)),
        "fi": ("intermediate.dense", (wide, hidden)),
        "fo": ("output.dense", (hidden, wide)),
        "aln": ("attention.output.LayerNorm", (hidden,)),
        "oln": ("output.LayerNorm", (hidden,)),
    }
    layers = [(f"l{i}.", f"encoder.layer.{i}.") for i in range(sizes.layers)]
    named: list[tuple[str, str, tuple[int, ...]]] = [("emb.ln", "embeddings.LayerNorm", (hidden,))]
    named += [(a + key, b + name, shape) for a, b in layers for key, (name, shape) in parts.items()]
    for theirs, ours, shape in named:
        yield f"{theirs}.w", f"{ours}.weight", shape
        yield f"{theirs}.b", f"{ours}.bias", shape[:1]


def _bert_config(sizes: Sizes, vocabulary: int) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": sizes.hidden,
        "intermediate_size": sizes.feed_forward,
        "layer_norm_eps": sizes.eps,
        "max_position_embeddings": sizes.positions,
        "num_attention_heads": sizes.heads,
        "num_hidden_layers": sizes.layers,
        "pad_token_id": 0,
        "position_embedding_type": "absolute",
        "torch_dtype": "float16",
        "type_vocab_size": sizes.token_types,
        "vocab_size": vocabulary,
    }


_TOKENIZER_CONFIG = {
    **_SPECIAL,
    "cls_token": "<s>",
    "sep_token": "</s>",
    "model_max_length": _MAX_TOKENS,
    "tokenizer_class": "PreTrainedTokenizerFast",
}
_SENTENCE_FILES: dict[str, Any] = {
    "modules.json": [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {
            "idx": 1,
            "name": "1",
            "path": "1_Pooling",
            "type": "sentence_transformers.models.Pooling",
        },
        {
            "idx": 2,
            "name": "2",
            "path": "2_Normalize",
            "type": "sentence_transformers.models.Normalize",
        },
    ],
    "sentence_bert_config.json": {"max_seq_length": _MAX_TOKENS, "do_lower_case": False},
    "config_sentence_transformers.json": {
        "prompts": {"query": "query: ", "passage": "passage: "},
        "default_prompt_name": "query",
        "similarity_fn_name": "cosine",
    },
    "1_Pooling/config.json": {
        "word_embedding_dimension": 384,
        "pooling_mode_cls_token": False,
        "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False,
    },
    "2_Normalize/config.json": {},
}


def _write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
