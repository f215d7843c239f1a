"""The Abstract line: an article's title without venue, hype and download notes.

The rules follow what the archive's owner strips by hand and, as important, what stays: the
name and what it does ("ConvNeXt：…"), the makers, and exclamations that carry the content.
"""

from __future__ import annotations

import re

from pipeline.draft.order import subject_first
from pipeline.text import squash

_VENUES = (
    "CVPR ICCV ECCV WACV BMVC ACCV ICLR ICML NeurIPS NIPS AAAI IJCAI ACL EMNLP NAACL COLING EACL "
    "SIGGRAPH SIGIR SIGKDD KDD WWW CIKM WSDM ICRA IROS RSS CoRL ICASSP INTERSPEECH ICIP ICME "
    "MICCAI ISBI TPAMI IJCV TIP TMM TNNLS TVCG TITS TOG TMI PAMI JMLR RAL TRO ISSCC MLSys UAI "
    "AISTATS COLT CHI UIST VLDB SIGMOD ICDE OSDI SOSP Cell PNAS"
).split()
_JOURNALS = (
    r"Nature(?:子刊|\s?(?:Communications|Machine Intelligence|Medicine|Methods|Biotechnology))?"
    r"|Science(?:子刊|\s?(?:Robotics|Advances))?"
)
_VENUE = (
    rf"(?:IEEE\s?)?(?:ACM\s?MM|T-?PAMI|SIGGRAPH Asia|{_JOURNALS}|{'|'.join(_VENUES)})"
    r"(?![A-Za-z])(?:[\s-]?[’'`]?\s?(?:20)?\d{2}(?!\d))?"
)
_HONOUR = r"(?:[\s(（]*(?:Long |Short )?(?:Oral|Spotlight|Best Paper|Highlight|Poster|Findings|Workshop|满分|最佳(?:学生)?论文|杰出论文|提名|候选|高分|获奖)[)）]?)*"
_BAR = r"\s*[|｜丨∣│]\s*"
_OPEN, _CLOSE = r"[\[【(（]", r"[\]】)）]"

_LEADING_VENUE = re.compile(
    rf"^(?:{_OPEN}\s*{_VENUE}{_HONOUR}\s*{_CLOSE}\s*|{_VENUE}{_HONOUR}\s*(?:[:：]|{_BAR})\s*"
    rf"|{_VENUE}[^|｜丨！：:，。]{{0,8}}(?:论文|paper|解读){_BAR}"
    rf"|{_VENUE}\s?(?:论文|paper)(?:精读|解读|速读|分享|笔记)\s*[:：]\s*"
    rf"|{_VENUE}(?<=\d){_HONOUR}\s*[-—–]+\s*(?=[^\s\d]{{2}}))",
    re.IGNORECASE,
)
_LEADING_DATED_VENUE = re.compile(
    rf"^{_VENUE}(?<=\d){_HONOUR}\s+(?=[\u4e00-\u9fff]{{2}}|“|[A-Z][\w-]*[:：])"
    r"(?!最新|论文|接收|放榜|workshop|竞赛|中的|的|[预征截投]|参会|投稿)",
    re.IGNORECASE,
)
_LEADING_TAG = re.compile(r"^\s*【[^】]{1,8}】\s*(?![一二三四五六七八九十\d]{1,3}[，、.．：])")
_LEADING_NOTE = re.compile(r"^\s*[(（【]\s*附[^)）】]{1,12}[)）】]\s*")
_TRAILING_VENUE = re.compile(
    rf"\s*(?:{_OPEN}\s*(?:{_VENUE})[^)）\]】]{{0,12}}{_CLOSE}|{_BAR}[^|｜丨]{{0,3}}(?:{_VENUE})[^|｜丨]{{0,8}}"
    rf"|(?<=[！!。，,])\s*{_VENUE}\s*(?:已?接收|录用|中稿|入选|Oral){{1,2}}|(?<![入中当候]选|[中投]稿|收录|接收|登上|斩获|[亮闪]相|盘点|解读)(?<![于在到被])\s+{_VENUE}(?<=\d))\s*$",
    re.IGNORECASE,
)
_TRAILING_NOTE = re.compile(
    r"\s*[(（【]\s*(?:[^()（）【】]{0,4}附?[^()（）【】]{0,8}(?:论文|打包|PDF|资料|PPT|链接|已开源)[^()（）【】]{0,6}(?:下载|地址|链接|源码|代码|分享|PDF)?"
    r"|(?:(?:文末|内)?附|有|含)?\s?(?:GitHub|PyTorch|TensorFlow|Python)?\s?(?:源代码|源码|代码)(?:已?开源|下载|地址|链接|实现)?)\s*[)）】]\s*$",
    re.IGNORECASE,
)
_TRAILING_YEARS = re.compile(r"\s*[(（]\s*(?:19|20)\d\d\s?[-—–~至]\s?(?:19|20)\d\d年?\s*[)）]\s*$")
_TRAILING_CALL = re.compile(
    r"(?:，这篇文章值得[一]?看|[，,！!\s]+(?:(?:建议|注意|值得|记得|先)收藏|收藏|强烈推荐|快来看看|速看|赶紧收藏|建议mark))[！!。~]*\s*$"
)
_TRAILING_FLUFF = re.compile(
    r"(?:\s*(?:\.{2,}|…+|。{2,})|\s*是什么鬼[？?]?|(?<=[\u4e00-\u9fff])\s+by\s[^，。]{2,30}|[:：](?:概述|上|中|下|[一二三四五])"
    r"|，[^，！!]{0,6}(?:太牛了|太强了|太香了|惊艳|逆天|杀疯了|YYDS)[！!]*)\s*$"
)
_MORE_SHOUTS = re.compile(
    r"^(.{12,}?)[！!]\s*(?:[^！!：:]{2,12}[！!…]+\s*)*[^！!：:]{2,12}(?:[！!]|\.{2,}|…)+$"
)
_MIDDLE_VENUE = re.compile(
    rf"(?<=，)\s*{_VENUE}\s*(?:匿名|最新|新)?论文|(?<=[\u4e00-\u9fff])入选\s?{_VENUE}(?=，)",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"^(.{6,}?)！[^！，A-Za-z]{0,8}太[\u4e00-\u9fff]{1,4}了！.{0,30}$")
_TEASING = re.compile(r"，让[^，：:！？?A-Za-z]{4,16}[？?]$")
_ANSWERED = re.compile(
    r"^[^，。：:！？?A-Za-z]{4,24}[？?](?=[^，。：:！？?]{2,14}(?:证实|证明|发现|表明|显示)[:：])"
)
_BEATEN = re.compile(r"^(?:一举|全面)?(?:打败|击败|吊打|碾压)[^，：:！A-Z]{2,16}，")
_LESSON = re.compile(rf"^(.{{4,40}}(?:教程|指南)){_BAR}.{{12,}}$")
_NAMED_TAG = re.compile(r"^\s*【\s*([A-Za-z][\w+-]*)\s*(?:解读|详解|论文解读)\s*】\s*")
_COLUMN_AT_END = re.compile(rf"{_BAR}[\u4e00-\u9fffA-Za-z]{{2,8}}\s*$")
_LEADING_FLUFF = re.compile(
    r"^(?:聊聊我?|有人(?=[用把])|论文(?:解释|速读|笔记|分享|精读|阅读)(?:[:：|｜\s]|[-—–]\s)+|[\u4e00-\u9fff]{0,6}IEEE论文[:：]"
    r"|[\d.]{1,6}\s?[kKwW万]?\+?\s?[Ss]tar(?:量|数)?[，,！!]\s*|你一定从未看过如此|再(?:也)?不用[^，。！？!?]{2,20}，|[A-Za-z][A-Za-z0-9'’-]*(?:\s+[A-Za-z0-9'’-]+){3,}\s+(?=[\u4e00-\u9fff]{6,16}(?:解读|进展|综述|详解|笔记)$))"
)
_FIRST_BAR = re.compile(_BAR)
_VENUE_BETWEEN = re.compile(rf"{_BAR}{_VENUE}{_HONOUR}(?={_BAR})", re.IGNORECASE)
_DOWNLOAD_AT_END = re.compile(
    rf"{_BAR}(?:(?:论文|paper|pytorch|tensorflow|源?代码|源码|讲解|开源|[+＋&、])\s*){{2,8}}$",
    re.IGNORECASE,
)
_SERIES = re.compile(r"系列\s*[(（][一二三四五六七八九十\d]{1,4}[)）]$")
_HYPE = re.compile(
    r"^(?:(?:重大|新)?突破性?(?:研究|成果|进展)?|SOTA方法|重磅(?:成果|研究)?|劲爆|炸裂|震撼)[！!]\s*(?=.{8})"
)
_EXCLAIMED = re.compile(r"^([^！!，。：:？?|｜丨]{2,16})[！!]\s*")
_STAYS = re.compile(
    r"^(?:超越|打破|即插即用|首个|首次|20\d\d|助力)|提出|开源|诞生|造出|做出|研发|研制|发布|推出|(?:放榜|来袭)$"
)
_NEWS_ALONE = re.compile(r"(?:最新|重磅|刚刚|正式|全新|今日)*(?:开源|发布|推出|公布)(?:了|啦)?")
_TELLS = re.compile(r"提出|开源|发布|推出|[:：]|最新研究|SOTA|重新")
_NAMED = re.compile(r"[A-Z][A-Za-z]*[A-Z0-9][A-Za-z0-9+-]*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MAX_COLUMN = 8
_MIN_CONTENT = 8
"""Fewer characters behind a bar need the topic before it: `综述 | 注意力机制`."""


def abstract_of(title: str) -> str:
    """The title's content in one line; never empty where the title is not."""
    whole = squash(title)[:600]
    if not _CHINESE.search(whole):
        return _in_english(whole)
    text = subject_first(_strip_middle(_strip_lead(whole)))
    text = _strip_end(_strip_shouts(text))
    for step in (
        _strip_column,
        _strip_lead,
        _strip_shouts,
        _strip_exclamations,
        _strip_end,
        subject_first,
    ):
        text = step(text).strip() or text
    return text if _is_enough(text) else whole


def _in_english(title: str) -> str:
    """Without venue and tag alone: an English title is mostly a paper's, where every word counts."""
    text = _cut(_LEADING_TAG, _cut(_LEADING_VENUE, title))
    return _cut(_TRAILING_VENUE, text).strip() or title


def _strip_lead(text: str) -> str:
    """Without venue, tags and fluff before the content; they come in any order."""
    for _ in range(4):
        before = text
        text = _NAMED_TAG.sub(r"\1", text)
        for pattern in (_LEADING_NOTE, _LEADING_VENUE, _LEADING_TAG, _LEADING_FLUFF, _HYPE):
            text = _cut(pattern, text)
        text = _cut(_LEADING_DATED_VENUE, text)
        if text == before:
            break
    return text


def _cut(pattern: re.Pattern[str], text: str) -> str:
    """The text behind the match, where enough of it is left to say something."""
    rest = pattern.sub("", text, count=1)
    return rest if _is_enough(rest) else text


def _is_enough(text: str) -> bool:
    return len(text) >= 4


def _strip_middle(text: str) -> str:
    """Without a venue between two clauses, a question that the title answers or teases with,
    the rivals it beat, and what a lesson promises behind its bar."""
    text = _LESSON.sub(r"\1", _SHOUTED.sub(r"\1", text))
    for pattern in (_MIDDLE_VENUE, _VENUE_BETWEEN, _ANSWERED, _BEATEN, _TEASING):
        text = _cut(pattern, text)
    return text


def _strip_column(text: str) -> str:
    """Without the name of a column before or behind a bar ("武功秘籍 | …", "… | 极市打榜")."""
    found = _FIRST_BAR.search(text)
    if not found:
        return text
    before, after = text[: found.start()], text[found.end() :]
    if "【" in before:
        return text
    if _SERIES.search(after):
        return before
    if _is_column(before) and len(after) > len(before) and len(after) >= _MIN_CONTENT:
        return after
    shorter = _COLUMN_AT_END.sub("", text)
    return (
        shorter
        if len(shorter) >= _MIN_CONTENT and not _NAMED.search(text[len(shorter) :])
        else text
    )


def _is_column(words: str) -> bool:
    """A short label without a name of its own, or a boast about others' models."""
    return (len(words) <= _MAX_COLUMN and not _NAMED.search(words)) or words.startswith("全面超越")


def _strip_exclamations(text: str) -> str:
    """Without short shouts before the sentence that tells what it is about."""
    rest = text
    for _ in range(3):
        found = _EXCLAIMED.match(rest)
        if not found or (_STAYS.search(found[1]) and not _NEWS_ALONE.fullmatch(found[1])):
            break
        rest = rest[found.end() :]
    return rest if rest != text and len(rest) >= 10 and _TELLS.search(rest) else text


def _strip_shouts(text: str) -> str:
    """Without short shouts behind a sentence that has told it all."""
    found = _MORE_SHOUTS.match(text)
    return found[1] if found else text


def _strip_end(text: str) -> str:
    """Without venue, download notes, calls to action and dots behind the content."""
    for _ in range(3):
        before = text
        for pattern in (
            _TRAILING_NOTE,
            _TRAILING_YEARS,
            _DOWNLOAD_AT_END,
            _TRAILING_VENUE,
            _TRAILING_CALL,
            _TRAILING_FLUFF,
        ):
            text = _cut(pattern, text)
        if text == before:
            break
    return text
