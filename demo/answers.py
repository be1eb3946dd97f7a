"""What people of the sample city do about each kind of duty, when its day has come."""

from collections.abc import Callable
from datetime import date
from typing import Any

from demo import standstill, treatment
from demo.forms import MEDIUM, after, photo, terms
from demo.personas import Persona
from demo.scene import Scene
from demo.tasks import LEFT, order, percents, plan
from guapai.people import Role as R

Answer = Callable[[Scene], object]
"""Acts on a duty; it stays open when the people decide to wait."""


def verify(s: Scene) -> None:
    """Most leads are true; a few are not, or are somebody else's."""
    roll = s.luck.random()
    if roll < 0.05 and s.duty.unit_id is not None:
        s.act(R.division_chief, "dismiss", {"reason": "现场核查不属实"})
    elif roll < 0.09 and s.duty.unit_id is not None:
        receiver = {"receiver": "其他主管部门（示例）", "reason": "不属本部门职责"}
        s.act(R.division_chief, "transfer_out", receiver)
    else:
        officers = s.year.city.officers(s.organisation("department"))
        s.act(R.inspector, "verify", {"finding": "现场核查属实", "officers": officers})


def grade(s: Scene) -> None:
    """Two in three are major; the chief and an expert say so. Danger stops production."""
    finding = s.year.findings[s.duty.number]
    if s.duty.unit_id is not None and s.chance(0.34):
        if s.chance(0.2):
            standstill.remove_at_once(s)
        else:
            s.act(R.inspector, "grade_general", {"reason": "可以立即整改"})
        return
    facts = {
        "clauses": [finding.clause],
        "causes": "设施缺失，管理不到位",
        "harm": "可能造成人员伤亡，整改需要一定时间",
        "potential_deaths": finding.deaths,
    }
    s.sign("grade_major", facts, (R.division_chief, 0), (R.expert, 0))
    if s.duty.unit_id is not None and s.chance(0.05):
        standstill.on_the_spot(s)
    elif s.duty.unit_id is not None and s.chance(0.15):
        standstill.stop(s)


def give_notice(s: Scene) -> None:
    """The unit's first words; where nobody answers, the chief declares it ownerless."""
    if s.duty.unit_id is None:
        facts = {
            "reason": "无管护单位",
            "ground": "legacy",
            "search_record": ["走访所在乡镇和村，未找到管护单位", "查询不动产登记，无权属记录"],
            "evidence": [photo(s, "before")],
        }
        s.act(R.division_chief, "declare_ownerless", facts)
        return
    protection = {"summary": "已停用相关设备", "protection": "设置警戒，专人看守"}
    s.act(R.safety_officer, "give_notice", protection)


def file_report(s: Scene) -> None:
    """Report A; for a unit that will not write it the inspector does."""
    if s.duty.unit_id is None:
        return
    if s.persona is Persona.stubborn and s.day > s.duty.due_on:
        own = {"causes": "监管部门现场核实：设施缺失", "harm": "危害较大，整改需要一定时间"}
        s.act(R.inspector, "record_report", own)
        return
    report = {"causes": "设施缺失", "harm": "影响相邻岗位", "plan": "改造设施并完善制度"}
    s.act(R.enterprise_head, "file_report", report)


def designate(s: Scene) -> None:
    """The county's government names a township or the water bureau, and the money."""
    place = s.duty.place_code
    town = s.year.city.at("township", place[:9])
    facts = {
        "unit_id": s.luck.choice([town, s.year.city.answers_for(place[:6], "水利")]),
        "designation_no": f"示例指定〔{s.day.year}〕{s.duty.number[-5:]}号",
        "fund_source": "专项配套资金",
        "fund_fen": s.luck.randint(50, 500) * 1_000_000,
        "allocation": f"示例财建〔{s.day.year}〕{s.duty.number[-5:]}号",
        "recourse": "查明管护责任人后依法追偿",
    }
    s.act(R.government, "designate", facts)


def propose_listing(s: Scene) -> None:
    """Half are listed; the rest are treated under an order."""
    if s.duty.fund_fen is None and s.chance(0.45):
        until = date.fromisoformat(s.later(s.luck.randint(20, 75)))
        facts = {"reason": "可限期整改，不予挂牌", **order(until)}
        s.act(R.department_head, "order_rectification", facts)
        return
    s.act(R.division_chief, "propose_listing", {**terms(s), "reason": "可能造成较大伤亡"})


def agree_listing(s: Scene) -> None:
    """The head mostly agrees; now and then one lists in the department's own name."""
    own, row = s.level(), s.proposed()
    if row is not None and row.level == own and s.chance(0.1):
        s.act(R.department_head, "list", terms(s, own))
    elif s.chance(0.06):
        s.on_listing(R.department_head, "send_back_listing", {"reason": "整改任务不具体"})
    else:
        s.on_listing(R.department_head, "agree_listing")


def amend_listing(s: Scene) -> None:
    """The chief makes it better."""
    row = s.proposed()
    level = row.level if row is not None else ""
    better = {**terms(s, level), "reason": "可能造成较大伤亡，已补充任务"}
    s.on_listing(R.division_chief, "amend_listing", better)


def examine_listing(s: Scene) -> None:
    """The office examines; what is above its level it asks upward."""
    row = s.proposed()
    if row is not None and row.level != s.level():
        s.on_listing(R.commission_office, "propose_upward", {"reason": "超出本级挂牌权限"})
    elif s.chance(0.05):
        s.on_listing(R.commission_office, "send_back_listing", {"reason": "牵头部门不当"})
    else:
        s.on_listing(R.commission_office, "examine_listing")


def answer_upward(s: Scene) -> None:
    """The level above mostly takes over what is its own."""
    row = s.proposed()
    if row is None or row.state != "asked":
        treatment.consider_upgrade(s)
    elif s.chance(0.8):
        s.on_listing(R.commission_chair, "take_over", {"reason": "属本级督办范围"}, "upper")
    else:
        why = {"reason": "先由下级挂牌，本级跟踪"}
        s.on_listing(R.commission_chair, "decline_upgrade", why, "upper")


def decide_listing(s: Scene) -> None:
    """The chair decides on the proposal, once it is examined, at the level of its own place."""
    row = s.proposed()
    if row is not None and row.state in ("examined", "left"):
        s.act(R.commission_chair, "list", terms(s, s.level()))


def serve_notice(s: Scene) -> None:
    """The unit signs for the notice; with a stubborn one it is left at the door."""
    if s.persona in (Persona.stubborn, Persona.absent):
        s.act(R.inspector, "serve_notice", {**LEFT, "served_at": s.year.clock()})
        return
    s.act(R.enterprise_head, "acknowledge_notice", {"receiver": "企业主要负责人"})


def file_plan(s: Scene) -> None:
    """The plan, task by task, up to the end of the term."""
    if s.duty.hazard_state != "plan_review" and s.duty.deadline is not None:
        s.act(R.enterprise_head, "file_plan", plan(max(s.duty.deadline, s.day)))


def review_plan(s: Scene) -> None:
    """Most plans do; some lack a part."""
    if s.chance(0.15):
        s.act(R.division_chief, "return_plan", {"reason": "缺少应急预案，请补充"})
    else:
        s.act(R.division_chief, "accept_plan", {"opinion": "内容完整，同意实施"})


def report_progress(s: Scene) -> None:
    """The month's report."""
    percent = s.luck.randint(20, 90)
    done: dict[str, Any] = {"percent": percent, "done": "按方案推进", "protection": "临时防护到位"}
    done["tasks"] = percents(s.duty.task_list, percent)
    s.act(R.safety_officer, "report_progress", {"period": s.duty.slot[:7], **done})


def finish(s: Scene) -> None:
    """A task is said to be done, in the report of the month."""
    if s.duty.hazard_state not in ("rectifying", "rework") or s.chance(0.5):
        return
    name = s.duty.slot.rpartition("/v")[0]
    far = percents(s.duty.task_list, 60)
    done = [{**one, "percent": 100} if one["task"] == name else one for one in far]
    facts = {"percent": 80, "done": "已完成一项", "protection": "临时防护到位", "tasks": done}
    s.act(R.safety_officer, "report_progress", {"period": f"{s.day:%Y-%m}", **facts})


def visit(s: Scene) -> None:
    """The inspector goes and looks."""
    seen = {"finding": "现场整改中，防护措施到位", "percent": s.luck.randint(20, 90)}
    s.act(R.inspector, "record_visit", seen)


def close(s: Scene) -> None:
    """Struck off, once a stop is lifted."""
    if s.duty.production_stopped != "none":
        standstill.ask(s)
        standstill.resume(s)
    s.act(R.commission_office, "close", {"conclusion": "隐患已消除，予以销号"})


def look_back(s: Scene) -> None:
    """Mostly all is well; now and then it has come back."""
    if s.chance(0.04):
        back = {"reason": "回头看发现隐患反弹", "finding": "同一部位再次出现"}
        s.act(R.commission_office, "reopen", back)
    else:
        s.act(R.inspector, "look_back", {"finding": "未见反弹"})


def published(move: str) -> Answer:
    """Made public today."""
    facts = {"medium": MEDIUM}
    return lambda s: s.act(R.publisher, move, {**facts, "published_on": s.day.isoformat()})


def fix(s: Scene) -> None:
    """The unit says that a general hazard is fixed."""
    s.act(R.safety_officer, "report_fixed", {"done": "已整改完成", "evidence": [photo(s, "after")]})


ANSWERS: dict[str, Answer] = {
    "verify_lead": verify,
    "grade": grade,
    "fix": fix,
    "recheck": treatment.recheck,
    "give_notice": give_notice,
    "file_report": file_report,
    "propose_listing": propose_listing,
    "agree_listing": agree_listing,
    "amend_listing": amend_listing,
    "examine_listing": examine_listing,
    "answer_upward": answer_upward,
    "decide_listing": decide_listing,
    "designate": designate,
    "confirm_transfer": lambda s: s.act(
        R.division_chief, "confirm_transfer", {"receipt": f"示例回执{s.duty.number[-5:]}号"}
    ),
    "serve_notice": serve_notice,
    "file_upward": lambda s: s.act(R.commission_office, "file_upward", {"receipt": "备案回执"}),
    "publish_listing": published("publish_listing"),
    "file_plan": file_plan,
    "file_ordered_plan": file_plan,
    "finish_task": finish,
    "finish_item": finish,
    "review_plan": review_plan,
    "report_progress": report_progress,
    "visit": visit,
    "rectify": treatment.rectify,
    "accept": treatment.accept,
    "consider_stop": standstill.consider,
    "confirm_stop": standstill.confirm,
    "review_stop": standstill.prolong,
    "review_resumption": standstill.resume,
    "consider_penalty": standstill.consider_penalty,
    "file_penalty_case": lambda s: s.act(
        R.division_chief, "file_penalty_case", {"case_no": f"示例立案{s.duty.number[-5:]}号"}
    ),
    "close": close,
    "publish_closure": published("publish_closure"),
    "look_back": look_back,
    "decide_shutdown": treatment.decide_shutdown,
    "execute_shutdown": treatment.execute_shutdown,
    "accept_shutdown": treatment.accept_shutdown,
    "acknowledge_report": lambda s: s.act(R.inspector, "acknowledge_report", {}),
    "answer_deferral": treatment.answer_deferral,
    "answer_second_deferral": treatment.answer_deferral,
    "answer_order_deferral": treatment.answer_deferral,
    "consider_interview": lambda s: s.act(
        R.department_head, "decide_interview", after("逾期未改，约谈企业负责人")
    ),
    "consider_upgrade": treatment.consider_upgrade,
    "consider_exposure": lambda s: s.act(
        R.commission_chair, "decide_exposure", after("久拖不改，予以公开曝光")
    ),
    "consider_shutdown": treatment.consider_shutdown,
}
"""What is done, by kind of duty. A contact that reaches nobody is for the operator to mend."""
