"""Who may what: every page for every role and every side; what one may not see is not there."""

import io
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from actions.files import upload as uploads
from guapai.people import Actor, Role
from portal.web.page import PAGES
from storage.database.work import unit_of_work
from storage.people import password as passwords
from tests.actions.sender import PLENTY
from tests.conftest import Databases
from tests.portal.land import Land, land_on
from tests.portal.web.questions import Ask, Asker
from tests.portal.web.rules import RULES, Rule
from tests.portal.web.seats import SEES


@dataclass(frozen=True)
class Cell:
    """One question: who asks which page about which thing with which token."""

    seat: str
    page: tuple[str, str]
    thing: str
    token: str
    ask: Ask
    says: int


@dataclass
class Matrix(Asker):
    """One seat's part of the matrix."""

    def cells(self) -> Iterator[Cell]:
        """Every question of this seat, in the order of the pages."""
        for page in PAGES:
            key = (page.method, page.path)
            rule = RULES[key]
            for thing, ask in rule.things(self).items():
                for token in self._tokens(rule, thing):
                    yield Cell(self.seat, key, thing, token, ask, self._said(rule, thing, token))

    def _tokens(self, rule: Rule, thing: str) -> tuple[str, ...]:
        """Without the right token all things look alike; three of them are asked about."""
        if not rule.token or self.actor is None:
            return ("right",)
        few = thing in ("", "mine") or thing.endswith(("visit own", "missing"))
        return ("none", "wrong", "right") if few or thing == "own" else ("right",)

    def _said(self, rule: Rule, thing: str, token: str) -> int:
        first = rule.first(self.seat, thing)
        if first is not None:
            return first
        if self.actor is None:
            return rule.nobody
        return 403 if rule.token and token != "right" else rule.says(self.seat, thing)


def _send(land: Land, client: httpx.Client, actor: Actor | None, cell: Cell) -> httpx.Response:
    """Ask. Signing out is done in a session of its own, so that the others go on."""
    tokens = {"none": "", "wrong": "token-0", "right": land.town.token(actor) if actor else ""}
    token, ask = tokens[cell.token], cell.ask
    headers = dict(ask.headers)
    data = dict(ask.form) if ask.form is not None and cell.page[0] == "POST" else None
    if token and data is not None:
        data["token"] = token
    elif token:
        headers["x-guapai-token"] = token
    if cell.page[1] == "/sign-in" and data is not None:
        data["email"] = f"{cell.seat}@nowhere.example"
    if cell.page[1] == "/sign-out":
        with land.town.visitor(actor) as leaving:
            return leaving.post(ask.path, data=data)
    method, content = cell.page[0], ask.content
    return client.request(method, ask.path, data=data, headers=headers, content=content)


def _uploads_of(land: Land, actors: list[Actor]) -> dict[int, str]:
    out = {}
    with unit_of_work(land.town.office.engine, land.town.office.clock) as work:
        for person_id in sorted({a.person_id or 0 for a in actors}):
            out[person_id] = uploads.begin(work, person_id, "a.pdf", 9, PLENTY).id
    return out


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)]
)
def land(
    request: pytest.FixtureRequest,
    databases: Callable[[str], Databases],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Land]:
    """The land, on one database in CI; test_crawl.py takes every seat through its pages on both."""
    with land_on(databases(request.param), tmp_path_factory.mktemp("land")) as found:
        yield found


@pytest.fixture(scope="module")
def bystander(land: Land) -> int:
    """Somebody who visits nothing; they can sign in, so that the first administrator is there."""
    person_id = land.town.elsewhere(Role.publisher).person_id
    assert person_id is not None
    with unit_of_work(land.town.office.engine, land.town.office.clock) as work:
        passwords.keep(work, person_id, "no hash", first=False)
    return person_id


def test_every_page_has_a_rule_and_every_role_a_seat(land: Land) -> None:
    declared = {(p.method, p.path) for p in PAGES}
    assert not declared - RULES.keys(), "a new page needs a line in RULES"
    assert not RULES.keys() - declared, "a page is gone, or is called otherwise"
    held = {a.role for a in land.seats.values() if a is not None}
    assert held == set(Role) - {Role.clock}, "a new role needs a seat, and a line in SEES"
    assert land.seats.keys() == SEES.keys()


def test_the_matrix(
    land: Land, bystander: int, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    monkeypatch.setattr("actions.people.password.fits", lambda kept, secret: False)
    seats = {n: a for n, a in land.seats.items() if a is not None}
    drafts = _uploads_of(land, list(seats.values()))
    wrong: list[str] = []
    asked = planned = 0
    for seat, actor in land.seats.items():
        mine = drafts[actor.person_id or 0] if actor else secrets.token_hex(16)
        other = next(u for u in drafts.values() if u != mine)
        matrix = Matrix(land, seat, actor, bystander, mine, other)
        cells = list(matrix.cells())
        planned += len(cells)
        refused: defaultdict[tuple[Any, ...], dict[Any, str]] = defaultdict(dict)
        with land.town.visitor(actor) as client:
            for cell in cells:
                got = _send(land, client, actor, cell)
                asked += 1
                if got.status_code != cell.says:
                    wrong.append(f"{_named(cell)}: {got.status_code}, not {cell.says}")
                if got.status_code == 404:
                    refused[_alike(cell)].setdefault(_whole(got), _named(cell))
            for method in ("GET", "POST"):
                gone = _whole(client.request(method, "/there-is-no-such-page"))
                refused[(method,)].setdefault(gone, "no such page")
        for faces in (list(f.values()) for f in refused.values() if len(f) > 1):
            wrong.append(f"{seat}: several faces of 404: {', '.join(faces)}")
    record_property("cells", asked)
    assert not wrong, f"{len(wrong)} of {asked}:\n" + "\n".join(wrong[:60])
    assert asked == planned
    assert asked > 6000


def _named(cell: Cell) -> str:
    return f"{cell.seat} {cell.page[0]} {cell.page[1]} [{cell.thing}] token {cell.token}"


def _alike(cell: Cell) -> tuple[Any, ...]:
    """Which answers have to be the same: all of a method, but for uploads, which answer scripts."""
    return cell.page if cell.page[1].startswith("/uploads") else cell.page[:1]


def _whole(got: httpx.Response) -> tuple[Any, ...]:
    said = sorted((n, v) for n, v in got.headers.items() if n not in ("date", "x-request-id"))
    content = got.content.replace(b"nav-item-link active", b"nav-item-link")  # where one is
    return got.status_code, tuple(h for h in said if h[0] != "content-length"), content


@pytest.mark.parametrize("address", ["/ledger", "/ledger.xlsx", "/ledger?text=乙厂水闸", "/desk"])
def test_lists_name_nothing_that_is_not_to_be_seen(land: Land, address: str) -> None:
    marks = {side: things.mark for side, things in land.sides.items()}
    for seat, actor in land.seats.items():
        if actor is None:
            continue
        with land.town.visitor(actor) as client:
            got = client.get(address)
        assert got.status_code == 200
        text = _sheet(got.content) if "xlsx" in address else got.text
        found = {side for side, mark in marks.items() if mark in text.replace(f'value="{mark}', "")}
        assert found <= SEES[seat], (seat, address)
        if address in ("/ledger", "/ledger.xlsx"):
            assert found == SEES[seat], (seat, address)


def _sheet(content: bytes) -> str:
    """Everything a workbook says; none of it is a formula or a link."""
    with ZipFile(io.BytesIO(content)) as packed:
        text = "".join(packed.read(n).decode() for n in packed.namelist() if n.endswith(".xml"))
    assert "<f>" not in text and "<hyperlink" not in text
    return text
