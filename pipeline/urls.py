"""URLs: one canonical form per article, and the identity that WeChat hides in its links."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|spm|from|isappinstalled|scene|chksm|sessionid|subscene|clicktime"
    r"|enterid|ascene|devicetype|version|nettype|lang|pass_ticket|wx_header|exportkey|ref|mpshare"
    r"|srcid|sharer_\w+|mkt_tok|mc_cid|mc_eid|igshid|share_\w+|xtrack|_hs\w+)$",
    re.IGNORECASE,
)
_WECHAT_KEYS = ("__biz", "mid", "idx", "sn")
_ALWAYS_HTTPS = frozenset({"arxiv.org", "github.com", "huggingface.co", "openreview.net"})
"""Sites whose old http links mean the very same page."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """The host of a URL, lower case, without port; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def is_web_url(url: str) -> bool:
    """True for absolute http(s) URLs with a host and without control characters or spaces."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme.lower() in _DEFAULT_PORTS
            and bool(parts.hostname)
            and not re.search(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]", url)
        )
    except ValueError:
        return False


def wechat_identity(url: str) -> str | None:
    """`wechat:biz/mid/idx` of a long link, `wechat:s/KEY` of a short one, else None."""
    if host_of(url) != "mp.weixin.qq.com":
        return None
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query.replace("&amp;", "&")))
    mid, biz = query.get("mid") or query.get("appmsgid"), query.get("__biz")
    if biz and mid:
        return f"wechat:{biz}/{mid}/{query.get('idx') or query.get('itemidx') or '1'}"
    short = re.fullmatch(r"/s/([\w-]{10,})", parts.path)
    return f"wechat:s/{short.group(1)}" if short else None


def picture_identity(url: str) -> str:
    """What names a picture: in WeChat's addresses the file's key, for host, size and format vary."""
    if re.search(r"(?:^|\.)qpic\.cn$", host_of(url)):
        parts = re.sub(r"[?#].*", "", url).split("/")
        if len(parts) > 4 and len(parts[4]) >= 20:
            return parts[4]
    return url


def _text_only(url: str) -> str:
    """Lone surrogates, which nothing can encode, become U+FFFD as in browsers."""
    return url if url.isascii() else _SURROGATES.sub("\ufffd", url)


def canonical_url(url: str) -> str:
    """The same address for the same article: https for WeChat, no tracking, no fragment.

    WeChat long links keep `__biz, mid, idx, sn` in that order and lose `chksm` and `scene`.
    Anything that cannot be parsed is returned stripped but otherwise as it is.
    """
    url = _text_only(url.strip())
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").lower()
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    if not host or scheme not in _DEFAULT_PORTS:
        return url
    if host == "mp.weixin.qq.com":
        return _canonical_wechat(parts.path, parts.query)
    if host in _ALWAYS_HTTPS and port in (None, _DEFAULT_PORTS[scheme]):
        scheme, port = "https", None
    netloc = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(k, v) for k, v in pairs if not _TRACKING.match(k)])
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit((scheme, netloc, path, query, ""))


def _canonical_wechat(path: str, query: str) -> str:
    given = dict(parse_qsl(query.replace("&amp;", "&"), keep_blank_values=True))
    given.setdefault("mid", given.get("appmsgid", ""))
    given.setdefault("idx", given.get("itemidx", ""))
    kept = [(k, given[k]) for k in _WECHAT_KEYS if given.get(k)]
    if given.get("__biz") and given.get("mid"):
        return "https://mp.weixin.qq.com/s?" + urlencode(kept, safe="=")
    if path.startswith("/s/"):
        return f"https://mp.weixin.qq.com{path}"
    rest = urlencode([(k, v) for k, v in given.items() if v and k not in ("chksm", "scene")])
    return f"https://mp.weixin.qq.com{path}" + (f"?{rest}" if rest else "")


_SECRET_KEYS = re.compile(
    r"^(k|key|code|token|secret|auth|pass|password|passwd|pwd|sig|sign|signature|access_\w+|api_?key)$",
    re.I,
)


def redacted_url(url: str) -> str:
    """The address as it may be shown and logged: no password, no token of a private bridge."""
    url = _text_only(url)
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return url.partition("?")[0]
    netloc = parts.netloc.rpartition("@")[2]
    if netloc == parts.netloc and not any(_SECRET_KEYS.match(k) for k, _ in query):
        return url
    shown = [(k, "***" if _SECRET_KEYS.match(k) else v) for k, v in query]
    return urlunsplit((parts.scheme, netloc, parts.path, urlencode(shown, safe="*"), ""))
