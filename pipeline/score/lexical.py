"""Words in common: what embeddings blur (names of methods, data sets, tasks), in both languages.

Latin words with their pairs, Chinese characters in pairs; words that any paper or any account
uses say nothing and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, repeat
from typing import TYPE_CHECKING

import numpy as np

from pipeline.score.frequencies import PER_THOUSAND

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]
    Ints = NDArray[np.intp]

_RUN = re.compile(r"[a-z][a-z0-9]*(?:[-.+][a-z0-9]+)*|[\u3400-\u9fff]+")
_PRIOR = 60.0
"""Texts that the frequencies are shrunk by: a word in all of ten texts may still be a topic."""
UNLISTED = min(PER_THOUSAND.values()) / 3
"""Papers of a thousand that use a word outside the list."""

_STEMS_KEPT = 65_536
_AT_ONCE = 1 << 19
"""Pairs of a word asked for and a text that uses it, at a time: 16 MB."""

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
    """The text's words and pairs, repeated where they repeat: words, then pairs, then Chinese."""
    runs = _RUN.findall(text.casefold())
    stems = list(map(_STEMS.__getitem__, runs))
    found = list(filter(None, stems))
    found += [f"{a} {b}" for a, b in pairwise(stems) if a and b]
    if not text.isascii():
        chinese = " ".join(r for r in runs if not r[0].isascii())
        for piece in _COMMON_CHINESE.sub(" ", chinese).split():
            found += [a + b for a, b in pairwise(piece)]
    return found


class _Stems(dict[str, str]):
    """Words without their plural: `networks` and `network` are one word, `bias` stays; empty
    where a word says nothing, and for Chinese."""

    def __missing__(self, word: str) -> str:
        if not word[0].isascii():
            return ""
        if len(self) >= _STEMS_KEPT:
            self.clear()
        stem = self[word] = _stem(word)
        return stem


_STEMS = _Stems()


def _stem(word: str) -> str:
    if word in _COMMON_ENGLISH or len(word) < 2:
        return ""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "as")):
        return word[:-1]
    return word


class _Numbers(dict[str, int]):
    """A number for each word, the next one for a new word."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bags:
    """Which word stands in which text, ordered by text, then word: arrays of one length."""

    text: Ints
    word: Ints
    value: Doubles

    def starts(self, count: int) -> Ints:
        """Where each of `count` texts starts, and the end."""
        return np.searchsorted(self.text, np.arange(count + 1))


class WordIndex:
    """Texts to be searched by the words they share with others.

    How telling a word is comes from a thousand papers on anything, from the texts and from the
    `others`. A text is the weights of its words, of length 1; a shared word adds the product of
    its weights to the cosine of two texts.
    """

    def __init__(self, texts: Sequence[str], others: Iterable[str]) -> None:
        every = [*texts, *others]
        self._count = len(every) + 1000.0 + _PRIOR
        self._numbers = _Numbers()
        bags = _counted(every, self._numbers)
        self._words = list(self._numbers)
        self._seen = np.bincount(bags.word, minlength=len(self._words))
        bags = self._weighed(bags, self._rarity(self._words, self._seen))
        own = slice(0, bags.starts(len(texts))[-1])
        self._bags = _Bags(text=bags.text[own], word=bags.word[own], value=bags.value[own])
        self._texts = self._bags.starts(len(texts))
        by_word = np.argsort(self._bags.word, kind="stable")
        self._rows, self._values = self._bags.text[by_word], self._bags.value[by_word]
        counts = np.bincount(self._bags.word, minlength=len(self._words))
        self._using = np.concatenate([[0], np.cumsum(counts)])

    def __len__(self) -> int:
        return len(self._texts) - 1

    def nearest(
        self, texts: Sequence[str], k: int, leave_out: Sequence[int | None] = ()
    ) -> tuple[Floats, list[dict[str, float]]]:
        """The cosines of the `k` texts that share most, most first, shape (len(texts), k), and
        what each word adds to their sum; `leave_out` is one row per text not to look at."""
        k = min(k, len(self))
        cosines = np.zeros((len(texts), k), np.float32)
        shared: list[dict[str, float]] = []
        asked = self._asked(texts)
        starts = asked.starts(len(texts))
        for first, found in self._found(asked, len(texts)):
            for number, row in enumerate(leave_out[first : first + len(found)]):
                if row is not None:
                    found[number, row] = 0.0
            best = np.argpartition(found, -k, axis=1)[:, -k:] if k else found[:, :0].astype(np.intp)
            values = np.take_along_axis(found, best, axis=1)
            cosines[first : first + len(found)] = -np.sort(-values, axis=1)
            for number, rows in enumerate(best):
                own = slice(starts[first + number], starts[first + number + 1])
                near = rows[values[number] > 0]
                shared.append(self._shared(asked.word[own], asked.value[own], near))
        return cosines, shared

    def cosines(self, texts: Sequence[str]) -> Floats:
        """What each text shares with each of the index, shape (len(texts), indexed)."""
        cosines = np.zeros((len(texts), len(self)), np.float32)
        for first, found in self._found(self._asked(texts), len(texts)):
            cosines[first : first + len(found)] = found
        return cosines

    def _rarity(self, words: Sequence[str], seen: Ints) -> Doubles:
        """How telling each word is that so many of the texts use; never below nought."""
        listed = np.fromiter(map(PER_THOUSAND.get, words, repeat(UNLISTED)), np.float64, len(words))
        rarity: Doubles = np.maximum(np.log(self._count / (seen + 1.0 + listed)), 0.0)
        return rarity

    def _weighed(self, counted: _Bags, rarity: Doubles) -> _Bags:
        """Counts as weights of length 1; what says nothing is left out."""
        value = (1.0 + np.log(counted.value)) * rarity[counted.word]
        kept = value > 0
        text, word, value = counted.text[kept], counted.word[kept], value[kept]
        lengths = np.sqrt(np.bincount(text, value * value))
        return _Bags(text=text, word=word, value=value / lengths[text])

    def _asked(self, texts: Sequence[str]) -> _Bags:
        """The texts' words that the index knows, by its numbers, in weights."""
        numbers = _Numbers()
        counted = _counted(texts, numbers)
        known = np.fromiter(map(self._numbers.get, numbers, repeat(-1)), np.intp, len(numbers))
        seen = np.where(known < 0, 0, np.append(self._seen, 0)[known])
        bags = self._weighed(counted, self._rarity(list(numbers), seen))
        word = known[bags.word]
        order = np.lexsort((word, bags.text))
        order = order[word[order] >= 0]
        return _Bags(text=bags.text[order], word=word[order], value=bags.value[order])

    def _found(self, asked: _Bags, count: int) -> Iterator[tuple[int, Doubles]]:
        """Cosines with every text of the index, some of the `count` texts at a time: the first
        one's number, and shape (some, indexed)."""
        using = self._using[asked.word + 1] - self._using[asked.word]
        work = np.bincount(asked.text, using, count).cumsum()
        ends = [*np.flatnonzero(np.diff(work // _AT_ONCE)) + 1, count]
        starts = asked.starts(count)
        for first, end in pairwise([0, *ends]):
            some = slice(starts[first], starts[end])
            times = using[some]
            place = _ranges(self._using[asked.word[some]], times)
            at = np.repeat((asked.text[some] - first) * len(self), times) + self._rows[place]
            added = np.repeat(asked.value[some], times) * self._values[place]
            found: Doubles = np.bincount(at, added, (end - first) * len(self)).astype(np.float64)
            yield first, found.reshape(end - first, len(self))

    def _shared(self, words: Ints, values: Doubles, rows: Ints) -> dict[str, float]:
        """What each of the words adds to the cosines with these rows."""
        first = self._texts[rows]
        place = _ranges(first, self._texts[rows + 1] - first)
        theirs = self._bags.word[place]
        at = np.minimum(np.searchsorted(words, theirs), max(len(words) - 1, 0))
        same = np.flatnonzero(words[at] == theirs) if len(words) else at[:0]
        added = np.bincount(at[same], self._bags.value[place[same]], len(words)) * values
        return {self._words[words[n]]: float(added[n]) for n in np.flatnonzero(added)}


def _counted(texts: Sequence[str], numbers: _Numbers) -> _Bags:
    """How often each text uses each word, words numbered by `numbers`."""
    lists = [terms(text) for text in texts]
    lengths = np.asarray([len(words) for words in lists], np.intp)
    every = map(numbers.__getitem__, chain.from_iterable(lists))
    word = np.fromiter(every, np.intp, int(lengths.sum()))
    most = max(len(numbers), 1)
    keys, counts = np.unique(
        np.repeat(np.arange(len(texts)), lengths) * most + word, return_counts=True
    )
    text, word = np.divmod(keys, most)
    return _Bags(text=text, word=word, value=counts.astype(np.float64))


def _ranges(starts: Ints, lengths: Ints) -> Ints:
    """The numbers from each start on, as many as each length says, one after another."""
    ends = np.cumsum(lengths)
    places: Ints = np.repeat(starts - ends + lengths, lengths) + np.arange(int(lengths.sum()))
    return places


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
