"""The twelve hazards of the story: invented firms, real places, the focus points of the city's plan."""

from guapai.people import Role as R
from tests.journeys.story import (
    Day,
    Tale,
    applied,
    checked,
    closed,
    executed,
    failed,
    found,
    graded,
    listed,
    passed,
    planned,
    progress,
    reported,
    shut,
    step,
)
from tests.journeys.tales_beside import (
    GENERAL,
    GENERAL_LATE,
    ORDERED,
    RESERVOIR,
    TRANSFERRED,
    UNTRUE,
)
from tests.journeys.tales_of_stops import resumed, resumption, stopped

_DUST = ("除尘器泄爆口朝向人员通道", "一号除尘系统泄爆口正对人员通道，作业场所积尘较厚。", "工贸")
_COLD = ("快速冻结装置未独立设置", "涉氨制冷快速冻结装置与作业间相通，无隔断。", "工贸")
_CRANE = ("铸造起重机吊运熔融金属存在缺陷", "吊运高温液态金属的起重机制动器磨损。", "工贸")
_TANK = ("罐区可燃气体报警器失效", "甲类罐区三处可燃气体报警器无信号。", "危险化学品")
_MINE = ("采空区未处理", "井下采空区未按设计充填，地表有沉陷迹象。", "非煤矿山")


ON_TIME = Tale(
    "on_time",
    "341502",
    0,
    (
        *found(0, *_DUST),
        *graded(1, "LA-工贸-01"),
        *reported(1),
        *listed(3, 62),
        *planned(10),
        progress(27, "2026-03", 40),
        progress(57, "2026-04", 95),
        applied(58),
        *passed(62),
        *closed(64),
    ),
)

WHOLE_LADDER = Tale(
    "whole_ladder",
    "341503",
    1,
    (
        *found(0, "粉尘涉爆车间积尘严重", "打磨车间粉尘堆积，未定期清扫。", "工贸"),
        *graded(1, "LA-工贸-01"),
        *reported(1),
        *listed(3, 50),
        step(
            55,
            R.department_head,
            "department",
            "decide_interview",
            {"reason": "逾期未改，约谈企业负责人", "agreed": True},
        ),
        step(
            60,
            R.commission_chair,
            "upper",
            "decline_upgrade",
            {"reason": "先行约谈，暂不提级"},
            noun="listing",
        ),
        step(
            83,
            R.commission_chair,
            "commission",
            "decide_exposure",
            {"reason": "拒不整改，予以公开曝光", "agreed": True},
        ),
        *shut(112),
        step(117, R.government, "government", "shut_down", {"decision_no": "示例关闭决定1号"}),
        executed(118),
        *checked(119),
    ),
)

FAILED_ONCE = Tale(
    "failed_once",
    "341504",
    2,
    (
        *found(2, *_COLD),
        *graded(3, "LA-工贸-02"),
        *reported(3),
        *listed(6, 50),
        *planned(14),
        progress(27, "2026-03", 50),
        applied(40),
        *failed(44, 80),
        progress(57, "2026-04", 80),
        applied(70),
        *passed(75),
        *closed(77),
    ),
)

DEFERRED = Tale(
    "deferred",
    "341522",
    5,
    (
        *found(1, *_MINE),
        *graded(2, "LA-矿山-01", 5),
        *reported(2),
        *listed(5, 60),
        *planned(12),
        step(
            30,
            R.enterprise_head,
            "unit",
            "apply",
            {
                "reason": "汛期提前，充填作业受阻",
                "progress": "已完成六成",
                "interim_measures": "撤出人员，封闭井口",
                "asked_deadline": Day(80),
            },
            noun="deferral",
        ),
        step(
            33,
            R.commission_office,
            "commission",
            "endorse",
            {"opinion": "理由属实，临时措施到位"},
            noun="deferral",
        ),
        step(36, R.commission_chair, "commission", "grant", {"deadline": Day(80)}, noun="deferral"),
        applied(78),
        *passed(82),
        *closed(84),
    ),
)

REFUSED = Tale(
    "refused",
    "341523",
    3,
    (
        *found(4, *_CRANE),
        *graded(5, "LA-工贸-03"),
        *reported(5),
        *listed(8, 55),
        *planned(16),
        step(
            30,
            R.enterprise_head,
            "unit",
            "apply",
            {
                "reason": "配件未到货",
                "progress": "三成",
                "interim_measures": "停用起重机",
                "asked_deadline": Day(75),
            },
            noun="deferral",
        ),
        step(
            32,
            R.commission_office,
            "commission",
            "endorse",
            {"opinion": "理由不充分"},
            noun="deferral",
        ),
        step(
            34,
            R.commission_chair,
            "commission",
            "refuse",
            {"reason": "不属于不可抗力，可更换供应商"},
            noun="deferral",
        ),
        *passed(60),
        *closed(62),
    ),
)

UPGRADED = Tale(
    "upgraded",
    "341524",
    4,
    (
        *found(3, *_TANK),
        *graded(4, "LA-危化-01", 8),
        *reported(4),
        *listed(7, 40),
        *planned(15),
        stopped(20, 110),
        step(
            48,
            R.commission_chair,
            "upper",
            "upgrade",
            {
                "reason": "县级督办期满未改",
                "level": "city",
                "deadline": Day(75),
                "lead_department_id": "department",
                "lead_official_id": "leader",
            },
            noun="listing",
        ),
        applied(70),
        *passed(72),
        resumption(72),
        resumed(73),
        step(74, R.commission_office, "commission", "close", {"conclusion": "予以销号"}),
    ),
)

TALES: tuple[Tale, ...] = (
    ON_TIME,
    WHOLE_LADDER,
    FAILED_ONCE,
    DEFERRED,
    REFUSED,
    UPGRADED,
    RESERVOIR,
    GENERAL,
    GENERAL_LATE,
    UNTRUE,
    TRANSFERRED,
    ORDERED,
)
"""Every tale; the story's first day is 2 March 2026."""
