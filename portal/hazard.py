"""What the page of a hazard says beside what is said of every case."""

from typing import Any

from guapai.text import Said, joined
from guapai.word import Word
from portal.words.wording import MOST_SHOWN, several, wall, yuan
from statemachines.facts import Stopped
from statemachines.hazard.states import LINES
from statemachines.side import FORMER, SIDE_TITLES
from storage.hazard import Grade
from storage.questions.casefile import CaseFile


def line_of(row: Any) -> tuple[Word, ...]:
    """The stations of a hazard: a general one goes a shorter way."""
    major, general = LINES
    return general if row.grade == Grade.general else major


def head(case: CaseFile, *, discreet: bool) -> list[tuple[str, Any]]:
    """What is known of the hazard. ``discreet``: nothing that could lead to an informant."""
    row, named = case.root, case.organisations
    known = [
        ("责任单位", named.get(row.unit_id or 0, Said("（无责任单位）"))),
        ("原责任单位", named.get(row.former_unit_id or 0, "")),
        ("指定文号", getattr(row, "designation_no", "")),
        ("配套资金", _money(row)),
        ("地点", joined("%(before)s %(next)s", filter(None, [_place(case), row.address]))),
        ("部位", row.part),
        ("行业领域", row.sector),
        ("线索来源", "" if discreet else Said(row.source.label)),
        ("发现日期", row.found_on),
        ("隐患等级", Said(row.grade.label)),
        ("判定依据", _clauses(row.clauses)),
        ("判定标准版本", _clauses(row.standard)),
        ("重大隐患报告", wall(row.report_filed_at)),
        ("报告受理号", f"{row.number}-受{row.report_receipts}" if row.report_receipts else ""),
        ("报告受理时间", wall(row.report_received_at)),
        ("监管部门", named.get(row.department_id, "")),
        ("督办单位", named.get(row.lister_id or row.commission_id, "") if row.level else ""),
        *(
            (SIDE_TITLES[p["side"]], named.get(p["organisation_id"], ""))
            for p in case.parties
            if p["side"] != FORMER
        ),
        ("督办级别", Said(row.level.label if row.level else "")),
        ("挂牌时间", wall(row.listed_at)),
        ("送达时间", wall(row.served_at)),
        ("治理期限", row.deadline or Said("未定")),
        ("原定期限", row.first_deadline if row.first_deadline != row.deadline else ""),
        ("验收不合格次数", row.failed_acceptances or ""),
        ("复查不合格次数", row.failed_rechecks or ""),
        (
            "停产",
            Said(row.production_stopped.label if row.production_stopped != Stopped.none else ""),
        ),
        ("停产的场所、设施", row.stop_scope),
        ("停产决定文号", row.stop_number),
        ("停产截止日期", row.stop_until),
        ("恢复生产申请时间", wall(row.resumption_asked_at)),
        ("现实危险", Said("存在" if row.real_danger else "")),
        ("危险区域人员", Said("已撤出" if row.evacuated else "")),
        ("办结时间", wall(row.closed_at)),
    ]
    return [(k, v) for k, v in known if v]


def _money(row: Any) -> str:
    """The money of a designation: where from, how much, how much of it is paid."""
    if not row.fund_fen:
        return ""
    return Said(
        "%(source)s %(fund)s元（%(allocation)s），已拨付%(paid)s元",
        source=row.fund_source,
        fund=yuan(row.fund_fen),
        allocation=row.allocation,
        paid=yuan(row.paid_fen or 0),
    )


def _clauses(text: str) -> str:
    """The clauses as they were written, one a line; of very many the first."""
    found = text.split("\n")
    return several("%(before)s；%(next)s", found) if len(found) > MOST_SHOWN else text


def _place(case: CaseFile) -> str:
    """Where it is, by the authority closest to it, and the code of the place (GB/T 2260)."""
    row = case.root
    near = case.organisations.get(row.township_id or row.government_id or 0, "")
    name = near.removesuffix("人民政府")
    return Said("%(place)s（%(code)s）", place=name, code=row.place_code)
