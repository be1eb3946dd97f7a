"""The cells of one entry as values; what cannot be taken is a fault, and all faults are told."""

import re
from collections.abc import Sequence
from datetime import date

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from actions.imports.file import LedgerRow
from actions.imports.sheet import UNCOUNTED
from actions.imports.words import Words
from guapai.errors import BadInput
from guapai.text import half_width, many_lines, one_line

Fault = tuple[str, str]
"""The field at fault (empty: the whole entry), and a sentence."""

_EMPTY = frozenset({"", "无", "(无)", "/", "-", "--", "—", "——", "暂无", "无主体", "无责任单位"})
_BROKEN = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)")
_DAY = re.compile(
    r"(\d{4})(?:([-/.、])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?|(\d{2})(\d{2}))"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
)


class Unfit(BadInput):
    """An entry that cannot be taken, with all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("；".join(message for _, message in faults))
        self.faults = tuple(faults)


class Later(Unfit):
    """An entry that can be taken when another one is there, which may stand below it."""


class Cells:
    """The values of an entry by field, and the faults found so far: at most one for a field."""

    def __init__(self, row: LedgerRow, words: Words) -> None:
        self.row = row
        self._words = words
        self._faults: dict[str, str] = {}
        for name, value in row.values.items():
            if _BROKEN.fullmatch(value):
                self.fault(name, f"单元格显示公式错误“{value}”，请改正后再导入")
            elif value == UNCOUNTED:
                self.fault(name, "单元格的公式没有计算结果，请用表格软件打开并保存后再导入")

    def fault(self, field: str, message: str) -> None:
        """Note what is wrong with a field."""
        self._faults.setdefault(field, message)

    def is_faulty(self, field: str) -> bool:
        """Whether something is wrong with a field."""
        return field in self._faults

    def settle(self) -> None:
        """Raise Unfit when there is a fault; faults come in the order of their columns."""
        if self._faults:
            order = [*self.row.titles, *self._faults]
            raise Unfit(sorted(self._faults.items(), key=lambda fault: order.index(fault[0])))

    def title(self, field: str) -> str:
        """How the sheet calls a field, or how it is usually called."""
        if not field:
            return ""
        return self.row.titles.get(field) or self._words.title(field)

    def text(self, field: str, most: int = 0) -> str:
        """The cell on one line; the usual signs for nothing are nothing, and so is a faulty one."""
        if self.is_faulty(field):
            return ""
        text = one_line(self.row.values.get(field, "").replace("\n", " "))
        text = "" if half_width(text) in _EMPTY else text
        return self._short(field, text, most)

    def lines(self, field: str, most: int = 0) -> str:
        """The cell with its line ends."""
        if self.is_faulty(field):
            return ""
        text = many_lines(self.row.values.get(field, ""))
        text = "" if half_width(text) in _EMPTY else text
        return self._short(field, text, most)

    def _short(self, field: str, text: str, most: int) -> str:
        if most and len(text) > most:
            self.fault(field, f"超过{most}字，请缩短")
        return text

    def day(self, field: str) -> date | None:
        """The exact day of a cell; None for an empty or a faulty one."""
        text = self.text(field)
        if not text:
            return None
        plain = re.sub(r"\s*([-/.、年月日号])\s*", r"\1", half_width(text))
        match = _DAY.fullmatch(plain)
        if match is None:
            self.fault(field, f"“{text}”是哪一天？请写明年月日，如 2026-03-05")
            return None
        year, month, day = (int(g) for g in match.groups() if g and g.isdigit())
        try:
            return date(year, month, day)
        except ValueError:
            self.fault(field, f"没有“{text}”这一天，请核对后写明年月日")
            return None

    def credit_code(self) -> str:
        """The credit code with right check digits; empty for an empty or a faulty cell."""
        text = self.text("credit_code")
        if not text:
            return ""
        try:
            return str(uscc.validate(half_width(text)))
        except ValidationError:
            self.fault(
                "credit_code",
                f"“{text}”不是正确的统一社会信用代码（18位，末位为校验码），请核对；"
                "没有代码的请留空",
            )
            return ""
