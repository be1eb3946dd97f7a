"""Ledgers of many shapes, written by openpyxl, by hand as XML, and as text; and what each must give."""

import csv
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Border, Side
from openpyxl.worksheet.worksheet import Worksheet
from stdnum.cn import uscc

Lead = tuple[str, str, str | None, str]
"""Title, place, unit and day of a lead."""

HEADER = ("隐患名称", "所在地", "行业领域", "责任单位", "发现日期")
UNIT, OTHER = "金安区示例木业有限公司", "裕安区示例粉体有限公司"
ONE = ("除尘器无泄爆口", "金安区", "工贸", UNIT, "2026-02-24")
TWO = ("锁气卸灰装置缺失", "裕安区", "工贸", OTHER, "2026-02-25")
ONE_LEAD: Lead = (ONE[0], "341502", UNIT, ONE[4])
TWO_LEAD: Lead = (TWO[0], "341503", OTHER, TWO[4])
BOTH = (ONE_LEAD, TWO_LEAD)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One file: how it is written, the leads it gives, and row, column and reason of each refusal."""

    name: str
    write: Callable[[Path], Path]
    leads: tuple[Lead, ...] = BOTH
    rejected: tuple[tuple[int, str, str], ...] = ()


def credit_code(body: str) -> str:
    """A credit code with right check digits that no firm has."""
    return body + uscc.calc_check_digit(body)


def book(*rows: Sequence[Any], then: Callable[[Worksheet], None] | None = None) -> Any:
    """A writer of a workbook with these rows, changed by ``then``."""

    def write(folder: Path) -> Path:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert isinstance(sheet, Worksheet)
        for row in rows:
            sheet.append(list(row))
        if then is not None:
            then(sheet)
        path = folder / "台账.xlsx"
        workbook.save(path)
        workbook.close()
        return path

    return write


def text(
    *rows: Sequence[str], encoding: str = "utf-8", sign: str = ",", end: str = "\r\n"
) -> Callable[[Path], Path]:
    """A writer of a text file with these rows."""

    def write(folder: Path) -> Path:
        path = folder / "台账.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=sign, lineterminator=end).writerows(rows)
        return path

    return write


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def raw(
    data: str,
    *,
    after: str = "",
    strings: str = "",
    styles: str = "",
    head: str = "",
    main: str = MAIN,
    office: str = OFFICE,
    doctype: str = "",
    absolute: bool = False,
) -> Callable[[Path], Path]:
    """A writer of a workbook whose XML is given: one sheet, and only the parts that are named."""
    folder_of = "/xl/" if absolute else ""

    def rel(nth: int, kind: str, target: str) -> str:
        return f'<Relationship Id="rId{nth}" Type="{office}/{kind}" Target="{target}"/>'

    parts = {
        "_rels/.rels": rel(1, "officeDocument", "xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": rel(1, "worksheet", f"{folder_of}worksheets/sheet1.xml")
        + (rel(2, "sharedStrings", f"{folder_of}sharedStrings.xml") if strings else "")
        + (rel(3, "styles", f"{folder_of}styles.xml") if styles else ""),
    }
    parts = {
        name: f'<Relationships xmlns="{PACKAGE}">{rels}</Relationships>'
        for name, rels in parts.items()
    }
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{main}" xmlns:r="{office}">{head}'
        '<sheets><sheet name="台账" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    parts["xl/worksheets/sheet1.xml"] = (
        f'{doctype}<worksheet xmlns="{main}"><sheetData>{data}</sheetData>{after}</worksheet>'
    )
    if strings:
        parts["xl/SharedStrings.xml" if absolute else "xl/sharedStrings.xml"] = (
            f'<sst xmlns="{main}">{strings}</sst>'
        )
    if styles:
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{main}">{styles}</styleSheet>'

    def write(folder: Path) -> Path:
        path = folder / "台账.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return path

    return write


def inline(words: Iterable[str], more: str = "") -> str:
    """A row of inline strings, without references."""
    cells = "".join(f'<c t="inlineStr"><is><t>{w}</t></is></c>' if w else "<c/>" for w in words)
    return f"<row>{cells}{more}</row>"


def shared(first: int, count: int, number: int, more: str = "") -> str:
    """A row of shared strings, with references."""
    cells = "".join(
        f'<c r="{"ABCDEFGH"[i]}{number}" t="s"><v>{first + i}</v></c>' for i in range(count)
    )
    return f'<row r="{number}">{cells}{more}</row>'


def _strings(*rows: Sequence[str]) -> str:
    runs = "".join(
        f"<si><r><rPr/><t>{w[:2]}</t></r><r><t>{w[2:]}</t></r>"
        "<rPh sb='0' eb='1'><t>yǐnhuàn</t></rPh></si>"
        for row in rows
        for w in row
    )
    return runs


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
_DATED = '<numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
_FORMS = '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="176"/><xf numFmtId="31"/><xf numFmtId="57"/></cellXfs>'

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
        name="inline strings, no references, no other part",
        write=raw(inline(HEADER) + inline(ONE) + inline(TWO)),
    ),
    Shape(
        name="shared strings with runs and phonetic signs",
        write=raw(
            shared(0, 5, 1) + shared(5, 5, 4) + shared(10, 5, 7), strings=_strings(HEADER, ONE, TWO)
        ),
    ),
    Shape(
        name="days from 1904",
        write=raw(
            inline(HEADER)
            + inline(ONE[:4], '<c s="1"><v>44615</v></c>')
            + inline(TWO[:4], "<c><v>44616</v></c>"),
            styles=_DATED + _FORMS,
            head='<workbookPr date1904="1"/>',
        ),
    ),
    Shape(
        name="as WPS writes it: absolute names, other capitals, Chinese date formats",
        write=raw(
            shared(0, 5, 1)
            + shared(5, 4, 2, '<c r="E2" s="2"><v>46077</v></c>')
            + shared(10, 4, 3, '<c r="E3" s="3"><v>46078</v></c>'),
            strings=_strings(HEADER, ONE, TWO),
            styles=_DATED + _FORMS,
            absolute=True,
        ),
        leads=(ONE_LEAD,),
        rejected=((3, "发现日期", "“2026-02”是哪一天？"),),
    ),
    Shape(name="strict OOXML", write=raw(inline(HEADER) + inline(ONE) + inline(TWO), main=STRICT)),
    Shape(
        name="merged cells in hand-written XML",
        write=raw(
            inline(HEADER) + inline(ONE) + inline(("积尘未清理", "", "工贸", "", "2026-02-24")),
            after='<mergeCells count="2"><mergeCell ref="B2:B3"/><mergeCell ref="D2:D3"/></mergeCells>',
        ),
        leads=(ONE_LEAD, ("积尘未清理", "341502", UNIT, ONE[4])),
    ),
    Shape(
        name="formulas with results",
        write=raw(
            inline(HEADER)
            + inline(
                ONE[:3],
                f'<c t="str"><f>A9&amp;B9</f><v>{UNIT}</v></c><c s="1"><f>TODAY()</f><v>46077</v></c>',
            )
            + inline(
                TWO[:3], '<c t="str"><f>""</f><v></v></c><c s="1"><f>TODAY()</f><v>46078.5</v></c>'
            ),
            styles=_DATED + _FORMS,
        ),
        leads=(ONE_LEAD, (TWO[0], "341503", None, TWO[4])),
    ),
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
)
"""Every shape, each with what must come out of it."""
