"""Ledgers as other programs write their XML, by hand."""

from collections.abc import Sequence

from tests.actions.imports.ledgers import (
    HEADER,
    ONE,
    ONE_LEAD,
    STRICT,
    TWO,
    UNIT,
    Shape,
    inline,
    raw,
    shared,
)


def _strings(*rows: Sequence[str]) -> str:
    runs = "".join(
        f"<si><r><rPr/><t>{w[:2]}</t></r><r><t>{w[2:]}</t></r>"
        "<rPh sb='0' eb='1'><t>yǐnhuàn</t></rPh></si>"
        for row in rows
        for w in row
    )
    return runs


_DATED = '<numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
_FORMS = '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="176"/><xf numFmtId="31"/><xf numFmtId="57"/></cellXfs>'

XML_SHAPES = (
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
)
"""Every shape that openpyxl would not write."""
