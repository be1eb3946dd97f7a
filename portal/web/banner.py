"""What administrators read above every page while something does not run."""

from actions.upkeep.watch import Concern, concerns, look_around
from guapai.people import Role
from portal.web.visit import Visit

READERS = frozenset({Role.system_admin, Role.security_admin, Role.audit_admin})
"""Who is told: those who keep the installation."""
MOST = 8
"""Lines that are shown (own)."""


def troubles(visit: Visit) -> list[Concern]:
    """The faults there are, for those who keep the installation; nothing for others.

    Only where a page is being read: its unit of work is asked.
    """
    entry, work = visit.entry, visit.reading_work
    if work is None or entry is None or entry.role not in READERS or not visit.in_post:
        return []
    settings = visit.house.settings
    found = concerns(look_around(work, visit.house.store.folder, settings.certificate))
    return [c for c in found if c.state == "fault"][:MOST]
