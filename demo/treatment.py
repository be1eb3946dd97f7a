"""What people do while a hazard is being treated: finish, ask for time, accept, refuse, close down."""

from datetime import timedelta
from typing import Any

from demo.forms import photo
from demo.personas import Persona
from demo.scene import Scene
from demo.tasks import checked, shown
from guapai.people import Role as R

_DONE = {Persona.punctual: 0.92, Persona.slow: 0.7, Persona.stubborn: 0.5, Persona.absent: 0.75}
"""How often what a unit reports as finished is."""

_GROUP = ((R.department_head, 0), (R.inspector, 0), (R.expert, 0))


def rectify(s: Scene) -> None:
    """The head applies for acceptance; a case the clock has brought there already waits."""
    if s.duty.hazard_state not in ("rectifying", "rework"):
        return
    facts: dict[str, Any] = {
        "statement": "现已治理完毕",
        "self_evaluation": "自评估合格",
        "spent_fen": s.luck.randint(3, 300) * 100_000,
        "notice_no": s.notice_no(),
        "evidence": [photo(s, "before"), *shown(s.duty.task_list, photo(s, "after"))],
    }
    s.act(R.enterprise_head, "request_acceptance", facts)
    s.year.applied.add(s.duty.number)


def wants_time(s: Scene) -> bool:
    """Whether a slow unit asks for a deferral now: once per term, three weeks before its end."""
    left = (s.duty.due_on - s.day).days
    return (
        s.persona is Persona.slow
        and s.duty.hazard_state in ("rectifying", "rework")
        and 3 <= left <= 24
        and s.chance(0.5)
    )


def ask_for_time(s: Scene) -> None:
    """Half of the first term is the most that can be had."""
    assert s.duty.first_deadline is not None
    assert s.duty.term_started_on is not None
    half = (s.duty.first_deadline - s.duty.term_started_on).days // 2
    asked = s.duty.due_on + timedelta(days=max(half - 1, 1))
    ordered = s.listed() is None
    facts = {
        "ground": "force_majeure" if ordered else "other",
        "reason": "连日暴雨，无法施工" if ordered else "设备到货延迟，确不能按期完成",
        "progress": "土建已完成，设备待安装",
        "interim_measures": "停用相关设备，专人看守",
        "asked_deadline": asked.isoformat(),
    }
    s.act(R.enterprise_head, "apply", facts, noun="deferral")


def answer_deferral(s: Scene) -> None:
    """An opinion first, then the chair decides; the second time one level up; an order's, the head."""
    row = next((d for d in s.deferrals() if d.id == s.duty.row_id), None)
    if row is None:
        return
    office, decider, side = {
        "answer_order_deferral": (R.division_chief, R.department_head, "department"),
        "answer_second_deferral": (R.commission_office, R.commission_chair, "upper"),
    }.get(s.duty.kind, (R.commission_office, R.commission_chair, "commission"))
    if row.state == "applied":
        s.act(office, "endorse", {"opinion": "情况属实"}, noun="deferral", row=row.id)
    more: dict[str, Any] = {"side": side, "noun": "deferral", "row": row.id}
    if s.chance(0.7):
        granted = {"deadline": row.asked_deadline.isoformat(), "remark": "落实临时防护"}
        s.act(decider, "grant", granted, **more)
    else:
        why = {"reason": "理由不充分，应按期完成"}
        s.act(decider, "refuse", why, **more)


def accept(s: Scene) -> None:
    """Three look; what nobody applied for is seldom done."""
    if s.duty.hazard_state != "acceptance_requested":
        return
    unit = s.year.persona(s.organisation("unit"), firm=True)
    done = _DONE[unit] if s.duty.number in s.year.applied else 0.15
    if s.chance(min(0.98, done + 0.2 * s.duty.failed_acceptances)):
        passed = {
            "opinion": "逐项核查合格",
            "items_checked": checked(s.duty.task_list),
            "arrears": "逾期未报的，已责令说明情况",
            "evidence": [photo(s, "after")],
        }
        s.sign("pass_acceptance", passed, *_GROUP)
        return
    failed = {
        "reasons": "仍有项目未完成",
        "items_checked": checked(s.duty.task_list, passed=False),
        "deadline": s.later(s.luck.choice([20, 30, 45])),
    }
    s.sign("fail_acceptance", failed, *_GROUP)
    s.year.applied.discard(s.duty.number)


def recheck(s: Scene) -> None:
    """Two inspectors look at a general hazard."""
    if s.chance(0.12):
        s.act(R.inspector, "fail_recheck", {"opinion": "仍有一处未整改"})
        return
    s.sign("pass_recheck", {"opinion": "复查合格"}, (R.inspector, 0), (R.inspector, 1))


def consider_upgrade(s: Scene) -> None:
    """A third of the overdue listings is taken over by the level above."""
    row = s.listed()
    if row is None:
        return
    raised = {"county": "city", "city": "province"}.get(str(row.level))
    if raised and s.duty.upper_id is not None and s.chance(0.35):
        facts = {
            "reason": "下级督办期满未改",
            "level": raised,
            "deadline": s.later(30),
            "lead_department_id": s.organisation("department"),
            "lead_official_id": s.who(R.department_head, "department").person_id,
        }
        s.act(R.commission_chair, "upgrade", facts, side="upper", noun="listing", row=row.id)
    else:
        why = {"reason": "先行约谈，暂不提级"}
        s.act(R.commission_chair, "decline_upgrade", why, side="upper", noun="listing", row=row.id)


def consider_shutdown(s: Scene) -> None:
    """Closing a place is proposed where its people refuse."""
    unit = s.year.persona(s.organisation("unit"), firm=True)
    if unit is Persona.stubborn and s.chance(0.5):
        facts = {
            "reason": "拒不整改",
            "ground": "unfit",
            "proof": "处罚决定和限期整改指令书（示例）",
            "evidence": [photo(s, "before")],
        }
        s.sign("propose_shutdown", facts, (R.department_head, 0), (R.legal_reviewer, 0))
    else:
        s.act(R.department_head, "decline_shutdown", {"reason": "继续督促整改"})


def decide_shutdown(s: Scene) -> None:
    """The government closes the place, or gives it a last term."""
    if s.chance(0.6):
        number = f"示例关闭〔{s.day.year}〕{s.duty.number[-5:]}号"
        s.act(R.government, "shut_down", {"decision_no": number})
    else:
        s.act(R.government, "refuse_shutdown", {"reason": "限期整改", "deadline": s.later(30)})


def execute_shutdown(s: Scene) -> None:
    """The officers see to it, item by item."""
    facts = {
        "permits": "已吊销并公告",
        "power": "已停止供电",
        "explosives": "不涉及民用爆炸物品，危险物品已清运",
        "dismantled": "主要设备已拆除",
        "staff": "人员已妥善安置",
        "evidence": [photo(s, "after")],
    }
    s.act(R.inspector, "execute_shutdown", facts)


def accept_shutdown(s: Scene) -> None:
    """Two others check it."""
    facts = {
        "opinion": "已关闭到位",
        "items_checked": "逐项核查属实",
        "evidence": [photo(s, "after")],
    }
    s.sign("accept_shutdown", facts, (R.department_head, 0), (R.division_chief, 0))
