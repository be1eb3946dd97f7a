"""The page of a case: where it is, who must do what by when, what happened."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from starlette.responses import FileResponse

from actions.act.prospect import Prospect, prospects
from actions.files.giving import given_file
from guapai.errors import Missing
from guapai.people import ROLE_TITLES, Role
from law.pack import Pack
from portal import casefile as said
from portal.diagram.draw import draw
from portal.evidence import ORIGINALS
from portal.form.pairs import latest, pairs
from portal.linked import linked
from portal.operation import NO_ITEMS, items_of
from portal.task import RESTS, moves_beside
from portal.web.language import translator
from portal.web.may import IN_POST
from portal.web.page import Answer, page
from portal.web.visit import Visit
from statemachines.facts import Source
from statemachines.nouns import NOUNS, PROCEDURES
from storage import paper
from storage.duty import Duty
from storage.history import reading
from storage.history.event import Event
from storage.history.reading import Looked
from storage.people.organisation import OrganisationKind
from storage.questions import casefile
from storage.questions.case_parts import MOST_LINES
from storage.questions.casefile import CaseFile, Notices
from storage.upkeep import pack

_LAST = 2**63 - 1
MOST_ENDED = 12
"""So many duties that have ended stand on the page."""
NOTICES = 50


@page("/cases/{case_id:int}", may=IN_POST, template="case/case.html")
def show_case(visit: Visit, case_id: int) -> Answer:
    """One case with all its parts; ``before`` an event's id shows what happened earlier.

    ``files`` does so for the files of the case.
    """
    until, until_file = _before(visit, "before"), _before(visit, "files")
    case = casefile.read(visit.work, visit.scope, case_id, until)
    if case is None:
        raise Missing("没有这个案件，或您无权查看")
    line, beside = said.stations(case)
    procedure = PROCEDURES[case.noun]
    duties = sorted(case.duties, key=lambda d: d.due_at)
    now, quiet = visit.work.now, discreet(visit, case)
    waits = ("open", "suspended")
    files, earlier_files = latest(case.evidence, until_file)
    open_moves = prospects(visit.work, visit.actor, case_id)
    return {
        "row": case.root,
        "state": procedure.titles[procedure.states(case.root.state)],
        "head": said.head(case, discreet=quiet),
        "line": line,
        "beside": beside,
        "diagram": drawn(case.noun, case.root.state, tuple(said.visited(case)), visit.language),
        "open": [_owed(visit, case, d, now) for d in duties if d.state in waits],
        "done": [said.duty_view(case, d, now) for d in _ended(duties)],
        "events": [_event(visit, case, e, quiet) for e in case.events],
        "earlier": case.events[-1].id if case.more else None,
        "later": until != _LAST,
        "lines": [
            said.line_view(case, x, _rules(visit, case, x["pack_id"]))
            for x in case.lines[:MOST_LINES]
        ],
        "more_lines": len(case.lines) > MOST_LINES,
        "papers": case.papers,
        "pairs": pairs(case.evidence, files),
        "earlier_files": earlier_files,
        "later_files": until_file != _LAST,
        "originals": visit.actor.role in ORIGINALS,
        "cards": said.cards(case),
        "linked": linked(case),
        "elsewhere": [said.told_elsewhere(case, e) for e in case.elsewhere],
        "waiting": _waiting(case, open_moves),
        "contact": bool(_contact(case)) and may_read_contact(visit, case),
        **(items_of(visit, case_id) if NOUNS[case.noun].mends else NO_ITEMS),
        **_moves(
            open_moves,
            {d.kind for d in duties if d.state == "open"},
            case.noun,
        ),
    }


def _before(visit: Visit, name: str) -> int:
    """The id in a question, before which something is asked for; the last there can be without it."""
    asked = visit.query(name)
    return int(asked) if asked.isdecimal() and len(asked) < 19 else _LAST


def _event(visit: Visit, case: CaseFile, row: Event, quiet: bool) -> Any:
    return said.event_view(case, row, _rules(visit, case, row.pack_id), discreet=quiet)


def _rules(visit: Visit, case: CaseFile | Notices, pack_id: int | None) -> Pack:
    """The pack that was followed when something happened; the case may follow a newer one now."""
    return pack.get(visit.work, pack_id or case.root.pack_id)


@lru_cache(maxsize=1024)
def drawn(noun: str, state: str, visited: tuple[str, ...], language: str) -> str:
    """The diagram of a case; many cases have gone the same way."""
    return draw(PROCEDURES[noun], state, visited, language=translator(language))


def _owed(visit: Visit, case: CaseFile, row: Duty, now: datetime) -> Any:
    """A duty; one of the reader's about a row that the page does not show has its buttons here."""
    shown = said.duty_view(case, row, now)
    shown.moves = moves_beside(row, visit.actor)
    shown.moving = f"/cases/{case.root.id}/{row.noun}/{row.row_id}/"
    return shown


def _ended(duties: list[Duty]) -> list[Duty]:
    """The duties that ended last; what became of each also stands in the history."""
    ended = [d for d in duties if d.closed_at is not None]
    return sorted(ended, key=lambda d: (d.closed_at, d.id), reverse=True)[:MOST_ENDED]


@page("/cases/{case_id:int}/notices", may=IN_POST, template="case/notices.html")
def show_notices(visit: Visit, case_id: int) -> Answer:
    """The proof of notice: every reminder of a case, to whom it went, and what the server said."""
    until = _before(visit, "before")
    found = casefile.notices(visit.work, visit.scope, case_id, until, NOTICES + 1)
    if found is None:
        raise Missing("没有这个案件，或您无权查看")
    shown = found.lines[:NOTICES]
    return {
        "row": found.root,
        "lines": [said.line_view(found, x, _rules(visit, found, x["pack_id"])) for x in shown],
        "earlier": shown[-1]["id"] if len(found.lines) > NOTICES else None,
    }


def discreet(visit: Visit, case: CaseFile) -> bool:
    """Whether the reader must not learn that somebody tipped off (2013 opinion on informants)."""
    return getattr(case.root, "source", None) == Source.tip_off and not _is_auditor(visit)


def _contact(case: CaseFile) -> str | None:
    return getattr(case.root, "contact", None)


def _is_auditor(visit: Visit) -> bool:
    return visit.actor.role in ORIGINALS


def may_read_contact(visit: Visit, case: CaseFile) -> bool:
    """Who may see whom to call: the department, unless somebody tipped off."""
    entry = visit.entry
    assert entry is not None
    return (
        entry.kind in (OrganisationKind.department, OrganisationKind.enterprise)
        and getattr(case.root, "source", None) != Source.tip_off
    )


def _moves(found: list[Prospect], due: set[str], root: str) -> dict[str, Any]:
    """The moves by the row they move: those of the root, and those of each card.

    What waits for a signature or meets a duty comes first; not what would undo one's own signature.
    """
    signed = {kind for p in found if p.waiting and p.waiting.signed for kind in p.move.meets}
    own = [p for p in found if p.noun == root]
    beside: dict[tuple[str, int | None], list[Prospect]] = {}
    for prospect in found:
        if prospect.noun != root:
            beside.setdefault((prospect.noun, prospect.row_id), []).append(prospect)
    births = [p for (_, row_id), ps in beside.items() if row_id is None for p in ps]
    able = [p for p in own + births if p.open]
    led = [p for p in able if p.move.dest not in RESTS]
    pressing = [p for p in led if p.waiting or (due - signed) & set(p.move.meets)]
    return {
        "moves": pressing + [p for p in able if p not in pressing],
        "pressing": pressing,
        "closed_moves": [p for p in own + births if not p.open],
        "beside_moves": {f"{n}.{i}": ps for (n, i), ps in beside.items() if i is not None},
    }


def _waiting(case: CaseFile, found: list[Prospect]) -> list[Mapping[str, Any]]:
    """Decisions that wait for signatures, with who has signed, and where the reader ends one."""
    theirs = {p.waiting.pending_id: p for p in found if p.waiting}
    out: list[Mapping[str, Any]] = []
    for parked in case.pending:
        moves = PROCEDURES[parked.noun].moves
        signed = [s for s in case.signatures if s["pending_id"] == parked.id]
        out.append(
            {
                "title": next(m.title for m in moves if m.name == parked.move),
                "at": parked.opened_at,
                "theirs": theirs.get(parked.id),
                "signed": [(s["name"], ROLE_TITLES[Role(s["role"])]) for s in signed],
            }
        )
    return out


@page("/cases/{case_id:int}/contact", may=IN_POST, template="case/contact.html", works=True)
def show_contact(visit: Visit, case_id: int) -> Answer:
    """Whom to call; who looked is written down first."""
    with visit.writing() as work:
        case = casefile.read(work, visit.scope, case_id)
        if case is None or not _contact(case) or not may_read_contact(visit, case):
            raise Missing("没有这个页面，或您无权查看")
        reading.note(work, visit.actor, Looked.contact, case_id=case_id)
    return {"row": case.root}


@page("/cases/{case_id:int}/papers/{paper_id:int}.pdf", may=IN_POST, works=True)
def show_paper(visit: Visit, case_id: int, paper_id: int) -> Answer:
    """The PDF of a paper."""
    with visit.writing() as work:
        case = casefile.find(work, visit.scope, case_id)
        found = paper.get(work, paper_id)
        if case is None or found is None or found.case_id != case_id or found.pdf is None:
            raise Missing("没有这个页面，或您无权查看")
        reading.note(work, visit.actor, Looked.paper, case_id=case_id, row_id=paper_id)
    house = visit.house
    return FileResponse(
        given_file(house.engine, house.clock, house.store, found.pdf),
        media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="paper-{paper_id}.pdf"'},
    )
