"""The form of a move, made from its facts; what was typed survives errors and races."""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from actions.act.parked import end_parked
from actions.act.perform import Done, perform, who_was_first
from actions.act.permission import check_any
from actions.act.prospect import Prospect, beside, is_late, prospects
from actions.hand.case import Case, Row, look_at
from actions.hand.facts import FieldErrors, Subject, read_facts
from guapai.clock import local_date
from guapai.errors import BadInput, GuapaiError, KeyReused, Missing, NotAllowed, Overtaken
from guapai.text import one_line
from portal.casefile import cited
from portal.form.choice import finders, offer
from portal.form.form import read
from portal.form.handed import check_files, keep_files, points, shown_before
from portal.form.parked import how_ended, reason_field, waits
from portal.form.prefill import prefill
from portal.web.endpoint import show
from portal.web.may import IN_POST
from portal.web.page import Answer, page, see
from portal.web.visit import Form, Visit
from portal.words.field import Field, fields_of
from statemachines.nouns import NOUNS, PROCEDURES
from statemachines.procedure import Move
from storage.database.work import Work
from storage.questions import casefile

_MEND = "有的内容需要修改，见下面标出的地方"
_ADDRESS = "/cases/{case_id:int}/{noun}/{row_id:int}/{name}"


Where = tuple[int, str, int, str]
"""A move as its address names it: case, noun, row, name."""


@dataclass(frozen=True)
class Desk:
    """A move somebody is about to make: the case, the row, the move as they see it."""

    case: Any
    prospect: Prospect


def _find(visit: Visit, work: Work, case_id: int, noun: str, row_id: int, name: str) -> Desk:
    """The move, if it is any concern of the visitor's. Raises Missing."""
    case = casefile.find(work, visit.scope, case_id)
    if case is None or noun not in PROCEDURES:
        raise Missing("没有这个页面，或您无权查看")
    for found in prospects(work, visit.actor, case_id, also=beside(noun, row_id)):
        if (found.noun, found.row_id or 0, found.move.name) == (noun, row_id, name):
            return Desk(case, found)
    raise Missing("没有这个页面，或您无权查看")


@page(_ADDRESS, may=IN_POST, template="case/move.html")
def show_move(visit: Visit, case_id: int, noun: str, row_id: int, name: str) -> Answer:
    """The form, with what is known filled in; or who was first, where it is too late for it."""
    try:
        desk = _find(visit, visit.work, case_id, noun, row_id, name)
    except Missing:
        if not _is_late(visit, (case_id, noun, row_id, name)):
            raise
        return _gone(visit, visit.work, (case_id, noun, row_id, name), [])
    return _values(visit, visit.work, desk)


def _values(
    visit: Visit,
    work: Work,
    desk: Desk,
    typed: list[Field] | None = None,
    said: str = "",
    key: str = "",
    reason: str = "",
) -> dict[str, Any]:
    """What the form shows: what was ``typed``, or else what is known."""
    prospect = desk.prospect
    fields, again = typed or fields_of(prospect.move.facts), False
    if not typed:
        again = prefill(work, fields, desk.case, prospect)
    offer(visit, work, fields, desk.case)
    return {
        "row": desk.case,
        "prospect": prospect,
        "fields": fields,
        "typed": typed or [],
        "again": again,
        "reason": reason_field(reason),
        "basis": cited(prospect.move.basis, desk.case.place_code, local_date(work.now)),
        "said": said,
        "key": key or secrets.token_urlsafe(18),
        "points": points(work, desk.case.id),
        "shown_before": shown_before(work, desk.case.id),
        "parked": waits(work, prospect),
        "action": f"/cases/{desk.case.id}/{prospect.noun}/{prospect.row_id or 0}/"
        f"{prospect.move.name}",
        "back": f"/cases/{desk.case.id}",
    }


def _row_of(case: Case, noun: str, row_id: int) -> Row | None:
    rows = [case.root] if noun == case.noun else case.related.get(noun, [])
    return next((r for r in rows if r.id == row_id), None)


def _made_by(visit: Visit, case_id: int, noun: str, row_id: int, name: str) -> Move:
    """The move of a name, if the visitor could make it in some state. Raises Missing."""
    with visit.reading() as work:
        case = casefile.find(work, visit.scope, case_id)
        seen = look_at(work, visit.actor, case_id, also=beside(noun, row_id)) if case else None
    rows = {n: {0, *(r.id for r in found)} for n, found in seen.related.items()} if seen else {}
    here = seen is not None and row_id in {**rows, seen.noun: {case_id}}.get(noun, ())
    row = _row_of(seen, noun, row_id) if seen else None
    moves = [m for m in PROCEDURES[noun].moves if m.name == name] if here else []
    fitting = [m for m in moves if visit.actor.role in m.by]
    if seen is None or not fitting:
        raise Missing("没有这个页面，或您无权查看")
    try:
        check_any(seen, fitting, visit.actor, row)
    except NotAllowed:
        raise Missing("没有这个页面，或您无权查看") from None
    return fitting[0]


@page(_ADDRESS, may=IN_POST, method="POST")
def make_move(visit: Visit, case_id: int, noun: str, row_id: int, name: str) -> Answer:
    """Make the move; whatever goes wrong, the form comes back with everything that was typed."""
    form = visit.form
    assert form is not None
    fields = fields_of(_made_by(visit, case_id, noun, row_id, name).facts)
    said = keep_files(visit, form, "evidence") if form.files else ""
    if form.get("more"):
        return _more(visit, (case_id, noun, row_id, name), fields, form, said)
    subject = Subject(noun=noun, row_id=row_id or None, case_id=case_id)
    if NOUNS[noun].root:
        subject = Subject(noun=noun, row_id=case_id)
    try:
        with visit.writing() as work:
            done = _act(visit, work, subject, name, fields, form, case_id, said)
    except NotAllowed:
        raise Missing("没有这个页面，或您无权查看") from None
    except GuapaiError as error:
        typed = [] if _about_parked(form) else fields
        return _again(visit, (case_id, noun, row_id, name), typed, form, error)
    return see(visit, f"/cases/{case_id}?{urlencode(_done(done, noun, name, form))}")


def _act(
    visit: Visit,
    work: Work,
    subject: Subject,
    name: str,
    fields: list[Field],
    form: Form,
    case_id: int,
    said: str,
) -> Done:
    """Make the move, sign what waits, withdraw or refuse it: as the form asks."""
    seen: dict[str, Any] = {
        "seen_version": _number(form.get("version")),
        "seen_parked": _number(form.get("parked")),
        "key": key_of(form),
    }
    if how := how_ended(form):
        typed = form.get("reason")
        reason = {"reason": typed} if typed.strip() else {}
        return end_parked(work, subject, name, how, reason, visit.actor, **seen)
    facts = None if form.get("sign") else _facts(visit, work, fields, form, case_id)
    complain(subject.noun, name, fields, facts, said)
    return perform(work, subject, name, facts, visit.actor, **seen)


def _about_parked(form: Form) -> bool:
    """Whether a form is about a decision that waits, so that its facts were not typed in it."""
    return bool(form.get("sign") or how_ended(form))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def key_of(form: Form) -> str | None:
    """What makes a form that is sent twice act once."""
    return one_line(form.get("key"))[:80] or None


def _facts(
    visit: Visit, work: Work, fields: list[Field], form: Form, case_id: int
) -> dict[str, Any]:
    facts = read(fields, form, finders(visit, work))
    for field in fields:
        if field.kind == "evidence":
            try:
                check_files(work, visit, case_id, field.value)
            except BadInput as error:
                field.error = error.said
    return facts


def _done(done: Done, noun: str, name: str, form: Form) -> dict[str, str]:
    out = {"done": f"{noun}.{name}"}
    if how := how_ended(form):
        out["end"] = how
    if done.missing:
        out["missing"] = str(done.missing)
    return out


def _again(
    visit: Visit,
    where: Where,
    fields: list[Field],
    form: Form,
    error: GuapaiError,
) -> Response:
    """The form once more: what is wrong is said beside its field, and what was typed is kept."""
    place_errors(fields, error)
    reason = form.get("reason") if how_ended(form) else ""
    with visit.reading() as work:
        try:
            desk = _find(visit, work, *where)
        except Missing:
            typed = [reason_field(reason)] if reason else fields
            return _gone(visit, work, where, typed, error)
        key = "" if isinstance(error, KeyReused) else form.get("key")
        values = _values(visit, work, desk, fields, said_of(error), key, reason)
    if how_ended(form):
        place_errors([values["reason"]], error)
    return show(visit, "case/move.html", values, status=error.status)


def _more(visit: Visit, where: Where, fields: list[Field], form: Form, said: str) -> Response:
    """The form as it was typed, with another empty row: how one is added without scripts."""
    with visit.reading() as work:
        try:
            desk = _find(visit, work, *where)
        except Missing:
            return _gone(visit, work, where, fields)
        read(fields, form, finders(visit, work))
        for field in fields:
            field.error = ""
            if field.columns and form.get("more") == field.name:
                field.value = [*field.value, {}]
        values = _values(visit, work, desk, fields, said, form.get("key"))
    return show(visit, "case/move.html", values)


def _is_late(visit: Visit, where: Where) -> bool:
    """Whether a case the visitor sees has gone on from where they made that move."""
    case_id, noun, row_id, name = where
    seen = casefile.find(visit.work, visit.scope, case_id) is not None and noun in PROCEDURES
    return seen and is_late(visit.work, visit.actor, case_id, noun, row_id, name)


def _gone(
    visit: Visit, work: Work, where: Where, fields: list[Field], error: GuapaiError | None = None
) -> Response:
    """What was typed, to be copied, and why it cannot be handed in any more."""
    said = who_was_first(work, where[1], where[2])
    offer(visit, work, [f for f in fields if f.kind == "officers"], None)
    if error is not None and not isinstance(error, Overtaken):
        said = error.said
    values = {"said": said, "fields": fields, "back": f"/cases/{where[0]}"}
    return show(visit, "case/gone.html", values, status=error.status if error else 409)


def complain(
    noun: str, name: str, fields: list[Field], facts: dict[str, Any] | None, said: str
) -> None:
    """Raise BadInput when something could not be read; what else is missing is said at once."""
    if not said and not any(f.error for f in fields):
        return
    try:
        read_facts(PROCEDURES[noun], name, facts)
    except FieldErrors as error:
        place_errors(fields, error)
    raise BadInput(said or _MEND)


def said_of(error: GuapaiError) -> str:
    """The sentence over the form."""
    return _MEND if isinstance(error, FieldErrors) else error.said


def place_errors(fields: list[Field], error: GuapaiError) -> None:
    """Say what is wrong beside each field, unless that was said already."""
    wrong = error.fields if isinstance(error, FieldErrors) else {}
    one = getattr(error.said, "field", "")
    for field in fields:
        said = wrong.get(field.name, "") or (error.said if one == field.name else "")
        field.error = field.error or said
