"""Tales of who has to remove a hazard: found late, merged, bankrupt, designated anew."""

from guapai.people import Role as R
from tests.journeys.story import (
    PHOTO,
    Tale,
    applied,
    closed,
    found,
    graded,
    listed,
    passed,
    planned,
    reported,
    step,
)

_SHOWN = [{"file": PHOTO, "kind": "document", "caption": "证明材料"}]

FOUND_LATE = Tale(
    "found_late",
    "341524",
    None,
    (
        *found(0, "厂房屋面钢梁锈蚀", "钢梁严重锈蚀，产权人不详。", "工贸"),
        step(
            1,
            R.inspector,
            "department",
            "assign_unit",
            {"reason": "不动产登记查明产权人", "unit_id": "unit:0"},
        ),
        step(2, R.inspector, "department", "grade_general", {"reason": "一般隐患"}),
        step(8, R.safety_officer, "unit", "report_fixed", {"done": "已更换钢梁"}),
        step(10, R.inspector, "department", "pass_recheck", {"opinion": "复查合格"}),
        step(10, R.inspector, "department", "pass_recheck", nth=1),
    ),
)

MERGED = Tale(
    "merged",
    "341523",
    2,
    (
        *found(2, "冷库氨管道腐蚀", "氨管道外壁腐蚀，支架松动。", "工贸"),
        *graded(3, "LA-工贸-02"),
        *reported(3),
        *listed(6, 70),
        step(
            9,
            R.division_chief,
            "department",
            "succeed",
            {
                "reason": "企业被吸收合并，权利义务由合并后企业承继",
                "ground": "merger",
                "document_no": "示例登记合字1号",
                "unit_id": "unit:3",
                "evidence": _SHOWN,
            },
        ),
        *planned(12),
        applied(40),
        *passed(44),
        *closed(46),
    ),
)

REDESIGNATED = Tale(
    "redesignated",
    "341522",
    None,
    (
        *found(4, "墩塘水库放水涵管渗漏", "放水涵管渗漏，管护单位不明。", "水利"),
        *graded(5, "LA-水利-01", 9),
        step(
            7,
            R.division_chief,
            "department",
            "declare_ownerless",
            {
                "reason": "管护单位已注销",
                "ground": "gone",
                "search_record": ["查询登记，原管护单位已注销", "走访乡镇，无人承继"],
                "evidence": _SHOWN,
            },
        ),
        step(
            12,
            R.government,
            "government",
            "designate",
            {
                "unit_id": "township",
                "designation_no": "示例指定3号",
                "fund_source": "专项配套资金",
                "fund_fen": 80_000_000,
                "allocation": "示例财建3号",
            },
        ),
        *listed(14, 90),
        step(
            20,
            R.government,
            "government",
            "redesignate",
            {
                "reason": "该镇无除险加固能力，改由水利部门治理",
                "ground": "unable",
                "unit_id": "water",
                "designation_no": "示例指定4号",
                "fund_source": "专项配套资金",
                "fund_fen": 120_000_000,
                "allocation": "示例财建4号",
            },
        ),
        step(
            21,
            R.government,
            "government",
            "record_funds",
            {"voucher": "示例拨付1号", "paid_fen": 60_000_000, "remark": "首期拨付"},
        ),
        *planned(23),
    ),
)

TALES = (FOUND_LATE, MERGED, REDESIGNATED)
