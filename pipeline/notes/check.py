"""What is wrong with an archive: the errors that hand-kept notes collect over the years."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import SequenceMatcher
from pathlib import Path
from urllib.parse import unquote

from pipeline.errors import Issue
from pipeline.identifiers import identify
from pipeline.notes.archive import item_ids, read_notes
from pipeline.notes.items import blocks
from pipeline.notes.media import media_of
from pipeline.text import normal_title
from pipeline.types import Note, NoteItem, NoteLink
from pipeline.urls import canonical_url, host_of, is_web_url

_INDEX_LINK = re.compile(
    r"\bhref\s{0,9}=\s{0,9}(?:\"(?P<double>[^\"<>\n]{1,300})\"|'(?P<single>[^'<>\n]{1,300})'"
    r"|(?P<bare>[^\s\"'<>]{1,300}))|\]\([ \t]{0,9}(?:<(?P<angled>[^<>\n]{1,300})>"
    r"|(?P<plain>(?:[^()\s<>]|\([^()\s]{0,100}\)){1,300}+))",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+:|//|#", re.IGNORECASE)
"""An address of its own. `C:` is a disk, and what lies on the writer's nobody else sees."""
_TO_NOTE = re.compile(r"\.md$|(?:^|[/\\])20\d{4}[/\\]\w+$", re.IGNORECASE)
_NO_PICTURE = re.compile(
    r"<(?:img|video)\b[^>]{0,2000}?\bsrc\s*=\s*(?:\"\s*\"|'\s*')|!\[[^\]\n]{0,300}\]\(\s*\)"
)
_ARXIV_MONTH = re.compile(r"arxiv:(\d\d)(\d\d)\.\d+")
_CHECK_ID = "核对论文编号；也可能是论文后来改了名。"
_SAME_TITLE = 0.6
"""Below this ratio a link's text names another paper. The owner's own shortened titles stay
above .75, the three known wrong links lie below .45."""


@dataclass(slots=True)
class _Seen:
    """Where each article and paper was noted first, and under which title and id."""

    articles: dict[str, str] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)
    titles: dict[str, tuple[str, str]] = field(default_factory=dict)
    ids: dict[str, tuple[str, str]] = field(default_factory=dict)


def check_archive(folder: str, titles: Mapping[str, str] | None = None) -> tuple[Issue, ...]:
    """Everything wrong below `folder`: dead index links, repeats, missing pictures, odd dates.

    `titles` maps canonical paper ids to true titles; links whose text names another paper are
    reported against it. `NoteError` where the folder is not there.
    """
    root = Path(folder)
    issues: list[Issue] = []
    seen = _Seen()
    for path, note, odd in sorted(read_notes(root), key=_by_day):
        issues.extend(odd)
        if note:
            issues.extend(_check_note(root, path, note, titles or {}, seen))
    return (*issues, *_dead_links(root))


def _by_day(read: tuple[str, Note | None, list[Issue]]) -> tuple[str, str]:
    path, note, _ = read
    return (note.day.isoformat() if note else "", path)


def _check_note(
    root: Path, path: str, note: Note, titles: Mapping[str, str], seen: _Seen
) -> Iterator[Issue]:
    if not note.items:
        yield _issue(
            path, "no_items", "没有读到任何条目。", "条目应写成 1. [标题](网址) :star::star:"
        )
    for number, item in enumerate(note.items, start=1):
        where = f"{path}#{number}"
        yield from _repeats(where, item, seen)
        yield from _wrong_papers(where, item, note.day, titles, seen)
        yield from _lost_pictures(root, path, where, item)
        if not item.url:
            yield _issue(where, "no_link", "这一条没有文章链接。", "补上链接。")
        elif not is_web_url(item.url):
            sentence = f"这一条的链接打不开：{item.url[:200]}。"
            yield _issue(where, "no_link", sentence, "链接要以 https:// 开头。")


def _repeats(where: str, item: NoteItem, seen: _Seen) -> Iterator[Issue]:
    """The article, or a paper, that an earlier item already has."""
    article = canonical_url(item.url)
    if article and (first := seen.articles.setdefault(article, where)) != where:
        sentence = f"文章已经记过：{first}。"
        yield _issue(where, "repeated_article", sentence, "留下一处，或改成不同的文章。")
        return
    for paper in item_ids(item)[0]:
        if (first := seen.papers.setdefault(paper, where)) != where:
            sentence = f"论文 {paper} 已经记过：{first}。"
            yield _issue(where, "repeated_paper", sentence, "合并两处，或注明是另一篇解读。")


def _wrong_papers(
    where: str, item: NoteItem, day: date, titles: Mapping[str, str], seen: _Seen
) -> Iterator[Issue]:
    """Links that cannot be right: no such id, another paper's title, address or month."""
    for link in (link for line in item.fields for link in line.links):
        identity = identify(link.url)
        if not identity and re.search(r"(?:^|\.)arxiv\.org$", host_of(link.url)):
            sentence = f"{link.url} 不是一个 arXiv 论文的网址。"
            yield _issue(where, "wrong_paper", sentence, "核对论文编号。")
        yield from _other_address(where, link)
        if identity and _is_later(identity.id, day):
            sentence = f"{link.url} 是 {day} 之后才有的编号。"
            yield _issue(where, "wrong_paper", sentence, "核对论文编号。")
        if not identity or identity.kind != "paper" or not _is_title(link.text):
            continue
        true = titles.get(identity.id)
        if true and names_another(link.text, true):
            sentence = f"链接 {link.url} 指向的是 “{true}”，写的却是 “{link.text}”。"
            yield _issue(where, "wrong_paper", sentence, _CHECK_ID)
        elif not true:
            yield from _contradictions(where, link, identity.id, seen)


def _other_address(where: str, link: NoteLink) -> Iterator[Issue]:
    """A link that shows the address of one paper or repository and leads to another."""
    shown, led = identify(link.text.strip()), identify(link.url)
    if not shown or not led or shown.kind != led.kind or shown.id == led.id:
        return
    code = "wrong_paper" if led.kind == "paper" else "wrong_code"
    sentence = f"链接写的是 {link.text}，指向的却是 {link.url}。"
    yield _issue(where, code, sentence, "改成同一个。")


def _is_later(paper: str, day: date) -> bool:
    """True for a number that arXiv gave out in a month after the note's."""
    matched = _ARXIV_MONTH.fullmatch(paper)
    if not matched:
        return False
    there = day + timedelta(days=1)  # a day begins elsewhere first
    return (2000 + int(matched[1]), int(matched[2])) > (there.year, there.month)


def _contradictions(where: str, link: NoteLink, paper: str, seen: _Seen) -> Iterator[Issue]:
    """The same id under another title before, or the same title under another arXiv id."""
    title, first = seen.titles.setdefault(paper, (link.text, where))
    if names_another(link.text, title):
        sentence = f"链接 {link.url} 在这里写作 “{link.text}”，在 {first} 写作 “{title}”。"
        yield _issue(where, "wrong_paper", sentence, _CHECK_ID)
    if not paper.startswith("arxiv:"):
        return
    known, first = seen.ids.setdefault(normal_title(link.text), (paper, where))
    if known != paper:
        sentence = f"“{link.text}” 在这里是 {paper}，在 {first} 却是 {known}。"
        yield _issue(where, "wrong_paper", sentence, _CHECK_ID)


def _is_title(text: str) -> bool:
    """True for words that could be a title, rather than an address or "here"."""
    return "://" not in text and " " in normal_title(text)


def names_another(text: str, true_title: str) -> bool:
    """True where the text is another title than this one; a shortened one is not another."""
    said, true = normal_title(text), normal_title(true_title)
    if said in true or true in said:
        return False
    return SequenceMatcher(None, said[:300], true[:300], autojunk=False).ratio() < _SAME_TITLE


def _lost_pictures(root: Path, path: str, where: str, item: NoteItem) -> Iterator[Issue]:
    """Local pictures that are not in the folder, or lie outside it."""
    folder = (root / path).parent
    for url in (shown["url"] for block in blocks(item.raw) for shown in media_of(block.text)):
        if _ELSEWHERE.match(url):
            continue
        if not _inside(root, folder / unquote(url.partition("?")[0])):
            yield _issue(where, "missing_picture", f"找不到图片 {url}。", "补上图片，或改用网址。")
    if _NO_PICTURE.search(item.raw):
        yield _issue(where, "missing_picture", "图片没有写地址。", "补上图片，或删去这一行。")


def _inside(root: Path, target: Path) -> bool:
    try:
        resolved = target.resolve()
        return resolved.is_relative_to(root.resolve()) and resolved.is_file()
    except (OSError, ValueError):
        return False


def _dead_links(root: Path) -> Iterator[Issue]:
    """Links of an index (README.md in the folder or above it) to notes that are not there."""
    for index in (root / "README.md", root.parent / "README.md"):
        if index.is_file():
            text = index.read_text(encoding="utf-8", errors="replace")
            yield from _dead(index, _index_paths(text))
            return


def _index_paths(text: str) -> Iterator[str]:
    """The addresses of notes that a text links to, as they are written."""
    for found in _INDEX_LINK.finditer(text):
        path = re.split(r"[#?]", found[found.lastgroup or 0].strip(), maxsplit=1)[0]
        if not _ELSEWHERE.match(path) and _TO_NOTE.search(path):
            yield path


def _dead(index: Path, paths: Iterable[str]) -> Iterator[Issue]:
    for path in dict.fromkeys(paths):
        if not _inside(index.parent, index.parent / unquote(path).lstrip("/")):
            remedy = "重新生成目录，或改正这个链接。"
            yield _issue(
                f"{index.name}:{path}", "dead_link", "目录里的链接没有对应的文件。", remedy
            )


def _issue(subject: str, code: str, sentence: str, remedy: str) -> Issue:
    return Issue(subject=subject, code=f"notes.{code}", sentence=sentence, remedy=remedy)
