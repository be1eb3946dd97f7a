"""Papers of an act: numbered and frozen in its transaction; printed later, once, and sealed."""

import json

from actions.case import Case, Row, open_case
from actions.record import Record
from guapai.clock import local_date
from guapai.people import CLOCK
from law.deadlines import Term
from law.grading import shipped_catalogue
from law.provisions import cite
from notifications.typesetting import ListingNotice, Printed, template_hash
from statemachines.facts import MOST_LINES, Level
from storage import organisation as organisations
from storage import paper as papers
from storage.work import Work

_SEALS = "gf2010_23"


def issue_paper(case: Case, record: Record, template: str) -> int:
    """Take a number and freeze what the paper will say. Its id."""
    now = case.work.now
    commission = organisations.get(case.work, case.hazard.commission_id)
    series = (commission.paper_code or commission.name) if commission else "安督"
    year = local_date(now).year
    given = papers.take_number(case.work, series, year)
    number = f"{series}字〔{year}〕{given}号"
    paper_id = case.work.take_id()
    record.insert(
        papers.TABLE,
        {
            "id": paper_id,
            "case_id": case.hazard.id,
            "template": template,
            "template_hash": template_hash(template),
            "number": number,
            "data": _notice(case, number, commission.name if commission else ""),
            "state": "issued",
            "issued_at": now,
            "missing": "",
        },
    )
    record.subjects.append(("paper", paper_id))
    return paper_id


def _notice(case: Case, number: str, issuer: str) -> str:
    hazard = case.hazard
    unit = case.organisations.get(hazard.unit_id)
    listing: Row = next(r for r in case.related["listing"] if r.state == "listed")
    window: Term = case.pack.parameters.deferral.window.value
    notice = ListingNotice(
        number=number,
        issuer=issuer,
        addressee=unit["name"] if unit else "",
        hazard_number=hazard.number,
        title=hazard.title,
        description=hazard.description,
        part=hazard.part or "见隐患情况",
        clauses=_clauses(hazard.clauses),
        basis=(cite("gf2010_23"), cite("luan_plan")),
        level=Level(hazard.level).label,
        deadline=hazard.deadline,
        plan_days=hazard.plan_days,
        lead_department=listing.lead_department,
        lead_official=listing.lead_official,
        tasks=listing.tasks,
        measures=listing.measures,
        duty_phone=listing.duty_phone,
        deferral_note=f"应在期限届满{window.label}前提出延期申请",
        progress_note=f"每月{case.pack.parameters.progress.day.value}日前",
        issued_on=local_date(case.work.now),
    )
    return json.dumps(notice.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)


def _clauses(text: str) -> tuple[str, ...]:
    """The clauses with what they say; of more than can be named today, the first."""
    texts = {c.id: f"{c.text}（{c.source}）" for c in shipped_catalogue()}
    named = [c for c in text.split("\n") if c]
    more = (f"等{len(named)}项",) if len(named) > MOST_LINES else ()
    return (*(texts.get(c, c) for c in named[:MOST_LINES]), *more)


def seal_paper(work: Work, paper_id: int, act_id: int, printed: Printed) -> bool:
    """Record the printed bytes of a paper; False when somebody else did it first."""
    paper = papers.get(work, paper_id)
    if paper is None or paper.state != "issued":
        return False
    _, case = open_case(work, CLOCK, paper.case_id, paper.id)
    again = papers.get(work, paper_id)
    if again is None or again.state != "issued":
        return False
    record = Record(
        case, act_id, work.take_id(), "paper", paper_id, "seal", _SEALS, "issued", "sealed"
    )
    values = {
        "state": "sealed",
        "sealed_at": work.now,
        "pdf": printed.sha256,
        "missing": "".join(printed.missing)[:400],
    }
    record.update(papers.TABLE, Row(id=paper_id), values)
    record.write({"pdf": printed.sha256, "missing": list(printed.missing)})
    return True
