"""Which provisions a named person has taken on, for which places: history says it."""

import json

import sqlalchemy as sa

from storage.database.statement import Question
from storage.database.work import Work
from storage.history import event
from storage.people.person import Person
from storage.upkeep import provision

_E, _R = event.TABLE, provision.TABLE
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_TAKEN = Question(
    sa.select(_R.c.fingerprint, _E.c.leaf, _P.c.name)
    .join(_E, sa.and_(_E.c.row_id == _R.c.id, _E.c.move == "take_on"))
    .join(_P, _P.c.id == _E.c.person_id)
    .where(_E.c.noun == "provision")
    .order_by(_E.c.id)
)


def by_anybody(work: Work) -> frozenset[str]:
    """The wordings that somebody has taken on somewhere, by fingerprint."""
    return frozenset(row["fingerprint"] for row in work.records(_TAKEN))


def taken_on(work: Work, place: str) -> dict[str, str]:
    """Who has taken on which wordings for a place, by fingerprint: the name, the last one's."""
    found = {}
    for row in work.records(_TAKEN):
        if place.startswith(json.loads(row["leaf"])["facts"]["head"]):
            found[row["fingerprint"]] = row["name"]
    return found
