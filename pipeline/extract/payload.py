"""The machine-readable form of an article, and local files as pages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.types import Article, Link, Page

_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
}


def as_json(article: Article) -> dict[str, Any]:
    """What `stardraft extract --json` prints: plain values, times as ISO 8601 in UTC.

    Papers that the article names only by their title follow as links with the id `title:…`.
    """
    return {
        "state": article.state.value,
        "title": article.title,
        "account": article.account,
        "author": article.author,
        "published": article.published.isoformat() if article.published else None,
        "url": article.url,
        "identity": article.identity,
        "language": article.language,
        "text": article.text,
        "images": [
            {"url": i.url, "alt": i.alt, "width": i.width, "height": i.height, "kind": i.kind}
            for i in article.images
        ],
        "lead_image": article.lead_image.url if article.lead_image else None,
        "links": [_link(link) for link in article.links]
        + [_titled(title) for title in article.subjects],
        "issues": [
            {"code": i.code, "sentence": i.sentence, "remedy": i.remedy} for i in article.issues
        ],
    }


_ROLES = {"main": "主要", "mentioned": "提到"}
_KINDS = {
    "paper": "论文", "code": "代码", "dataset": "数据", "demo": "演示", "project": "主页",
    "video": "视频", "other": "其他",
}  # fmt: skip


def explain(article: Article) -> list[str]:
    """The links in reading order as lines for a terminal: role, kind and id, then what the page
    calls it, why it has its role and the text it was found in."""
    order = sorted(article.links, key=lambda k: (k.role != "main", k.position))
    lines = [line for link in order for line in _explained(link)]
    for subject in article.subjects:
        lines += [f"{_ROLES['main']}  论文  {subject}", "      原因  文章只给出标题，没有链接"]
    return lines or ["没有找到论文或代码链接。"]


def _explained(link: Link) -> list[str]:
    said = {
        "标题": link.title,
        "标签": link.label,
        "原因": link.reason,
        "原文": " ".join(link.evidence.split()),
    }
    head = f"{_ROLES[link.role]}  {_KINDS.get(link.kind, link.kind)}  {link.id}"
    return [head, *(f"      {name}  {text}" for name, text in said.items() if text)]


def _link(link: Link) -> dict[str, Any]:
    kind = "code" if link.id.startswith("huggingface.co/") else link.kind
    return {
        "id": link.id,
        "kind": kind,
        "role": link.role,
        "url": link.url,
        "title": link.title,
        "label": link.label,
        "evidence": link.evidence,
        "position": link.position,
        "reason": link.reason,
    }


def _titled(title: str) -> dict[str, Any]:
    return {
        "id": f"title:{title}",
        "kind": "paper",
        "role": "main",
        "url": "",
        "title": title,
        "label": "",
        "evidence": title,
        "position": 0,
        "reason": "文章只给出标题，没有链接",
    }


def read_path(path: Path, clock_now: datetime) -> Page:
    """A local file as a page: HTML, gzipped HTML or Markdown, by name; raises `OSError`."""
    name = path.name.removesuffix(".gz")
    address = path.resolve().as_uri().removesuffix(".gz")
    return Page(
        url=address,
        final_url=address,
        body=path.read_bytes(),
        fetched_at=clock_now,
        content_type=_TYPES.get(Path(name).suffix.lower()),
        origin="file",
    )
