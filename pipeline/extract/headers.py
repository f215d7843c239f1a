"""The lines that clippers and exporters put above and below a WeChat article.

Lists of keys (`公众号：`, `发布时间:`, `原文链接:`), the line of account and time that copies of the page keep,
and what read-later services add. They are metadata, not text: their addresses are no links of the
article, and a paper's `作者：` or `原文链接：` further down is none of theirs.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.extract.exporter import Front

_PLATFORM = (
    r"(?:mp\.weixin\.qq\.com|zhuanlan\.zhihu\.com|blog\.csdn\.net|juejin\.cn|www\.jianshu\.com)"
)
_URL = re.compile(rf"https?://{_PLATFORM}/[^\s<>()\[\]\"]{{1,1500}}")
_KEY = re.compile(
    r"^[\s>*_|-]{0,8}(?P<key>文章作者|作者|公众号(?:名称)?|账号|来源|文章来源|发布(?:时间|日期|于)|日期|时间|创建时间|发布地|(?:微信)?原文(?:链接|地址)?|文章链接|链接"
    r"|封面图?链接?|抓取时间|保存时间|收藏时间|下载时间|摘要|source|url|link|author|account|published(?: at)?|date|created|original(?: url)?)"
    r"[\s*_]{0,4}[:：][\s*_]{0,4}(?P<value>.{0,1600})$",
    re.IGNORECASE,
)
_SURE = re.compile(r"公众号|账号|发布|抓取|保存|收藏|下载|封面", re.IGNORECASE)
_TIME = r"(?:\d{4}\s?[年/.-]\s?\d{1,2}\s?[月/.-]\s?\d{1,2}\s?日?(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?)?|昨天|今天|前天|\d{1,2}天前)"
_BYLINE = re.compile(
    rf"^(?:(?:原创|转载)\s++)?(?P<before>(?:[^\s\[\]*_][^\[\]*_]{{0,59}}?)?)\s*+(?:\[(?P<account>[^\[\]]{{1,60}})\]\([^()\s]{{0,1500}}(?:\([^()]{{0,20}}\)[^()\s]{{0,40}})?\))?\s*+[*_](?P<time>{_TIME})[*_](?:\s*+[*_]?[\u4e00-\u9fff]{{2,8}}[*_]?)?\s*+$"
)
_CLIPPER = re.compile(
    r"本文由\s*\[?简悦|^\s*\[Read (?:in Cubox|Original)\]|^\s*\[mp\.weixin\.qq\.com\]\(|^\s*https?://mp\.weixin\.qq\.com/\S+\s*$"
    r"|^\s*\[(?:原文|原文链接|查看原文)\]\(https?://mp\.weixin"
)
_TAIL = re.compile(
    r"^[\s*_>#]*(?:继续滑动看下一个|向上滑动看下一个|轻触阅读原文|预览时标签不可点|微信扫一扫|关注该公众号|使用小程序|知道了|允许|取消|×|分析|跳转二维码|修改于.{0,30})[\s*_]*$"
    r"|^\s*\[Read in Cubox\]"
)
_FRAME = " \t\u3000\xa0\r\v\f|*_\\"
"""What stands around a key line: cells, emphasis, a hard line break."""
HEAD = 24
"""Lines at the top that are looked at."""


def cut_lines(lines: list[str], front: Front) -> tuple[list[str], Front]:
    """The lines without a clipper's own, and what its header says where nothing better did."""
    last = len(lines)
    while last and (not lines[last - 1].strip() or _TAIL.search(lines[last - 1][:200])):
        last -= 1
    kept: list[str] = []
    for line in _without_keys(lines[:last][:HEAD]):
        found = _of_line(line) if isinstance(line, str) else line
        if found is None:
            kept.append(str(line))
        else:
            front = _merged(front, found)
    return kept + lines[HEAD:last], front


def _without_keys(lines: list[str]) -> list[str | Front]:
    """The first run of key lines as one `Front`, if it is surely a clipper's."""
    run: list[tuple[int, re.Match[str]]] = []
    for number, line in enumerate(lines):
        key = _KEY.match(line[:2000].rstrip(_FRAME))
        if key:
            run.append((number, key))
        elif run and line.strip(" >-*_"):
            break
    if not run or not _is_header(run):
        return [*lines]
    first, after = run[0][0], run[-1][0] + 1
    return [*lines[:first], _front_of(run), *lines[after:]]


def _is_header(run: list[tuple[int, re.Match[str]]]) -> bool:
    """True where a key only clippers write is among them, or an address of the platform."""
    sure = any(_SURE.search(m["key"]) for _, m in run) or any(
        _URL.search(m["value"]) for _, m in run
    )
    foreign = any(
        "://" in m["value"] and not _URL.search(m["value"]) and "mmbiz" not in m["value"]
        for _, m in run
    )
    return sure and not foreign


def _front_of(run: list[tuple[int, re.Match[str]]]) -> Front:
    front = Front()
    for _, found in run:
        key, value = found["key"].casefold(), found["value"].strip()
        url = _URL.search(value)
        if url:
            front = _merged(front, Front(url=url.group().replace("\\", "")))
        elif re.search(r"公众号|账号|account|来源|source|文章作者", key) and len(value) <= 40:
            front = _merged(front, Front(account=value or None))
        elif re.search(r"作者|author", key) and len(value) <= 80:
            front = _merged(front, Front(author=value or None))
        elif re.search(r"发布(?:时间|日期|于)|^日期|^时间|published|date", key):
            front = _merged(front, Front(published=value.replace("/", "-") or None))
    return front


def _of_line(line: str) -> Front | None:
    """What a single line of a clipper says, None for a line of the article."""
    if _CLIPPER.search(line[:300]):
        found = _URL.search(line[:2000])
        return Front(url=found.group() if found else None)
    byline = _BYLINE.match(line[:2000].strip())
    if byline is None:
        return None
    account = byline["account"]
    return Front(
        account=account, author=byline["before"].strip() or None, published=_day(byline["time"])
    )


def _day(time: str) -> str | None:
    return time if time[:1].isdigit() and len(time) > 6 else None


def _merged(front: Front, more: Front) -> Front:
    """The first word on everything counts."""
    return replace(
        front,
        title=front.title or more.title,
        account=front.account or more.account,
        author=front.author or more.author,
        published=front.published or more.published,
        url=front.url or more.url,
    )
