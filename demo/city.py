"""The sample city: the places of Lu'an with their offices, and plainly invented firms and people."""

from dataclasses import dataclass, field
from datetime import date

from stdnum.cn import uscc

from actions.act.administration import By
from actions.ground import named_by
from actions.upkeep.pack import take_on
from guapai.people import Actor, Role
from law.place import head_of
from law.provisions import EVERY_SECTOR
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people import person as people
from storage.people.organisation import OrganisationKind as Kind
from storage.upkeep import pack as packs

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
_GIVEN = tuple(
    f"示例{tens}{ones}" for tens in ("", "十", "廿", "卅") for ones in "一二三四五六七八九"
)
_FIRMS = (
    ("示例木业", "工贸"),
    ("示例粉体", "工贸"),
    ("示例冷链", "工贸"),
    ("示例铸造", "工贸"),
    ("示例化工", "危险化学品"),
    ("示例矿业", "非煤矿山"),
    ("示例油气站", "危险化学品"),
    ("示例建设", "建筑施工"),
    ("示例客运", "道路交通"),
    ("示例航运", "水上交通"),
    ("示例商贸城", "消防"),
    ("示例养老服务", "消防"),
    ("示例电梯", "特种设备"),
    ("示例爆破", "民用爆炸物品"),
    ("示例花炮", "烟花爆竹"),
    ("示例燃气", "城市运行"),
    ("示例陶瓷", "职业卫生"),
    ("示例漂流", "旅游"),
)
"""Firms of each place below the city, and the sector in which hazards are found there."""

_BUREAUS = (
    ("水利局", "水利", "水"),
    ("住房和城乡建设局", "建筑施工", "建"),
    ("交通运输局", "道路交通", "交"),
    ("市场监督管理局", "特种设备", "市监"),
    ("消防救援机构", "消防", "消"),
)
"""Departments that answer for one sector, and how their papers are marked; the emergency bureau
answers for the rest."""

_SINCE = date(2020, 1, 1)


@dataclass
class City:
    """Who is who: organisations by (kind, place), and an actor for each post."""

    organisations: dict[tuple[str, str], int] = field(default_factory=dict)
    actors: dict[tuple[int, Role], list[Actor]] = field(default_factory=dict)
    units: dict[str, list[int]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def at(self, kind: str, place: str) -> int:
        """The organisation of a kind at a place."""
        return self.organisations[(kind, place)]

    def answers_for(self, place: str, sector: str) -> int:
        """The department of a place that answers for a sector."""
        return self.organisations.get((sector, place)) or self.at("department", place)

    def place_of(self, organisation_id: int) -> str:
        """The code of the place of an organisation."""
        found = self.organisations.items()
        return next(place for (_, place), one in found if one == organisation_id)

    def named(self, organisation_id: int) -> str:
        """The name of an organisation of the city."""
        return self.names[organisation_id]

    def who(self, role: Role, organisation_id: int, nth: int = 0) -> Actor:
        """The nth person in a role at an organisation."""
        return self.actors[(organisation_id, role)][nth]

    def officers(self, organisation_id: int) -> list[int]:
        """The two inspectors of a department, by the ids of the persons."""
        return [a.person_id or 0 for a in self.actors[(organisation_id, Role.inspector)]]


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
        self.city.organisations.setdefault((kind.value, place), found)
        self.city.names[found] = name
        self.staff(found, *roles)
        return found

    def bureaus(self, place: str, name: str, parent: int) -> None:
        """The departments of a place: the emergency bureau first, it answers for the rest."""
        for bureau, sector, mark in (("应急管理局", "", "应急"), *_BUREAUS):
            found = self.office(
                Kind.department,
                place,
                f"{name}{bureau}",
                *_DEPARTMENT,
                sector=sector,
                parent_id=parent,
                paper_code=f"{name[:-1]}{mark}督",
            )
            if sector:
                self.city.organisations[(sector, place)] = found
        self.office(Kind.union, place, f"{name}总工会", Role.union_chair)


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
    founder.bureaus(CITY, "六安市", top)
    for place, name in PLACES.items():
        _found_place(founder, place, name, top)
    for place in PLACES:
        _seat_subjects(founder, place)
    work.flush()
    chair = founder.city.who(Role.commission_chair, top)
    pack = packs.get(work, packs.for_case(work, CITY, EVERY_SECTOR))
    take_on(work, By(chair, head_of(CITY), "示例：确认承担依据"), named_by(work, pack))
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
    founder.bureaus(place, name, government)
    for code, town in ((f"{place}100", "示例镇"), (f"{place}101", "样板乡")):
        founder.office(
            Kind.township, code, f"{name}{town}人民政府", Role.township, parent_id=government
        )
    units = founder.city.units.setdefault(place, [])
    for nth, (firm, sector) in enumerate(_FIRMS):
        unit = organisations.add(
            founder.work,
            kind=Kind.enterprise,
            name=f"{name}{firm}有限公司",
            place_code=f"{place}{100 + nth % 2}",
            sector=sector,
            credit_code=_credit_code(place, nth),
        )
        founder.staff(unit, Role.enterprise_head, Role.safety_officer, Role.union_chair)
        founder.city.names[unit] = f"{name}{firm}有限公司"
        units.append(unit)


def _seat_subjects(founder: _Founder, place: str) -> None:
    """People who act for a township or the water bureau where it has to remove a hazard itself."""
    city = founder.city
    bodies = [
        i
        for (kind, at), i in city.organisations.items()
        if kind == "township" and at.startswith(place)
    ]
    for body in (*bodies, city.answers_for(place, "水利")):
        founder.staff(body, Role.enterprise_head, Role.safety_officer)


def sector_of(nth: int) -> str:
    """The sector of the nth firm of a place."""
    return _FIRMS[nth][1]


def _credit_code(place: str, nth: int) -> str:
    """A credit code with right check digits that no firm has (组织机构代码 of our own making)."""
    body = f"91{place}MA9HL{nth:04d}"
    return str(uscc.validate(body + uscc.calc_check_digit(body)))
