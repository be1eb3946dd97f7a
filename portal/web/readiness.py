"""Whether a portal can work: asked with a deadline, in a thread of its own, and never in doubt for long."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass

from actions.upkeep.watch import concerns, look_around
from guapai.errors import Gone, GuapaiError
from portal.web.visit import House
from storage.database.work import unit_of_work
from storage.schema import health
from storage.schema.schema import require_newest

LOG = logging.getLogger(__name__)
DEADLINE = 3.0
"""Seconds after which a database that does not answer counts as gone (own)."""
NO_ROOM = 50 * 2**20
"""Free bytes below which nothing more can be kept (own)."""


@dataclass(frozen=True)
class Readiness:
    """The first line says whether the portal is ready; the others what does not run."""

    ready: bool
    lines: tuple[str, ...]
    faults: bool = False


_lock = threading.Lock()
_asking: dict[int, "Future[Readiness]"] = {}
"""The look under way at each house: while it hangs, no other is begun."""


def readiness(house: House, deadline: float = DEADLINE) -> Readiness:
    """Whether a house is ready. Answers by the deadline and never raises."""
    with _lock:
        asked = _asking.get(id(house))
        if asked is None:
            asked = _asking[id(house)] = _begin(lambda: _look(house), id(house))
    try:
        return asked.result(deadline)
    except Late:
        return Readiness(False, ("not ready: the database does not answer",))


def _begin(look: Callable[[], Readiness], key: int) -> "Future[Readiness]":
    future: Future[Readiness] = Future()

    def run() -> None:
        try:
            found = look()
        except Exception as error:  # whatever it is, it is no reason to answer 500
            LOG.warning("not ready: %s: %s", type(error).__name__, error)
            found = Readiness(False, (f"not ready: {type(error).__name__}",))
        with _lock:
            del _asking[key]
        future.set_result(found)

    threading.Thread(target=run, name="readiness", daemon=True).start()
    return future


def _look(house: House) -> Readiness:
    try:
        require_newest(house.engine)
        house.store.folder.mkdir(parents=True, exist_ok=True)
    except Gone as gone:
        return Readiness(False, (f"not ready: the database {gone.path.name} is gone",))
    except (GuapaiError, OSError) as error:
        return Readiness(False, (f"not ready: {type(error).__name__}",))
    if health.disk_of(house.store.folder).free < NO_ROOM:
        return Readiness(False, ("not ready: no room on the disk of the files",))
    with unit_of_work(house.engine, house.clock, write=False) as work:
        settings = house.settings
        found = concerns(look_around(work, house.store.folder, settings.certificate))
    lines = tuple(f"{c.state}: {c.key}" for c in found)
    return Readiness(True, ("ready", *lines), any(c.state == "fault" for c in found))
