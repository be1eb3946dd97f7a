"""What a ledger names is looked up here: places and enterprises, each read once per transaction."""

import re
from dataclasses import dataclass, field

from actions.imports.cells import Cells, Unfit
from guapai.people import Role
from guapai.text import half_width
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people.organisation import Organisation, OrganisationKind
from storage.people.person import Person
from storage.people.staffing import Span

_NOBODY = re.compile("不详|不明|未知|待定|待核实?|待确定|无单位|无企业|无责任主体")
_CONTROLS = re.compile("[\u2400-\u2421]")
_SEVERAL = re.compile("(公司|厂|矿|店|社|站|场|中心)[、;；,，].*(公司|厂|矿|店|社|站|场|中心)$")
_GOVERNS = (OrganisationKind.government, OrganisationKind.township)


Held = tuple[Role, int, Span]
"""A post: the role, the organisation, the days."""


@dataclass
class Engaged:
    """A person of a dry run, with the posts it would have given them; id 0 for somebody new."""

    person: Person
    posts: list[Held] = field(default_factory=list)


@dataclass
class Rehearsal:
    """What a dry run has to remember, since it leaves nothing in the database.

    ``organisations`` are those it would have entered or changed, by name and by credit code;
    ``said`` are hashes of what the entries it has met say, by that of what makes two entries one;
    ``tried`` is for whom and where it has made an act.
    """

    organisations: dict[str, Organisation] = field(default_factory=dict)
    said: dict[int, int] = field(default_factory=dict)
    people: list[Engaged] = field(default_factory=list)
    tried: set[object] = field(default_factory=set)


class Register:
    """Places and organisations as one transaction sees them."""

    def __init__(
        self, work: Work, places: dict[str, str], rehearsal: Rehearsal | None = None
    ) -> None:
        self.work = work
        self.rehearsal = rehearsal
        self._places = places
        self._units: dict[tuple[str, str], list[Organisation]] = {}

    def place(self, cells: Cells, *, otherwise: str = "") -> str:
        """The code of the place, as written or by its name; ``otherwise`` where none is written."""
        text = cells.text("place")
        if not text:
            if not otherwise:
                cells.fault("place", "此项必填，请填写行政区划代码或县区名称")
            return otherwise
        plain = re.sub(r"\s", "", half_width(text))
        code = self._places.get(plain)
        if code is None:
            code = self._known_code(plain) if plain.isdecimal() else self._code_of(plain)
        if code is None:
            cells.fault(
                "place",
                f"没有登记“{text}”这一所在地，请核对行政区划代码或县区全称；"
                "尚未登记的，请先由系统管理员导入机构台账（当地人民政府及主管部门）",
            )
            return ""
        self._places[plain] = code
        return code

    def _known_code(self, code: str) -> str | None:
        if len(code) not in (6, 9, 12):
            return None
        if len(code) > 6 and organisations.township_of(self.work, code) is None:
            return None
        found = organisations.at_place(self.work, OrganisationKind.government, code)
        return code if found else None

    def _code_of(self, name: str) -> str | None:
        """The place of a name, also behind its province and city, which must be right."""
        whole = organisations.named(self.work, f"{name}人民政府")
        if whole is not None and whole.kind in _GOVERNS:
            return whole.place_code
        parts = re.fullmatch(r"(.+?[省市])(.+)", name)
        if parts is None:
            return None
        upper, code = parts[1], self._code_of(parts[2])
        above = None if upper.endswith("省") else self._code_of(upper)
        inside = above is not None and code is not None and code.startswith(above[:4])
        return code if upper.endswith("省") or inside else None

    def unit(self, cells: Cells) -> Organisation | None:
        """The enterprise of an entry: the one of its credit code, else of its name, else none.

        One that nobody knows has the id 0. Where name and code mean different enterprises, that
        is a fault.
        """
        code, name = cells.credit_code(), _joined(cells.text("unit", 200))
        name = "" if _NOBODY.fullmatch(plain(name)) else name
        if _CONTROLS.search(name):
            cells.fault("unit", f"“{name}”中有看不见的控制字符，请删去后再导入")
        if cells.is_faulty("credit_code") or cells.is_faulty("unit") or not (code or name):
            return None
        found = self._found(code, name)
        if not found and not name:
            said = f"没有登记统一社会信用代码为{code}的单位，请填写单位全称，或先登记该单位"
            cells.fault("unit", said)
            return None
        if not found:
            if _SEVERAL.search(name):
                cells.fault("unit", f"“{name}”像是不止一家单位，请每家单位各填一行")
            return _unknown(name, code)
        firms = [o for o in found if o.kind == OrganisationKind.enterprise]
        if not firms:
            cells.fault("unit", f"“{name}”不是企业；没有责任企业的隐患，此项请留空或填“（无）”")
        elif len(firms) > 1:
            cells.fault("unit", f"登记了不止一家“{name}”，请填写统一社会信用代码")
        else:
            _compare(cells, firms[0], code, name)
        return (firms or found)[0]

    def _found(self, code: str, name: str) -> list[Organisation]:
        key = (code, name)
        if key not in self._units:
            self._units[key] = self._asked(code, name)
        return self._units[key]

    def _asked(self, code: str, name: str) -> list[Organisation]:
        known = self.rehearsal.organisations if self.rehearsal else {}
        if code:
            found = known.get(code) or organisations.of_credit_code(self.work, code)
            if found is not None:
                return [found]
        if not name:
            return []
        if plain(name) in known:
            return [known[plain(name)]]
        return organisations.called(self.work, name, half_width(name), _wide(name))

    def organisations(self, text: str) -> list[Organisation]:
        """The organisations of a name or a credit code."""
        name = _joined(text)
        code = half_width(name).upper()
        by_code = organisations.of_credit_code(self.work, code) if len(code) == 18 else None
        if by_code is not None:
            return [by_code]
        return organisations.called(self.work, name, half_width(name), _wide(name))

    def enter(
        self, unit: Organisation, place_code: str, sector: str, *, confirmed: bool = False
    ) -> int:
        """Enter an enterprise nobody knew, or one that a dry run has entered before; its id."""
        known = unit.model_copy(
            update={
                "place_code": unit.place_code or place_code,
                "sector": unit.sector or sector,
                "confirmed": confirmed,
            }
        )
        values = {c: getattr(known, c) for c in _ENTERED}
        unit_id = organisations.add(self.work, kind=OrganisationKind.enterprise, **values)
        self._units.clear()
        self._remember(known)
        return unit_id

    def complete(self, unit: Organisation, **values: object) -> Organisation:
        """Change what is known of an enterprise; the enterprise as it is then."""
        organisations.complete(self.work, unit.id, **values)
        self._units.clear()
        known = unit.model_copy(update=values)
        self._remember(known)
        return known

    def _remember(self, unit: Organisation) -> None:
        """Keep for the rest of a dry run what it would have written."""
        if self.rehearsal is not None:
            self.rehearsal.organisations[plain(unit.name)] = unit
            if unit.credit_code:
                self.rehearsal.organisations[unit.credit_code] = unit

    def has_met(self, key: object, said: object) -> bool:
        """Whether a dry run has met an entry with these values. Raises Unfit for other ones."""
        known = self.rehearsal.said.get(hash(key)) if self.rehearsal is not None else None
        if known is not None and known != hash(said):
            raise Unfit([("", "与本文件前面的一行是同一项，但内容不同，请核对后只保留一行")])
        return known is not None

    def has_tried(self, what: object) -> bool:
        """Whether a dry run has made such an act already, so that it need not be made again."""
        return self.rehearsal is not None and what in self.rehearsal.tried

    def tried(self, what: object) -> None:
        """Keep for the rest of a dry run that such an act was allowed."""
        if self.rehearsal is not None:
            self.rehearsal.tried.add(what)

    def note(self, key: object, said: object) -> None:
        """Keep for the rest of a dry run that it has met an entry."""
        if self.rehearsal is not None:
            self.rehearsal.said[hash(key)] = hash(said)


_ENTERED = ("name", "place_code", "sector", "credit_code", "confirmed")


def _unknown(name: str, code: str) -> Organisation:
    return Organisation(
        id=0,
        kind=OrganisationKind.enterprise,
        name=_wide(name),
        place_code="",
        credit_code=code or None,
    )


def _compare(cells: Cells, firm: Organisation, code: str, name: str) -> None:
    """Ask where the ledger and the register mean different enterprises."""
    if name and plain(firm.name) != plain(name):
        cells.fault(
            "unit",
            f"统一社会信用代码{code}登记的是“{firm.name}”，台账写的是“{name}”，是哪一家？"
            "请核对后再导入",
        )
    elif code and firm.credit_code and firm.credit_code != code:
        cells.fault(
            "credit_code",
            f"“{firm.name}”登记的统一社会信用代码是{firm.credit_code}，台账写的是{code}，"
            "是哪一个？请核对后再导入",
        )


def _joined(name: str) -> str:
    """A name without the blanks that only align it."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", name)


def _wide(name: str) -> str:
    """A name with brackets as they are registered; other signs half-width."""
    return half_width(name).replace("(", "（").replace(")", "）")


def plain(name: str) -> str:
    """A name without what its spelling adds."""
    return re.sub(r"\s", "", half_width(name)).casefold()
