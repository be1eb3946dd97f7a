"""Who operates the system: the organisations with a system administrator, or who stands for them."""

import sqlalchemy as sa

from guapai.clock import local_date
from guapai.people import Role
from law.place import COUNTRY
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.organisation import Organisation, OrganisationKind, at_place
from storage.people.person import Person, Post, holds
from storage.upkeep import pack as packs

MOST = 20
"""So many organisations may operate one system (own)."""

_O: sa.Table = Organisation.__table__  # type: ignore[attr-defined]
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_POST: sa.Table = Post.__table__  # type: ignore[attr-defined]
_OPERATORS = Question(
    sa.select(_O)
    .join(
        sa.select(_POST.c.organisation_id, sa.func.min(_POST.c.id).label("first"))
        .join(_P, _P.c.id == _POST.c.person_id)
        .where(
            _POST.c.role == word(Role.system_admin),
            holds(sa.bindparam("day", type_=sa.Date)),
            _P.c.active,
        )
        .group_by(_POST.c.organisation_id)
        .subquery("held"),
        sa.literal_column("held.organisation_id") == _O.c.id,
    )
    .order_by(sa.literal_column("held.first"))
    .limit(MOST)
)
_ANY = Question(
    sa.select(_O)
    .order_by(sa.case((_O.c.kind == word(OrganisationKind.commission), 0), else_=1), _O.c.id)
    .limit(1)
)


def all_of(work: Work) -> list[Organisation]:
    """Every organisation with a system administrator today, the one with the oldest post first."""
    return work.ask(_OPERATORS, Organisation, day=local_date(work.now))


def first(work: Work) -> Organisation | None:
    """The organisation that operates the system.

    Where nobody is administrator, the commission of the place whose rules are the narrowest, or
    else any there is; None: there is no organisation.
    """
    found = all_of(work)
    if found:
        return found[0]
    for place in packs.places(work):
        commission = at_place(work, OrganisationKind.commission, place)
        if commission is not None and place != COUNTRY:
            return commission
    return next(iter(work.ask(_ANY, Organisation)), None)
