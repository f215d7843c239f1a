"""A workspace with a drafted day, the desk on it, and what a run does to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.desk import Change, Day, DeskRedraft, NoteDesk, Outcome
from pipeline.draft import DayDrafter, DraftConfig
from pipeline.notes import FileLock, FolderNotebook
from pipeline.ports import Clock, DraftRecord, Feedback, Notebook, Store
from pipeline.store import open_store
from pipeline.types import Image, Note, Poll, Score
from tests.conftest import StillClock
from tests.store.samples import DAY, NOW, article, candidate, entry, feed, page, paper

MAX_ITEMS = 5
VERSION = "v"


class Reader:
    """A reader's workspace in a folder. Any number of them may share one folder."""

    def __init__(self, folder: Path, clock: Clock | None = None, patience: float = 20.0) -> None:
        self.folder = folder
        self.clock = clock or StillClock()
        self.store: Store = open_store(str(folder / "state.db"))
        self.book: Notebook = FolderNotebook(folder / "notes")
        self.drafter = DayDrafter(DraftConfig(max_items=MAX_ITEMS, per_feed=100))
        self.lock = FileLock(folder / "notes.lock", self.clock, patience)

    @property
    def desk(self) -> NoteDesk:
        """A desk of its own each time, as after a restart."""
        zone = ZoneInfo("Asia/Shanghai")
        return NoteDesk(self.book, self.store, self.lock, self.clock, self.drafter, zone)

    @property
    def redraft(self) -> DeskRedraft:
        return DeskRedraft(self.book, self.store, self.lock, self.clock, self.drafter)

    def collect(self, *names: str) -> None:
        """Bring articles of these names as far as scoring."""
        self.store.sync_feeds([feed("a")], NOW)
        self.store.record_poll(Poll(feed_id="a", entries=tuple(entry(n) for n in names)), NOW)
        for item in self.store.entries_to_fetch(NOW, 1000):
            self.store.save_page(item.entry_id, page())
        for read in self.store.pages_to_extract(1000):
            self.store.save_article(read.entry_id, article(read.entry.key), NOW)
        found = [
            replace(candidate(n), papers=(replace(paper(), id=f"arxiv:{n}", title=f"Paper {n}"),))
            for n in names
        ]
        self.store.save_candidates(found, NOW, None)
        self.rate(names, 2)

    def rate(self, names: Sequence[str], stars: int) -> None:
        """Suggest these stars for articles, less relevant the later they come."""
        scores = [
            Score(
                article_id=name,
                relevance=0.9 - at / 100,
                suggested_stars=stars,
                model="m1",
                profile="p1",
            )
            for at, name in enumerate(names)
        ]
        self.store.save_scores(scores, VERSION)

    def drafted(self, day: date = DAY) -> tuple[Note, DraftRecord | None, DraftRecord]:
        """What the draft stage makes of the day."""
        rows = self.store.candidates_for(day)
        base = self.store.last_draft(day)
        scores = {c.article.id: s for c, s in rows if s}
        keep = base.items if base else ()
        note = self.drafter.draft(day, [c for c, _ in rows], scores, keep)
        items = tuple(i.article_id for i in note.items)
        rest = tuple(c.article.id for c, _ in rows if c.article.id not in items)
        record = DraftRecord(day=day, revision=0, text="", items=items, also_seen=rest)
        return note, base, record

    def run(self, day: date = DAY) -> None:
        """What a run does in the end."""
        self.redraft.redraft(*self.drafted(day))

    @property
    def file(self) -> Path:
        return self.folder / "notes" / self.book.path(DAY)

    @property
    def text(self) -> str:
        return self.file.read_bytes().decode()

    def edit(self, old: str, new: str) -> None:
        """Change the file as an editor would."""
        assert old in self.text
        self.file.write_text(self.text.replace(old, new, 1), encoding="utf-8")

    def day(self) -> Day:
        shown = self.desk.open(DAY)
        assert shown is not None
        return shown

    def apply(self, action: str, key: str = "", value: str = "", **more: str) -> Outcome:
        change = Change(action=action, key=key, value=value, **more)  # type: ignore[arg-type]
        return self.desk.apply(DAY, change)

    def said(self) -> list[tuple[str, str, str]]:
        """The log: article, action and value, in the order in which they were made."""
        return [(f.article_id, f.action, f.value) for f in self.log()]

    def log(self) -> Sequence[Feedback]:
        return self.store.feedback_of(DAY)


def keys(day: Day) -> list[str]:
    return [item.key for item in day.items]


def listed(day: Day) -> list[str]:
    return [item.key for item in day.also_seen]


def picture(url: str) -> Image:
    return Image(url=url)
