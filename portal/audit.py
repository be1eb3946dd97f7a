"""The security log: who came in, who was refused, who changed a password; for those who audit."""

from guapai.people import Role
from guapai.word import label_of
from portal.web.may import only
from portal.web.page import Answer, Way, page
from portal.web.visit import Visit
from storage.history import access
from storage.history.access import PAGE, Access, Outcome

READERS = (Role.auditor, Role.audit_admin, Role.security_admin)
_LAST = 2**63 - 1


@page(
    "/entries",
    may=only(*READERS),
    template="account/entries.html",
    way=Way(rank=5, icon="shield-check", title="安全日志", tabs=False),
)
def show_entries(visit: Visit) -> Answer:
    """The entries, the latest first."""
    before = visit.query("before")
    until = int(before) if before.isdecimal() and len(before) < 19 else _LAST
    found = access.latest(visit.work, until, PAGE + 1)
    rows = [
        {
            **r,
            "what": label_of(Access, str(r["what"])),
            "said": label_of(Outcome, str(r["outcome"])),
        }
        for r in found[:PAGE]
    ]
    return {"rows": rows, "following": found[PAGE - 1]["id"] if len(found) > PAGE else None}
