"""What every page answers to every seat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.portal.web.questions import (
    NEW_UPLOAD,
    Things,
    accounts,
    askings,
    certificates,
    choices,
    duties,
    first_passwords,
    moves,
    one,
    originals,
    parts_of,
    piece,
    questions,
    tasks,
    things_of,
    uploads,
)
from tests.portal.web.seats import AUDITORS, CALLERS, MOVES, REPORTERS, SEES

WATCHERS = {
    *("system_admin", "security_admin", "audit_admin", "auditor"),
    "discipline_supervisor",
}


@dataclass(frozen=True)
class Rule:
    """What a page answers: ``says`` to a seat about a thing, once the token is right.

    ``nobody`` is what it says without a session; ``first`` what it says before the token is
    looked at, where it is not 403.
    """

    things: Things
    says: Callable[[str, str], int]
    nobody: int
    first: Callable[[str, str], int | None] = lambda seat, thing: None
    token: bool = False


def _fixed(status: int) -> Callable[[str, str], int]:
    return lambda seat, thing: status


_OPERATORS = {"system_admin", "audit_admin"}


def _operates(path: str, **form: str) -> Rule:
    """A form on the page of those who operate: to all others there is no such page, token or not."""
    return Rule(
        one(path, form=form),
        _only(_OPERATORS, 422),
        401,
        first=lambda seat, thing: None if seat in {*_OPERATORS, "nobody"} else 404,
        token=True,
    )


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
    if seat in MOVES[move].late and side in SEES[seat]:
        return 409
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


def _mine(status: int) -> Callable[[str, str], int]:
    return lambda seat, thing: status if thing == "mine" else 404


_CASE = "/cases/{case_id:int}"
_MOVE = _CASE + "/{noun}/{row_id:int}/{name}"
_EVIDENCE = "/evidence/{evidence_id:int}"
_UPLOAD = "/uploads/{upload_id}"
RULES: Mapping[tuple[str, str], Rule] = {
    ("GET", "/"): Rule(one("/"), _fixed(303), 303),
    ("GET", "/sign-in"): Rule(one("/sign-in"), _fixed(303), 200),
    ("POST", "/sign-in"): Rule(one("/sign-in", form={"password": "x"}), _fixed(403), 403),
    ("POST", "/sign-out"): Rule(one("/sign-out", form={}), _fixed(303), 303, token=True),
    ("POST", "/language"): Rule(one("/language", form={"language": "zh"}), _fixed(303), 303),
    ("GET", "/setup"): Rule(one("/setup"), _fixed(404), 404),
    ("POST", "/setup"): Rule(one("/setup", form={}), _fixed(403), 403),
    ("GET", "/post"): Rule(one("/post"), _fixed(200), 303),
    ("POST", "/post"): Rule(choices, _mine(303), 303, token=True),
    ("GET", "/password"): Rule(one("/password"), _fixed(200), 303),
    ("POST", "/password"): Rule(one("/password", form={}), _fixed(422), 303, token=True),
    ("GET", "/desk"): Rule(one("/desk"), _fixed(200), 303),
    ("POST", "/desk/many"): Rule(tasks, _many, 401, token=True),
    ("POST", "/duties/{duty_id:int}/claim"): Rule(
        duties("claim"), _claims, 401, first=_huge, token=True
    ),
    ("POST", "/duties/{duty_id:int}/release"): Rule(
        duties("release"), _claims, 401, first=_huge, token=True
    ),
    ("GET", _CASE): Rule(things_of("case", "/cases/{id}"), _sees, 303, first=_huge),
    ("GET", f"{_CASE}/notices"): Rule(
        things_of("case", "/cases/{id}/notices"), _sees, 303, first=_huge
    ),
    ("GET", f"{_CASE}/contact"): Rule(
        things_of("case", "/cases/{id}/contact"), _calls, 303, first=_huge
    ),
    ("GET", f"{_CASE}/papers/{{paper_id:int}}.pdf"): Rule(
        parts_of("paper", "/cases/{case}/papers/{id}.pdf"),
        _sees,
        303,
        first=lambda seat, thing: 404 if "huge" in thing else None,
    ),
    ("GET", f"{_CASE}/letters/{{letter_id:int}}"): Rule(
        parts_of("letter", "/cases/{case}/letters/{id}"),
        _sees,
        303,
        first=lambda seat, thing: 404 if "huge" in thing else None,
    ),
    ("GET", _MOVE): Rule(moves, _shows_move, 303, first=_huge),
    ("POST", _MOVE): Rule(moves, _makes_move, 401, first=_huge, token=True),
    ("GET", "/report"): Rule(one("/report"), _only(REPORTERS), 303),
    ("POST", "/report"): Rule(
        one("/report", form={}),
        _only(REPORTERS, 422),
        401,
        first=lambda seat, thing: None if seat in {*REPORTERS, "nobody"} else 404,
        token=True,
    ),
    ("OPTIONS", "/uploads"): Rule(one("/uploads"), _fixed(204), 401, token=True),
    ("POST", "/uploads"): Rule(one("/uploads", headers=NEW_UPLOAD), _fixed(201), 401, token=True),
    ("HEAD", _UPLOAD): Rule(uploads(), _mine(200), 401),
    ("PATCH", _UPLOAD): Rule(uploads(**piece()), _mine(204), 401, token=True),
    ("DELETE", _UPLOAD): Rule(uploads(), _mine(204), 401, token=True),
    ("GET", f"{_EVIDENCE}/thumb"): Rule(
        things_of("photo", "/evidence/{id}/thumb"), _sees, 303, first=_huge
    ),
    ("GET", f"{_EVIDENCE}/view"): Rule(
        things_of("photo", "/evidence/{id}/view"), _sees, 303, first=_huge
    ),
    ("GET", f"{_EVIDENCE}/original"): Rule(originals, _has_original, 303, first=_huge),
    ("GET", "/letters"): Rule(one("/letters"), _fixed(200), 303),
    ("GET", "/ledger"): Rule(one("/ledger"), _fixed(200), 303),
    ("GET", "/ledger.xlsx"): Rule(one("/ledger.xlsx"), _fixed(200), 303),
    ("GET", "/entries"): Rule(
        one("/entries"), _only({"auditor", "audit_admin", "security_admin"}), 303
    ),
    ("GET", "/people"): Rule(one("/people"), _only({"system_admin"}), 303),
    ("GET", "/operation"): Rule(one("/operation"), _only(_OPERATORS), 303),
    ("POST", "/operation/release"): _operates("/operation/release", what="post"),
    ("POST", "/people/{person_id:int}/password"): Rule(
        first_passwords,
        lambda seat, thing: 200 if (seat, thing) == ("system_admin", "somebody") else 404,
        401,
        first=lambda seat, thing: (
            404 if thing == "huge" or seat not in ("system_admin", "nobody") else None
        ),
        token=True,
    ),
    ("POST", "/operation/clock"): _operates("/operation/clock", reason=""),
    ("GET", "/together"): Rule(one("/together"), _only(WATCHERS), 303),
    ("POST", "/together/{asked_id:int}"): Rule(
        questions,
        _fixed(404),
        401,
        first=lambda seat, thing: (
            404 if thing == "huge" or seat not in {*WATCHERS, "nobody"} else None
        ),
        token=True,
    ),
    ("GET", "/people/{person_id:int}/ask/{what}"): Rule(
        askings,
        lambda seat, thing: 409 if (seat, thing) == ("system_admin", "somebody") else 404,
        303,
        first=lambda seat, thing: 404 if thing == "huge" else None,
    ),
    ("POST", "/people/{person_id:int}/ask/{what}"): Rule(
        askings,
        lambda seat, thing: 409 if (seat, thing) == ("system_admin", "somebody") else 404,
        401,
        first=lambda seat, thing: (
            404 if thing == "huge" or seat not in ("system_admin", "nobody") else None
        ),
        token=True,
    ),
    ("POST", "/people/{person_id:int}/certificate"): Rule(
        certificates,
        lambda seat, thing: 303 if (seat, thing) == ("system_admin", "somebody") else 404,
        401,
        first=lambda seat, thing: (
            404 if thing == "huge" or seat not in ("system_admin", "nobody") else None
        ),
        token=True,
    ),
    ("POST", "/people/{person_id:int}/account"): Rule(
        accounts,
        lambda seat, thing: 303 if (seat, thing) == ("system_admin", "somebody") else 404,
        401,
        first=lambda seat, thing: (
            404 if thing == "huge" or seat not in ("system_admin", "nobody") else None
        ),
        token=True,
    ),
    ("GET", "/healthz"): Rule(one("/healthz"), _fixed(200), 200),
    ("GET", "/readyz"): Rule(one("/readyz"), _fixed(200), 200),
    ("GET", "/metrics"): Rule(one("/metrics"), _fixed(200), 200),
}
