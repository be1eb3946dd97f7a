"""Where seeded cases lie: districts under cities, each with the offices and firms of the sample city."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from stdnum.cn import uscc

from benchmarks.seed_life import Life, Row
from demo.city import CITY, PLACES

CASES_PER_DISTRICT = 1500
CASES_PER_FIRM = 12

_FIRST_CITY = 3415
"""The first city is where the pack of Lu'an holds; the rest follow in the same province."""
_CITIES, _DISTRICTS = 85, 8
"""So many codes of cities are left in the province; so many districts make a city, if they do."""

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "安邦昌达恩丰广恒嘉康朗明宁平庆瑞顺泰文祥耀泽正忠"
_SIGNS = "云星海岚松柏溪泉峰岭湖塘桥渡原野川洲湾港关城楼台"

Entry = tuple[str, Row]
"""A table and a row for it."""


@dataclass(frozen=True)
class Office:
    """An organisation of a life, what follows its place's name in its own, and who sits there."""

    row: Row
    suffix: str
    people: list[tuple[Row, Row]]

    @property
    def size(self) -> int:
        """How many ids it takes: its own, and for each person one more for the post."""
        return 1 + 2 * len(self.people)

    @property
    def words(self) -> list[str]:
        """What a text may say of it."""
        said = [str(self.row["id"]), str(self.row["name"])]
        for person, _ in self.people:
            said += [str(person["id"]), str(person["name"]), str(person["email"])]
        return said


class Places:
    """The places of a life, and the words by which their offices, firms and people are known."""

    def __init__(self, life: Life) -> None:
        self.names = {**PLACES, CITY: "六安市"}
        people = {r["id"]: r for r in life.persons}
        posts: dict[int, list[tuple[Row, Row]]] = defaultdict(list)
        for post in life.posts:
            posts[post["organisation_id"]].append((people[post["person_id"]], post))
        self.offices: dict[str, list[Office]] = defaultdict(list)
        self.firms: dict[str, list[Office]] = defaultdict(list)
        self.firm_of: dict[int, int] = {}
        for row in life.organisations:
            place = row["place_code"][:6]
            suffix = row["name"].removeprefix(self.names.get(place, ""))
            home = self.firms if row["kind"] == "enterprise" else self.offices
            home[place].append(Office(row, suffix, posts[row["id"]]))
            if home is self.firms:
                self.firm_of[row["id"]] = len(home[place]) - 1

    def words(self, place: str, firm: int | None) -> list[str]:
        """The words that a case of a place may hold, in the order of `Land.words`."""
        firms = self.firms[place][firm].words if firm is not None else []
        return [*self._area(place), *self._area(CITY), *firms]

    def _area(self, place: str) -> list[str]:
        return [
            *(w for o in self.offices[place] for w in o.words),
            self.names[place] if place != CITY else "",
            place,
        ]

    def paper_code(self, place: str) -> str:
        """The series of the papers of a place."""
        return next(str(o.row["paper_code"]) for o in self.offices[place] if o.row["paper_code"])


@dataclass
class Area:
    """A city or a district: its words, the new ids of its offices, and where its firms begin."""

    code: str
    name: str
    ids: dict[int, int]
    words: list[str]
    city: "Area | None" = None
    first_firm: int = 0
    first_person: int = 0

    @property
    def paper_code(self) -> str:
        """The series of its papers."""
        return f"{self.name[:-1]}安督"


@dataclass
class Land:
    """Cities and districts for so many cases, numbered from an id on."""

    places: Places
    cases: int
    next_id: int
    constants: dict[str, str] = field(default_factory=dict)
    cities: list[Area] = field(default_factory=list)
    districts: list[Area] = field(default_factory=list)
    given: Counter[tuple[str, str]] = field(default_factory=Counter)
    offices: list[Entry] = field(default_factory=list)
    people: int = 0

    def __post_init__(self) -> None:
        """Found the offices above, then city by city; firms are only counted."""
        self.brands = self.places.firms[min(PLACES)]
        self.clones = 1 + min(self.cases, CASES_PER_DISTRICT) // CASES_PER_FIRM // len(self.brands)
        top: dict[int, int] = {}
        for place in ("000000", "340000"):
            known = [w for o in self.places.offices[place] for w in o.words]
            above = self._found(place, "", self.places.offices[place], top)
            self.constants |= dict(zip(known, above.words, strict=False))
            top = above.ids
        count = max(1, round(self.cases / CASES_PER_DISTRICT))
        each = max(_DISTRICTS, -(-count // _CITIES))
        for nth in range(count):
            if nth % each == 0:
                self._found_city(len(self.cities), top)
            self._found_district(nth, nth % each)

    def _found_city(self, nth: int, top: dict[int, int]) -> None:
        name = f"示{_SIGNS[nth % 24]}{'阳阴上下'[nth // 24]}市"
        code = f"{_FIRST_CITY + nth}00"
        self.cities.append(self._found(code, name, self.places.offices[CITY], top))

    def _found_district(self, nth: int, within: int) -> None:
        city = self.cities[-1]
        more = str(nth // 576 + 1) if nth >= 576 else ""
        name = f"示{_SIGNS[nth % 24]}{_SIGNS[nth // 24 % 24]}{more}{'区县区'[nth % 3]}"
        code = f"{city.code[:4]}{within + 1:02d}"
        area = self._found(code, name, self.places.offices[min(PLACES)], city.ids)
        area.city, area.first_firm, area.first_person = city, self.next_id, self.people
        self.next_id += self.clones * sum(o.size for o in self.brands)
        self.people += self.clones * sum(len(o.people) for o in self.brands)
        self.districts.append(area)

    def _found(self, code: str, name: str, offices: list[Office], up: dict[int, int]) -> Area:
        area = Area(code, name, dict(up), [])
        for office in offices:
            area.ids[office.row["id"]] = self.next_id
            called = f"{name}{office.suffix}"
            own = {
                "parent_id": area.ids.get(office.row["parent_id"]),
                "paper_code": area.paper_code if name and office.row["paper_code"] else "",
            }
            if not name:
                own["paper_code"] = office.row["paper_code"]
            self.offices += _entries(office, code, called, self.next_id, self.people, own)
            area.words += _words(office, called, self.next_id, self.people)
            self.next_id += office.size
            self.people += len(office.people)
        area.words += [name, code]
        return area

    def number(self, series: str, year: str) -> int:
        """The next number of a series in a year."""
        self.given[(series, year)] += 1
        return self.given[(series, year)]

    def words(self, district: Area, nth: int | None, clone: int) -> tuple[list[str], str]:
        """The words of a case in a district, in the order of `Places.words`; and the unit's name."""
        assert district.city is not None
        words = district.words + district.city.words
        if nth is None:
            return words, ""
        called = self._called(district, nth, clone)
        return words + _words(self.brands[nth], called, *self._at(district, nth, clone)), called

    def _at(self, district: Area, nth: int, clone: int) -> tuple[int, int]:
        place = clone * len(self.brands) + nth
        office = self.brands[nth]
        return (
            district.first_firm + place * office.size,
            district.first_person + place * len(office.people),
        )

    def _called(self, district: Area, nth: int, clone: int) -> str:
        suffix = self.brands[nth].suffix
        if not clone:
            return f"{district.name}{suffix}"
        brand = f"{_GIVEN[clone % 24]}{_GIVEN[(clone // 24 + nth + clone) % 24]}"
        return f"{district.name}{suffix[:2]}{brand}{suffix[2:]}"

    def firms(self, district: Area) -> Iterator[Entry]:
        """The firms of a district and their people."""
        for clone in range(self.clones):
            for nth, office in enumerate(self.brands):
                called = self._called(district, nth, clone)
                body = f"91{district.code}MA9H{clone * len(self.brands) + nth:05d}"
                own = {"credit_code": body + uscc.calc_check_digit(body), "parent_id": None}
                at = self._at(district, nth, clone)
                yield from _entries(office, district.code, called, *at, own)

    def series(self) -> Iterator[Entry]:
        """The last number given in every series."""
        for (series, year), last in self.given.items():
            yield "number_series", {"series": series, "year": year, "last": last}


def _person(nth: int, role: str) -> tuple[str, str]:
    given = nth // len(_SURNAMES)
    name = f"{_SURNAMES[nth % len(_SURNAMES)]}示例{_GIVEN[given % 24]}{_GIVEN[given // 24 % 24]}"
    return name, f"{role.replace('_', '-')}.{nth + 1}@example.com"


def _words(office: Office, called: str, first_id: int, first_person: int) -> list[str]:
    words = [str(first_id), called]
    for nth, (_, post) in enumerate(office.people):
        words += [str(first_id + 1 + 2 * nth), *_person(first_person + nth, post["role"])]
    return words


def _entries(
    office: Office, code: str, called: str, first_id: int, first_person: int, own: Row
) -> Iterator[Entry]:
    place = code + office.row["place_code"][6:]
    row = {**office.row, **own, "id": first_id, "name": called, "place_code": place}
    yield "organisations", row
    for nth, (person, post) in enumerate(office.people):
        person_id = first_id + 1 + 2 * nth
        name, email = _person(first_person + nth, post["role"])
        number = f"示例证{first_person + nth + 1:07d}"
        told = {"id": person_id, "name": name, "email": email, "certificate_no": number}
        yield "persons", {**person, **told}
        seat = {"id": person_id + 1, "person_id": person_id, "organisation_id": first_id}
        yield "posts", {**post, **seat}
