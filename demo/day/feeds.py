"""The feeds of the sample day, in the shapes in which real ones arrive.

`bridge_json` is the JSON Feed of the wewe-rss bridge; `account_rss` the RSS of a static WeChat
mirror (no guid, long http links); `atom` a blog with full content; `arxiv_rss` rss.arxiv.org.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from demo.day.article import Source
from demo.day.pages import blog_content, wechat_content
from demo.world import PaperFacts

FAILURE_TEXT = "获取全文失败，请重试~"
_BEIJING = ZoneInfo("Asia/Shanghai")
_ITHACA = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """A feed's address and title; `hangs` in seconds is how long it lets a reader wait."""

    name: str
    url: str
    title: str
    site: str = ""
    description: str = ""
    hangs: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A paper in arXiv's daily list: `kind` is `new`, `cross`, `replace` or `replace-cross`."""

    paper: PaperFacts
    kind: str
    categories: tuple[str, ...]


def bridge_json(feed: FeedFacts, sources: Sequence[Source]) -> str:
    """The account's feed as the bridge serves it in full-text mode."""
    items = [
        {
            "id": source.key,
            "url": source.short_url,
            "title": source.title,
            "content_html": _bridge_content(source),
            "image": source.cover,
            "date_modified": source.published.isoformat().replace("+00:00", ".000Z"),
        }
        for source in sources
    ]
    document = {
        "version": "https://jsonfeed.org/version/1",
        "title": feed.title,
        "home_page_url": feed.site,
        "feed_url": feed.url,
        "description": feed.description,
        "icon": f"{feed.site}/favicon.ico",
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _bridge_content(source: Source) -> str:
    if source.content == "full":
        return f'<div class="rich_media_content" id="js_content">{wechat_content(source)}</div>'
    return FAILURE_TEXT if source.content == "failure" else ""


def account_rss(feed: FeedFacts, sources: Sequence[Source]) -> str:
    """A mirror's RSS: the title is all the content there is."""
    items = "".join(
        f"<item><title>{html.escape(source.title)}</title>"
        f"<link>{html.escape(source.long_url)}</link><description></description>"
        f"<content:encoded><![CDATA[{source.title}]]></content:encoded>"
        f"<pubDate>{_rfc822(source.published, _BEIJING)}</pubDate></item>"
        for source in sources
    )
    built = _rfc822(sources[0].published, _BEIJING)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{html.escape(feed.title)}</title><link>{feed.site}</link>"
        f"<description>{html.escape(feed.description)}</description>"
        f"<pubDate>{built}</pubDate>{items}</channel></rss>"
    )


def atom(feed: FeedFacts, sources: Sequence[Source]) -> str:
    """The blog's Atom feed, each entry with its whole text."""
    entries = "\n".join(
        f"<entry><title>{html.escape(source.title)}</title>"
        f'<link href="{html.escape(source.short_url)}" rel="alternate" type="text/html"/>'
        f"<id>{html.escape(source.short_url)}</id>"
        f"<published>{source.published.isoformat()}</published>"
        f"<updated>{source.published.isoformat()}</updated>"
        f"<author><name>{html.escape(source.author)}</name></author>"
        f'<content type="html">{html.escape(blog_content(source))}</content></entry>'
        for source in sources
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        f"<title>{html.escape(feed.title)}</title><id>{feed.site}/</id>"
        f'<link href="{feed.url}" rel="self"/><link href="{feed.site}/"/>'
        f"<updated>{sources[0].published.isoformat()}</updated>\n{entries}\n</feed>\n"
    )


def arxiv_rss(feed: FeedFacts, announced: datetime, papers: Sequence[Announcement]) -> str:
    """The daily announcement of a category, dated midnight in Ithaca."""
    day = _rfc822(announced, _ITHACA)
    items = "\n".join(_arxiv_item(one, day) for one in papers)
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">\n<channel>'
        f"<title>{html.escape(feed.title)}</title><link>{feed.site}</link>"
        f"<description>{html.escape(feed.description)}</description>"
        f'<atom:link href="{feed.site}" rel="self" type="application/rss+xml"/>'
        "<docs>http://www.rssboard.org/rss-specification</docs><language>en-us</language>"
        f"<lastBuildDate>{day}</lastBuildDate><managingEditor>rss-help@arxiv.org</managingEditor>"
        f"<pubDate>{day}</pubDate><skipDays><day>Sunday</day><day>Saturday</day></skipDays>\n"
        f"{items}\n</channel></rss>\n"
    )


def _arxiv_item(one: Announcement, day: str) -> str:
    paper = one.paper
    version = f"{paper.id}v{paper.version}"
    categories = "".join(f"<category>{name}</category>" for name in one.categories)
    return (
        f"<item><title>{html.escape(paper.title)}</title>"
        f"<link>https://arxiv.org/abs/{paper.id}</link>"
        f"<description>arXiv:{version} Announce Type: {one.kind} \n"
        f"Abstract: {html.escape(paper.abstract)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{version}</guid>{categories}'
        f"<pubDate>{day}</pubDate><arxiv:announce_type>{one.kind}</arxiv:announce_type>"
        "<dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>"
        f"<dc:creator>{html.escape(', '.join(paper.authors))}</dc:creator></item>"
    )


def _rfc822(moment: datetime, zone: ZoneInfo) -> str:
    return format_datetime(moment.astimezone(zone))
