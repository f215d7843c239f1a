"""WeChat's stand-in is told by what it cannot know."""

from __future__ import annotations

import pytest

from pipeline.pictures import Picture, check_picture, not_the_picture
from pipeline.pictures.placeholder import WECHAT_REFERER, is_wechat, referer_of
from pipeline.types import Image
from tests.pictures import samples

URL = "https://mmbiz.qpic.cn/mmbiz_png/Aaa111/640?wx_fmt=png"
OTHER = "https://mmbiz.qpic.cn/mmbiz_png/Bbb222/640?wx_fmt=png"


def picture(body: bytes) -> Picture:
    found = check_picture(body)
    assert isinstance(found, Picture)
    return found


def test_another_shape_than_the_article_said() -> None:
    told = Image(url=URL, width=1080, height=607)
    assert not_the_picture(picture(samples.png(640, 360)), URL, told) is None
    found = not_the_picture(picture(samples.png(300, 300)), URL, told)
    assert found
    assert (found.code, found.subject, found.temporary) == ("picture.placeholder", URL, True)


def test_the_same_bytes_under_two_names() -> None:
    one = picture(samples.png())
    assert not_the_picture(one, OTHER, None, {one.digest: URL})
    assert not_the_picture(one, URL, None, {one.digest: URL}) is None
    again = URL.replace("/640?wx_fmt=png", "/0?wx_fmt=jpeg&tp=webp")
    assert not_the_picture(one, again, None, {one.digest: URL}) is None


def test_a_still_picture_where_the_address_says_it_moves() -> None:
    url = "https://mmbiz.qpic.cn/mmbiz_gif/Aaa111/640?wx_fmt=gif"
    assert not_the_picture(picture(samples.png()), url)
    assert not_the_picture(picture(samples.gif()), url) is None


def test_a_thin_picture_may_be_rounded() -> None:
    told = Image(url=URL, width=1080, height=33)
    assert not_the_picture(picture(samples.png(640, 20)), URL, told) is None


def test_other_hosts_are_not_doubted() -> None:
    url = "https://example.org/a.gif"
    told = Image(url=url, width=10, height=900)
    assert not_the_picture(picture(samples.png()), url, told) is None


@pytest.mark.parametrize(
    ("url", "wechat"),
    [
        (URL, True),
        ("https://qpic.cn/x", True),
        ("https://notqpic.cn/x", False),
        ("https://qpic.cn.evil.example/x", False),
        ("https://wx.qlogo.cn/x", True),
        ("", False),
    ],
)
def test_who_is_asked_with_which_referer(url: str, wechat: bool) -> None:
    assert is_wechat(url) is wechat
    assert referer_of(url, "https://a.example/1") == (
        WECHAT_REFERER if wechat else "https://a.example/1"
    )
    assert referer_of("https://x.example/i.png", "") is None
