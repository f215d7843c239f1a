"""A desk in memory, and a workspace around it: what the page shows without a run before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from pipeline.desk import Change, Conflict, Day, DayBrief, DeskItem, Outcome
from pipeline.errors import Issue
from pipeline.ports import Step
from pipeline.text import short_hash
from pipeline.types import (
    Article,
    Candidate,
    Image,
    NoteField,
    NoteItem,
    NoteLink,
    PageState,
    Paper,
    Reason,
    Repo,
    RepoState,
    Score,
)

DAY = date(2026, 9, 18)
_AT = datetime(2026, 9, 17, 23, 5, tzinfo=UTC)
Dress = Callable[[str], str]
"""Turns harmless words into those a test wants to see everywhere."""


def field(name: str, value: str) -> NoteField:
    """A field whose value may be a Markdown link."""
    links: tuple[NoteLink, ...] = ()
    if value.startswith("["):
        text, _, url = value[1:].partition("](")
        links = (NoteLink(text=text, url=url.rstrip(")")),)
    return NoteField(name=name, value=value, label=name, links=links)


def title_of(number: int) -> str:
    """A title that no other article's comes near: near-equal ones are folded into one item."""
    return f"{short_hash(str(number))[:5]}：{short_hash(f'a{number}')[:9]} 的第 {number} 种做法"


def article(number: int, dress: Dress = str) -> Article:
    """The article behind item `number`."""
    url = f"https://mp.weixin.qq.com/s/{number:04d}"
    picture = Image(url=f"https://mmbiz.qpic.cn/{number}/640", alt=dress("插图"))
    return Article(
        id=f"a{number:04d}",
        identity=url,
        url=url,
        state=PageState.OK,
        title=dress(title_of(number)),
        account=dress("一个公众号"),
        published=_AT,
        text=f"{title_of(number)}。这篇说的是{number}号方法，比上一版快{number}倍。代码已经放出。",
        html=dress(f"<p>第 {number} 篇的正文。</p>") + f'<img src="{picture.url}">',
        images=(picture, Image(url=f"https://mmbiz.qpic.cn/{number}/b")),
        lead_image=picture,
    )


def desk_item(number: int, place: str = "items", dress: Dress = str) -> DeskItem:
    """Item `number` with everything the page can show of it."""
    about = article(number, dress)
    paper = Paper(
        id=f"arxiv:2205.{number:05d}",
        title=dress(f"Paper {number}"),
        url=f"https://arxiv.org/abs/2205.{number:05d}",
        venue=dress("ECCV 2022"),
    )
    repo = Repo(
        id=f"github.com/owner/name{number}",
        full_name=dress(f"owner/name{number}"),
        url=f"https://github.com/owner/name{number}",
        state=RepoState.ARCHIVED if number % 2 else RepoState.OK,
        stargazers=1234,
        licence=dress("MIT"),
        release=dress("v2.1"),
        pushed_at=_AT,
    )
    reasons = (
        Reason(kind="interest", label=dress("目标检测"), share=0.31),
        Reason(kind="past", label=dress("2022.5.3《往期》"), share=0.12),
        Reason(kind="mute", label=dress("招聘"), share=-0.08),
    )
    return DeskItem(
        key=about.id,
        place=place,  # type: ignore[arg-type]
        number=number if place == "items" else 0,
        state="dropped" if place == "dropped" else "pending",
        item=NoteItem(
            title=about.title,
            url=about.url,
            stars=2,
            article_id=about.id,
            image=about.lead_image,
            fields=(
                field("Abstract", dress(f"第 {number} 篇的摘要，一句话。")),
                field("Paper", f"[{dress('Paper')}]({paper.url})"),
                field("Code", f"[{repo.url}]({repo.url})"),
                field("Tips", dress("值得一看。")),
            ),
        ),
        candidate=Candidate(
            article=about,
            papers=(paper,),
            repos=(repo,),
            feed_title=dress("来源"),
            first_seen_at=_AT,
        ),
        score=Score(
            article_id=about.id,
            relevance=0.9 - number / 300,
            suggested_stars=3,
            why=dress("接近你关注的「目标检测」。"),
            reasons=reasons,
        ),
        attention=(Issue(subject=paper.id, code="x", sentence=dress("标题对不上。")),)
        if number == 2
        else (),
        pictures=about.images,
    )


class FakeDesk:
    """Keeps days in memory and every state of them for undo."""

    def __init__(self, items: int = 5, also: int = 3, dress: Dress = str) -> None:
        made = [desk_item(n + 1, dress=dress) for n in range(items)]
        more = [desk_item(items + n + 1, "also_seen", dress) for n in range(also)]
        self.now = self._numbered(Day(day=DAY, version="1", path="0918.md"), made, more, [])
        self.past: list[Day] = []
        self.future: list[Day] = []
        self.changes: list[Change] = []
        self.articles = {i.key: i.candidate.article for i in (*made, *more) if i.candidate}

    def days(self) -> Sequence[DayBrief]:
        now = self.now
        older = DayBrief(day=date(2026, 8, 30), items=6, decided=6, drafted=True, published=True)
        return (
            DayBrief(
                day=DAY, items=len(now.items), decided=now.decided, drafted=True, published=False
            ),
            older,
        )

    def open(self, day: date) -> Day | None:
        return self.now if day == DAY else None

    def history(self, day: date) -> Sequence[Step]:
        return ()

    def article(self, key: str) -> Article | None:
        return self.articles.get(key)

    def undo(self, day: date, *, id: str = "", expected: int | None = None) -> Outcome:
        if not self.past:
            return Outcome(day=self.now)
        self.future.append(self.now)
        self.now = self._stamped(self.past.pop())
        return Outcome(day=self.now, applied=True)

    def redo(self, day: date, *, id: str = "", expected: int | None = None) -> Outcome:
        if not self.future:
            return Outcome(day=self.now)
        self.past.append(self.now)
        self.now = self._stamped(self.future.pop())
        return Outcome(day=self.now, applied=True)

    def apply(self, day: date, change: Change) -> Outcome:
        self.changes.append(change)
        lists = {p: list(getattr(self.now, p)) for p in ("items", "also_seen", "dropped")}
        found = next((i for ones in lists.values() for i in ones if i.key == change.key), None)
        if found is None:
            issue = Issue(subject=change.key, code="desk.gone", sentence="没有这一条。")
            return Outcome(day=self.now, issue=issue)
        theirs = self._value(found, change)
        if change.expected is not None and theirs != change.expected:
            conflict = Conflict(
                key=change.key,
                field=change.field or change.action,
                mine=change.value,
                theirs=theirs,
            )
            return Outcome(day=self.now, conflict=conflict)
        self._change(lists, found, change)
        self.past.append(self.now)
        self.now = self._numbered(
            self.now, lists["items"], lists["also_seen"], lists["dropped"], what=change.action
        )
        self.now = self._stamped(self.now)
        return Outcome(day=self.now, applied=True)

    def _value(self, item: DeskItem, change: Change) -> str:
        if change.action == "stars":
            return str(item.item.stars)
        if change.action == "title":
            return item.item.title
        if change.action == "image":
            return item.item.image.url if item.item.image else ""
        return next((f.value for f in item.item.fields if f.name == change.field), "")

    def _change(self, lists: dict[str, list[DeskItem]], item: DeskItem, change: Change) -> None:
        ours = lists[item.place]
        place = ours.index(item)
        note = item.item
        if change.action in ("stars", "accept"):
            stars = int(change.value) if change.value else 3
            ours[place] = replace(item, state="kept", given=stars, item=replace(note, stars=stars))
        elif change.action in ("drop", "restore", "promote", "demote"):
            del ours[place]
            target = {"drop": "dropped", "demote": "also_seen"}.get(change.action, "items")
            state = "dropped" if target == "dropped" else "pending"
            lists[target].append(replace(item, place=target, state=state))  # type: ignore[arg-type]
        elif change.action == "move":
            del ours[place]
            ours.insert(int(change.value) - 1, item)
        elif change.action == "title":
            ours[place] = replace(item, item=replace(note, title=change.value))
        elif change.action == "image":
            image = Image(url=change.value) if change.value else None
            ours[place] = replace(item, item=replace(note, image=image))
        elif change.action == "field":
            fields = [f for f in note.fields if f.name != change.field]
            spot = next((i for i, f in enumerate(note.fields) if f.name == change.field), 99)
            fields.insert(spot, field(change.field, change.value))
            ours[place] = replace(item, item=replace(note, fields=tuple(fields)))

    def _stamped(self, day: Day) -> Day:
        return replace(
            day,
            version=str(int(self.now.version) + 1),
            undo="上一步" if self.past else "",
            redo="下一步" if self.future else "",
        )

    def _numbered(
        self,
        day: Day,
        items: list[DeskItem],
        also: list[DeskItem],
        dropped: list[DeskItem],
        what: str = "",
    ) -> Day:
        return replace(
            day,
            items=tuple(replace(i, number=n + 1) for n, i in enumerate(items)),
            also_seen=tuple(replace(i, number=0) for i in also),
            dropped=tuple(replace(i, number=0) for i in dropped),
            text="\n".join(f"{n + 1}. [{i.item.title}]({i.item.url})" for n, i in enumerate(items)),
            undo=what,
        )


SETTINGS = """
[reader]
language = "{language}"
[publish]
target = "folder"
repository = "published"
"""


def workspace_at(folder: Path, language: str = "zh") -> Path:
    """A small workspace; its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.toml").write_text(SETTINGS.format(language=language), encoding="utf-8")
    (folder / "published").mkdir(exist_ok=True)
    return folder
