"""A machine whose clock a test can set wrong: its uptime goes on whatever the clock shows."""

from datetime import datetime, timedelta

from flows.timetable import Heart
from guapai.clock import SimulatedClock
from guapai.machine import Witness


class FakeMachine:
    """A clock and an uptime; ``live`` moves both, ``set`` only the clock, ``reboot`` forgets one."""

    def __init__(self, clock: SimulatedClock, host: str = "here") -> None:
        self.clock, self.host, self.boot = clock, host, f"{host}-1"
        self.uptime, self.synchronised = 100.0, False

    def __call__(self) -> Witness:
        return Witness(self.boot, self.uptime, self.host, self.synchronised)

    def live(self, span: timedelta) -> datetime:
        """Time passes."""
        self.uptime += span.total_seconds()
        return self.clock.advance(span)

    def reboot(self, off: timedelta) -> None:
        """The machine is off for a while and comes back."""
        self.clock.advance(off)
        name, _, nth = self.boot.rpartition("-")
        self.boot, self.uptime = f"{name}-{int(nth) + 1}", 5.0

    def heart(self, engine: str = "embedded") -> Heart:
        """An engine on this machine; a database's server would show another time than the story."""
        return Heart(engine, self, lambda _: None)
