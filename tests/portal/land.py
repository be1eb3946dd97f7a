"""A land behind a portal: somebody in every role; the same case here, next door and elsewhere."""

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image

from actions.papers.printing import print_papers
from actions.post.posting import post
from guapai.clock import SimulatedClock
from guapai.people import Actor, Role
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage import deferral, duty, letter, listing, paper
from storage.database.engine import Engine, open_engine
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.files.store import FileStore
from storage.people import person as people
from tests.actions.conftest import PLACE, Office
from tests.conftest import START, Databases
from tests.portal.town import OTHER, Town, opened

R = Role
CITY, PROVINCE, COUNTRY = "341500", "340000", "000000"
SINCE = date(2020, 1, 1)
SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")
CONTACT = "示例联系人 0564-0000001"


@dataclass(frozen=True)
class Things:
    """What there is on one side: a case under treatment and a lead, with all that hangs on them."""

    mark: str
    case: int
    lead: int
    duty: int
    paper: int
    letter: int
    listing: int
    deferral: int
    photo: int
    document: int


@dataclass
class Land:
    """The town, the seats of its people by what they are called here, and the sides."""

    town: Town
    seats: dict[str, Actor | None]
    sides: dict[str, Things] = field(default_factory=dict)


class Side(Office):
    """An office beside the town's: another firm, another bureau, perhaps another district."""

    def __init__(self, office: Office, place: str, nth: int, sector: str, mark: str) -> None:
        super().__init__(office.engine, office.clock, office.files, office.city)
        self.place, self.sector, self.mark = place, sector, mark
        self.clause = f"LA-{sector}-01"
        self.township, self.unit = f"{place}10{nth % 2}", self.city.units[place][nth]

    def who(self, role: Role, nth: int = 0) -> Actor:
        """The person in a role on this side."""
        city, place = self.city, self.place
        at = {
            R.enterprise_head: self.unit,
            R.safety_officer: self.unit,
            R.commission_office: city.at("commission", place),
            R.commission_chair: city.at("commission", place),
            R.government: city.at("government", place),
        }
        return city.who(role, at.get(role, city.answers_for(place, self.sector)), nth)

    def lead(self, actor: Actor | None = None, **changes: Any) -> int:
        """A lead with a photo, and whom to call."""
        shown = [self._shown("before", _photo(self.unit))]
        said = {
            "title": self.mark,
            "place_code": self.township,
            "sector": self.sector,
            "contact": CONTACT,
            "evidence": shown,
        }
        return super().lead(actor, **{**said, **changes})

    def grading(self, **changes: Any) -> int:
        """A lead that was verified, with a document."""
        case = self.lead(**changes)
        finding = {"finding": "属实", "evidence": [self._shown("document", _pdf(self.unit))]}
        self.act(R.inspector, "verify", finding, case)
        return case

    def _shown(self, kind: str, content: bytes) -> dict[str, str]:
        return {"file": self._file(content), "kind": kind, "caption": kind}

    def _file(self, content: bytes) -> str:
        kept = FileStore(self.files).put([content])
        with unit_of_work(self.engine, self.clock) as work:
            evidence.remember(work, kept)
        return kept.sha256

    def things(self) -> Things:
        """A case as far as an application for more time, a lead, and what hangs on them."""
        unit = self.who(R.safety_officer)  # what others report is kept from it until verified
        title = f"{self.mark}（线索）"
        lead = self.lead(unit, title=title, source="self_report")
        case = self.rectifying()
        asked = {"reason": "缺件", "progress": "五成", "interim_measures": "停机"}
        self.act(
            R.enterprise_head,
            "apply",
            {**asked, "asked_deadline": "2026-08-01"},
            noun="deferral",
            case=case,
        )
        with unit_of_work(self.engine, self.clock, write=False) as work:
            files = {e.kind: e.id for e in evidence.of_case(work, case)}
            duties = [d.id for d in duty.of_case(work, lead) if d.owner_role == R.inspector]
            return Things(
                mark=self.mark,
                case=case,
                lead=lead,
                duty=duties[0],
                paper=paper.of_case(work, case)[0].id,
                letter=letter.of_case(work, case)[0].id,
                listing=listing.of_case(work, case)[0].id,
                deferral=deferral.of_case(work, case)[0].id,
                photo=files["before"],
                document=files["document"],
            )


def _photo(nth: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), (nth % 200, 90, 60)).save(out, "PNG")
    return out.getvalue()


def _pdf(nth: int) -> bytes:
    return b"%PDF-1.4\n% " + str(nth).encode() + b"\n%%EOF\n"


def _seats(town: Town) -> dict[str, Actor | None]:
    """Somebody in every role that a person can hold, and nobody at all."""
    city = town.office.city
    here = {r.value: town.who(r) for r in _AT_THE_DEPARTMENT + _AT_THE_UNIT + _AT_THE_COMMISSION}
    bureau, top = city.at("department", PLACE), city.at("department", CITY)
    seats: dict[str, Actor | None] = {
        **here,
        "government": town.who(R.government),
        "township": city.who(R.township, city.at("township", f"{PLACE}100")),
        "township_beside": city.who(R.township, city.at("township", f"{PLACE}101")),
        "union_chair": city.who(R.union_chair, town.office.unit),
        "union_chair_of_the_county": city.who(R.union_chair, city.at("union", PLACE)),
        "inspector_of_the_city": city.who(R.inspector, top),
        "government_of_the_city": city.who(R.government, city.at("government", CITY)),
        "head_next_door": town.neighbour(R.enterprise_head),
        "head_elsewhere": town.elsewhere(R.enterprise_head),
        "chief_elsewhere": town.elsewhere(R.division_chief),
        "auditor": town.who(R.auditor),
        "system_admin": town.who(R.system_admin),
    }
    for name, (role, place) in _ABOVE.items():
        seats[name] = city.who(role, city.at("commission", place))
    seats["worker_delegate"] = _appointed(town, R.worker_delegate, town.office.unit)
    seats["archivist"] = _appointed(town, R.archivist, bureau)
    for role in _OF_THE_CITY:
        seats[role.value] = _appointed(town, role, top)
    seats["stand_in_for_the_head"] = _stand_in(town)
    return {**seats, "nobody": None}


_AT_THE_UNIT = (R.enterprise_head, R.safety_officer)
_AT_THE_COMMISSION = (R.commission_office, R.commission_chair)
_AT_THE_DEPARTMENT = (
    R.inspector,
    R.division_chief,
    R.legal_reviewer,
    R.department_head,
    R.publisher,
    R.expert,
)
_ABOVE = {
    "commission_office_of_the_city": (R.commission_office, CITY),
    "commission_chair_of_the_city": (R.commission_chair, CITY),
    "commission_office_of_the_province": (R.commission_office, PROVINCE),
    "commission_chair_of_the_country": (R.commission_chair, COUNTRY),
}
_OF_THE_CITY = (
    R.supplier,
    R.hotline_clerk,
    R.reward_reviewer,
    R.discipline_supervisor,
    R.security_admin,
    R.audit_admin,
)


def _appointed(town: Town, role: Role, organisation_id: int) -> Actor:
    with unit_of_work(town.office.engine, town.office.clock) as work:
        person_id = people.add(work, f"示例{role.value}", f"{role.value}@example.com")
        people.appoint(work, person_id, role, organisation_id, SINCE)
    return Actor(person_id, role, organisation_id, None, f"示例{role.value}")


def _stand_in(town: Town) -> Actor:
    head = town.who(R.enterprise_head)
    assert head.person_id is not None
    with unit_of_work(town.office.engine, town.office.clock) as work:
        person_id = people.add(work, "示例代理人", "stand-in@example.com")
        people.substitute(work, head.person_id, person_id, SINCE, date(2030, 1, 1), "出差")
    return Actor(person_id, head.role, head.organisation_id, head.person_id, "示例代理人")


@contextmanager
def land_on(databases: Databases, folder: Path) -> Iterator[Land]:
    """The land over a database of its own."""
    url = databases.copy("land")
    engine = open_engine(url)
    with land_over(url, engine, SimulatedClock(START), folder / "files") as found:
        yield found
    engine.dispose()
    databases.drop(url)


@contextmanager
def land_over(url: str, engine: Engine, clock: SimulatedClock, files: Path) -> Iterator[Land]:
    """The land over a migrated database; its portal is served until the block ends."""
    with opened(url, engine, clock, files) as town:
        offices = {
            "own": Side(town.office, PLACE, 0, "工贸", "甲厂阀组锈蚀"),
            "neighbour": Side(town.office, PLACE, 1, "水利", "乙厂水闸失灵"),
            "elsewhere": Side(town.office, OTHER, 0, "工贸", "丙厂粉仓开裂"),
        }
        sides = {name: office.things() for name, office in offices.items()}
        print_papers(engine, files, clock)
        asyncio.run(post(engine, MemoryOffice(SENDER), clock))
        yield Land(town, _seats(town), sides)
