"""Daily tidying: what has served its time goes."""

from datetime import timedelta

from actions.files.sweeping import UNATTACHED, sweep_unattached
from actions.files.upload import DAY
from actions.people.entrance import IDLE, LONGEST
from actions.people.password import SPAN
from guapai.clock import Clock, utc_now
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.files.store import FileStore
from storage.history import access
from storage.history import act as acts
from storage.people import session as sessions
from storage.people import throttle

KEYS_KEPT = timedelta(days=30)
"""How long a repeated form is answered as the first time (design §4)."""


def end_sessions(engine: Engine, clock: Clock = utc_now) -> None:
    """Forget sessions that have ended by themselves, and tries that no longer count."""
    with unit_of_work(engine, clock) as work:
        sessions.end_idle(work, IDLE, LONGEST)
        throttle.forget_old(work, max(SPAN, DAY))


def forget_old_keys(engine: Engine, clock: Clock = utc_now) -> int:
    """Delete idempotency keys older than 30 days; how many."""
    with unit_of_work(engine, clock) as work:
        return acts.forget(work, work.now - KEYS_KEPT)


def drop_unneeded(
    engine: Engine, clock: Clock, store: FileStore, age: timedelta = UNATTACHED
) -> tuple[int, int]:
    """Drop entries of the security log that have served their time, and files that nothing names."""
    with unit_of_work(engine, clock) as work:
        entries = access.forget_old(work)
    return entries, sweep_unattached(engine, clock, store, age)
