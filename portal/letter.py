"""Letters: those about a case with their proof of delivery, and those to oneself."""

from actions.act.prospect import prospects
from guapai.errors import Missing
from portal.casefile import letter_view
from portal.web.may import IN_POST
from portal.web.page import Answer, Way, page
from portal.web.visit import Visit
from statemachines.letter import LetterState
from storage import letter
from storage.history import reading
from storage.history.reading import Looked
from storage.questions import casefile

PAGE = 50
_LAST = 2**63 - 1


@page(
    "/cases/{case_id:int}/letters/{letter_id:int}",
    may=IN_POST,
    template="case/letter.html",
    works=True,
)
def show_letter(visit: Visit, case_id: int, letter_id: int) -> Answer:
    """One letter: what it says, to whom it went, when it arrived and what the server answered."""
    with visit.writing() as work:
        seen = casefile.find_part(work, visit.scope, case_id)
        found = letter.get(work, letter_id)
        if seen is None or found is None or found.case_id != case_id:
            raise Missing("没有这个页面，或您无权查看")
        case, part = seen
        if not part.reads(found.organisation_id):
            raise Missing("没有这个页面，或您无权查看")
        reading.note(work, visit.actor, Looked.letter, case_id=case_id, row_id=letter_id)
        moves = [
            p.move
            for p in prospects(work, visit.actor, case_id, also=("letter", letter_id))
            if p.noun == "letter" and p.open and visit.actor.role in p.move.by
        ]
    view = letter_view(found.model_dump())
    return {"row": case, "letter": found, "view": view, "moves": moves}


@page(
    "/letters",
    may=IN_POST,
    template="account/letters.html",
    way=Way(rank=4, icon="mail", title="我的信件", short="信件"),
)
def my_letters(visit: Visit) -> Answer:
    """The letters to the person who is signed in, the latest first."""
    before = visit.query("before")
    until = int(before) if before.isdecimal() and len(before) < 19 else _LAST
    found = letter.of_person(visit.work, visit.actor.person_id or 0, until, PAGE + 1)
    return {
        "letters": [{**row, "said": LetterState(str(row["state"])).label} for row in found[:PAGE]],
        "following": found[PAGE - 1]["id"] if len(found) > PAGE else None,
    }
