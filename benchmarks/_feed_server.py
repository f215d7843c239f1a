"""A loopback server of many feeds with latency, which keeps book of how politely it was asked.

    python -m benchmarks._feed_server ENTRIES LATENCY

Prints its port. `/http://h7.example/42.xml` is feed 42 of host h7; `/book` answers with what was
seen since the last look, as JSON: requests, 304s, most in flight in all and per host, the
shortest time between two starts per host, and how many starts at the hosts of `PAUSES` came sooner
after the one before than the host allows.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

HOSTS = 125
PAUSES = {"slow0": 0.25, "slow1": 0.25, "slow2": 0.4}
JITTER = 0.01  # between a start and its arrival here
_PARAGRAPHS = (
    "<p>作者在 <a href='https://arxiv.org/abs/2203.15332'>论文</a> 里提出了一种<strong>轻量</strong>"
    "的骨干网络，在检测、分割和跟踪上与更大的模型相当。</p>",
    "<p>The authors train for 300 epochs with <em>AdamW</em>; see the "
    "<a href='https://github.com/owner/name'>code</a> for every setting &amp; seed.</p>",
    "<p><img data-src='https://img.example/640?wx_fmt=png' width='640' alt='图'></p>",
    "<ul><li>速度：单卡 120 帧每秒</li><li>参数量：28 M</li><li>Top-1: 83.4</li></ul>",
)
_CONTENT = "<section>" + "".join(_PARAGRAPHS) * 10 + "</section>"
_RSS = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>来源 FEED</title>'
    "<link>https://FEED.example/</link><description>d</description>{}</channel></rss>"
)
_RSS_ITEM = (
    "<item><title>FEED 的第 {n} 篇文章：检测与分割</title><link>https://FEED.example/{n}</link>"
    "<guid isPermaLink='false'>FEED-{n}</guid><dc:creator>作者</dc:creator>"
    "<category>视觉</category><pubDate>{day:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
    "<description>导语 {n}</description>"
    "<content:encoded><![CDATA[{content}]]></content:encoded></item>"
)
_ATOM = (
    '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
    "<title>来源 FEED</title><id>tag:FEED</id><updated>2026-09-17T00:00:00Z</updated>{}</feed>"
)
_ATOM_ITEM = (
    "<entry><title type='html'>FEED 的第 {n} 篇文章</title><id>tag:FEED,{n}</id>"
    "<link rel='alternate' href='https://FEED.example/{n}'/><author><name>作者</name></author>"
    "<published>{day:%Y-%m-%dT%H:%M:%SZ}</published>"
    "<updated>{day:%Y-%m-%dT%H:%M:%SZ}</updated>"
    "<content type='html'><![CDATA[{content}]]></content></entry>"
)


def template(frame: str, entry: str, entries: int) -> bytes:
    """A whole feed with `FEED` for its name, an article a day until today."""
    today = datetime.now(UTC)
    items = (
        entry.format(n=n, day=today - timedelta(days=n), content=_CONTENT) for n in range(entries)
    )
    return frame.format("".join(items)).encode()


class Book:
    """What was asked: every start with its host, and who is being served."""

    def __init__(self) -> None:
        self.requests = self.unchanged = self.most = self.too_soon = 0
        self.serving: Counter[str] = Counter()
        self.most_per_host: Counter[str] = Counter()
        self.last_start: dict[str, float] = {}
        self.gap: dict[str, float] = {}

    def start(self, host: str, now: float) -> None:
        """A request came in."""
        self.requests += 1
        self.serving[host] += 1
        self.most = max(self.most, self.serving.total())
        self.most_per_host[host] = max(self.most_per_host[host], self.serving[host])
        if host in self.last_start:
            since = now - self.last_start[host]
            self.gap[host] = min(self.gap.get(host, since), since)
            self.too_soon += since < PAUSES.get(host, 0.0) - JITTER
        self.last_start[host] = now

    def as_json(self) -> bytes:
        """The book's summary."""
        return json.dumps(
            {
                "requests": self.requests,
                "unchanged": self.unchanged,
                "most": self.most,
                "most_per_host": max(self.most_per_host.values(), default=0),
                "gaps": {h: g for h, g in self.gap.items() if h in PAUSES},
                "too_soon": self.too_soon,
            }
        ).encode()


class Server:
    """The feeds and the book."""

    def __init__(self, entries: int, latency: float) -> None:
        self.templates = (
            template(_RSS, _RSS_ITEM, entries),
            template(_ATOM, _ATOM_ITEM, entries),
        )
        self.latency = latency
        self.book = Book()

    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it closes."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(await self.answer(head.decode("latin-1")))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def answer(self, head: str) -> bytes:
        """One response; the request counts as being served until it is written."""
        path = head.split(" ", 2)[1]
        if path == "/book":
            book, self.book = self.book, Book()
            return _reply("200 OK", book.as_json())
        found = re.search(r"([a-z]+\d+)\.example/(\d+)\.xml", path)
        if found is None:
            return _reply("404 Not Found", b"")
        host, number = found.groups()
        book = self.book
        book.start(host, asyncio.get_running_loop().time())
        await asyncio.sleep(self.latency)
        book.serving[host] -= 1
        tag = f'"{number}"'
        if f"if-none-match: {tag}" in head.lower():
            book.unchanged += 1
            return _reply("304 Not Modified", b"", tag)
        body = self.templates[int(number) % 2].replace(b"FEED", b"f" + number.encode())
        return _reply("200 OK", body, tag)


def _reply(status: str, body: bytes, tag: str = "") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: application/xml"]
    if tag:
        lines.append(f"ETag: {tag}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def addresses(feeds: int) -> list[str]:
    """The original address of every feed; `HOSTS` hosts share them."""
    return [f"http://h{n % HOSTS}.example/{n}.xml" for n in range(feeds)]


async def serve(entries: int, latency: float) -> None:
    """Serve until killed."""
    server = await asyncio.start_server(
        Server(entries, latency).client, "127.0.0.1", 0, backlog=512
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
