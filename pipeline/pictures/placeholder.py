"""WeChat's stand-in for a picture it does not give away: a valid picture with the wrong content.

qpic.cn answers a Referer it does not like with HTTP 200 and a notice drawn as a picture. No
list of its hashes can be trusted to stay true, so it is told by what it cannot know: the article
said which proportions its picture has, the address says where it moves, and no two different
pictures of one morning have the very same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.errors import Issue
from pipeline.pictures.check import Picture
from pipeline.types import Image
from pipeline.urls import host_of

WECHAT_REFERER = "https://mp.weixin.qq.com/"
"""With it the picture itself is given; without, the stand-in."""
_SAME_SHAPE = 0.1
"""Relative difference of width to height: WeChat scales pictures and rounds to whole pixels."""


def is_wechat(url: str) -> bool:
    """True for WeChat's picture hosts."""
    return re.search(r"(?:^|\.)(?:qpic|qlogo)\.cn$", host_of(url)) is not None


def referer_of(url: str, article: str) -> str | None:
    """The Referer to ask with: WeChat's own for WeChat, elsewhere the article's address."""
    return WECHAT_REFERER if is_wechat(url) else article or None


def not_the_picture(
    picture: Picture, url: str, told: Image | None = None, seen: Mapping[str, str] | None = None
) -> Issue | None:
    """Why the picture cannot be the one that `url` stands for, None where nothing speaks against.

    `told` is what the article said of it; `seen` maps digests to the address that brought them.
    Only WeChat's hosts are doubted.
    """
    if not is_wechat(url):
        return None
    other = (seen or {}).get(picture.digest)
    if other is not None and _key(other) != _key(url):
        return _stand_in(url)
    moves = "wx_fmt=gif" in url or "/mmbiz_gif/" in url or "/sz_mmbiz_gif/" in url
    if moves and picture.kind not in ("gif", "webp"):
        return _stand_in(url)
    return _stand_in(url) if told and _other_shape(picture, told) else None


def _key(url: str) -> str:
    """What names the picture in WeChat's address: host, size and format may differ."""
    parts = re.sub(r"[?#].*", "", url).split("/")
    return parts[4] if len(parts) > 4 else url


def _other_shape(picture: Picture, told: Image) -> bool:
    if not told.width or not told.height:
        return False
    said, is_ = told.width / told.height, picture.width / picture.height
    rounding = 1 / min(picture.width, picture.height)
    return abs(said - is_) > said * (_SAME_SHAPE + rounding)


def _stand_in(url: str) -> Issue:
    return Issue(
        subject=url,
        code="picture.placeholder",
        sentence="微信给的不是原图，是“未经允许不可引用”一类的替代图，没有保存。",
        remedy="笔记里仍用原来的网址；也可以在浏览器里存下原图放到笔记旁边。",
        temporary=True,
    )
