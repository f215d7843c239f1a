"""Well-formed RSS 2.0 and Atom 1.0 in their usual words, read by libxml2.

Every feed that says something else, however slightly, is left to feedparser: an element, an
attribute or a form of text that is not named here, or named twice. What is read here equals what
feedparser reads (the tests compare them on every recorded feed), at a fraction of its time.
"""

from __future__ import annotations

import re
from typing import Any

from pipeline.sources.items import Item

_MOST_MARKUP = 400_000  # brackets; above it feedparser's own limits decide
_DECLARATION = re.compile(r"<\?xml\s+version=[\"']1\.0[\"'][^<>?]{0,200}\?>")
_UNUSUAL = ("<!DOCTYPE", "<!ENTITY", "xml:base")
_WINDOWS = re.compile("[\x80-\x9f]")  # controls that were meant as quotation marks
_MARKUP_IN_TITLE = re.compile(r"</\w|&#?\w+;")
_QUERY_ENTITY = re.compile(r"&([A-Za-z0-9_]+);")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_SLASH = "{http://purl.org/rss/1.0/modules/slash/}"
_WFW = "{http://wellformedweb.org/CommentAPI/}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_ORIGINAL = "{http://rssnamespace.org/feedburner/ext/1.0}origLink"

_RSS_TEXTS = {
    "title": "title",
    "link": "link",
    "guid": "guid",
    "pubDate": "published",
    _DC + "date": "updated",
    "description": "summary",
    "{http://purl.org/rss/1.0/modules/content/}encoded": "content",
    _ORIGINAL: "original",
    _ARXIV + "announce_type": "announce_type",
}
_RSS_AUTHORS = frozenset({"author", _DC + "creator"})
_RSS_IGNORED = frozenset(
    {
        "category",
        "comments",
        "enclosure",
        _ARXIV + "DOI",
        _ARXIV + "journal_reference",
        _DC + "rights",
        _DC + "subject",
        _MEDIA + "content",
        _MEDIA + "thumbnail",
        _SLASH + "comments",
        _WFW + "commentRss",
    }
)
_ATOM_TEXTS = {
    _ATOM + "id": "guid",
    _ATOM + "title": "title",
    _ATOM + "published": "published",
    _ATOM + "updated": "updated",
    _ATOM + "summary": "summary",
    _ATOM + "content": "content",
    _ORIGINAL: "original",
}
_ATOM_TYPED = frozenset({"title", "summary", "content"})
_ATOM_IGNORED = frozenset(
    {_ATOM + "category", _ATOM + "rights", _MEDIA + "content", _MEDIA + "thumbnail"}
)
_LINK_ATTRIBUTES = frozenset({"href", "rel", "type", "title", "hreflang", "length", _XML_LANG})
_PLAIN_TYPES = frozenset({"text", "text/plain"})
_HTML_TYPES = frozenset({"html", "text/html"})


class _UnusualError(Exception):
    """Something feedparser knows better."""


def read_quickly(text: str) -> tuple[Item, ...] | None:
    """The items of a feed in the usual words, None where feedparser has to read it."""
    if any(sign in text for sign in _UNUSUAL) or text.count("<") > _MOST_MARKUP:
        return None
    root = _root(text)
    if root is None:
        return None
    try:
        if root.tag == "rss":
            return tuple(_rss_item(e) for e in _rss_elements(root))
        if root.tag == _ATOM + "feed":
            return tuple(_atom_item(e) for e in _atom_elements(root))
    except _UnusualError:
        return None
    return None


def _root(text: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    start = found.end() if (found := _DECLARATION.match(text)) else 0
    try:
        return etree.fromstring(text[start:].encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        return None


def _rss_elements(root: Any) -> list[Any]:
    """The items of the one channel; feedparser also takes them elsewhere and in capitals."""
    _no_other_version(root)
    if len(root) != 1 or root[0].tag != "channel" or root[0].attrib:
        raise _UnusualError
    return _all_of(root, root[0].findall("item"))


def _atom_elements(root: Any) -> list[Any]:
    _no_other_version(root)
    if {a for a in root.attrib if a != _XML_LANG}:
        raise _UnusualError
    return _all_of(root, root.findall(_ATOM + "entry"))


def _all_of(root: Any, found: list[Any]) -> list[Any]:
    names = ("item", "entry", "Item", "Entry", "ITEM", "ENTRY")
    if sum(1 for _ in root.iter(*(f"{{*}}{name}" for name in names))) != len(found):
        raise _UnusualError
    return found


def _no_other_version(root: Any) -> None:
    """feedparser would take a declaration of RSS 1.0 for the version of the feed."""
    if any(space.endswith("/rss/1.0/") or "netscape" in space for space in root.nsmap.values()):
        raise _UnusualError


def _rss_item(element: Any) -> Item:
    given: dict[str, str] = {}
    _no_attributes(element)
    permanent = True
    for child in element:
        tag = child.tag
        if (name := _RSS_TEXTS.get(tag)) is not None:
            if name == "announce_type" and child.prefix != "arxiv":
                raise _UnusualError  # feedparser goes by the prefix here
            if name == "guid":
                permanent = _is_permanent(child)
            else:
                _no_attributes(child)
            _put(given, name, _text(child))
        elif tag in _RSS_AUTHORS:
            _no_attributes(child)
            given["author"] = _text(child)  # of several the last one, as feedparser has it
        elif tag not in _RSS_IGNORED or len(child):
            raise _UnusualError
    if _MARKUP_IN_TITLE.search(given.get("title", "")) or given.get("link") == "":
        raise _UnusualError
    if link := given.get("link"):
        given["link"] = _QUERY_ENTITY.sub(r"&\1", link.replace("&amp;", "&"))
    elif permanent:
        given["link"] = given.get("guid", "")
    return _item(given, title_is_html=False)


def _is_permanent(guid: Any) -> bool:
    attributes = dict(guid.attrib)
    permanent: bool = attributes.pop("isPermaLink", "true") == "true"
    if attributes:
        raise _UnusualError
    return permanent


def _atom_item(element: Any) -> Item:
    given: dict[str, str] = {}
    _no_attributes(element)
    html_title = False
    for child in element:
        tag = child.tag
        if (name := _ATOM_TEXTS.get(tag)) is not None:
            is_html = _is_html(child) if name in _ATOM_TYPED else _no_attributes(child)
            html_title = html_title or (name == "title" and is_html)
            _put(given, name, _text(child))
        elif tag == _ATOM + "link":
            if (address := _alternate(child)) is not None:
                given["link"] = address
        elif tag == _ATOM + "author":
            if "author" in given and element.find(f"{_ATOM}author/{_ATOM}email") is not None:
                raise _UnusualError  # feedparser gives one author's address to another
            given["author"] = _person(child)
        elif tag not in _ATOM_IGNORED or len(child):
            raise _UnusualError
    given.setdefault("link", given.get("guid", ""))
    return _item(given, title_is_html=html_title)


def _item(given: dict[str, str], *, title_is_html: bool) -> Item:
    if ":///" in given.get("link", "") or ":///" in given.get("guid", ""):
        raise _UnusualError  # feedparser takes the third one away
    content = given.get("content", "")
    return Item(
        guid=given.get("guid", ""),
        link=given.get("original") or given.get("link", ""),
        title=given.get("title", ""),
        title_is_html=title_is_html,
        author=given.get("author", ""),
        dates=tuple(given[name] for name in ("published", "updated") if given.get(name)),
        summary=given.get("summary", content),
        content=content,
        announce_type=given.get("announce_type", ""),
    )


def _put(given: dict[str, str], name: str, value: str) -> None:
    if name in given:
        raise _UnusualError
    given[name] = value


def _no_attributes(element: Any) -> bool:
    """Raise unless the element has at most a language; False, for it is of no type."""
    attributes = element.attrib
    if attributes and (len(attributes) > 1 or _XML_LANG not in attributes):
        raise _UnusualError
    return False


def _is_html(element: Any) -> bool:
    """Whether an Atom text says that it is HTML; XHTML and other types are unusual."""
    attributes = dict(element.attrib)
    attributes.pop(_XML_LANG, None)
    kind = attributes.pop("type", "text").lower()
    if attributes or kind not in _PLAIN_TYPES | _HTML_TYPES:
        raise _UnusualError
    return kind in _HTML_TYPES


def _alternate(link: Any) -> str | None:
    """The address where it is the entry's page; the last of several such counts."""
    attributes = link.attrib
    if "href" not in attributes or len(link) or not _LINK_ATTRIBUTES.issuperset(attributes):
        raise _UnusualError
    relation = attributes.get("rel", "alternate").lower()
    kind = attributes.get("type", "text/html").lower()
    if relation != "alternate" or kind not in ("text/html", "application/xhtml+xml"):
        return None
    return str(attributes["href"])


def _person(author: Any) -> str:
    """`name (email)`, or what there is of it."""
    given: dict[str, str] = {}
    _no_attributes(author)
    for child in author:
        name = child.tag.removeprefix(_ATOM)
        if name not in ("name", "email", "uri") or child.tag == name or child.attrib:
            raise _UnusualError
        _put(given, name, _text(child))
    if (author.text or "").strip() or any((c.tail or "").strip() for c in author):
        raise _UnusualError
    name, email = given.get("name", ""), given.get("email", "")
    return f"{name} ({email})" if name and email else name or email


def _text(element: Any) -> str:
    if len(element):
        raise _UnusualError
    text = (element.text or "").strip()
    if text.isascii():
        return text
    if _WINDOWS.search(text):
        raise _UnusualError
    return _twice_encoded(text)


def _twice_encoded(text: str) -> str:
    """UTF-8 that somebody took for Latin-1 and encoded again, read as it was meant."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
