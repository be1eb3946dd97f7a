"""Which provisions a named person has taken on, for which places: history says it."""

import json

import sqlalchemy as sa

from law.place import LEVELS, levels_of
from statemachines.noted import Administered
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.history import event
from storage.people.organisation import Organisation, OrganisationKind
from storage.people.person import Person
from storage.upkeep import provision

_E, _R = event.TABLE, provision.TABLE
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_O: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
TAKEN = Question(
    sa.select(_R.c.fingerprint, _E.c.leaf, _P.c.name)
    .join_from(_O, _E, _E.c.organisation_id == _O.c.id)
    .join(_R, _R.c.id == _E.c.row_id)
    .join(_P, _P.c.id == _E.c.person_id)
    .where(
        _O.c.kind == word(OrganisationKind.commission),
        _O.c.place_code.in_([sa.bindparam(n, type_=sa.Text) for n in LEVELS]),
        _E.c.move == word(Administered.take_on),
        _E.c.noun == "provision",
    )
    .order_by(_E.c.id)
)
"""What the commissions of a place and of those above it have taken on: nobody else may."""
_BY_ANYBODY = Question(
    sa.select(_R.c.fingerprint).where(
        sa.exists().where(
            _E.c.row_id == _R.c.id,
            _E.c.move == word(Administered.take_on),
            _E.c.noun == "provision",
        )
    )
)


def by_anybody(work: Work) -> frozenset[str]:
    """The wordings that somebody has taken on somewhere, by fingerprint."""
    return frozenset(row["fingerprint"] for row in work.records(_BY_ANYBODY))


def taken_on(work: Work, place: str) -> dict[str, str]:
    """Who has taken on which wordings for a place, by fingerprint: the name, the last one's."""
    found = {}
    for row in work.records(TAKEN, **dict(zip(LEVELS, levels_of(place), strict=True))):
        if place.startswith(json.loads(row["leaf"])["facts"]["head"]):
            found[row["fingerprint"]] = row["name"]
    return found
