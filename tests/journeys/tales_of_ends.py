"""Tales of a coal mine closed late, of a quarrel over whose a hazard is, and of what goes at once."""

from guapai.people import Role as R
from tests.journeys.story import (
    PHOTO,
    Day,
    Tale,
    checked,
    executed,
    found,
    graded,
    reported,
    shut,
    step,
)

COAL = Tale(
    "coal",
    "341502",
    2,
    (
        *found(0, "采掘工作面瓦斯超限", "瓦斯超限未停止作业。", "煤矿"),
        *graded(1, "《煤矿重大事故隐患判定标准》"),
        *reported(1),
        step(
            3,
            R.department_head,
            "department",
            "order_rectification",
            {"reason": "限期整改", "deadline": Day(50)},
        ),
        *shut(60, "untreatable"),
        step(75, R.government, "government", "shut_down", {"decision_no": "示例关闭决定2号"}),
        executed(80),
        step(
            82,
            R.department_head,
            "department",
            "return_shutdown",
            {"reason": "井筒尚未充填"},
        ),
        executed(120),
        *checked(140),
    ),
)

DISPUTED = Tale(
    "disputed",
    "341503",
    None,
    (
        *found(0, "油气管道占压", "管道上方搭建棚屋。", "城市运行"),
        step(
            2,
            R.division_chief,
            "department",
            "transfer_out",
            {"reason": "属城管部门", "receiver": "示例城管局"},
        ),
        step(5, R.division_chief, "department", "return_transfer", {"reason": "不属本部门职责"}),
        step(6, R.division_chief, "department", "dispute_transfer", {"reason": "职责不清"}),
        step(20, R.commission_office, "commission", "settle_for_us", {"ruling": "先由本部门核实"}),
        found(21, "", "", "")[1],
        step(
            22, R.division_chief, "department", "dispute_transfer", {"reason": "核实后仍不属本部门"}
        ),
        step(
            24,
            R.commission_office,
            "commission",
            "settle_for_other",
            {"reason": "属管道保护主管部门", "receiver": "示例能源局"},
        ),
        step(26, R.division_chief, "department", "confirm_transfer", {"receipt": "示例回执3号"}),
    ),
)

AT_ONCE = Tale(
    "at_once",
    "341504",
    3,
    (
        *found(0, "安全出口堆放杂物", "安全出口堆放纸箱。", "工贸"),
        step(
            0,
            R.inspector,
            "department",
            "remove_on_the_spot",
            {
                "reason": "可以立即排除",
                "done": "当场清走",
                "evidence": [
                    {"file": PHOTO, "kind": "before", "caption": "清走前"},
                    {"file": PHOTO, "kind": "after", "caption": "清走后"},
                ],
            },
        ),
        step(0, R.inspector, "department", "remove_on_the_spot", nth=1),
    ),
)

REVOKED = Tale(
    "revoked",
    "341523",
    4,
    (
        *found(0, "锅炉房泄压装置失效", "锅炉安全阀卡死。", "工贸"),
        *graded(1, "LA-工贸-01"),
        *reported(1),
        step(
            3,
            R.department_head,
            "department",
            "order_rectification",
            {"reason": "限期整改", "deadline": Day(40)},
        ),
        *shut(10),
        step(12, R.government, "government", "shut_down", {"decision_no": "示例关闭决定3号"}),
        step(
            14,
            R.government,
            "government",
            "revoke_shutdown",
            {"reason": "企业已更换设备", "deadline": Day(60)},
        ),
    ),
)

TALES = (REVOKED, COAL, DISPUTED, AT_ONCE)
