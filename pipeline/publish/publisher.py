"""The publication of one day: planned, checked, committed, pushed, each noted in the outbox.

The target says whether a revision is there, the outbox how far we got and which files are ours.
So a kill at any step, a lost answer and a rerun end in one commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.errors import Issue
from pipeline.ports import Clock, Outbox, Outgoing
from pipeline.publish.readme import ReadmeWords, make_readme, note_path
from pipeline.publish.revision import README, Material, PublishError, Revision, diff, digest, owned
from pipeline.publish.target import Sent, Step, Target, no_step, owned_key


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPlan:
    """What publishing would do: `diff` is empty where everything is there; `obstacles` are
    why it would stop."""

    revision: Revision
    diff: str
    obstacles: tuple[Issue, ...] = ()
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What publishing did; `made` is False where the revision was there already."""

    revision: str
    sent: Sent
    made: bool
    files: tuple[str, ...]
    issues: tuple[Issue, ...] = ()


class Publisher:
    """Publishes one note to one target; `step` is told each step before it is done."""

    def __init__(
        self,
        target: Target,
        outbox: Outbox,
        clock: Clock,
        words: ReadmeWords,
        *,
        step: Step = no_step,
    ) -> None:
        self._target, self._outbox, self._clock = target, outbox, clock
        self._words, self._step = words, step

    def plan(self, material: Material, *, overwrite: bool = False) -> PublishPlan:
        """What would change, and what stands in the way. Changes nothing."""
        self._target.open()
        revision = self._revision(material)
        obstacles: tuple[Issue, ...] = ()
        there = {path: self._target.read(path) for path in revision.files}
        if not self._target.find(revision):
            try:
                self._target.check(revision, self._memory(), overwrite=overwrite, dry=True)
            except PublishError as error:
                obstacles = error.issues
        return PublishPlan(
            revision=revision,
            diff=diff(there, revision.files),
            obstacles=obstacles,
            issues=material.issues,
        )

    def publish(self, material: Material, *, overwrite: bool = False) -> Published:
        """Exactly one commit for the revision, however often this is called.

        Raises `PublishError` with a diff and a remedy before anything could be lost.
        """
        self._target.open()
        revision = self._revision(material)
        row = Outgoing(
            target=self._target.name,
            revision=revision.hash,
            day=revision.day,
            files=(
                *revision.hashes(),
                (owned_key(README), digest(owned(README, revision.files[README]))),
            ),
        )
        there = self._target.find(revision)
        commit = there or self._commit(row, revision, overwrite)
        committed = replace(row, state="committed", commit=commit)
        self._save(committed)
        sent = self._target.push(commit)
        if sent.pushed:
            self._step("record pushed")
            self._save(replace(committed, state="pushed"))
        return Published(
            revision=revision.hash,
            sent=sent,
            made=not there,
            files=tuple(sorted(revision.files)),
            issues=material.issues,
        )

    def _commit(self, row: Outgoing, revision: Revision, overwrite: bool) -> str:
        self._target.check(revision, self._memory(), overwrite=overwrite)
        self._step("plan")
        self._save(row)
        commit = self._target.commit(revision)
        self._step("record committed")
        return commit

    def _revision(self, material: Material) -> Revision:
        """The files, with the README as the target's own head and notes make it."""
        days = {*self._target.days(), material.day}
        newest = max(days)
        note: bytes | None = material.note
        if newest != material.day:
            note = self._target.read(note_path(newest))
        old = self._target.read(README)
        readme = make_readme(
            None if old is None else old.decode("utf-8", "replace"),
            newest,
            (note or b"").decode("utf-8", "replace"),
            days,
            self._words,
        )
        files = {note_path(material.day): material.note, **material.pictures}
        return Revision(day=material.day, files={**files, README: readme.encode()})

    def _memory(self) -> Sequence[Outgoing]:
        return self._outbox.outgoing(self._target.name)

    def _save(self, row: Outgoing) -> None:
        self._outbox.save_outgoing(row, self._clock.now())
