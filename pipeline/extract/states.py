"""What a page turned out to be: WeChat and its bridges answer errors with HTTP 200.

State pages are short and carry their message in a `weui-msg` title or a `mesg-block`; an article
that merely quotes such a sentence is not one, so messages count only where there is no body.
"""

from __future__ import annotations

import re

from pipeline.types import PageState

_MESSAGES: tuple[tuple[PageState, re.Pattern[str]], ...] = (
    (
        PageState.CAPTCHA,
        re.compile(
            r"环境异常|完成验证后即可继续|访问过于频繁|操作频繁[，,]|请输入验证码|需要您协助验证|secitptpage"
            r"|wappoc_appmsgcaptcha|Just a moment\.\.\.|Checking your browser|unusual traffic|cf-challenge"
        ),
    ),
    (
        PageState.DELETED,
        re.compile(
            r"已被发布者删除|内容已删除|已被作者删除|文章已被删除|has been deleted by the author|deleted by (?:its|the) (?:author|publisher)"
        ),
    ),
    (
        PageState.MIGRATED,
        re.compile(
            r"(?:公众号|帐号|账号)已迁移|已迁移至新的(?:公众号|帐号|账号)|account has been migrated"
        ),
    ),
    (
        PageState.VIOLATION,
        re.compile(
            r"因违规无法查看|违规内容|涉嫌违反|违反.{0,30}(?:法律法规|规定|规范|协议)|(?:帐号|账号)已被(?:屏蔽|封)|被投诉且经审核"
            r"|已停止访问该网页|(?:violates?|violation of) [^.]{0,60}(?:regulation|rules|law|polic)|unable to view this content because"
        ),
    ),
    (
        PageState.EXPIRED,
        re.compile(r"链接已过期|链接已失效|临时链接已|link has expired|expired link"),
    ),
    (
        PageState.UNAVAILABLE,
        re.compile(
            r"暂时无法查看|内容无法查看|无法查看此内容|内容不存在|页面不存在|参数错误|系统出错|Page unavailable|content is (?:temporarily )?unavailable"
        ),
    ),
    (
        PageState.QUOTA,
        re.compile(
            r"访问(?:次数|人数|量)[^。]{0,12}(?:上限|超过|限制)|已达(?:到)?[^。]{0,8}上限|quota"
        ),
    ),
    (
        PageState.BRIDGE_FAILURE,
        re.compile(r"获取全文失败|全文获取失败|获取文章内容失败|抓取全文失败"),
    ),
)
SHORT_PAGE = 1_200
"""Characters of visible text up to which a page may be nothing but a message: the longest state
page of the corpus shows 400."""


def of_message(text: str) -> PageState | None:
    """The state that a short page's visible text announces, None where it announces none."""
    text = text.strip()
    if len(text) > SHORT_PAGE:
        return None
    return next((state for state, pattern in _MESSAGES if pattern.search(text)), None)


SENTENCES: dict[PageState, tuple[str, str, bool]] = {
    PageState.DELETED: (
        "文章已被发布者删除。",
        "无需处理；如有镜像，可把镜像网址放进收件箱。",
        False,
    ),
    PageState.VIOLATION: (
        "内容因违规已被平台屏蔽。",
        "无需处理；如有镜像，可把镜像网址放进收件箱。",
        False,
    ),
    PageState.UNAVAILABLE: (
        "内容暂时无法查看。",
        "稍后会自动重试；也可在浏览器里确认网址是否正确。",
        True,
    ),
    PageState.CAPTCHA: (
        "网站要求验证码（环境异常），没有拿到正文。",
        "请过几个小时再运行，或在浏览器里打开后把页面另存为 HTML 交给程序。",
        True,
    ),
    PageState.EXPIRED: ("链接已过期。", "请换成文章的永久链接（在微信里“复制链接”）。", False),
    PageState.MIGRATED: (
        "公众号已迁移，旧链接不再有正文。",
        "请改用迁移后的文章链接或新公众号的订阅。",
        False,
    ),
    PageState.BRIDGE_FAILURE: (
        "转换服务没有取到全文。",
        "稍后会自动重试；或在 feeds.opml 里为这个公众号换一个来源。",
        True,
    ),
    PageState.QUOTA: ("页面的访问次数已到上限。", "稍后会自动重试。", True),
    PageState.NO_ARTICLE: (
        "页面里没有找到文章正文。",
        "请确认网址指向一篇文章，而不是列表、搜索页或需要登录的页面。",
        False,
    ),
}
