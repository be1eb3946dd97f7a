"""Letters that reached nobody: somebody is asked to mend the contact, and then sends them again."""

from actions.case import Row, open_case
from actions.duty import open_kind, settle
from actions.facts import read_facts
from actions.permission import check_permission
from actions.record import begin
from guapai.clock import Clock, utc_now
from guapai.errors import Missing
from guapai.people import CLOCK, Actor
from statemachines.letter import LETTER
from storage import letter as letters
from storage import person as people
from storage.engine import Engine
from storage.work import Work, unit_of_work

_BASIS = "own_post"


def ask_to_mend(engine: Engine, clock: Clock = utc_now) -> int:
    """Open a duty for each letter that reached nobody; how many. Safe to run twice."""
    with unit_of_work(engine, clock, write=False) as work:
        found = letters.unreached(work)
    for letter_id, case_id in found:
        with unit_of_work(engine, clock) as work:
            _, case = open_case(work, CLOCK, case_id)
            if (letter_id, case_id) not in letters.unreached(work):
                continue
            record = begin(case, "letter", letter_id, "unreached", _BASIS)
            open_kind(case, record, Row(id=letter_id, version=1), "mend_contact")
            record.write({})
    return len(found)


def decide(
    work: Work, letter_id: int, name: str, reason: str, actor: Actor, *, email: str | None = None
) -> None:
    """A person sends a letter again (``resend``) or gives it up (``cancel``), and says why.

    A new address goes to the person as well; a letter that was sealed keeps its bytes, so a new
    address helps only one that never was. Raises Missing, NotAllowed, WrongState, BadInput.
    """
    letter = letters.get(work, letter_id)
    if letter is None or letter.case_id is None:
        raise Missing("没有这封信，或您无权处理")
    _, case = open_case(work, actor, letter.case_id)
    move = LETTER.procedure.move(name, letter.state)
    check_permission(case, move, actor)
    facts = read_facts(LETTER.procedure, name, {"reason": reason})
    assert facts is not None
    row = Row(id=letter_id, version=1, state=letter.state)
    LETTER.procedure.fire(row, move, case.situation("letter", row, facts))
    record = begin(case, "letter", letter_id, name, _BASIS)
    record.source, record.dest = str(letter.state), str(row.state)
    settle(case, record, move, row, facts, final=False)
    values: dict[str, object] = {"state": str(row.state), "next_try_at": work.now, "attempts": 0}
    if email is not None and letter.mime is None:
        values["recipient"] = email
        if letter.person_id is not None:
            people.readdress(work, letter.person_id, email)
    work.update(letters.TABLE, {"id": letter_id}, values)
    record.write(facts)
