"""One message to one address, through Apprise; the address itself is never said aloud."""

from __future__ import annotations

import logging
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pipeline.errors import Issue
from pipeline.notify.messages import Message


def send(address: str, message: Message, timeout: float) -> Issue | None:
    """Send it; None where the service took it, else why not. Never raises for a service.

    `timeout` in seconds bounds connecting and reading. Addresses carry tokens, so neither the
    issue nor a log line names more than the kind of service.
    """
    import apprise

    # Apprise logs addresses and answers, either of which may hold the token.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    service = apprise.Apprise()
    if not service.add(_patient(address, timeout)):
        return _issue(
            address, "notify.bad_address", "这个通知地址 Apprise 看不懂。", temporary=False
        )
    try:
        taken = service.notify(body=message.body, title=message.title)
    except Exception:  # a plugin's own bug must not cost the reader the note, nor show its URL
        taken = False
    if taken:
        return None
    return _issue(address, "notify.refused", "通知没有送到：对方没有回应或拒绝了。", temporary=True)


def _patient(address: str, timeout: float) -> str:
    """The address with our time-outs, unless it says its own (Apprise: `cto` and `rto`)."""
    parts = urlsplit(address)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "cto" in asked or "rto" in asked:
        return address
    limits = urlencode({"cto": f"{timeout:g}", "rto": f"{timeout:g}"})
    query = f"{parts.query}&{limits}" if parts.query else limits
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))


def _issue(address: str, code: str, sentence: str, *, temporary: bool) -> Issue:
    kind = address.partition("://")[0][:20] if "://" in address else "?"
    return Issue(
        subject=f"通知（{kind}）",
        code=code,
        sentence=sentence,
        remedy="笔记不受影响；检查 [notify] 的地址，写法见 docs/operating.md。",
        temporary=temporary,
    )
