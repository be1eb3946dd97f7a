"""Who may what: every page for every role and every side, against a table written by hand.

Enterprises see their own cases, departments and townships theirs, commissions and governments
those of their place and of the places below; those who audit see all, those who administer
nothing. What somebody may not see looks exactly like what is not there.
"""

import io
import itertools
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from actions import upload as uploads
from guapai.people import Actor, Role
from portal.page import PAGES
from storage import password as passwords
from storage.work import unit_of_work
from tests.portal.land import Land

SIDES = ("own", "neighbour", "elsewhere")
ALL = set(SIDES)
COUNTY = {"own", "neighbour"}
HUGE = 2**63

SEES: Mapping[str, set[str]] = {
    "enterprise_head": {"own"},
    "safety_officer": {"own"},
    "union_chair": {"own"},
    "worker_delegate": {"own"},
    "stand_in_for_the_head": {"own"},
    "head_next_door": {"neighbour"},
    "head_elsewhere": {"elsewhere"},
    "inspector": {"own"},
    "division_chief": {"own"},
    "legal_reviewer": {"own"},
    "department_head": {"own"},
    "publisher": {"own"},
    "expert": {"own"},
    "archivist": {"own"},
    "chief_elsewhere": {"elsewhere"},
    "inspector_of_the_city": set(),
    "township": {"own"},
    "township_beside": {"neighbour"},
    "commission_office": COUNTY,
    "commission_chair": COUNTY,
    "government": COUNTY,
    "commission_office_of_the_city": ALL,
    "commission_chair_of_the_city": ALL,
    "government_of_the_city": ALL,
    "commission_office_of_the_province": ALL,
    "commission_chair_of_the_country": ALL,
    "auditor": ALL,
    "discipline_supervisor": ALL,
    "audit_admin": ALL,
    "union_chair_of_the_county": set(),
    "system_admin": set(),
    "security_admin": set(),
    "supplier": set(),
    "hotline_clerk": set(),
    "reward_reviewer": set(),
    "nobody": set(),
}
"""Which side's cases a seat sees."""

AUDITORS = {"auditor", "discipline_supervisor", "audit_admin"}
ENTERPRISE = {
    *("enterprise_head", "safety_officer", "union_chair", "worker_delegate"),
    *("stand_in_for_the_head", "head_next_door", "head_elsewhere"),
}
BUREAU = {
    *("inspector", "division_chief", "legal_reviewer", "department_head", "publisher"),
    *("archivist", "chief_elsewhere", "expert"),
}
CALLERS = ENTERPRISE | BUREAU | AUDITORS
"""At an enterprise or a department: they may see whom to call."""

REPORTERS = {
    *("enterprise_head", "safety_officer", "stand_in_for_the_head", "head_next_door"),
    *("head_elsewhere", "inspector", "inspector_of_the_city", "division_chief"),
    *("chief_elsewhere", "township", "township_beside", "hotline_clerk"),
    *("commission_office", "commission_office_of_the_city", "commission_office_of_the_province"),
}
HEADS = {"enterprise_head", "head_next_door", "head_elsewhere", "stand_in_for_the_head"}


@dataclass(frozen=True)
class Theirs:
    """Whose a move of the case under treatment is. ``told``: they see who makes it.

    ``late``: who makes it in another state; to them it is said that it is too late, with the text
    they typed.
    """

    makers: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)


MOVES: Mapping[str, Theirs] = {
    "hazard.record_visit": Theirs(
        makers={"inspector", "township", "township_beside"}, told=BUREAU - {"expert", "inspector"}
    ),
    "hazard.report_progress": Theirs(
        makers=HEADS | {"safety_officer"}, told={"union_chair", "worker_delegate"}
    ),
    "hazard.decide_exposure": Theirs(makers={"commission_chair"}, told={"commission_office"}),
    "hazard.list": Theirs(late={"commission_chair", "department_head"}),
    "hazard.term_reached": Theirs(),
    "deferral.endorse": Theirs(makers={"commission_office"}, told={"commission_chair"}),
    "deferral.withdraw": Theirs(
        makers=HEADS, told={"safety_officer", "union_chair", "worker_delegate"}
    ),
    "listing.lift": Theirs(),
    "letter.resend": Theirs(),
    "nonsense.verify": Theirs(),
    "hazard.nonsense": Theirs(),
}
"""Those of whom it is nobody's are the clock's, come with another move, or do not exist."""


@dataclass(frozen=True)
class Ask:
    """How a page is asked about one thing."""

    path: str
    form: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None


@dataclass(frozen=True)
class Rule:
    """What a page answers: ``says`` to a seat about a thing, once the token is right.

    ``nobody`` is what it says without a session; ``first`` what it says before the token is
    looked at, where it is not 403.
    """

    things: Callable[["Matrix"], Mapping[str, Ask]]
    says: Callable[[str, str], int]
    nobody: int
    first: Callable[[str, str], int | None] = lambda seat, thing: None
    token: bool = False


@dataclass(frozen=True)
class Cell:
    """One question: who asks which page about which thing with which token."""

    seat: str
    page: tuple[str, str]
    thing: str
    token: str
    ask: Ask
    says: int


def _one(path: str, **more: Any) -> Callable[["Matrix"], Mapping[str, Ask]]:
    return lambda _: {"": Ask(path, **more)}


def _fixed(status: int) -> Callable[[str, str], int]:
    return lambda seat, thing: status


def _sees(seat: str, thing: str) -> int:
    return 200 if thing in SEES[seat] else 404


def _calls(seat: str, thing: str) -> int:
    return _sees(seat, thing) if seat in CALLERS else 404


def _has_original(seat: str, thing: str) -> int:
    kind, _, side = thing.partition(" ")
    return 404 if kind == "photo" and seat not in AUDITORS else _sees(seat, side)


def _only(seats: set[str], status: int = 200) -> Callable[[str, str], int]:
    return lambda seat, thing: status if seat in seats else 404


def _shows_move(seat: str, thing: str) -> int:
    move, _, side = thing.partition(" ")
    return _sees(seat, side) if seat in MOVES[move].makers | MOVES[move].told else 404


def _makes_move(seat: str, thing: str) -> int:
    move, _, side = thing.partition(" ")
    theirs = seat in MOVES[move].makers | MOVES[move].late
    return 422 if theirs and side in SEES[seat] else 404


def _huge(seat: str, thing: str) -> int | None:
    return 404 if thing.endswith("huge") else None


def _claims(seat: str, thing: str) -> int:
    if thing not in SEES[seat]:
        return 404
    return 303 if seat == "inspector" else 403


def _many(seat: str, thing: str) -> int:
    return 422 if thing == "huge" else _sees(seat, thing)


def _names(what: str, path: str) -> Callable[["Matrix"], Mapping[str, Ask]]:
    """The things of a kind on every side, one that is not there, and one that cannot be."""

    def things(m: "Matrix") -> Mapping[str, Ask]:
        ids = {side: getattr(t, what) for side, t in m.land.sides.items()}
        ids |= {"missing": m.missing, "huge": HUGE}
        return {name: Ask(path.format(id=i)) for name, i in ids.items()}

    return things


def _parts(what: str, path: str) -> Callable[["Matrix"], Mapping[str, Ask]]:
    """The parts of a case on every side, and those of another case under one's own."""

    def things(m: "Matrix") -> Mapping[str, Ask]:
        own = m.land.sides["own"].case
        pairs = {side: (t.case, getattr(t, what)) for side, t in m.land.sides.items()}
        pairs |= {
            "missing": (m.missing, m.missing),
            "huge": (HUGE, 1),
            "missing in own": (own, m.missing),
            "crossed": (own, getattr(m.land.sides["elsewhere"], what)),
            "huge in own": (own, HUGE),
        }
        return {name: Ask(path.format(case=c, id=i)) for name, (c, i) in pairs.items()}

    return things


def _originals(m: "Matrix") -> Mapping[str, Ask]:
    path = "/evidence/{id}/original"
    photos, documents = _names("photo", path)(m), _names("document", path)(m)
    return {
        **{f"photo {name}": ask for name, ask in photos.items()},
        **{f"document {name}": ask for name, ask in documents.items()},
    }


def _moves(m: "Matrix") -> Mapping[str, Ask]:
    out = {}
    for move, (side, things) in itertools.product(MOVES, m.land.sides.items()):
        noun, _, name = move.partition(".")
        if side != "own" and not MOVES[move].makers:
            continue
        row = getattr(things, noun, things.case)
        out[f"{move} {side}"] = Ask(f"/cases/{things.case}/{noun}/{row}/{name}", form={})
    for name, case in (("missing", m.missing), ("huge", HUGE)):
        path = f"/cases/{case}/hazard/{case}/record_visit"
        out[f"hazard.record_visit {name}"] = Ask(path, form={})
    own, elsewhere = m.land.sides["own"], m.land.sides["elsewhere"]
    rows = {"missing": m.missing, "crossed": elsewhere.deferral}
    for name, row in rows.items():
        path = f"/cases/{own.case}/deferral/{row}/endorse"
        out[f"deferral.endorse {name} in own"] = Ask(path, form={})
    path = f"/cases/{own.case}/hazard/{elsewhere.case}/record_visit"
    out["hazard.record_visit crossed"] = Ask(path, form={})
    return out


def _duties(what: str) -> Callable[["Matrix"], Mapping[str, Ask]]:
    def things(m: "Matrix") -> Mapping[str, Ask]:
        duties = {side: t.duty for side, t in m.land.sides.items()}
        duties |= {"missing": m.missing, "huge": HUGE}
        return {n: Ask(f"/duties/{d}/{what}", form={}) for n, d in duties.items()}

    return things


def _tasks(m: "Matrix") -> Mapping[str, Ask]:
    pairs = {side: (t.duty, t.lead) for side, t in m.land.sides.items()}
    pairs |= {"missing": (m.missing, m.missing), "huge": (HUGE, HUGE)}
    form = {"what": "release", "kind": "", "key": "k"}
    return {
        name: Ask("/desk/many", form={**form, "task": f"{duty}.{lead}.1"})
        for name, (duty, lead) in pairs.items()
    }


def _choices(m: "Matrix") -> Mapping[str, Ask]:
    values = {"mine": m.seat_value, "another's": "auditor.1.0", "none": "", "odd": "x" * 3000}
    return {name: Ask("/post", form={"seat": value}) for name, value in values.items()}


def _first_passwords(m: "Matrix") -> Mapping[str, Ask]:
    ids = {"somebody": m.bystander, "missing": m.missing, "huge": HUGE}
    return {name: Ask(f"/people/{i}/password", form={}) for name, i in ids.items()}


def _uploads(**more: Any) -> Callable[["Matrix"], Mapping[str, Ask]]:
    def things(m: "Matrix") -> Mapping[str, Ask]:
        ids = {"mine": m.upload, "another's": m.upload_of_another}
        ids |= {"missing": secrets.token_hex(16), "odd": "x" * 3000}
        return {name: Ask(f"/uploads/{i}", **more) for name, i in ids.items()}

    return things


def _piece() -> dict[str, Any]:
    kind = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
    return {"headers": kind, "content": b"%"}


def _mine(status: int) -> Callable[[str, str], int]:
    return lambda seat, thing: status if thing == "mine" else 404


NEW_UPLOAD = {"upload-length": "9", "upload-metadata": "filename YS5wZGY="}
_CASE = "/cases/{case_id:int}"
_MOVE = _CASE + "/{noun}/{row_id:int}/{name}"
_EVIDENCE = "/evidence/{evidence_id:int}"
_UPLOAD = "/uploads/{upload_id}"
RULES: Mapping[tuple[str, str], Rule] = {
    ("GET", "/"): Rule(_one("/"), _fixed(303), 303),
    ("GET", "/sign-in"): Rule(_one("/sign-in"), _fixed(303), 200),
    ("POST", "/sign-in"): Rule(_one("/sign-in", form={"password": "x"}), _fixed(403), 403),
    ("POST", "/sign-out"): Rule(_one("/sign-out", form={}), _fixed(303), 303, token=True),
    ("POST", "/language"): Rule(_one("/language", form={"language": "zh"}), _fixed(303), 303),
    ("GET", "/setup"): Rule(_one("/setup"), _fixed(404), 404),
    ("POST", "/setup"): Rule(_one("/setup", form={}), _fixed(403), 403),
    ("GET", "/post"): Rule(_one("/post"), _fixed(200), 303),
    ("POST", "/post"): Rule(_choices, _mine(303), 303, token=True),
    ("GET", "/password"): Rule(_one("/password"), _fixed(200), 303),
    ("POST", "/password"): Rule(_one("/password", form={}), _fixed(422), 303, token=True),
    ("GET", "/desk"): Rule(_one("/desk"), _fixed(200), 303),
    ("POST", "/desk/many"): Rule(_tasks, _many, 401, token=True),
    ("POST", "/duties/{duty_id:int}/claim"): Rule(
        _duties("claim"), _claims, 401, first=_huge, token=True
    ),
    ("POST", "/duties/{duty_id:int}/release"): Rule(
        _duties("release"), _claims, 401, first=_huge, token=True
    ),
    ("GET", _CASE): Rule(_names("case", "/cases/{id}"), _sees, 303, first=_huge),
    ("GET", f"{_CASE}/notices"): Rule(
        _names("case", "/cases/{id}/notices"), _sees, 303, first=_huge
    ),
    ("GET", f"{_CASE}/contact"): Rule(
        _names("case", "/cases/{id}/contact"), _calls, 303, first=_huge
    ),
    ("GET", f"{_CASE}/papers/{{paper_id:int}}.pdf"): Rule(
        _parts("paper", "/cases/{case}/papers/{id}.pdf"),
        _sees,
        303,
        first=lambda seat, thing: 404 if "huge" in thing else None,
    ),
    ("GET", f"{_CASE}/letters/{{letter_id:int}}"): Rule(
        _parts("letter", "/cases/{case}/letters/{id}"),
        _sees,
        303,
        first=lambda seat, thing: 404 if "huge" in thing else None,
    ),
    ("GET", _MOVE): Rule(_moves, _shows_move, 303, first=_huge),
    ("POST", _MOVE): Rule(_moves, _makes_move, 401, first=_huge, token=True),
    ("GET", "/report"): Rule(_one("/report"), _only(REPORTERS), 303),
    ("POST", "/report"): Rule(
        _one("/report", form={}),
        _only(REPORTERS, 422),
        401,
        first=lambda seat, thing: None if seat in {*REPORTERS, "nobody"} else 404,
        token=True,
    ),
    ("OPTIONS", "/uploads"): Rule(_one("/uploads"), _fixed(204), 401, token=True),
    ("POST", "/uploads"): Rule(_one("/uploads", headers=NEW_UPLOAD), _fixed(201), 401, token=True),
    ("HEAD", _UPLOAD): Rule(_uploads(), _mine(200), 401),
    ("PATCH", _UPLOAD): Rule(_uploads(**_piece()), _mine(204), 401, token=True),
    ("DELETE", _UPLOAD): Rule(_uploads(), _mine(204), 401, token=True),
    ("GET", f"{_EVIDENCE}/thumb"): Rule(
        _names("photo", "/evidence/{id}/thumb"), _sees, 303, first=_huge
    ),
    ("GET", f"{_EVIDENCE}/view"): Rule(
        _names("photo", "/evidence/{id}/view"), _sees, 303, first=_huge
    ),
    ("GET", f"{_EVIDENCE}/original"): Rule(_originals, _has_original, 303, first=_huge),
    ("GET", "/letters"): Rule(_one("/letters"), _fixed(200), 303),
    ("GET", "/ledger"): Rule(_one("/ledger"), _fixed(200), 303),
    ("GET", "/ledger.xlsx"): Rule(_one("/ledger.xlsx"), _fixed(200), 303),
    ("GET", "/people"): Rule(_one("/people"), _only({"system_admin"}), 303),
    ("POST", "/people/{person_id:int}/password"): Rule(
        _first_passwords,
        lambda seat, thing: 200 if (seat, thing) == ("system_admin", "somebody") else 404,
        401,
        first=lambda seat, thing: (
            404 if thing == "huge" or seat not in ("system_admin", "nobody") else None
        ),
        token=True,
    ),
    ("GET", "/healthz"): Rule(_one("/healthz"), _fixed(200), 200),
    ("GET", "/readyz"): Rule(_one("/readyz"), _fixed(200), 200),
    ("GET", "/metrics"): Rule(_one("/metrics"), _fixed(200), 200),
}


@dataclass
class Matrix:
    """One seat's part of the matrix: its session, and the things it is asked about."""

    land: Land
    seat: str
    actor: Actor | None
    bystander: int
    upload: str = ""
    upload_of_another: str = ""
    missing: int = 10**9

    @property
    def seat_value(self) -> str:
        """How the form of the posts names the seat."""
        a = self.actor
        return f"{a.role}.{a.organisation_id}.{a.on_behalf_of or 0}" if a else ""

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
            out[person_id] = uploads.begin(work, person_id, "a.pdf", 9).id
    return out


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
    monkeypatch.setattr("actions.password.fits", lambda kept, secret: False)
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
        refused: defaultdict[tuple[Any, ...], set[Any]] = defaultdict(set)
        with land.town.visitor(actor) as client:
            for cell in cells:
                got = _send(land, client, actor, cell)
                asked += 1
                if got.status_code != cell.says:
                    wrong.append(f"{_named(cell)}: {got.status_code}, not {cell.says}")
                if got.status_code == 404:
                    refused[_alike(cell)].add(_whole(got))
            for method in ("GET", "POST"):
                refused[(method,)].add(_whole(client.request(method, "/there-is-no-such-page")))
    wrong += [f"{seat} {k}: {len(v)} faces of 404" for k, v in refused.items() if len(v) > 1]
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
    said = sorted((n, v) for n, v in got.headers.items() if n != "date")
    return got.status_code, tuple(said), got.content


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
