"""What the templates show of a day: rows, badges, lines to edit. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.desk import Day, DeskItem
from pipeline.errors import Issue
from pipeline.identifiers import identify
from pipeline.text import short_hash
from pipeline.types import NoteField, RepoState
from pipeline.urls import is_web_url

FILTERS = ("all", "pending", "kept", "dropped", "attention")
LINKED = frozenset({"Paper", "Code", "Dataset", "Demo", "Project", "Video", "Address"})
_SAFE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBERED = re.compile(r"\d+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """One judgement on a link: `tone` is ok, doubt, bad or plain; `word` names its sentence."""

    tone: str
    word: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field of an item, to show and to edit; `url` is where its link leads, if anywhere."""

    name: str
    value: str
    kind: str
    url: str = ""
    text: str = ""
    badges: tuple[Badge, ...] = ()


def row_id(key: str) -> str:
    """An element id that is safe in HTML and in a selector, the same for the same key."""
    return f"row-{key if _SAFE_ID.fullmatch(key) else short_hash(key)}"


def all_items(day: Day) -> tuple[DeskItem, ...]:
    """Everything on the desk, in the order of the page."""
    return (*day.items, *day.also_seen, *day.dropped)


def find(day: Day, key: str) -> DeskItem | None:
    """The item with that key, wherever it lies."""
    return next((item for item in all_items(day) if item.key == key), None)


def state_of(item: DeskItem) -> str:
    """The state that the filters go by; what lies in no list of the note has its place."""
    return {"also_seen": "also", "dropped": "dropped"}.get(item.place, item.state)


def counts(day: Day) -> dict[str, int]:
    """How many items each filter shows."""
    items = all_items(day)
    return {
        "all": len(day.items),
        "pending": sum(i.state == "pending" for i in day.items),
        "kept": sum(i.state == "kept" for i in day.items),
        "dropped": len(day.dropped),
        "attention": sum(bool(i.attention) for i in items if i.place == "items"),
    }


def passes(item: DeskItem, wanted: str, query: str) -> bool:
    """True where the filter and the words of the search show this item."""
    if query and query.casefold() not in haystack(item).casefold():
        return False
    if wanted == "attention":
        return bool(item.attention)
    return wanted in ("all", "") or state_of(item) == wanted


def haystack(item: DeskItem) -> str:
    """The text that the search looks in."""
    return " ".join((item.item.title, account(item), *(f.value for f in item.item.fields)))


def account(item: DeskItem) -> str:
    """Who published it."""
    candidate = item.candidate
    if not candidate:
        return ""
    return candidate.article.account or candidate.feed_title or candidate.article.author or ""


def moment(value: datetime | None, zone: str) -> str:
    """Month, day and time where the reader lives."""
    return f"{value.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" if value else ""


def web(url: str | None) -> str:
    """The address where it is one of the web, else nothing: no other scheme is ever linked."""
    return url if url and is_web_url(url) else ""


def base(name: str) -> str:
    """`Paper2` is a `Paper`."""
    return _NUMBERED.sub("", name)


def lines(item: DeskItem) -> tuple[Line, ...]:
    """The item's fields in the order of the file, and empty ones for what a note usually has."""
    found = [_line(item, field) for field in item.item.fields]
    there = {base(line.name) for line in found}
    missing = [n for n in ("Abstract", "Paper", "Code", "Tips") if n not in there]
    order = ("Abstract", "Paper", "Code")
    for name in missing:
        spot = len(found)
        if name in order:
            after = [i for i, f in enumerate(found) if base(f.name) in order[: order.index(name)]]
            spot = after[-1] + 1 if after else 0
        found.insert(spot, Line(name=name, value="", kind=_kind(name)))
    return tuple(found)


def _kind(name: str) -> str:
    return "link" if base(name) in LINKED else "text"


def _line(item: DeskItem, field: NoteField) -> Line:
    link = next((link for link in field.links if web(link.url)), None)
    said = ", ".join(f"[{one.text}]({one.url})" for one in field.links)
    return Line(
        name=field.name,
        value=field.value or said,
        kind=_kind(field.name),
        url=link.url if link else "",
        text=link.text if link else "",
        badges=_badges(item, link.url) if link else (),
    )


def _badges(item: DeskItem, url: str) -> tuple[Badge, ...]:
    identity = identify(url)
    candidate = item.candidate
    if identity is None or candidate is None:
        return ()
    issues = tuple(_about((*item.attention, *candidate.issues), (identity.id, url)))
    if issues:
        return (Badge(tone="doubt", word="doubtful", detail=issues[0].sentence),)
    if identity.id in candidate.pending:
        return (Badge(tone="plain", word="pending_check"),)
    paper = next((p for p in candidate.papers if identity.id in (p.id, _id(p.url))), None)
    if paper:
        state = Badge(tone="bad", word="withdrawn") if paper.withdrawn else None
        where = paper.venue or candidate.venue
        told = (Badge(tone="plain", word="venue", detail=where),) if where else ()
        return (state or Badge(tone="ok", word="verified", detail=paper.title), *told)
    return _repository(item, identity.id)


def _id(url: str) -> str:
    found = identify(url)
    return found.id if found else ""


def _repository(item: DeskItem, wanted: str) -> tuple[Badge, ...]:
    assert item.candidate
    repos = item.candidate.repos
    repo = next((r for r in repos if wanted in (r.id, _id(r.url))), None)
    if repo is None:
        return (Badge(tone="plain", word="unchecked"),)
    fine = repo.state in (RepoState.OK, RepoState.RENAMED)
    badges = [Badge(tone="ok", word="verified", detail=repo.full_name)] if fine else []
    if repo.state is not RepoState.OK:
        gone = repo.state in (RepoState.GONE, RepoState.BLOCKED)
        badges.append(
            Badge(tone="bad" if gone else "doubt", word=f"repo_{repo.state}", detail=repo.full_name)
        )
    if repo.stargazers is not None:
        badges.append(Badge(tone="plain", word="stargazers", detail=f"{repo.stargazers:,}"))
    if repo.pushed_at:
        badges.append(Badge(tone="plain", word="pushed", detail=f"{repo.pushed_at:%Y-%m}"))
    if repo.release:
        badges.append(Badge(tone="plain", word="release", detail=repo.release))
    if repo.licence:
        badges.append(Badge(tone="plain", word="licence", detail=repo.licence))
    return tuple(badges)


def _about(issues: Iterable[Issue], subjects: Sequence[str]) -> Iterable[Issue]:
    return (issue for issue in issues if issue.subject in subjects)


def link_of(item: DeskItem, name: str) -> str:
    """The address of the item's first link of that kind, nothing where it has none."""
    return next((line.url for line in lines(item) if base(line.name) == name and line.url), "")


def neighbour(day: Day, key: str) -> str:
    """The item to look at after this one: the next pending one, else the next."""
    keys = [item.key for item in day.items]
    here = keys.index(key) if key in keys else -1
    ahead = [*day.items[here + 1 :], *day.items[: max(here, 0)]]
    waiting = next((item.key for item in ahead if item.state == "pending"), "")
    return waiting or (ahead[0].key if ahead else key)
