"""The sample city: the places of Lu'an with their offices, and plainly invented firms and people."""

from dataclasses import dataclass, field
from datetime import date

from stdnum.cn import uscc

from guapai.people import Actor, Role
from storage import organisation as organisations
from storage import person as people
from storage.organisation import OrganisationKind as Kind
from storage.work import Work

CITY = "341500"
PLACES = {
    "341502": "金安区",
    "341503": "裕安区",
    "341504": "叶集区",
    "341522": "霍邱县",
    "341523": "舒城县",
    "341524": "金寨县",
    "341525": "霍山县",
}
"""GB/T 2260 codes of the places below the city."""

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = ("示例一", "示例二", "示例三", "示例四", "示例五", "示例六", "示例七")
_FIRMS = ("示例木业", "示例粉体", "示例冷链", "示例铸造", "示例化工", "示例矿业")
_SECTORS = ("工贸", "工贸", "工贸", "工贸", "危险化学品", "非煤矿山")
_SINCE = date(2020, 1, 1)


@dataclass
class City:
    """Who is who: organisations by (kind, place), and an actor for each post."""

    organisations: dict[tuple[str, str], int] = field(default_factory=dict)
    actors: dict[tuple[int, Role], list[Actor]] = field(default_factory=dict)
    units: dict[str, list[int]] = field(default_factory=dict)

    def at(self, kind: str, place: str) -> int:
        """The organisation of a kind at a place."""
        return self.organisations[(kind, place)]

    def who(self, role: Role, organisation_id: int, nth: int = 0) -> Actor:
        """The nth person in a role at an organisation."""
        return self.actors[(organisation_id, role)][nth]


class _Founder:
    def __init__(self, work: Work) -> None:
        self.work = work
        self.city = City()
        self.count = 0

    def person(self, role: Role, organisation_id: int) -> Actor:
        surname = _SURNAMES[self.count % len(_SURNAMES)]
        given = _GIVEN[self.count // len(_SURNAMES) % len(_GIVEN)]
        self.count += 1
        name = f"{surname}{given}"
        email = f"{role.value.replace('_', '-')}.{self.count}@example.com"
        person_id = people.add(self.work, name, email, f"示例证{self.count:05d}")
        people.appoint(self.work, person_id, role, organisation_id, _SINCE)
        actor = Actor(person_id, role, organisation_id, None, name)
        self.city.actors.setdefault((organisation_id, role), []).append(actor)
        return actor

    def staff(self, organisation_id: int, *roles: Role) -> None:
        for role in roles:
            self.person(role, organisation_id)

    def office(self, kind: Kind, place: str, name: str, *roles: Role, **more: object) -> int:
        found = organisations.add(self.work, kind=kind, place_code=place, name=name, **more)
        self.city.organisations[(kind.value, place)] = found
        self.staff(found, *roles)
        return found


_COMMISSION = (Role.commission_office, Role.commission_chair)
_DEPARTMENT = (
    Role.inspector,
    Role.inspector,
    Role.division_chief,
    Role.legal_reviewer,
    Role.department_head,
    Role.publisher,
    Role.expert,
)


def found_city(work: Work) -> City:
    """Enter the sample city into an empty database; the same every time."""
    founder = _Founder(work)
    country = founder.office(
        Kind.commission, "000000", "国务院安全生产委员会（示例）", *_COMMISSION, paper_code="国安督"
    )
    province = founder.office(
        Kind.commission,
        "340000",
        "安徽省安全生产委员会（示例）",
        *_COMMISSION,
        paper_code="皖安督",
        parent_id=country,
    )
    top = founder.office(
        Kind.commission,
        CITY,
        "六安市安全生产委员会",
        *_COMMISSION,
        paper_code="六安督",
        parent_id=province,
    )
    founder.office(Kind.government, CITY, "六安市人民政府", Role.government)
    founder.office(Kind.department, CITY, "六安市应急管理局", *_DEPARTMENT, parent_id=top)
    for place, name in PLACES.items():
        _found_place(founder, place, name, top)
    work.flush()
    return founder.city


def _found_place(founder: _Founder, place: str, name: str, top: int) -> None:
    commission = founder.office(
        Kind.commission,
        place,
        f"{name}安全生产委员会",
        *_COMMISSION,
        paper_code=f"{name[:-1]}安督",
        parent_id=top,
    )
    government = founder.office(
        Kind.government, place, f"{name}人民政府", Role.government, parent_id=commission
    )
    founder.office(Kind.department, place, f"{name}应急管理局", *_DEPARTMENT, parent_id=government)
    founder.office(
        Kind.township, f"{place}100", f"{name}示例镇人民政府", Role.township, parent_id=government
    )
    units = founder.city.units.setdefault(place, [])
    for nth, (firm, sector) in enumerate(zip(_FIRMS, _SECTORS, strict=True)):
        unit = organisations.add(
            founder.work,
            kind=Kind.enterprise,
            name=f"{name}{firm}有限公司",
            place_code=f"{place}100",
            sector=sector,
            credit_code=_credit_code(place, nth),
        )
        founder.staff(unit, Role.enterprise_head, Role.safety_officer)
        units.append(unit)


def _credit_code(place: str, nth: int) -> str:
    """A credit code with right check digits that no firm has (组织机构代码 of our own making)."""
    body = f"91{place}MA9HL{nth:04d}"
    return str(uscc.validate(body + uscc.calc_check_digit(body)))
