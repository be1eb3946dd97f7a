"""One minute of a job: everywhere at once, or place by place, shared by all engines that ask."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flows.hearing import heard, run_of
from flows.places import WHOLE, Shard
from flows.timetable import Alarm, Ground, Heart, Job, beat_of, period_of
from storage.database.work import unit_of_work
from storage.upkeep import heartbeat
from storage.upkeep.heartbeat import Heartbeat
from storage.upkeep.tally import together

LOG = logging.getLogger(__name__)
_AT_WORK: set[tuple[str, str, str]] = set()
"""Database, job and shard of what this process is at, place by place."""
_LOCK = threading.Lock()


class Broken(Exception):
    """What a job does at some places broke; the others' was done. The message names the places."""


def run_everywhere(ground: Ground, job: Job) -> str:
    """Run a job for all places, and what comes after them; its sentences. Raises Alarm at the end."""
    said, why = [], []
    for do in (job.run, job.then):
        if do is None:
            continue
        try:
            said.append(do(ground))
        except Alarm as alarm:
            said.append(alarm.said)
            why.append(alarm.why)
    if why:
        raise Alarm(together(said), together(why, "; "))
    return together(said)


@dataclass(frozen=True)
class Round:
    """A job's period, to be run once in each of its shards, whoever does so.

    What the job does after all places is done by whoever ends last.
    """

    ground: Ground
    heart: Heart
    job: Job
    shards: Sequence[Shard]

    @property
    def is_split(self) -> bool:
        """Whether there is more than one place."""
        return len(self.shards) > 1

    def run(self) -> list[str]:
        """What is left of the period: at once where nobody has begun; what breaks then, by place.

        Raises what the job raises; of several places Alarm, or Broken.
        """
        after = [WHOLE] if self.is_split and self.job.then is not None else []
        try:
            said = self._claimed([*self.shards, *after], lambda g: run_everywhere(g, self.job))
        except Alarm:
            raise
        except Exception:
            if not self.is_split:
                raise
            LOG.exception("%s broke; it is tried place by place", self.job.name)
            return self._by_place(claim=False)
        if said is None:
            return self._by_place() if self.is_split else []
        return [said]

    def _by_place(self, *, claim: bool = True) -> list[str]:
        said: list[str] = []
        troubles: list[Exception] = []
        for shard in self.shards:
            try:
                said += _said(self.at(shard, claim=claim))
            except (Alarm, Broken) as trouble:
                troubles.append(trouble)
        try:
            said += _said(self.close(claim=claim))
        except Alarm as alarm:
            troubles.append(alarm)
        _raise(troubles, said)
        return [together(said)] if said else []

    def free(self) -> list[Shard]:
        """The shards in which nobody has begun the period."""
        with unit_of_work(self.ground.engine, self.ground.clock, write=False) as work:
            begun = {b.shard for b in self._beats(heartbeat.every(work))}
        return [s for s in self.shards if s.code not in begun]

    def at(self, shard: Shard, *, claim: bool = True) -> str | None:
        """Run the period at one place; None where others did, or this process is still at it.

        Raises Alarm and Broken, which name the place.
        """
        here = (str(self.ground.engine.url), self.job.name, shard.code)
        with _LOCK:
            if here in _AT_WORK:
                return None
            _AT_WORK.add(here)
        try:
            return self._claimed([shard], self.job.run, claim=claim)
        except Alarm as alarm:
            raise Alarm(alarm.said, f"{shard}: {alarm.why}") from alarm
        finally:
            with _LOCK:
                _AT_WORK.remove(here)

    def close(self, *, claim: bool = True) -> str | None:
        """Run what comes after all places, once nobody is at one of them; None where others do."""
        if self.job.then is None:
            return None
        with unit_of_work(self.ground.engine, self.ground.clock, write=False) as work:
            if any(b.is_running for b in self._beats(heartbeat.every(work))):
                return None
        return self._claimed([WHOLE], self.job.then, claim=claim)

    def _beats(self, beats: Sequence[Heartbeat]) -> list[Heartbeat]:
        """Those of this job's places in which the period, or a later one, was begun."""
        period = period_of(self.job, self.ground.clock())
        mine = [b for b in beats if b.job == self.job.name and b.shard]
        return [b for b in mine if b.period >= period]

    def _claimed(
        self, shards: Sequence[Shard], do: Callable[[Ground], str], *, claim: bool = True
    ) -> str | None:
        """What it said in these shards; None, and nothing done, where one of them was begun."""
        one = shards[0] if len(shards) == 1 else WHOLE
        run = run_of(self.ground, self.heart, self.job, shard=one.code)
        codes = [s.code for s in shards]
        with unit_of_work(self.ground.engine, self.ground.clock) as work:
            beats = [beat_of(self.job, code) for code in codes]
            if not heartbeat.begin(work, beats, run, claim=claim):
                return None
        try:
            with heard(self.ground, run, codes):
                run.said = do(replace(self.ground, span=one.span))
        except Alarm:
            raise
        except Exception as failure:
            if not one.code:
                raise
            raise Broken(f"{one}: {type(failure).__name__}: {failure}") from failure
        return run.said


def _said(sentence: str | None) -> list[str]:
    return [] if sentence is None else [sentence]


def _raise(troubles: Sequence[Exception], said: Sequence[str]) -> None:
    """Raise one for all troubles of a period: Broken if anything broke, else Alarm."""
    why = together([t.why if isinstance(t, Alarm) else str(t) for t in troubles], "; ")
    if any(isinstance(t, Broken) for t in troubles):
        raise Broken(why)
    if troubles:
        raise Alarm(together(said), why)
