"""Who takes personal columns out of the system, and that they did is kept."""

from actions.act.administration import by_whom, check_place
from guapai.clock import Clock, utc_now
from guapai.errors import BadInput
from guapai.people import Role
from statemachines.side import SIDE
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.history import reading

TAKERS = frozenset(r for r in Role if SIDE.get(r) in ("department", "commission", "government")) | {
    Role.auditor,
    Role.discipline_supervisor,
    Role.audit_admin,
}
"""Who may take contacts and addresses out: those who supervise, and those who watch (own)."""


def note_personal(
    engine: Engine, known_as: str, table: str, place: str, clock: Clock = utc_now
) -> None:
    """Write down that somebody takes a table with its personal columns, before they get it.

    Raises BadInput where nobody is named, NotAllowed for one who may not, or not at that place.
    """
    with unit_of_work(engine, clock) as work:
        if not known_as:
            raise BadInput("say who takes the personal columns: --as EMAIL")
        by = by_whom(work, known_as, roles=TAKERS)
        check_place(by, place, place or "全国")
        assert by.actor is not None, "somebody is named"
        detail = f"{table} --with-contact --place {place}"
        reading.note(work, by.actor, reading.Looked.export, detail=detail)
