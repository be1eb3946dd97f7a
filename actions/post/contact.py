"""Letters that reached nobody: somebody is asked to mend the contact; then sends them again, or not."""

from actions.act.duty import open_kind
from actions.hand.case import Row, open_case
from actions.hand.record import begin
from guapai.clock import Clock, utc_now
from guapai.people import CLOCK
from storage import letter as letters
from storage.database.engine import Engine
from storage.database.work import unit_of_work

_BASIS = "own_post"


def ask_to_mend(engine: Engine, clock: Clock = utc_now) -> int:
    """Open a duty for each letter that reached nobody; how many. Safe to run twice.

    One that was sent again and failed again is asked for again.
    """
    with unit_of_work(engine, clock, write=False) as work:
        found = letters.unreached(work)
    for letter_id, case_id, version in found:
        with unit_of_work(engine, clock) as work:
            _, case = open_case(work, CLOCK, case_id)
            if (letter_id, case_id, version) not in letters.unreached(work):
                continue
            record = begin(case, "letter", letter_id, "unreached", _BASIS)
            open_kind(case, record, Row(id=letter_id, version=version), "mend_contact")
            record.write({})
    return len(found)
