"""Runs on several machines and in several containers that die, sleep and misjudge the time.

Whatever happens: of all who believe that they hold the lock at most one can write, nobody who is
awake and beating loses it, and no dead run keeps a waiting one from it for longer than the bound.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pipeline.errors import RunLockedError, RunLostError
from pipeline.store import open_store
from pipeline.store.beats import BEAT, SILENT
from pipeline.store.processes import Process
from pipeline.store.sql_store import SqlStore
from pipeline.types import RunReport
from tests.store.samples import DAY, NOW

LOOK = 5.0
"""Seconds between two looks of one who waits, and the grain of time here."""

SLACK = 60.0
"""What jumps of the waiting one's clock may add to the bound: each costs one look."""

_HERE = Process(host="h", boot="b", namespace="n1", pid=1, process_start="1")
_ALL = (
    _HERE,
    replace(_HERE, pid=7),  # beside the first
    replace(_HERE, namespace="n2"),  # a container of the same name, `network_mode: host`
    replace(_HERE, host="c1", namespace="n3"),  # a container with a name of its own
    replace(_HERE, host="h", boot="b2"),  # another machine of the same name
)


@dataclass
class Actor:
    """A process and what really became of it; `since` is when it was last woken or born."""

    process: Process
    store: SqlStore
    lives: bool = True
    awake: bool = True
    since: float = 0.0
    skew: timedelta = timedelta()
    run: str = ""
    waits: str = ""
    waits_since: float = 0.0
    beat_at: float = 0.0


class Machines(RuleBasedStateMachine):
    """The real lock on a real file beside what truly happens."""

    anyone = st.integers(0, len(_ALL) - 1)
    often_the_holder = st.integers(-len(_ALL), len(_ALL) - 1)

    @initialize(local=st.booleans())
    def start(self, local: bool) -> None:
        self.local = local
        self.folder = Path(tempfile.mkdtemp(prefix="lock-"))
        self.patch = pytest.MonkeyPatch()
        self.time, self.count, self.asks = 0.0, 0, _HERE
        self.gone_since: float | None = None
        self.dead: list[Actor] = []
        self.actors = [Actor(p, self.opened()) for p in (_ALL[:4] if local else _ALL)]
        for module in ("runs", "processes"):
            self.patch.setattr(f"pipeline.store.{module}.this_process", lambda: self.asks)
        self.patch.setattr("pipeline.store.processes.exists", lambda pid: bool(self.start_of(pid)))
        self.patch.setattr("pipeline.store.processes._start_of", self.start_of)

    def opened(self) -> SqlStore:
        store = open_store(str(self.folder / "s.db"))
        store.database.local = self.local
        return store

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.patch.undo()
            for actor in (*self.actors, *self.dead):
                actor.store.close()
            shutil.rmtree(self.folder)

    def start_of(self, pid: int) -> str | None:
        """What who asks sees of a process with this id: only those of its own namespace."""
        for actor in self.actors:
            it, me = actor.process, self.asks
            if actor.lives and (it.boot, it.namespace, it.pid) == (me.boot, me.namespace, pid):
                return it.process_start
        return None

    def now(self, actor: Actor) -> datetime:
        return NOW + timedelta(seconds=self.time) + actor.skew

    def holder(self) -> Actor | None:
        """Who holds the lock in truth, dead or alive."""
        return next((a for a in (*self.actors, *self.dead) if a.run), None)

    def pick(self, which: int) -> Actor:
        holder = self.holder()
        if which < 0 and holder in self.actors:
            return holder
        return self.actors[which % len(self.actors)]

    def look(self, actor: Actor) -> None:
        self.asks, before = actor.process, self.holder()
        try:
            actor.store.begin_run(actor.waits, DAY, self.now(actor), "test")
        except RunLockedError:
            assert before, "nobody holds it"
            assert (
                before.lives
                or before.process.namespace != actor.process.namespace
                or (before.process.boot != actor.process.boot)
            ), "one beside us is known to be dead at once"
            return
        if before:
            deaf = not before.lives or not before.awake
            assert deaf or self.time - before.since <= BEAT + LOOK, "it was awake and beating"
            before.run = ""
        actor.run, actor.waits, actor.beat_at = actor.waits, "", self.time
        self.gone_since = None

    def beat(self, actor: Actor) -> None:
        self.asks = actor.process
        actor.store.beat(actor.run)
        actor.beat_at = self.time

    @rule(looks=st.sampled_from((1, 6, 20, 50)))
    def time_passes(self, looks: int) -> None:
        for _ in range(looks):
            self.time += LOOK
            for actor in self.actors:
                if actor.lives and actor.awake:
                    if actor.run and self.time - actor.beat_at >= BEAT:
                        self.beat(actor)
                    if actor.waits:
                        self.look(actor)
            self.in_time()

    def in_time(self) -> None:
        holder = self.holder()
        if holder is None or (holder.lives and holder.awake):
            self.gone_since = None
            return
        self.gone_since = self.time if self.gone_since is None else self.gone_since
        for actor in self.actors:
            # A sleeping one beside us lives, as far as anybody can see.
            near = holder.lives and (holder.process.boot, holder.process.namespace) == (
                actor.process.boot,
                actor.process.namespace,
            )
            if actor.lives and actor.awake and actor.waits and not near:
                began = max(self.gone_since, actor.waits_since, actor.since)
                assert self.time - began <= SILENT.total_seconds() + SLACK

    @rule(which=anyone)
    def wants_to_run(self, which: int) -> None:
        actor = self.pick(which)
        if actor.lives and actor.awake and not actor.run and not actor.waits:
            self.count += 1
            actor.waits, actor.waits_since = f"run {self.count}", self.time
            self.look(actor)

    @rule(which=often_the_holder)
    def ends(self, which: int) -> None:
        actor = self.pick(which)
        if actor.lives and actor.awake and actor.run:
            self.asks = actor.process
            report = RunReport(run_id=actor.run, day=DAY, started_at=NOW, finished_at=NOW)
            actor.store.end_run(report)
            actor.run = ""

    @rule(which=often_the_holder)
    def dies(self, which: int) -> None:
        actor = self.pick(which)
        actor.lives, actor.waits = False, ""

    @rule(which=anyone)
    def is_born_again(self, which: int) -> None:
        """With the same process id, as in a container that is started again."""
        at = which % len(self.actors)
        old = self.actors[at]
        if old.lives:
            return
        start = str(int(old.process.process_start) + 1)
        self.actors[at] = Actor(
            replace(old.process, process_start=start), self.opened(), since=self.time
        )
        self.dead.append(old)

    @rule(which=often_the_holder)
    def falls_asleep(self, which: int) -> None:
        self.pick(which).awake = False

    @rule(which=anyone)
    def wakes_up(self, which: int) -> None:
        actor = self.pick(which)
        if not actor.awake:
            actor.awake, actor.since = True, self.time
            actor.waits_since = self.time
            self.believes(actor)

    def believes(self, actor: Actor) -> None:
        """One who slept writes at once, as if nothing had been: only the true holder may."""
        ours = actor.store.database.run
        if not actor.lives or ours is None:
            return
        self.asks = actor.process
        if actor.run:
            actor.store.put_vectors("m", {ours: b"1"})
            return
        with pytest.raises(RunLostError):
            actor.store.put_vectors("m", {ours: b"1"})
        actor.store.end_run(RunReport(run_id=ours, day=DAY, started_at=NOW))

    @rule(which=anyone, hours=st.integers(-30, 30))
    def clock_jumps(self, which: int, hours: int) -> None:
        self.pick(which).skew += timedelta(hours=hours)

    @invariant()
    def at_most_one_can_write(self) -> None:
        if not hasattr(self, "actors"):
            return
        able = []
        for actor in self.actors:
            if actor.lives and (ours := actor.store.database.run) is not None:
                try:
                    actor.store.check_run()
                except RunLostError:
                    continue
                able.append(ours)
        assert able == [a.run for a in self.actors if a.run and a.lives]
        assert len(able) <= 1


Machines.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestMachines = Machines.TestCase
