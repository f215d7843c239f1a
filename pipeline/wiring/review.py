"""What the review page may ask of the house: the desk, publishing, pictures, runs, sources."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import Issue
from pipeline.settings import Workspace
from pipeline.types import FetchRequest, RunReport
from pipeline.wiring.clock import SystemClock, today
from pipeline.wiring.publication import publishing
from pipeline.wiring.rooms import fetcher, open_store

if TYPE_CHECKING:
    from pipeline.desk import Desk
    from pipeline.pictures import Picture
    from pipeline.ports import Store
    from pipeline.publish import PublishPlan
    from pipeline.publish.publisher import Published
    from pipeline.types import Feed, FeedMemory

_AT_ONCE = 4
_MAX_CACHED = 200 * 1024 * 1024
_MAX_LOCAL = 20 * 1024 * 1024


class ReviewRooms:
    """The rooms behind the page. Every method may be called from any thread.

    Where the page is `served` by another process of ours, runs begun on it end with it.
    """

    def __init__(
        self, workspace: Workspace, clock: SystemClock, desk: Desk, *, served: bool = False
    ) -> None:
        self.workspace, self.clock, self.desk, self.served = workspace, clock, desk, served
        self._fetching = threading.BoundedSemaphore(_AT_ONCE)

    def today(self) -> date:
        """The reader's day."""
        return today(self.workspace, self.clock)

    def secret(self) -> bytes:
        """32 random bytes of this workspace, made at the first start, readable by its owner only.

        They outlive the server, so that a page left open over a restart can still save.
        """
        path = self.workspace.state / "review.key"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            kept = path.read_bytes()
            if len(kept) == 32:
                return kept
            path.unlink()
            return self.secret()
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        return path.read_bytes()

    def plan(self, day: date) -> PublishPlan:
        """What publishing would change; raises `StardraftError` where it cannot be known."""
        from pipeline.publish import gather

        with publishing(self.workspace, self.clock) as publisher:
            return publisher.plan(gather(self.workspace.notes, day))

    def publish(self, day: date, expected: bytes) -> Published | None:
        """Publish the day's file if it still is these bytes, None where it is not."""
        from pipeline.publish import gather

        with publishing(self.workspace, self.clock) as publisher:
            material = gather(self.workspace.notes, day)
            return publisher.publish(material) if material.note == expected else None

    def add(self, url: str) -> bool:
        """Put an address into the inbox file; False where it stands there already."""
        from pipeline.wiring.inbox import add_to_inbox

        return bool(add_to_inbox(self.workspace, [url]).fresh)

    def runs(self, count: int) -> Sequence[RunReport]:
        """The newest runs first."""
        with self._lent_store() as store:
            return store.last_runs(count)

    def sources(self) -> Sequence[tuple[Feed, FeedMemory, Issue | None]]:
        """Every followed source with its memory and its last failure."""
        with self._lent_store() as store:
            return store.feed_health()

    @contextmanager
    def _lent_store(self) -> Iterator[Store]:
        store = open_store(self.workspace)
        try:
            yield store
        finally:
            store.close()

    def picture(self, url: str, article: str) -> Picture | Issue:
        """A picture of the article at that address, checked and cached.

        It is fetched under the fetch room's guard, with the Referer that its host wants.
        """
        from pipeline.pictures import check_picture, not_the_picture
        from pipeline.pictures.placeholder import referer_of

        kept = self._cache / sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
        if kept.is_file():
            return check_picture(kept.read_bytes(), subject=url)
        request = FetchRequest(url=url, purpose="image", referer=referer_of(url, article))
        with self._fetching:
            (fetched,) = fetcher(self.workspace, self.clock).fetch_many([request])
        if fetched.page is None:
            return fetched.issue or _unknown(url)
        found = check_picture(fetched.page.body, subject=url)
        if isinstance(found, Issue):
            return found
        if doubt := not_the_picture(found, url=url):
            return doubt
        self._keep(kept, found.body)
        return found

    def local_picture(self, day: date, name: str) -> Picture | Issue:
        """A picture beside the day's note, checked; nothing outside the notes folder."""
        from pipeline.pictures import check_picture

        notes = self.workspace.notes.resolve()
        path = (notes / f"{day:%Y%m}" / name).resolve()
        if not path.is_relative_to(notes) or not path.is_file():
            return _unknown(name)
        if path.stat().st_size > _MAX_LOCAL:
            return _unknown(name)
        return check_picture(path.read_bytes(), subject=name)

    @cached_property
    def _cache(self) -> Path:
        folder = self.workspace.state / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _keep(self, path: Path, body: bytes) -> None:
        """Write whole or not at all; the oldest pictures make room above the cap."""
        part = path.with_suffix(f".{secrets.token_hex(4)}.part")
        part.write_bytes(body)
        part.replace(path)
        total = 0
        for _, size, one in sorted(_files(self._cache), reverse=True):
            total += size
            if total > _MAX_CACHED:
                one.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Time, bytes and path of every file; without what another request moved meanwhile."""
    for path in folder.iterdir():
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        yield found.st_mtime, found.st_size, path


def _unknown(subject: str) -> Issue:
    return Issue(
        subject=subject,
        code="picture.missing",
        sentence="这张图片现在取不到。",
        remedy="稍后重新载入，或换一张。",
        temporary=True,
    )


@contextmanager
def review_rooms(
    workspace: Workspace, clock: SystemClock, *, served: bool = False
) -> Iterator[ReviewRooms]:
    """The rooms behind the review page; the desk's store is closed when the block ends."""
    from pipeline.wiring.desk import open_desk

    with open_desk(workspace, clock) as desk:
        yield ReviewRooms(workspace, clock, desk, served=served)
