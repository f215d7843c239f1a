"""Every way a request can fail, in words the reader understands and with a remedy."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import Issue
from pipeline.urls import redacted_url


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of failure; `temporary` says that trying again later may help."""

    sentence: str
    remedy: str
    temporary: bool


CAUSES = {
    "bad_url": Cause("网址无效，或者不是 http/https 网址", "请检查并改正这个网址", temporary=False),
    "forbidden_address": Cause(
        "网址指向本机、内网或保留地址，已拒绝访问",
        "如果这是你自己的桥接服务，请把它的“主机:端口”加进设置里允许的内网地址",
        temporary=False,
    ),
    "dns": Cause("找不到这个域名", "请检查网址拼写和网络；下次运行会再试", temporary=True),
    "refused": Cause("对方拒绝连接", "对方可能停机了；下次运行会再试", temporary=True),
    "connect": Cause("连接不上对方", "请检查网络和代理设置；下次运行会再试", temporary=True),
    "reset": Cause("连接中途被对方断开", "下次运行会再试", temporary=True),
    "timeout": Cause("在限定时间内没有传完", "对方太慢或没有响应；下次运行会再试", temporary=True),
    "tls": Cause(
        "对方的安全证书无效", "可能是证书过期或被网络劫持；请在浏览器里打开核对", temporary=True
    ),
    "protocol": Cause(
        "对方的回应不符合 HTTP 规范", "请在浏览器里打开，看看网址是否还有效", temporary=True
    ),
    "truncated": Cause("内容没有传完整就断了", "下次运行会再试", temporary=True),
    "bad_encoding": Cause(
        "内容的压缩格式损坏或不受支持", "请在浏览器里打开，看看内容是否正常", temporary=True
    ),
    "too_large": Cause(
        "内容太大，已停止下载", "如果确实需要它，请调大设置里的下载上限", temporary=False
    ),
    "too_many_redirects": Cause(
        "跳转次数太多，或者在原地打转", "请在浏览器里打开，换成最终的网址", temporary=False
    ),
    "bad_redirect": Cause(
        "对方要求跳转，但没有给出可用的网址", "请在浏览器里打开，换成最终的网址", temporary=False
    ),
    "robots": Cause(
        "网站的 robots.txt 不允许程序抓取这一页",
        "请在浏览器里阅读，或者另存为网页放进 saved 文件夹；"
        "若只是本人低频阅读，也可在设置的 robots_exempt 里写上这个网站",
        temporary=True,
    ),
    "not_found": Cause("页面不存在（404）", "文章可能已删除，或者网址有误", temporary=False),
    "gone": Cause("页面已被永久删除（410）", "请从订阅里移除，或者换一个网址", temporary=False),
    "denied": Cause(
        "对方不允许访问（需要登录或被拦截）", "请在浏览器里打开，看看是否需要登录", temporary=False
    ),
    "rate_limited": Cause("请求太频繁，对方要求稍后再来", "程序会按对方的要求等候", temporary=True),
    "unavailable": Cause("对方暂时无法服务（503）", "程序会稍后再试", temporary=True),
    "server_error": Cause("对方服务器出错", "下次运行会再试", temporary=True),
    "http_status": Cause("对方返回了错误状态", "请在浏览器里打开核对网址", temporary=False),
    "proxy": Cause("代理服务器不可用或设置有误", "请检查设置里的代理地址", temporary=True),
}

_STATUS = {401: "denied", 403: "denied", 404: "not_found", 407: "proxy", 410: "gone", 451: "denied"}
_STATUS |= {408: "timeout", 429: "rate_limited", 503: "unavailable"}


def cause_of_status(status: int) -> str:
    """The name in `CAUSES` for an HTTP status that brought no page."""
    return _STATUS.get(status) or ("server_error" if status >= 500 else "http_status")


class FetchFailure(Exception):
    """Ends one request; `retry_after` is the server's wish in seconds, `asked` whether there was one."""

    def __init__(self, cause: str, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(cause, detail)
        self.cause = cause
        self.detail = detail
        self.retry_after = retry_after
        self.asked = True

    def issue(self, url: str) -> Issue:
        """What the reader is told."""
        cause = CAUSES[self.cause]
        return Issue(
            subject=redacted_url(url),
            code=f"fetch.{self.cause}",
            sentence=f"{cause.sentence}：{self.detail}" if self.detail else cause.sentence,
            remedy=cause.remedy,
            temporary=cause.temporary,
        )
