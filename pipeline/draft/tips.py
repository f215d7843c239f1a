"""The Tips line: one or two sentences of the article itself that say what is new.

Nothing is ever written here, only chosen: sentences with the words that announce a contribution
win, greetings, advertisements and anything with a link lose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.text import language, normal_title, squash

_MAX_TEXT = 30_000
_MAX_SENTENCES = 400
_SENTENCE_END = re.compile(
    r"(?<=[。！？!?])(?![”」』）)])|(?<=[a-z\d)]\.)\s+(?=[A-Z\u4e00-\u9fff“])|\n+"
)
_LINE_NOISE = re.compile(
    r"^\s*(?:Abstract\s*[:：]|[#>*+\-•·]+|\d+[.、)）]|[（(][\da-z][)）]|图\s*\d+|表\s*\d+)\s*"
)
_MARKUP = re.compile(
    r"!\[[^\]]{0,200}\]\([^)]{0,500}\)|\[([^\]]{0,200})\]\([^)]{0,500}\)|[*_`]{1,3}|\$[^$]{0,80}\$"
)

# Weights are small whole numbers, tried on two accounts' articles: one strong cue in the first
# third of a text should beat two weak ones at its end, and the approach beats its results.
_CUE_WORDS = {
    4: r"(?:本文|我们|作者|研究者|研究人员|论文|该工作|这篇文章|团队).{0,12}(?:提出(?!.{0,6}(?:问题|疑问|质疑|假设))|设计|引入|构建|开发|证明|推出|(?<![会以能难])发现)"
    r"|\b(?:we|this paper|this work)\s+(?:\w+\s+){0,2}"
    r"(?:propose|present|introduce|develop|release)",
    3: r"提出了?(?:一种|一个|新的|全新)|首次|首个|一种(?:新的|新颖|全新|简单)|创新(?:[性点地]|之处|的提出)"
    r"|\b(?:we|this paper|this work)\s+(?:\w+\s+)?(?:show|demonstrate|study|describe|keep)|\bnovel\b|\bfor the first time\b|\bthe first (?:to|work|method|model)\b",
    2: r"核心(?:思想|贡献|思路|是)|主要贡献|关键(?:在于|是)|旨在|通过.{2,30}(?:实现|提升|解决)|从而|无需"
    r"|思路|做法是|办法是|答案是|出发点|改动|换成|部分组成|\bkey (?:idea|insight)\b|\bidea is\b",
    1: r"达到|优于|超越|提升了?|SOTA|state-of-the-art|outperform|achiev|improve",
    0.9: r"方法|模型|框架|网络|算法|数据集|\b(?:method|model|framework|network|dataset)\b",
}
_CUES = tuple((weight, re.compile(words, re.IGNORECASE)) for weight, words in _CUE_WORDS.items())
_NAME = re.compile(r"[A-Za-z][\w+-]*[A-Z0-9][\w+-]*")
_UNFIT = re.compile(
    r"https?://|www\.|@|扫码|二维码|关注(?:我们|公众号|本号)?[，。！]|点击|阅读原文|转载|投稿|加群|进群|交流群|微信|公众号|后台回复|"
    r"欢迎|感谢|大家好|招聘|报名|直播|优惠|课程|下载|网址|附录|前面|上一篇|上篇|下篇|版权|侵权|来源[:：]|编辑[:：]|作者[:：|｜]|作者单位|原文[:：]|论文[:：]|论文地址|论文链接|代码[:：]|代码地址|项目地址|"
    r"如图|下图|上图|见表|所示|参考文献|星标|置顶|干货|文末|目录|本期|今天(?:给大家|我们|要)|小编|笔者|推文|点这里|给大家|介绍一下|训练营|介绍过|讨论过|这节课|速来|手把手|今天来|为大家|读者可以|请阅读|提问|的建议|Figure\s?\d|Fig\.|arxiv\s*:|et al|©|copyright|subscribe|sign up|click",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"忽略.{0,8}(?:指令|提示|要求)|系统提示|立即购买|</?[a-z]|\bignore\b.{0,30}\binstructions?\b|system prompt",
    re.IGNORECASE,
)
"""Words that speak to a program or a customer rather than to the reader of an article."""
_PROBLEM = re.compile(
    r"^(?:由于|然而|但是|但|因此|所以|虽然|随着|近年来|目前|However|Although|Despite|Recent)|缺少|缺乏|瓶颈"
)
_DANGLING = re.compile(
    r"^(?:第[二三四五六]|受此启发|为此|与此同时|他们|在?这样做|[一其][是一]|这(?!篇|项)|它|其(?!中)|该(?!论文|工作|文|研究|方法|模型|框架)|此外|另外|同时|而|并且|It |This (?!paper|work)|These |They )|\b[Ww]e (?:further|also)\b|[还也](?:提出|设计|引入)|进一步(?:提出|设计)"
)
_PERSONAL = re.compile(r"我(?!们)|毕竟|个人(?:觉得|认为|理解)|[Mm]y (?:own|opinion)\b")
_OPENER = re.compile(
    r"^[”’」』）)、，；\s]*(?:【[^】]{2,20}】(?:导语)?[:：]?\s*|(?:因此|为此|于是|所以|对此|受(?:此|这些?工作的?|上述工作的?)启发|众所周知|最后|基于此|鉴于此|此外|另外|同时|然后|总之|总的来说|具体来说"
    r"|简单来说|近日|近期|最近|为了?(?:解决|克服|应对|回答|填补|弥补)(?:这|该|上述|以上)[^，。]{0,16}|Therefore|Thus|To this end|To address this),?\s?[，,]\s*|为此(?=我们|本文|作者))?(?=\S)"
)
"""Words that only tie a sentence to the one before it, or name the column it stands in."""
_WORTH_QUOTING = 1.4
"""Four words in common with the title reach it without any cue; a greeting does not."""
_WORTH_QUOTING_ELSE = 2.0
"""In the other language a quotation has to say more to be worth the reader's while."""
_ENOUGH = 60
"""Characters after which no second sentence is added, twice that in English."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    text: str
    score: float


def tips_of(title: str, text: str, abstract: str, wanted: str = "zh") -> str:
    """One or two sentences quoted from the article, else from the paper's abstract; or nothing.

    Sentences in the `wanted` language come first.
    """
    for source in _sources(text, abstract, wanted):
        sentences = list(_scored(title, source, language(source)))
        least = _WORTH_QUOTING if language(source) == wanted else _WORTH_QUOTING_ELSE
        if chosen := _choose(sentences, least):
            return chosen
    return ""


def _sources(text: str, abstract: str, wanted: str) -> list[str]:
    """The texts to quote from, best first."""
    texts = [t for t in (text[:_MAX_TEXT], abstract[:_MAX_TEXT]) if t.strip()]
    return sorted(texts, key=lambda t: language(t) != wanted)


def _choose(sentences: list[_Sentence], least: float) -> str:
    """The best sentence, where it is good enough to stand for the article."""
    best = max(sentences, key=lambda s: (s.score, -s.place), default=None)
    if best is None or best.score < least:
        return ""
    return _with_second(best, sentences, _ENOUGH if language(best.text) == "zh" else 2 * _ENOUGH)


def _with_second(best: _Sentence, sentences: list[_Sentence], enough: int) -> str:
    """The best sentence, and its successor where it is short and the next one tells more."""
    if len(best.text) >= enough:
        return best.text
    after = [
        s for s in sentences if s.place == best.place + 1 and s.score >= 2 and s.text != best.text
    ]
    joint = "" if language(best.text) == "zh" else " "
    return best.text + joint + after[0].text if after else best.text


def sentences_of(text: str) -> Iterator[str]:
    """The text's sentences in order, markup and list marks taken off."""
    plain = _MARKUP.sub(lambda m: m[1] or "", text)
    for part in _SENTENCE_END.split(plain)[:_MAX_SENTENCES]:
        sentence = squash(_LINE_NOISE.sub("", part, count=1))
        if sentence:
            yield sentence


def _scored(title: str, text: str, tongue: str) -> Iterator[_Sentence]:
    words, headline, names = _words(title), normal_title(title), tuple(_NAME.findall(title))
    for place, whole in enumerate(sentences_of(text)):
        sentence = _OPENER.sub("", whole)
        if _fits(sentence) and normal_title(sentence) not in headline:
            score = _score(sentence, place, words) + _about(sentence, names)
            score -= 2 * (language(sentence) != tongue)
            yield _Sentence(place, sentence, score)


def is_quotable(sentence: str) -> bool:
    """True for one or two whole sentences without links, greetings or advertisements."""
    if len(sentence) > 500 or _ADDRESSED.search(sentence):
        return False
    return all(_fits(part) for part in sentences_of(sentence))


def _fits(sentence: str) -> bool:
    chinese = language(sentence) == "zh"
    low, high = (18, 180) if chinese else (50, 400)
    ended = sentence[-1] in "。！？!?.…；;”」" or not chinese
    return low <= len(sentence) <= high and ended and not _UNFIT.search(sentence)


def _score(sentence: str, place: int, title_words: set[str]) -> float:
    cues = sum(weight for weight, pattern in _CUES if pattern.search(sentence))
    shared = len(title_words & _words(sentence))
    asks = {"？": 3, "?": 3, "！": 1, "!": 1}.get(sentence[-1], 0)
    vague = 1.5 * bool(_PROBLEM.search(sentence)) + bool(_DANGLING.match(sentence))
    vague += 2 * bool(_PERSONAL.search(sentence))
    return cues + 0.4 * min(shared, 6) - asks - vague - min(place, 100) * 0.02


def _about(sentence: str, names: tuple[str, ...]) -> float:
    """More where the sentence speaks of what the title names, most where it begins with it."""
    if names and sentence.startswith(names):
        return 1.5
    return 0.6 if any(name in sentence for name in names) else 0.0


def _words(text: str) -> set[str]:
    """Latin words and pairs of Chinese characters: enough to see what two texts share."""
    folded = normal_title(text)
    latin = {w for w in re.findall(r"[a-z0-9]{2,}", folded) if len(w) > 2}
    runs = re.findall(r"[\u4e00-\u9fff]{2,}", folded)
    return latin | {run[i : i + 2] for run in runs for i in range(len(run) - 1)}
