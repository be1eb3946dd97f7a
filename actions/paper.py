"""Papers of an act: numbered and frozen in its transaction; printed later, once, and sealed."""

import json

from actions import nouns
from actions.ground import cited_names, doubtful, grounds_of
from actions.hand.case import Case, Row, open_case
from actions.hand.record import Record
from actions.hand.sides import organisation_of
from guapai.clock import local_date
from guapai.errors import Refused
from guapai.people import CLOCK
from guapai.text import Said
from notifications.typesetting import Printed, template_hash
from statemachines.nouns import PAPERS
from storage import paper as papers
from storage.database.work import Work
from storage.people import organisation as organisations

_NOT_TAKEN_ON = (
    "文书依据%(rules)s的原文待核，尚无人确认承担，不能制发文书；"
    "请安委办在发布规则包时由专人确认（guapai pack take-on）"
)


def issue_paper(case: Case, record: Record, name: str, row: Row) -> int:
    """Take a number and freeze what the paper will say. Its id."""
    now, kind = case.work.now, PAPERS[name]
    side = kind.issuer_by.get(case.actor.role, kind.issuer)
    issuer_id = organisation_of(case.root, case.parties, side, row)
    issuer = organisations.get(case.work, issuer_id) if issuer_id is not None else None
    if issuer is None:
        raise Refused("没有登记制发文书的单位，请先补录机构关系")
    doubts = doubtful(case.work, grounds_of(case.work, kind, case.pack), case.root.place_code)
    if doubts:
        raise Refused(Said(_NOT_TAKEN_ON, rules=Said(cited_names(doubts))))
    series = issuer.paper_code or issuer.name
    year = local_date(now).year
    number = f"{series}字〔{year}〕{papers.take_number(case.work, series, year)}号"
    content = nouns.paper(record.noun, name)(case, row, kind, number, issuer)
    paper_id = case.work.take_id()
    record.insert(
        papers.TABLE,
        {
            "id": paper_id,
            "case_id": case.id,
            "template": name,
            "template_hash": template_hash(name),
            "number": number,
            "data": json.dumps(content.model_dump(mode="json"), ensure_ascii=False, sort_keys=True),
            "state": "issued",
            "issued_at": now,
            "missing": "",
            "fault": "",
        },
    )
    record.subjects.append(("paper", paper_id))
    return paper_id


def seal_paper(work: Work, paper_id: int, act_id: int, printed: Printed) -> bool:
    """Record the printed bytes of a paper; False when somebody else did it first."""
    paper = papers.get(work, paper_id)
    if paper is None or paper.state != "issued":
        return False
    _, case = open_case(work, CLOCK, paper.case_id)
    again = papers.get(work, paper_id)
    if again is None or again.state != "issued":
        return False
    ground = PAPERS[paper.template].basis[0]
    record = Record(
        case, act_id, work.take_id(), "paper", paper_id, "seal", ground, "issued", "sealed"
    )
    values = {
        "state": "sealed",
        "sealed_at": work.now,
        "pdf": printed.sha256,
        "missing": "".join(printed.missing)[:400],
        "fault": "",
    }
    record.update(papers.TABLE, Row(id=paper_id), values)
    record.write({"pdf": printed.sha256, "missing": list(printed.missing)})
    return True
