"""An engine that lives through simulated minutes beside others: a process that tests start and kill."""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from flows.running import open_round, run_due
from flows.timetable import Cadence, Ground, Job
from guapai.clock import SimulatedClock, local_time
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage.database.engine import open_engine
from tests.flows.machines import FakeMachine


def main() -> None:
    """Ask for a job in every minute of a span; each effect is a line in a file, written at once.

    Prefect's engine goes place by place, as its tasks do; the other one does what is left.
    """
    url, file, name, begin, first, last = sys.argv[1:]
    effects = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def run(ground: Ground) -> str:
        minute, here = f"{local_time(ground.clock()):%Y-%m-%dT%H:%M}", ground.span
        os.write(effects, f"{minute} {here.low or '-'} {here.high or '-'} {name}\n".encode())
        return "done"

    job = Job(name="tick", title="节拍", cadence=Cadence.minute, run=run, by_place=True)
    start = datetime.fromisoformat(begin)
    clock = SimulatedClock(start)
    machine = FakeMachine(clock)
    machine.live(timedelta(minutes=int(first)))
    sender = Sender("guapai@example.com", "挂牌督办系统", "example.com")
    ground = Ground(open_engine(url), clock, MemoryOffice(sender), Path("."), machine.heart(name))
    for _ in range(int(first), int(last)):
        share = open_round(ground, job) if name == "prefect" else None
        for shard in share.shards if share else ():
            share.at(shard)
        run_due(ground, job)
        machine.live(timedelta(minutes=1))
        print(machine.uptime, flush=True)


if __name__ == "__main__":
    main()
