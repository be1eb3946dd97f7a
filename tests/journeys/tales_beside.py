"""The other six hazards of the story: ownerless, general, untrue, not ours, not listed."""

from guapai.people import Role as R
from tests.journeys.story import (
    PHOTO,
    Day,
    Tale,
    applied,
    closed,
    found,
    graded,
    listed,
    passed,
    progress,
    reported,
    step,
)

_DAM = ("龙井潭水库大坝渗漏", "病险水库，坝体下游坡有渗漏，尚待除险加固。", "水利")
_HOSTILE = ("消防通道被占用<img onerror=1>{{7*7}}𠮷龘", "疏散通道堆放货物。", "消防")


RESERVOIR = Tale(
    "reservoir",
    "341525",
    None,
    (
        *found(5, *_DAM),
        *graded(6, "LA-水利-01", 9),
        step(
            8,
            R.division_chief,
            "department",
            "declare_ownerless",
            {
                "reason": "无管护单位",
                "ground": "legacy",
                "search_record": ["走访乡镇，无管护单位", "查询水利部门台账，无责任单位"],
                "evidence": [{"file": PHOTO, "kind": "document", "caption": "走访记录"}],
            },
        ),
        step(
            20,
            R.government,
            "government",
            "designate",
            {
                "unit_id": "township",
                "designation_no": "示例指定1号",
                "fund_source": "专项配套资金",
                "fund_fen": 350_000_000,
                "allocation": "示例财建1号",
            },
        ),
        *listed(22, 115),
    ),
)

GENERAL = Tale(
    "general",
    "341502",
    1,
    (
        *found(6, *_HOSTILE),
        step(7, R.inspector, "department", "grade_general", {"reason": "可立即整改"}),
        step(15, R.safety_officer, "unit", "report_fixed", {"done": "通道已清空"}),
        step(18, R.inspector, "department", "pass_recheck", {"opinion": "复查合格"}),
        step(18, R.inspector, "department", "pass_recheck", nth=1),
    ),
)

GENERAL_LATE = Tale(
    "general_late",
    "341503",
    2,
    (
        *found(8, "配电箱未接地", "车间三处配电箱未接地。", "工贸"),
        step(9, R.inspector, "department", "grade_general", {"reason": "一般隐患"}),
        step(30, R.inspector, "department", "fail_recheck", {"opinion": "仍有一处未接地"}),
        step(35, R.safety_officer, "unit", "report_fixed", {"done": "全部接地"}),
        step(37, R.inspector, "department", "pass_recheck", {"opinion": "复查合格"}),
        step(37, R.inspector, "department", "pass_recheck", nth=1),
    ),
)

UNTRUE = Tale(
    "untrue",
    "341504",
    0,
    (
        found(10, "举报仓库违规储存", "群众反映仓库储存易燃物。", "消防")[0],
        step(12, R.division_chief, "department", "dismiss", {"reason": "现场核查不属实"}),
    ),
)

TRANSFERRED = Tale(
    "transferred",
    "341522",
    None,
    (
        *found(11, "道路临水路段无护栏", "县道临水路段护栏缺失。", "道路交通"),
        step(
            13,
            R.division_chief,
            "department",
            "transfer_out",
            {"reason": "属交通部门职责", "receiver": "霍邱县交通运输局（示例）"},
        ),
        step(20, R.division_chief, "department", "confirm_transfer", {"receipt": "示例回执1号"}),
    ),
)

ORDERED = Tale(
    "ordered",
    "341523",
    0,
    (
        *found(14, "有限空间作业无监护", "污水池清淤无监护、无检测。", "工贸"),
        *graded(15, "LA-工贸-04"),
        *reported(15),
        step(
            18,
            R.department_head,
            "department",
            "order_rectification",
            {"reason": "可限期整改，不予挂牌", "deadline": Day(45)},
        ),
        progress(27, "2026-03", 60),
        applied(40),
        *passed(44),
        *closed(46),
    ),
)
