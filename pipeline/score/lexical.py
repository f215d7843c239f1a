"""Words in common: what embeddings blur (names of methods, data sets, tasks), in both languages.

Latin words with their pairs, Chinese characters in pairs; words that any paper or any account
uses say nothing and are left out.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from pipeline.score.frequencies import PER_THOUSAND

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

_RUN = re.compile(r"[a-z][a-z0-9]*(?:[-.+][a-z0-9]+)*|[\u3400-\u9fff]+")
_PRIOR = 60.0
"""Texts that the frequencies are shrunk by: a word in all of ten texts may still be a topic."""
UNLISTED = min(PER_THOUSAND.values()) / 3
"""Papers of a thousand that use a word outside the list."""

_COMMON_ENGLISH = frozenset(
    (
        "a able about above achieve achieved achieves across additional addition address after "
        "against aim aims all allow allows almost along also although among an analysis analyze "
        "and another any application applications applied apply approach approaches are around "
        "art as at available based be because been before being benchmark benchmarks best better "
        "between both but by can cannot case cases challenge challenges challenging class code "
        "common compare compared comparison complex consider considered contrast contribution "
        "could current data dataset datasets demonstrate demonstrated demonstrates design "
        "designed despite develop developed different difficult do does due during each effective "
        "effectively effectiveness efficient efficiently either enable enables especially etc "
        "evaluate evaluated evaluation even evaluations existing experiment experimental "
        "experiments explore extensive few find finding findings first focus for found framework "
        "from full function fundamental further furthermore general given good had has have "
        "having here high highly how however i if important improve improved improvement improves "
        "in including increase information input into introduce introduced introduces is issue "
        "it its itself key known large lead leads learn learned learning less like limited low "
        "made main make makes making many may mean method methods model models more moreover most "
        "much multiple must need needs network networks new no not novel now number obtain "
        "obtained of often on one ones only open or order other others our out outperform "
        "outperforms output over own paper papers particular particularly perform performance "
        "performed performs possible potential practical present presented presents previous "
        "prior problem problems process propose proposed proposes provide provided provides "
        "quality range rather real recent recently related remains report require required "
        "requires research respectively result results same several shown show shows significant "
        "significantly similar simple since single small so solution solutions solve some source "
        "specific specifically state states still studies study such suffer suggest system "
        "systems task tasks technique techniques terms than that the their them then there "
        "therefore these they this those though three through thus time to towards train trained "
        "training two type types under understand understanding unlike us use used useful using "
        "usually various very via was way we well were what when where whether which while who "
        "whose wide widely will with within without work works world would yet you your "
        "http https www arxiv arxiv.org e.g i.e et al"
    ).split()
)
_COMMON_CHINESE = re.compile(
    "我们|提出|一种|方法|模型|论文|基于|通过|进行|可以|实现|开源|作者|结果|实验|任务|数据|研究|"
    "性能|问题|能够|以及|最新|解读|代码|工作|使用|学习|网络|本文|文章|公众号|来源|编辑|点击|关注|"
    "分享|一个|这个|如何|什么|的|了|是|在|和|与|及|等|中|对|为|有|将|也|而|从|到|并|该|其"
)


def terms(text: str) -> list[str]:
    """The text's words and pairs, in order, repeated where they repeat."""
    found: list[str] = []
    before = ""
    for run in _RUN.findall(text.casefold()):
        if not run[0].isascii():
            pieces = _COMMON_CHINESE.sub(" ", run).split()
            found += [p[i : i + 2] for p in pieces for i in range(len(p) - 1)]
            before = ""
        else:
            word = _stem(run)
            if word:
                found.append(word)
                if before:
                    found.append(f"{before} {word}")
            before = word
    return found


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    """Plurals only: `networks` and `network` are one word, `bias` stays; empty where the word
    says nothing."""
    if word in _COMMON_ENGLISH or len(word) < 2:
        return ""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "as")):
        return word[:-1]
    return word


class Rarity:
    """How telling each word is: from a thousand papers on anything, and the documents given."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.counted = [Counter(terms(t)) for t in texts]
        """How often each text uses each word, in the order of the texts."""
        self._count = len(self.counted) + 1000.0 + _PRIOR
        self._seen: dict[str, int] = {}
        for words in self.counted:
            for word in words:
                self._seen[word] = self._seen.get(word, 0) + 1
        self._weights: dict[str, float] = {}

    def vector(self, text: str) -> dict[str, float]:
        """The text as weights of its words, of length 1 (empty where nothing is telling)."""
        return self.weighed(Counter(terms(text)))

    def weighed(self, words: Mapping[str, int]) -> dict[str, float]:
        """As `vector`, of words already counted."""
        known, weight, log = self._weights, self._weight, math.log
        weights: dict[str, float] = {}
        for word, count in words.items():
            value = known.get(word)
            if value is None:
                value = weight(word)
            weights[word] = value if count == 1 else (1 + log(count)) * value
        length = math.sqrt(sum([v * v for v in weights.values()])) or 1.0
        return {word: value / length for word, value in weights.items()}

    def _weight(self, word: str) -> float:
        seen = self._seen.get(word, 0) + 1.0 + PER_THOUSAND.get(word, UNLISTED)
        weight = self._weights[word] = max(0.0, math.log(self._count / seen))
        return weight


class WordIndex:
    """Texts to be searched by the words they share with others."""

    def __init__(self, texts: Sequence[str], others: Iterable[str]) -> None:
        self._rarity = Rarity([*texts, *others])
        self._vectors = [self._rarity.weighed(w) for w in self._rarity.counted[: len(texts)]]
        self._using: dict[str, list[int]] = {}
        for row, words in enumerate(self._vectors):
            for word in words:
                self._using.setdefault(word, []).append(row)
        self._rows: dict[str, tuple[NDArray[np.intp], Doubles]] = {}

    def nearest(
        self, texts: Sequence[str], k: int, leave_out: Sequence[int | None] = ()
    ) -> tuple[Floats, list[dict[str, float]]]:
        """The cosines of the `k` texts that share most, most first, shape (len(texts), k), and
        what each word adds to their sum; `leave_out` is one row per text not to look at."""
        k = min(k, len(self._vectors))
        cosines = np.zeros((len(texts), k), np.float32)
        shared: list[dict[str, float]] = []
        for number, text in enumerate(texts):
            words = self._rarity.vector(text)
            found = self._search(words)
            row = leave_out[number] if leave_out else None
            if row is not None:
                found[row] = 0.0
            best = np.argsort(-found, kind="stable")[:k]
            cosines[number] = found[best]
            shared.append(self._shared(words, best[found[best] > 0]))
        return cosines, shared

    def cosines(self, texts: Sequence[str]) -> Floats:
        """What each text shares with each of the index, shape (len(texts), indexed)."""
        found = [self._search(self._rarity.vector(text)) for text in texts]
        return np.asarray(found, np.float32).reshape(len(texts), len(self._vectors))

    def _search(self, words: Mapping[str, float]) -> Doubles:
        hits = [(self._of(w), value) for w, value in words.items() if w in self._using]
        if not hits:
            return np.zeros(len(self._vectors))
        rows = np.concatenate([rows for (rows, _), _ in hits])
        added = np.concatenate([weights * value for (_, weights), value in hits])
        found: Doubles = np.bincount(rows, added, len(self._vectors)).astype(np.float64)
        return found

    def _of(self, word: str) -> tuple[NDArray[np.intp], Doubles]:
        """The rows that use the word, and its weight in each: made at the first question, for
        most of an archive's words are never asked for."""
        found = self._rows.get(word)
        if found is None:
            rows = self._using[word]
            weights = np.asarray([self._vectors[r][word] for r in rows], np.float64)
            found = self._rows[word] = np.asarray(rows, np.intp), weights
        return found

    def _shared(self, words: Mapping[str, float], rows: Iterable[int]) -> dict[str, float]:
        total: Counter[str] = Counter()
        for row in rows:
            total.update(common(words, self._vectors[row]))
        return dict(total)


def common(left: Mapping[str, float], right: Mapping[str, float]) -> dict[str, float]:
    """What each word in common adds to the cosine of the two."""
    if len(right) < len(left):
        left, right = right, left
    return {word: value * right[word] for word, value in left.items() if word in right}


def telling(words: Mapping[str, float], count: int) -> Sequence[str]:
    """The `count` words that add most, pairs before their parts."""
    ordered = sorted(words, key=lambda w: (-words[w], w))
    chosen: list[str] = []
    for word in ordered:
        if len(chosen) == count:
            break
        if not any(_overlap(word, c) for c in chosen):
            chosen.append(word)
    return chosen


def _overlap(left: str, right: str) -> bool:
    # Pairs of Chinese characters overlap by one: of 目标, 标检, 检测 one or two are enough.
    if not left[0].isascii() and not right[0].isascii():
        return bool(set(left) & set(right))
    return left in right or right in left
