"""Tales of stops and dangers: ordered on the spot, confirmed late, prolonged, resumed on application."""

from guapai.people import Role as R
from tests.journeys.story import PHOTO, Day, Step, Tale, found, graded, reported, step

_REPORT = [{"file": PHOTO, "kind": "document", "caption": "评价报告"}]


def on_the_spot(day: int) -> tuple[Step, ...]:
    """Two officers stop something at once."""
    facts = {
        "production_stopped": "part",
        "stop_scope": "喷漆房及其通风系统",
        "stop_ground": "danger",
        "reason": "可燃气体浓度超标",
        "evacuated": True,
    }
    return (
        step(day, R.inspector, "department", "stop_on_the_spot", facts),
        step(day, R.inspector, "department", "stop_on_the_spot", nth=1),
    )


def stopped(day: int, until: int) -> Step:
    """The head decides that production stands still."""
    facts = {
        "production_stopped": "part",
        "stop_scope": "喷漆房",
        "stop_ground": "unsafe",
        "reason": "整改期间无法保证安全",
        "stop_number": f"示例停产〔2026〕{day}号",
        "stop_until": Day(until),
    }
    return step(day, R.department_head, "department", "stop_production", facts)


def resumption(day: int) -> Step:
    """The unit applies for resuming production."""
    facts = {
        "treated": "通风系统已改造并联锁",
        "evaluator": "agency",
        "evaluator_name": "示例安全评价机构",
        "evaluation": "具备恢复生产的安全条件",
        "evidence": _REPORT,
    }
    return step(day, R.enterprise_head, "unit", "request_resumption", facts)


def resumed(day: int, move: str = "resume_production") -> Step:
    """The department has looked and answers."""
    facts = {"review": "现场逐项核对评价报告", "reason": "依据现场审查情况"}
    return step(day, R.department_head, "department", move, facts)


STOPPED = Tale(
    "stopped",
    "341502",
    4,
    (
        *found(0, "喷漆房可燃气体积聚", "喷漆房通风失效，可燃气体积聚。", "工贸"),
        *graded(1, "LA-工贸-01"),
        *reported(1),
        step(2, R.inspector, "department", "record_danger", {"reason": "浓度达到爆炸下限的四成"}),
        step(
            5,
            R.department_head,
            "department",
            "decline_stop",
            {"reason": "喷漆作业已自行停止", "evacuated": True},
        ),
        *on_the_spot(6),
        step(
            9,
            R.department_head,
            "department",
            "confirm_stop",
            {"reason": "险情属实", "stop_number": "示例停产〔2026〕1号", "stop_until": Day(50)},
        ),
        resumption(10),
        resumed(25, "refuse_resumption"),
        step(
            55,
            R.department_head,
            "department",
            "prolong_stop",
            {"reason": "联锁装置尚未到货", "stop_until": Day(90)},
        ),
        step(
            60,
            R.division_chief,
            "department",
            "clear_danger",
            {"reason": "复测合格", "evidence": _REPORT},
        ),
        step(60, R.inspector, "department", "clear_danger"),
        resumption(62),
        resumed(64),
        *on_the_spot(66),
        step(67, R.department_head, "department", "lift_stop", {"reason": "仪器误报，险情不存在"}),
        stopped(70, 120),
        step(
            75,
            R.inspector,
            "department",
            "record_refusal",
            {"reason": "停产期间夜间仍在喷漆", "refusal": "stop"},
        ),
        step(
            90,
            R.department_head,
            "department",
            "decide_penalty",
            {"reason": "拒不执行停产决定", "agreed": True},
        ),
        step(110, R.division_chief, "department", "file_penalty_case", {"case_no": "示例立案1号"}),
        step(
            112,
            R.department_head,
            "department",
            "revoke_stop",
            {"reason": "该场所已永久停用，停产决定失去对象"},
        ),
        step(112, R.legal_reviewer, "department", "revoke_stop"),
    ),
)

TALES = (STOPPED,)
