"""Ledgers of enterprises: new ones are entered as confirmed, the ones hazards brought in confirmed."""

from actions.act.administration import By, note
from actions.imports.cells import Cells, Unfit
from actions.imports.file import LedgerRow
from actions.imports.register import Register, plain
from actions.imports.words import ENTERPRISES
from statemachines.noted import Administered
from storage.people.organisation import Organisation

SECTOR_MOST = 60
"""What the column of the sector holds, in signs."""


def take_enterprise(register: Register, row: LedgerRow, by: By) -> bool:
    """Enter, confirm or complete an enterprise; False when all of it was known already.

    Raises Unfit before anything is written.
    """
    cells = Cells(row, ENTERPRISES)
    if not cells.text("unit"):
        cells.fault("unit", "此项必填，请填写企业全称")
    firm = register.unit(cells)
    known = firm.place_code if firm is not None else ""
    place = register.place(cells, otherwise=known)
    sector = cells.text("sector", SECTOR_MOST)
    code = cells.credit_code()
    if firm is not None and firm.confirmed and firm.place_code:
        _contradict(cells, firm, place, sector)
    cells.settle()
    if firm is None:
        raise Unfit([("unit", "此项必填，请填写企业全称")])
    if not firm.place_code:
        firm_id = register.enter(firm, place, sector, confirmed=True)
        said = {"kind": firm.kind, "name": firm.name, "place_code": place, "sector": sector}
        note(register.work, by, "organisation", firm_id, Administered.enter, said)
        return True
    wanted = {
        "place_code": place,
        "sector": sector or firm.sector,
        "credit_code": firm.credit_code or code or None,
        "confirmed": True,
    }
    if all(getattr(firm, column) == value for column, value in wanted.items()):
        return False
    register.complete(firm, **wanted)
    changed = {n: v for n, v in wanted.items() if v != getattr(firm, n)}
    note(register.work, by, "organisation", firm.id, Administered.change, changed)
    return True


def _contradict(cells: Cells, firm: Organisation, place: str, sector: str) -> None:
    """A confirmed enterprise is changed by a person, not by a ledger."""
    if place and place != firm.place_code:
        cells.fault(
            "place",
            f"“{firm.name}”已登记，所在地是{firm.place_code}，台账写的是{place}，是哪一个？"
            "请核对后再导入",
        )
    if sector and firm.sector and plain(sector) != plain(firm.sector):
        cells.fault(
            "sector",
            f"“{firm.name}”已登记，行业领域是“{firm.sector}”，台账写的是“{sector}”，是哪一个？"
            "请核对后再导入",
        )
