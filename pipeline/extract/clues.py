"""The clues that speak for or against a link being main, each with a weight and a reason.

Wording (labels such as 论文链接), layout (a line of its own, a list of references), agreement with
the title of article or section, and repetition. The weights are round numbers, set by hand on half
of the labelled articles and on unlabelled ones, then checked on the other half.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.extract.context import Context
from pipeline.extract.subjects import is_title, tidy
from pipeline.text import normal_title

Clue = tuple[float, str]

_PAPER_LABEL = re.compile(
    r"论文|paper|原文(?!地址为公众号)|文章(?:链接|地址|题目|标题|名)|arxiv|预印本|preprint|技术报告|technical report|\bpdf\b|publication|题目|标题|\btitle\b|文献地址|白皮书|全文|报告|\burl\b|\bdoi\b|\babs\b|传送门|直达|链接|地址|\blink\b",
    re.IGNORECASE,
)
_CODE_LABEL = re.compile(
    r"代码|code|git\s?hub|gitee|gitlab|源码|开源|项目|仓库|库地址|传送门|直达|\brepo|工程|实现|主页|project|hugging\s?face|模型|model|权重|weights?|数据集?|dataset|toolkit|工具|链接|地址|\blink\b|官网|homepage|demo|体验|\bhf\b|\bdata\b|插件|程序|脚本|复现|下载|benchmark|(?:框架|库|基准|评测)\s?[:：]$",
    re.IGNORECASE,
)
_PAPER_LINE = re.compile(
    r"(?:论文|paper|原文|arxiv|文献)(?:的|原文|全文)*(?:下载|访问|阅读|pdf)?\s?(?:链接|连接|地址|网址|link|url|address|pdf)|^\W*(?:\[?\d*\]?)?\W*(?:论文|paper|arxiv|pdf|原文|文章)\W*$",
    re.IGNORECASE,
)
_CODE_LINE = re.compile(
    r"代码|源码|\bcode\b|git\s?hub|gitee|仓库|库地址|\brepo|开源|项目", re.IGNORECASE
)
_CODE_ADDRESS = re.compile(
    r"(?:代码|code|git\s?hub|源码|项目|仓库|repo|开源)\s?(?:仓库|项目)?\s?(?:链接|地址|网址|link|url)",
    re.IGNORECASE,
)
_UPKEEP = re.compile(
    r"维护[了的]|学习仓库|学习笔记仓库|学习资料|更多.{0,14}(?:知识|内容|资料|实现|解读|文章|笔记|论文)|欢迎(?:大家)?(?:关注|加入|收藏)",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"本文|本项目|本工作|我们的|我们(?:已|将|把|还)|我的|我把|我(?:将|已)|笔者|放[到在]|上传[到至]|开源[在到于至了]|已开源|开源地址|开放(?:源|下载)|完整(?:的)?(?:代码|工程|实现)|全部代码|公布|发布|收录|整理|求\s?star|点个?\s?star|点star|star一下|官方(?:代码|实现|仓库|repo|github)|release|open[- ]?sourced?",
    re.IGNORECASE,
)
_BORROWED = re.compile(
    r"参考(?!答案)|借鉴|改编|基于|来自|来源|源自|摘自|引自|类似|例如|比如|对比|依赖|感谢|灵感|见[:：]?$|详见|可[以]?(?:看|见)|像|\brefer|based on|\bsee\b|\bvia\b|issue|\bPR\b|pull request|安装|作者的另|其他|其它|另一|另外",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"(?:本文|这篇(?:文章|博客|推文)?|今天|今日|本期|本次|接下来|下面)[^，。；]{0,8}(?:介绍|解读|分享|讲解|带来|推荐|要讲|要说|聊聊|来看|讲的)"
    r"|我们(?:团队|组)?的?(?:一个|一篇|一项|这个|这篇)?(?:最新|新|近期)的?(?:作品|工作|论文|文章|成果)"
)
_NAME_LABEL = re.compile(r"\W{0,3}((?=[\w-]*[A-Z])[A-Za-z][\w+-]{3,30})\s?[:：]\s?")
_REFERRED = re.compile(
    r"\W{0,3}(?:\d{1,2}[.、)]\s?)?(?:代码)?(?:主要)?(?:参考|借鉴|依赖)(?!链接|地址|答案)"
)
_SAID_IN = re.compile(r"[\s`）)\]】》]{0,4}[里中]\s?(?:提到|指出|所说|所述|说过?|也有)")
_GENERIC = re.compile(r"\b(?:git\s?hub|paper|code|arxiv|pdf|repo|link|url)\b", re.IGNORECASE)
_ASIDE = re.compile(
    r"还有[^，。]{0,14}(?:工具|项目|产品|平台)|也(?:欢迎|可以)(?:试用|体验|关注|使用)|(?:更多|其他|其它)[^，。]{0,8}(?:工具|项目|产品)"
)
_EARLIER = re.compile(r"baseline|基线|此前|以往|早先|前人|先前|随后|启发|不同于|相比|对比")
_DEEP = re.compile(r"/(?:issues|pull|discussions|commit|compare|wiki)(?:/|$)")
_CLONE = re.compile(r"git\s+clone\s+(?:--?[\w-]+\s+(?:\d+\s+)?)*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is known of the whole article when one link is judged."""

    title: str
    counts: Mapping[str, int]
    papers: tuple[str, ...]
    codes: tuple[str, ...]
    titles: Mapping[str, str]
    headings: frozenset[str]
    """The names of the article's sections, in normal form."""
    entitled: bool
    """True where the article's title names one of the repositories."""
    recurring: str | None
    """The paper the body comes back to again and again."""
    featured: frozenset[str]
    """Papers of the bibliography that stand in the body as items with their full title."""
    sources: bool
    """True where the references list three pages or more that are neither paper nor code."""
    text: str
    bare: bool
    """True where the body has no paper link and a short list of references has one or two."""


def clues_of(scene: Scene, context: Context) -> Iterator[Clue]:
    """Everything that speaks for or against a mention being main."""
    if context.mention.kind == "paper":
        return _paper_clues(scene, context)
    return _code_clues(scene, context)


def _places(context: Context, explicit: bool) -> Iterator[Clue]:
    """Where it stands. A list of references is no verdict on a line with a label of its own."""
    if context.section == "references":
        yield (-1.0, "在参考资料里，但有自己的标签") if explicit else (-3.0, "在参考资料里")
    elif context.section == "related":
        yield -4.0, "在相关工作或延伸阅读里"
    elif context.section == "promotion":
        yield -5.0, "在往期推荐或账号推广里"
    if context.cited and context.section != "references" and not explicit:
        yield -1.5, "写成引文的样子"
    if context.in_code and not _CLONE.search(context.lead):
        yield -1.5, "写在代码或注释里"


def _paper_clues(scene: Scene, context: Context) -> Iterator[Clue]:
    mention = context.mention
    strong = bool(_PAPER_LINE.search(context.label))
    yield from _places(context, strong and not _of_a_source(scene, context))
    if context.alone and (strong or _PAPER_LABEL.search(context.label)):
        yield 3.0, f"单独一行，标明“{context.label[-20:]}”"
    elif strong or _PAPER_LINE.search(context.lead[-15:]):
        yield 2.0, "前面标明是论文链接"
    elif _PAPER_LABEL.search(f"{context.label}{context.lead[-15:]}"):
        yield 1.0, "前面提到论文"
    elif context.alone and context.section == "body" and not _EARLIER.search(context.lead):
        yield 1.0, "单独成行"
    if context.alone and not strong and _PAPER_LINE.search(context.group):
        yield 2.0, f"在“{context.group[-20:]}”的列表里"
    elif context.alone and len(context.heading) <= 20 and _PAPER_LINE.search(context.heading):
        yield 2.0, f"在“{context.heading}”一节里"
    if context.paired:
        yield 2.0, "与代码链接成对"
    elif context.alone and context.section == "body" and _is_entry(context):
        yield 1.0, "以论文标题为条目"
    if context.alone and context.section == "body" and _spoken_of(scene, context):
        yield 1.0, "标签是文中多次谈到的名字"
    if scene.recurring == mention.id:
        yield 1.5, "正文反复提到这一篇"
    if mention.id in scene.featured:
        yield 5.0, "论文标题在正文里单独成条"
    if context.alone and normal_title(context.label) in scene.headings:
        yield 2.0, "标签就是文中一节的名称"
    if _introduced(context):
        yield 2.0, "说明是本文要讲的论文"
    named = scene.titles.get(mention.id)
    if named and (agrees(named, scene.title) or agrees(named, context.heading)):
        yield 3.0, "论文标题与文章或小节的标题一致"
    if scene.papers == (mention.id,):
        yield 1.5, "全文唯一的论文链接"
    elif scene.papers[:1] == (mention.id,) and context.place < 0.3:
        yield 1.0, "开头给出的第一篇论文"
    alike = not _of_a_source(scene, context)
    if scene.bare and alike and context.section == "references" and named is None:
        yield 4.5, "正文没有别的论文链接，参考资料只有这一两篇"
    if context.entry and not strong:
        yield -4.0, "上一行写明是参考文献"
    if not context.alone and _SAID_IN.match(context.tail):
        yield -1.5, "后文只引用其中的说法"
    if _BORROWED.search(context.lead[-15:]) or (not strong and _EARLIER.search(context.lead)):
        yield -1.0, "前文说明是参考或此前的工作"


def _of_a_source(scene: Scene, context: Context) -> bool:
    """True for `GEPA 论文：` in a list of all sources of a report that has another title."""
    names = re.findall(r"[A-Za-z][\w-]{2,}", _GENERIC.sub(" ", context.label))
    ours = scene.title.casefold()
    return scene.sources and bool(names) and not any(name.casefold() in ours for name in names)


def _spoken_of(scene: Scene, context: Context) -> bool:
    """True where the label is a name (`D-LinkNet：`) that the article uses three times or more."""
    name = _NAME_LABEL.fullmatch(context.label)
    return name is not None and scene.text.count(name[1]) >= 4


def _introduced(context: Context) -> bool:
    """True where the words before it announce it; what is compared to it is not announced."""
    lead = context.lead[-90:]
    said = [*_INTRODUCED.finditer(lead)]
    return bool(said) and not (
        _BORROWED.search(lead[said[-1].end() :]) or _EARLIER.search(lead[said[-1].end() :])
    )


def _is_entry(context: Context) -> bool:
    """True where the link's own text or the line above it is a title, as in a list of papers."""
    own = (context.mention.anchor, context.above)
    return any(is_title(tidy(re.sub(r"^\W*\d{1,3}[.、)]\s*", "", text))) for text in own)


def _code_clues(scene: Scene, context: Context) -> Iterator[Clue]:
    mention = context.mention
    explicit = bool(_CODE_LINE.search(context.label))
    yield from _places(context, explicit and not _of_a_source(scene, context))
    if context.alone and _CODE_LABEL.search(context.label) and not context.cited:
        yield 2.5, f"单独一行，标明“{context.label[-20:]}”"
    elif _CODE_ADDRESS.search(context.label) or _CODE_ADDRESS.search(context.lead[-15:]):
        yield 2.0, "前面标明是代码地址"
    elif context.alone and _CODE_LINE.search(context.group):
        yield 2.0, f"在“{context.group[-20:]}”的列表里"
    elif context.alone and len(context.heading) <= 20 and _CODE_ADDRESS.search(context.heading):
        yield 2.0, f"在“{context.heading}”一节里"
    elif _CODE_LABEL.search(context.label) or _CODE_LINE.search(context.lead[-40:]):
        yield 1.0, "前面标明是代码"
    promoted = _promoted(context)
    if _owned(context) and not promoted:
        yield 2.0, "说明是本文公开的代码"
    if in_title(mention.id, scene.title):
        yield 3.0, "仓库名出现在文章标题里"
    elif shares_words(mention.id, scene.title):
        yield 1.0, "仓库名与文章标题有共同的词"
    elif in_title(mention.id, context.heading):
        yield 2.0, "仓库名出现在小节标题里"
    if context.alone and not scene.entitled and in_title(mention.id, context.topic):
        yield 2.5, "上一段以仓库名开头"
    if context.paired and context.section == "body":
        yield 1.5, "与论文链接成对"
    if _CLONE.search(context.lead):
        yield 1.0, "教程要求克隆它"
    if scene.counts.get(mention.id, 0) >= 2:
        yield 1.0, "正文多次给出"
    if scene.codes == (mention.id,):
        yield 1.0, "全文唯一的仓库"
        if context.alone and context.section == "body" and "/spaces/" not in mention.url:
            yield 0.5, "单独成行"
        alike = not _of_a_source(scene, context)
        if context.section == "references" and scene.papers and scene.bare and alike:
            yield 4.5, "参考资料里与论文成对的唯一仓库"
    if _BORROWED.search(context.lead[-40:] or context.label):
        yield -2.0, "前文说明只是参考或依赖"
    if _REFERRED.match(context.lead[-40:].lstrip() or context.label):
        yield -1.5, "标签说明只是参考"
    if context.place > 0.8 and _ASIDE.search(f"{context.lead[-40:]} {context.label}"):
        yield -2.5, "文末顺带推荐的其他项目"
    if promoted:
        yield -3.0, "作者顺带推广的学习仓库"
    if "/blob/" in mention.given:
        yield -1.0, "指向仓库里的某个文件"
    if points_inside(mention.given):
        yield -1.5, "指向议题、合并请求或百科页"


def points_inside(address: str) -> bool:
    """True for an address of an issue, a pull request, a commit or a wiki page."""
    return bool(_DEEP.search(address))


def _promoted(context: Context) -> bool:
    """True where the author recommends a collection of notes in passing."""
    said = [m.group() for part in (context.lead, context.label) for m in _UPKEEP.finditer(part)]
    upkeep = any(word.startswith(("维护", "学习")) for word in said)
    return upkeep or (bool(said) and (not context.alone or context.place > 0.8))


def _owned(context: Context) -> bool:
    """True where the words around say that it is the article's own; the nearest words count."""
    lead = context.lead[-50:]
    own = max((m.start() for m in _OWN.finditer(lead)), default=-1)
    borrowed = max((m.start() for m in _BORROWED.finditer(lead)), default=-1)
    if own > borrowed:
        return True
    return bool(_OWN.search(context.label if borrowed < 0 else "") or _OWN.search(context.tail))


def agrees(named: str, title: str) -> bool:
    """True where the article's title names the paper: its acronym, or most of its words."""
    theirs, ours = normal_title(named), normal_title(title)
    head = normal_title(named.split(":")[0]) if ":" in named else ""
    if head and 3 <= len(head) <= 40 and f" {head} " in f" {_spaced(ours)} ":
        return True
    words = {w for w in theirs.split() if len(w) > 3}
    return len(words) >= 3 and sum(w in ours for w in words) >= 0.6 * len(words)


def _spaced(text: str) -> str:
    """Latin words set off from the Chinese ones around them."""
    return " ".join(re.sub(r"([a-z0-9+]+(?: [a-z0-9+]+)*)", r" \1 ", text).split())


def shares_words(repository: str, title: str) -> bool:
    """True where at least half of the words of a composed name are words of the title."""
    words = [w for w in re.split(r"[\W_]+", repository.rsplit("/", 1)[-1].casefold()) if len(w) > 2]
    ours = set(re.findall(r"[a-z0-9]+", title.casefold()))
    return len(words) >= 2 and sum(w in ours for w in words) * 2 >= len(words)


def in_title(repository: str, title: str) -> bool:
    """True where the repository's name is a word of the article's title."""
    name = re.sub(r"[\W_]+", "", repository.rsplit("/", 1)[-1]).casefold()
    if len(name) < 3:
        return False
    for run in re.findall(r"[a-z0-9]+(?:[\s_.-]+[a-z0-9]+)*", title.casefold()):
        words = re.split(r"[\s_.-]+", run)
        for first in range(len(words)):
            for last in range(first + 1, min(first + 6, len(words)) + 1):
                joined = "".join(words[first:last])
                if joined == name or (joined.startswith(name) and joined[len(name) :].isdigit()):
                    return True
    return False
