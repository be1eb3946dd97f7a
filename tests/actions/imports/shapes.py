"""Ledgers of many shapes, and what each must give."""

from datetime import date, datetime

from openpyxl.styles import Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from tests.actions.imports.ledgers import (
    BOTH,
    HEADER,
    ONE,
    ONE_LEAD,
    TWO,
    TWO_LEAD,
    UNIT,
    Shape,
    book,
    credit_code,
    text,
)
from tests.actions.imports.xml_shapes import XML_SHAPES


def _titled(sheet: Worksheet) -> None:
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("A2:C2")


def _grouped(sheet: Worksheet) -> None:
    sheet.merge_cells("B2:B4")
    sheet.merge_cells("D2:D4")


def _divided(sheet: Worksheet) -> None:
    for cells in ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:F2", "G1:H1"):
        sheet.merge_cells(cells)


def _more_sheets(sheet: Worksheet) -> None:
    workbook = sheet.parent
    assert workbook is not None
    notes = workbook.create_sheet("填表说明", 0)
    notes.append(("本表由各县区填报",))
    hidden = workbook.create_sheet("旧台账")
    hidden.append(HEADER)
    hidden.append(("已作废", *ONE[1:]))
    hidden.sheet_state = "hidden"


def _formatted(sheet: Worksheet) -> None:
    thin = Border(left=Side(style="thin"))
    for row in sheet.iter_rows(min_row=4, max_row=300, max_col=30):
        for cell in row:
            cell.border = thin


_CODE = credit_code("91341502MA9HL0000")
_NEW_CODE = credit_code("91341502MA9HL7777")
SHAPES = (
    Shape(name="plain", write=book(HEADER, ONE, TWO)),
    Shape(
        name="titles above the header",
        write=book(
            ("六安市重大事故隐患台账（示例）",),
            ("填报单位：示例局", None, None, "单位：项"),
            HEADER,
            ONE,
            TWO,
            then=_titled,
        ),
    ),
    Shape(
        name="blanks and line ends in the header",
        write=book(
            ("隐 患\n名 称", "所 在 地", "行业\r\n领域*", " 责任单位 ", "发现日期\n（年月日）"),
            ONE,
            TWO,
        ),
    ),
    Shape(
        name="another order and other words",
        write=book(
            ("序号", "检查时间", "存在问题", "受检单位名称", "所属县区", "所属行业", "整改责任人"),
            (1, ONE[4], ONE[0], ONE[3], ONE[1], ONE[2], "示例甲"),
            (2, TWO[4], TWO[0], TWO[3], TWO[1], TWO[2], "示例乙"),
        ),
    ),
    Shape(
        name="merged downwards",
        write=book(
            HEADER,
            ONE,
            ("积尘未清理", None, "工贸", None, "2026-02-24"),
            ("未接地", None, "工贸", None, "2026-02-24"),
            TWO,
            then=_grouped,
        ),
        leads=(*BOTH, ("积尘未清理", "341502", UNIT, ONE[4]), ("未接地", "341502", UNIT, ONE[4])),
    ),
    Shape(
        name="a header of two rows",
        write=book(
            ("隐患名称", "所在地", "行业领域", "责任单位", None, "发现日期", "联系人", None),
            (None, None, None, "名称", "统一社会信用代码", None, "姓名", "电话"),
            (*ONE[:4], _CODE, ONE[4], "示例甲", "0564-0000001"),
            (*TWO[:4], None, TWO[4], "示例乙", "0564-0000002"),
            then=_divided,
        ),
    ),
    Shape(
        name="a header of two rows as text",
        write=text(
            ("隐患名称", "所在地", "行业领域", "责任单位", "", "发现日期"),
            ("", "", "", "名称", "统一社会信用代码", ""),
            (*ONE[:4], _CODE, ONE[4]),
            (*TWO[:4], "", TWO[4]),
        ),
    ),
    Shape(
        name="totals, signatures, remarks, chapters, blank rows",
        write=book(
            ("序号", *HEADER),
            ("一、工贸行业",),
            (1, *ONE),
            ("小计", None, None, None, None, "1项"),
            (),
            ("（二）其他",),
            (2, *TWO),
            ("合 计：2项",),
            ("填表人：示例甲", None, "审核人：", "示例乙", None, "填报日期：2026年3月1日"),
            ("注：本表一式两份",),
        ),
    ),
    Shape(
        name="entries that only look like the foot",
        write=book(
            HEADER,
            ("合计", *ONE[1:]),
            ("主要负责人：未履行安全生产职责", *TWO[1:]),
        ),
        leads=(("合计", *ONE_LEAD[1:]), ("主要负责人：未履行安全生产职责", *TWO_LEAD[1:])),
    ),
    Shape(name="other sheets", write=book(HEADER, ONE, TWO, then=_more_sheets)),
    Shape(
        name="formulas without results",
        write=book(
            HEADER,
            ONE,
            (*TWO[:3], '=A9&"公司"', TWO[4]),
            ("无围堰", "金安区", "#N/A", None, TWO[4]),
        ),
        leads=(ONE_LEAD,),
        rejected=((3, "责任单位", "没有计算结果"), (4, "行业领域", "公式错误“#N/A”")),
    ),
    Shape(
        name="GB18030",
        write=text(HEADER, ("𠮷氏示例除尘器", *ONE[1:]), TWO, encoding="gb18030"),
        leads=(("𠮷氏示例除尘器", *ONE_LEAD[1:]), TWO_LEAD),
    ),
    Shape(name="UTF-8 with a mark", write=text(HEADER, ONE, TWO, encoding="utf-8-sig")),
    Shape(
        name="tabs",
        write=text(HEADER, ('除尘器5"管无泄爆口', *ONE[1:]), TWO, sign="\t", end="\n"),
        leads=(('除尘器5"管无泄爆口', *ONE_LEAD[1:]), TWO_LEAD),
    ),
    Shape(
        name="semicolons",
        write=text(("台账",), HEADER, ("管沟,未封堵", *ONE[1:]), TWO, sign=";"),
        leads=(("管沟,未封堵", *ONE_LEAD[1:]), TWO_LEAD),
    ),
    Shape(
        name="full-width signs",
        write=text(
            HEADER,
            (ONE[0], "３４１５０２", *ONE[2:4], "２０２６．０２．２４"),
            (*TWO[:4], "２０２６／２／２５"),
        ),
    ),
    Shape(
        name="days as numbers, as dates, as text",
        write=book(
            HEADER,
            (*ONE[:4], 46077),
            (*TWO[:4], date(2026, 2, 25)),
            ("未接地", *ONE[1:4], datetime(2026, 2, 24, 10, 30)),  # noqa: DTZ001 (a cell has no zone)
            ("无围堰", *ONE[1:4], "2026年2月24日"),
            ("无护栏", *ONE[1:4], "46077"),
            ("无警示", *ONE[1:4], "年底前"),
        ),
        leads=(*BOTH, *((t, *ONE_LEAD[1:]) for t in ("未接地", "无围堰", "无护栏"))),
        rejected=((7, "发现日期", "“年底前”是哪一天？"),),
    ),
    Shape(
        name="blank columns and rows before it",
        write=book((), (), (None, None, *HEADER), (), (None, None, *ONE), (None, None, *TWO)),
    ),
    Shape(name="formatted blank rows after it", write=book(HEADER, ONE, TWO, then=_formatted)),
    Shape(
        name="the header again on each page, numbers before blanks",
        write=book(("序号", *HEADER), (1, *ONE), ("序号", *HEADER), (2, *TWO), (3,), (4,)),
    ),
    Shape(
        name="enterprises nobody knows",
        write=book(
            (*HEADER, "信用代码"),
            ("无围堰", "金安区", "工贸", "示例新建(六安)有限公司", ONE[4], _NEW_CODE),
            ("未接地", "金安区", "工贸", "示例新建（六安）\n有限公司", ONE[4], None),
            ("无护栏", "金安区", "工贸", "示例改名有限公司", ONE[4], _NEW_CODE),
            ("无警示", "金安区", "工贸", "示例新建（六安）有限公司", ONE[4], _NEW_CODE[:-1] + "5"),
            ("无台账", "金安区", "工贸", UNIT, ONE[4], _NEW_CODE),
        ),
        leads=tuple(
            (t, "341502", "示例新建（六安）有限公司", ONE[4]) for t in ("无围堰", "未接地")
        ),
        rejected=(
            (4, "责任单位", "是哪一家？"),
            (5, "信用代码", "不是正确的统一社会信用代码"),
            (6, "责任单位", "是哪一家？"),
        ),
    ),
    Shape(
        name="clauses and several faults",
        write=book(
            (*HEADER, "判定依据"),
            (*ONE, "LA-工贸-01；la-工贸-02"),
            (*TWO, "《工贸企业重大事故隐患判定标准》第十一条"),
            ("无围堰", "芜湖市", None, None, "上个月", "LA-工贸-99"),
        ),
        rejected=(
            (
                4,
                "所在地",
                "没有登记“芜湖市”这一所在地，请核对行政区划代码或县区全称；尚未登记的，"
                "请先由系统管理员导入机构台账（当地人民政府及主管部门）；行业领域：此项必填",
            ),
        ),
    ),
    *XML_SHAPES,
)
"""Every shape, each with what must come out of it."""
