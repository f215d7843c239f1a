"""What is wrong with an archive: the errors that hand-kept notes collect over the years."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from urllib.parse import unquote

from pipeline.errors import Issue
from pipeline.identifiers import identify
from pipeline.notes.archive import item_ids, read_notes
from pipeline.notes.items import blocks
from pipeline.text import normal_title
from pipeline.types import Note, NoteItem, NoteLink
from pipeline.urls import canonical_url, host_of

_INDEX_LINK = re.compile(
    r"(?:href=[\"']?|\]\()(?P<path>(?!https?:|#|mailto:)[^\"')\s>]{1,300}\.md)"
)
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
        yield from _wrong_papers(where, item, titles, seen)
        yield from _lost_pictures(root, path, where, item)
        if not item.url:
            yield _issue(where, "no_link", "这一条没有文章链接。", "补上链接。")


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
    where: str, item: NoteItem, titles: Mapping[str, str], seen: _Seen
) -> Iterator[Issue]:
    """Links that cannot be right: no such id, another paper's title, another id's title."""
    for link in (link for line in item.fields for link in line.links):
        identity = identify(link.url)
        if not identity and re.search(r"(?:^|\.)arxiv\.org$", host_of(link.url)):
            sentence = f"{link.url} 不是一个 arXiv 论文的网址。"
            yield _issue(where, "wrong_paper", sentence, "核对论文编号。")
        if not identity or identity.kind != "paper" or not _is_title(link.text):
            continue
        true = titles.get(identity.id)
        if true and names_another(link.text, true):
            sentence = f"链接 {link.url} 指向的是 “{true}”，写的却是 “{link.text}”。"
            yield _issue(where, "wrong_paper", sentence, _CHECK_ID)
        elif not true:
            yield from _contradictions(where, link, identity.id, seen)


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
    for url in (block.image.url for block in blocks(item.raw) if block.image):
        if re.match(r"[a-z][a-z0-9+.-]*:|//", url, re.IGNORECASE):
            continue
        if not _inside(root, folder / unquote(url)):
            yield _issue(where, "missing_picture", f"找不到图片 {url}。", "补上图片，或改用网址。")


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
            yield from _dead(index, (m["path"] for m in _INDEX_LINK.finditer(text)))
            return


def _dead(index: Path, paths: Iterable[str]) -> Iterator[Issue]:
    for path in dict.fromkeys(paths):
        if not _inside(index.parent, index.parent / unquote(path)):
            remedy = "重新生成目录，或改正这个链接。"
            yield _issue(
                f"{index.name}:{path}", "dead_link", "目录里的链接没有对应的文件。", remedy
            )


def _issue(subject: str, code: str, sentence: str, remedy: str) -> Issue:
    return Issue(subject=subject, code=f"notes.{code}", sentence=sentence, remedy=remedy)
