"""Tales of cases that turn: reopened, graded anew, handed on, without a unit, out of reach."""

from guapai.people import Role as R
from tests.journeys.story import (
    PHOTO,
    Day,
    Tale,
    applied,
    found,
    graded,
    listed,
    passed,
    planned,
    reported,
    step,
)

REOPENED = Tale(
    "reopened",
    "341522",
    2,
    (
        *found(0, "氨制冷机房无报警", "机房未装氨气报警器。", "工贸"),
        *graded(1, "LA-工贸-02"),
        *reported(1),
        *listed(3, 40),
        *planned(8),
        applied(20),
        *passed(22),
        step(40, R.commission_office, "commission", "close", {"conclusion": "予以销号"}),
        step(
            60,
            R.publisher,
            "department",
            "publish_closure",
            {"medium": "网站", "published_on": Day(60)},
        ),
        step(145, R.inspector, "department", "look_back", {"finding": "报警器被拆除"}),
        step(
            147,
            R.commission_office,
            "commission",
            "reopen",
            {"reason": "隐患复现", "finding": "报警器被拆除"},
        ),
    ),
)


REGRADED = Tale(
    "regraded",
    "341523",
    1,
    (
        *found(0, "叉车无证驾驶", "两名司机无证。", "工贸"),
        step(
            1,
            R.inspector,
            "department",
            "grade_general",
            {"reason": "一般隐患", "deadline": Day(12)},
        ),
        step(10, R.safety_officer, "unit", "report_fixed", {"done": "已培训"}),
        step(
            35,
            R.inspector,
            "department",
            "regrade",
            {
                "opinion": "另有多人无证",
                "evidence": [{"file": PHOTO, "kind": "document", "caption": "名单"}],
            },
        ),
        step(
            36,
            R.inspector,
            "department",
            "grade_general",
            {"reason": "仍为一般", "deadline": Day(60)},
        ),
        step(40, R.safety_officer, "unit", "report_fixed", {"done": "全部持证"}),
        step(60, R.inspector, "department", "pass_recheck", {"opinion": "合格"}),
        step(60, R.inspector, "department", "pass_recheck", nth=1),
    ),
)


SLOW_TRANSFER = Tale(
    "slow_transfer",
    "341524",
    None,
    (
        *found(0, "桥梁护栏破损", "县道桥梁护栏破损。", "道路交通"),
        step(
            2,
            R.division_chief,
            "department",
            "transfer_out",
            {"reason": "属交通部门", "receiver": "示例交通局"},
        ),
        step(40, R.division_chief, "department", "confirm_transfer", {"receipt": "示例回执2号"}),
    ),
)


LONG_OWNERLESS = Tale(
    "long_ownerless",
    "341525",
    None,
    (
        *found(0, "大藕塘水库溢洪道淤塞", "溢洪道淤塞，汛期过水能力不足。", "水利"),
        *graded(1, "LA-水利-01"),
        step(
            3,
            R.division_chief,
            "department",
            "declare_ownerless",
            {
                "reason": "无管护单位",
                "ground": "unclear",
                "search_record": ["走访乡镇，无管护单位", "查询产权登记，无记录"],
                "evidence": [{"file": PHOTO, "kind": "document", "caption": "走访记录"}],
            },
        ),
        step(
            45,
            R.government,
            "government",
            "designate",
            {
                "unit_id": "township",
                "designation_no": "示例指定2号",
                "fund_source": "专项资金",
                "fund_fen": 100,
                "allocation": "示例财建2号",
            },
        ),
    ),
)


UNREACHABLE = Tale(
    "unreachable",
    "341503",
    5,
    (
        *found(2, "矿区道路无警示", "矿区道路急弯无警示标志。", "非煤矿山"),
        step(
            3,
            R.inspector,
            "department",
            "grade_general",
            {"reason": "一般隐患", "deadline": Day(30)},
        ),
        step(
            31,
            R.inspector,
            "department",
            "fail_recheck",
            {"opinion": "仍无警示标志", "deadline": Day(60)},
        ),
    ),
)
