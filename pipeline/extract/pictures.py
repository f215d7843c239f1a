"""The lead figure: the one a reader would pick to stand under the item.

Ranked by place, size, ratio and name, before any pixel is known: banners (very wide), dividers,
emoji, avatars, QR codes and tracking pixels are out; the first real figure of the body wins. Those
ranked behind it are kept, to take its place where its pixels show that it is none.
"""

from __future__ import annotations

import re

from pipeline.extract.document import Document, Picture
from pipeline.types import Image

_JUNK = re.compile(
    r"emoji|emotion|avatar|headimg|qrcode|qr_code|erweima|divider|separator|\blogo\b|\bicon|spacer|pixel|badge|shields\.io"
    r"|wx_profile|profile_|mp-common-profile|js_product|reward|follow_|like_|share_|adv?ert|favicon|gravatar|beacon|1x1"
)
_JUNK_HOSTS = re.compile(
    r"//(?:res\.wx\.qq\.com|wx\.qlogo\.cn|img\.shields\.io|hits\.|visitor-badge|static\.zhihu|feeds\.feedburner|camo\.githubusercontent|"
    r"pixel\.|stats\.|secure\.gravatar|www\.google-analytics)|/mmemoji|latex\.codecogs|/equation\?tex="
)
_QR_WORDS = re.compile(
    r"扫码|扫一扫|扫描.{0,8}(?:码|上方|下方|图中|关注)|二维码|长按|识别.{0,6}(?:码|上方|下方|图中|关注)|关注.{0,6}公众号"
    r"|加群|入群|进群|交流群|星标|加微信|小助手|点击上方|赞赏|点个赞|点.{0,4}在看|[“「]在看[”」]"
)
_CAPTION = re.compile(
    r"^\W{0,4}(?:图|Fig(?:ure)?\.?)\s*\d|(?:示意|框架|流程|结构|架构|效果|对比)图\W*$|^(?:pipeline|overview|architecture|framework)\b",
    re.IGNORECASE,
)
MIN_SIDE = 150
MIN_AREA = 60_000
MAX_RATIO = 4.2
MOST_FIGURES = 8
"""Kept of one article; three are looked at, behind those that turn out to be its account's."""
_UPLOADED = "from=appmsg"
"""What WeChat's editor writes into the address of a picture uploaded for the article, since 2023;
what comes from an account's templates has no such mark."""


def figures(document: Document) -> tuple[Image, ...]:
    """The pictures that could lead, best first; empty where only decoration is left."""
    return tuple(picture.image for _, picture, _ in rank(document)[:MOST_FIGURES])


def rank(document: Document) -> list[tuple[float, Picture, str]]:
    """The candidates, best first, each with its score and why."""
    scored: list[tuple[float, Picture, str]] = []
    seen: set[str] = set()
    total = max(len(document.blocks), 1)
    marked = sum(_UPLOADED in picture.image.url for picture in document.pictures) >= 2
    for picture in document.pictures:
        if picture.image.url in seen or junk(picture.image, picture.marks):
            continue
        seen.add(picture.image.url)
        score, why = _score(document, picture, total)
        if marked and "qpic.cn/" in picture.image.url and _UPLOADED not in picture.image.url:
            score, why = score - 0.8, f"{why}; not uploaded for this article as others were"
        scored.append((score, picture, why))
    return sorted((s for s in scored if s[0] > 0), key=lambda s: -s[0])


def junk(image: Image, marks: str = "") -> bool:
    """True for what is surely no figure: by name, host, size or ratio."""
    url = image.url.lower()
    if (
        _JUNK.search(marks)
        or _JUNK.search(f"{url.rsplit('/', 1)[-1]} {image.alt.lower()}")
        or _JUNK_HOSTS.search(url)
    ):
        return True
    width, height = image.width, image.height
    if (width is not None and width < MIN_SIDE) or (height is not None and height < MIN_SIDE * 0.6):
        return True
    if width and height:
        return width * height < MIN_AREA or width / height > MAX_RATIO or height / width > MAX_RATIO
    return False


def _score(document: Document, picture: Picture, total: int) -> tuple[float, str]:
    place = picture.block / total
    score, why = 2.0 - 1.5 * place, [f"at {place:.0%} of the text"]
    if picture.block == 0:
        score, why = score - 0.9, [*why, "before the text: often a banner"]
    if _around(document, picture, _QR_WORDS, 1):
        score, why = score - 2.5, [*why, "beside a call to scan or follow"]
    if _around(document, picture, _CAPTION, 1):
        score, why = score + 0.6, [*why, "has a figure's caption"]
    width, height = picture.image.width, picture.image.height
    if width and height and 0.95 < width / height < 1.05 and place > 0.8:
        score, why = score - 2.0, [*why, "square near the end: a code to scan"]
    if width and width >= 700:
        score, why = score + 0.3, [*why, "large"]
    if ".gif" in picture.image.url.lower() or "wx_fmt=gif" in picture.image.url:
        edge = 0.8 if place < 0.05 or place > 0.9 else 0.1
        score, why = score - (1.3 if picture.block == 0 else edge), [*why, "animated"]
    if picture.image.kind == "video":
        score, why = score - 0.4, [*why, "a video's poster"]
    return score, "; ".join(why)


def _around(document: Document, picture: Picture, pattern: re.Pattern[str], reach: int) -> bool:
    near = document.blocks[max(picture.block - reach, 0) : picture.block + reach]
    texts = (b.text for b in near if len(b.text) < 120)
    return any(pattern.search(text) or pattern.search(text.replace(" ", "")) for text in texts)
