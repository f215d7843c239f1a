"""Who may ask and who may write: every request passes here before any page is made.

A page on another site can make the reader's browser send requests to this server. So the `Host`
must be one of ours (against DNS rebinding), a write must come from our own page (`Sec-Fetch-Site`
or `Origin`) and carry the token that only our pages know, and nothing is written by GET. Answers
may be framed, sniffed or scripted by nobody.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 256 * 1024
_MAX_FIELDS = 100
_COOKIE = "stardraft"
_READS = frozenset({"GET", "HEAD"})
_FORM = "application/x-www-form-urlencoded"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the guard compares with: `hosts` as they stand in a `Host` header, lower case.

    `secret` signs forms and pictures; `token` is asked for where it is not empty.
    """

    hosts: frozenset[str]
    secret: bytes
    token: str = ""

    @property
    def form_token(self) -> str:
        """The token that every form of ours carries."""
        return self.sign("form")

    def sign(self, *words: str) -> str:
        """A signature over these words that only this workspace can make, 32 hex digits."""
        text = "\0".join(words).encode("utf-8", "surrogatepass")
        return hmac.new(self.secret, text, sha256).hexdigest()[:32]

    def signed(self, signature: str, *words: str) -> bool:
        """True where the signature is ours; takes the same time for every wrong one."""
        return _same(self.sign(*words), signature)


def local_hosts(port: int, more: Iterable[str] = ()) -> frozenset[str]:
    """The `Host` headers of a server on this machine, and further names with its port."""
    names = ("127.0.0.1", "localhost", "[::1]", *more)
    return frozenset(f"{name.strip().lower()}:{port}" for name in names)


class Guard:
    """The middleware. A refused request is answered in plain words and touches nothing."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app, self._gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge an HTTP request and pass it on; anything else (a web socket) is closed."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refused = self._judge(scope) or await self._read_form(scope, receive)
        answer = refused or self._app
        await answer(scope, receive, _hardened(send))

    def _judge(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._gate.hosts:
            return PlainTextResponse("这个地址不在名单上。Unknown host.", status_code=421)
        if scope["method"] not in (*_READS, "POST"):
            return PlainTextResponse("Method not allowed.", status_code=405)
        if scope["method"] == "POST" and not same_origin(headers, scope["scheme"]):
            return PlainTextResponse("别的网站不能改这里。Cross-site write.", status_code=403)
        return self._ask_token(Request(scope)) if self._gate.token else None

    def _ask_token(self, request: Request) -> Response | None:
        """The token once in the address, from then on in a cookie that scripts cannot read."""
        proof = self._gate.sign("cookie", self._gate.token)
        if _same(proof, request.cookies.get(_COOKIE, "")):
            return None
        given = request.query_params.get("token", "")
        if request.method not in _READS or not _same(self._gate.token, given):
            return PlainTextResponse("需要口令：?token=…。A token is needed.", status_code=401)
        rest = [pair for pair in parse_qsl(request.url.query) if pair[0] != "token"]
        answer = RedirectResponse(_local(request.url.path, rest), status_code=303)
        answer.set_cookie(_COOKIE, proof, httponly=True, samesite="strict", path="/")
        return answer

    async def _read_form(self, scope: Scope, receive: Receive) -> Response | None:
        if scope["method"] != "POST":
            return None
        headers = Headers(scope=scope)
        if headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            return PlainTextResponse("Only forms are taken.", status_code=415)
        body = await _body(headers, receive)
        if body is None:
            return PlainTextResponse("太大了。The form is too large.", status_code=413)
        form = parse_form(body)
        if form is None or not _same(self._gate.form_token, form.get("csrf", "")):
            return PlainTextResponse("页面过期了，请重新载入。Reload the page.", status_code=403)
        scope.setdefault("state", {})["form"] = form
        return None


def same_origin(headers: Headers, scheme: str) -> bool:
    """True where the browser says that our own page sent this write; silence is a no."""
    fetched = headers.get("sec-fetch-site")
    if fetched is not None and fetched != "same-origin":
        return False
    origin = headers.get("origin")
    if origin is None or origin == "null":
        # A page under no-referrer posts with the origin `null`; only Sec-Fetch-Site vouches then.
        return fetched == "same-origin"
    parts = urlsplit(origin)
    return parts.scheme == scheme and parts.netloc.lower() == headers.get("host", "").lower()


def parse_form(body: bytes) -> Mapping[str, str] | None:
    """The form's fields, the first of each name; None where it is none."""
    try:
        fields = parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=False,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        return None
    return {name: values[0].replace("\r\n", "\n") for name, values in fields.items()}


async def _body(headers: Headers, receive: Receive) -> bytes | None:
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        return None
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _local(path: str, query: list[tuple[str, str]]) -> str:
    """A path on this server, whatever the path looked like (`//elsewhere` is one too)."""
    clean = "/" + path.lstrip("/\\")
    return f"{clean}?{urlencode(query)}" if query else clean


def _hardened(send: Send) -> Send:
    async def hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return hardened


def _same(ours: str, given: str) -> bool:
    return hmac.compare_digest(ours.encode(), given.encode("utf-8", "surrogatepass"))
