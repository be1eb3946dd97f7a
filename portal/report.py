"""The form with which a hazard is reported: by the enterprise it concerns, or by an authority."""

import secrets
from typing import Any

from starlette.responses import Response

from actions.act.perform import perform
from actions.hand.facts import Subject
from guapai.clock import local_date
from guapai.errors import GuapaiError
from law.place import COUNTRY
from portal.casefile import cited
from portal.form.choice import finders, offer
from portal.form.form import read
from portal.form.handed import check_files, keep_files
from portal.move import complain, key_of, place_errors, said_of
from portal.web.endpoint import show
from portal.web.may import only
from portal.web.page import Answer, Way, page, see
from portal.web.visit import Visit
from portal.words.field import Field, fields_of
from statemachines.facts import Source
from statemachines.hazard import HAZARD
from statemachines.hazard.intake import ReportLead
from statemachines.side import OF_UNIT
from storage import hazard as hazards
from storage.database.work import Work
from storage.questions import casefile

REPORTERS = HAZARD.procedure.birth("report_lead").by
_GIVEN = ("unit_id", "department_id", "source")
"""What an enterprise is not asked: it reports its own hazards, and who answers for them is known."""


@page(
    "/report",
    may=only(*REPORTERS),
    template="case/report.html",
    way=Way(rank=3, icon="plus", title="上报隐患", short="上报"),
)
def show_report(visit: Visit) -> Answer:
    """The empty form."""
    fields = _fields(visit)
    for field in fields:
        if field.name == "found_on":
            field.value = local_date(visit.work.now).isoformat()
        if field.name == "source":
            field.value = Source.inspection.value
        if field.name == "place_code" and _is_unit(visit) and visit.entry:
            field.value = visit.entry.place_code
    return _values(visit, visit.work, fields)


def _fields(visit: Visit) -> list[Field]:
    fields = fields_of(ReportLead)
    for field in fields:
        field.hidden = _is_unit(visit) and field.name in _GIVEN
        if field.name == "source":
            field.options = [o for o in field.options if o[0] != Source.tip_off]
    return fields


def _is_unit(visit: Visit) -> bool:
    return visit.entry is not None and visit.entry.role in OF_UNIT


def _values(
    visit: Visit, work: Work, fields: list[Field], said: str = "", key: str = ""
) -> dict[str, Any]:
    offer(visit, work, fields, None)
    return {
        "fields": [f for f in fields if not f.hidden],
        "said": said,
        "key": key or secrets.token_urlsafe(18),
        "points": [],
        "shown_before": [],
        "basis": cited(HAZARD.procedure.birth("report_lead").basis, COUNTRY, local_date(work.now)),
        "back": "/desk",
    }


@page("/report", may=only(*REPORTERS), method="POST")
def report(visit: Visit) -> Answer:
    """Report a hazard; what was typed survives errors."""
    form = visit.form
    assert form is not None
    fields = _fields(visit)
    said = keep_files(visit, form, "evidence") if form.files else ""
    try:
        with visit.writing() as work:
            facts = read([f for f in fields if not f.hidden], form, finders(visit, work))
            for field in fields:
                if field.kind == "evidence":
                    check_files(work, visit, None, field.value)
            complain("hazard", "report_lead", fields, facts, said)
            if _is_unit(visit):
                facts |= {
                    "unit_id": visit.actor.organisation_id,
                    "source": Source.self_report.value,
                }
            done = perform(
                work,
                Subject(noun="hazard"),
                "report_lead",
                facts,
                visit.actor,
                key=key_of(form),
            )
    except GuapaiError as error:
        return _again(visit, fields, form.get("key"), error)
    with visit.reading() as work:
        if casefile.find(work, visit.scope, done.case_id) is not None:
            return see(visit, f"/cases/{done.case_id}?done=hazard.report_lead")
        number = hazards.get(work, done.case_id)
    values = {"back": "/report", "number": number.number if number else ""}
    return show(visit, "case/reported.html", values)


def _again(visit: Visit, fields: list[Field], key: str, error: GuapaiError) -> Response:
    place_errors(fields, error)
    with visit.reading() as work:
        values = _values(visit, work, fields, said_of(error), key)
    return show(visit, "case/report.html", values, status=error.status)
