"""Tales for the corners the story leaves out: what happens when nobody does anything for long."""

from demo.tasks import LEFT, SERVED
from guapai.people import Role as R
from tests.journeys.story import (
    OFFICERS,
    PHOTO,
    Day,
    Tale,
    examined,
    found,
    graded,
    listed,
    planned,
    reported,
    shut,
    step,
    terms,
)
from tests.journeys.turned_tales import (
    LONG_OWNERLESS,
    REGRADED,
    REOPENED,
    SLOW_TRANSFER,
    UNREACHABLE,
)

DAYS = 165


SLOW_OFFICE = Tale(
    "slow_office",
    "341502",
    0,
    (
        found(0, "除尘管道积尘", "管道内积尘未清理。", "工贸")[0],
        step(20, R.inspector, "department", "verify", {"finding": "属实", "officers": OFFICERS}),
        step(
            22,
            R.department_head,
            "department",
            "ask_experts",
            {"reason": "技术复杂", "document_no": "示例委托1号"},
        ),
        step(44, R.division_chief, "department", "receive_opinion", {"opinion": "属重大隐患"}),
        *graded(50, "LA-工贸-01"),
        step(
            65, R.inspector, "department", "record_report", {"causes": "未清理", "harm": "可能爆炸"}
        ),
        step(
            70,
            R.enterprise_head,
            "unit",
            "file_report",
            {"causes": "未清理", "harm": "可能爆炸", "plan": "清理并建立制度"},
        ),
        step(80, R.division_chief, "department", "acknowledge_report", {"remark": "请补充预算"}),
        step(
            75,
            R.division_chief,
            "department",
            "propose_listing",
            {**terms(150), "reason": "久拖不改"},
        ),
        *examined(84),
        step(85, R.commission_chair, "commission", "list", terms(150)),
        step(
            100,
            R.inspector,
            "department",
            "serve_notice",
            {**LEFT, "served_at": "now"},
        ),
        step(
            101,
            R.inspector,
            "department",
            "correct_service",
            {
                **SERVED,
                "served_at": "now",
                "reason": "签收人更正",
            },
        ),
        step(
            117,
            R.division_chief,
            "department",
            "order_plan",
            {"reason": "逾期未报", "plan_by": Day(119)},
        ),
        step(123, R.enterprise_head, "unit", "file_plan", {}),
        step(131, R.division_chief, "department", "return_plan", {"reason": "缺应急预案"}),
        *planned(132),
        step(
            135, R.inspector, "department", "record_visit", {"finding": "现场整改中", "percent": 30}
        ),
        step(
            136,
            R.inspector,
            "department",
            "record_danger",
            {"reason": "发现火星"},
        ),
        step(
            137,
            R.inspector,
            "department",
            "clear_danger",
            {"reason": "已处置", "evidence": [{"file": PHOTO, "kind": "after"}]},
        ),
        step(137, R.division_chief, "department", "clear_danger"),
        step(
            138,
            R.enterprise_head,
            "unit",
            "apply",
            {
                "reason": "配件迟到",
                "progress": "五成",
                "interim_measures": "停机",
                "asked_deadline": Day(160),
            },
            noun="deferral",
        ),
        step(139, R.commission_office, "commission", "file_upward", {"receipt": "补报"}),
        step(
            139,
            R.publisher,
            "department",
            "publish_listing",
            {"medium": "网站", "published_on": Day(139)},
        ),
        step(
            162,
            R.commission_chair,
            "commission",
            "void",
            {"reason": "与另案合并", "ground": "wrong_grading"},
        ),
    ),
)


VOIDED_EARLY = Tale(
    "voided_early",
    "341503",
    0,
    (
        *found(0, "重复登记的隐患", "与另一案相同。", "工贸"),
        *graded(1, "LA-工贸-01"),
        *reported(1),
        step(
            3, R.division_chief, "department", "propose_listing", {**terms(60), "reason": "拟挂牌"}
        ),
        step(
            4,
            R.department_head,
            "department",
            "void",
            {"reason": "判定有误", "ground": "wrong_grading"},
        ),
    ),
)


NOBODY_ANSWERS = Tale(
    "nobody_answers",
    "341504",
    1,
    (
        *found(0, "车间疏散门锁闭", "疏散门长期上锁。", "消防"),
        *graded(1, "LA-消防-01"),
        *reported(1),
        *listed(3, 25),
        *planned(8),
        step(
            14,
            R.enterprise_head,
            "unit",
            "apply",
            {
                "reason": "资金不足",
                "progress": "二成",
                "interim_measures": "专人值守",
                "asked_deadline": Day(35),
            },
            noun="deferral",
        ),
        step(16, R.enterprise_head, "unit", "withdraw", {"reason": "不再申请"}, noun="deferral"),
        step(110, R.department_head, "department", "decline_shutdown", {"reason": "尚可整改"}),
        step(
            111,
            R.commission_chair,
            "upper",
            "decline_upgrade",
            {"reason": "不提级"},
            noun="listing",
        ),
        step(
            112,
            R.commission_chair,
            "commission",
            "decide_exposure",
            {"reason": "暂不曝光", "agreed": False},
        ),
        *shut(113),
        step(
            155,
            R.government,
            "government",
            "refuse_shutdown",
            {"reason": "再限期整改", "deadline": Day(300)},
        ),
    ),
)


TALES = (
    SLOW_OFFICE,
    VOIDED_EARLY,
    NOBODY_ANSWERS,
    REOPENED,
    REGRADED,
    SLOW_TRANSFER,
    LONG_OWNERLESS,
    UNREACHABLE,
)
