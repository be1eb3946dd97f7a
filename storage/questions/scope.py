"""Which cases somebody may see: every question of the portal is asked within a scope."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from guapai.people import Role
from law.place import head_of
from statemachines.nouns import NOUNS
from statemachines.secrecy import Secrecy
from statemachines.side import ANY, SIDE, UNIT
from storage.case import PARTIES, TABLE
from storage.database.columns import word
from storage.people.organisation import ANSWERING, OrganisationKind

_READERS = frozenset({Role.auditor, Role.discipline_supervisor, Role.audit_admin})
_BLIND = frozenset(
    {
        Role.system_admin,
        Role.security_admin,
        Role.supplier,
        Role.hotline_clerk,
        Role.reward_reviewer,
    }
)
_COLUMN = {
    OrganisationKind.enterprise: "unit_id",
    OrganisationKind.department: "department_id",
    OrganisationKind.township: "township_id",
}
_SECRECY: sa.ColumnElement[Secrecy] = TABLE.c.secrecy
_WIDE = frozenset({OrganisationKind.commission, OrganisationKind.government})


@dataclass(frozen=True)
class Scope:
    """A condition on cases: all, none, one organisation's, or those of a place; and its parties'.

    ``column`` is empty for all, ``none`` for nothing, ``place`` for the codes from ``low`` up to
    and without ``high``; any other names the column that must hold ``organisation_id``. Beside
    that an organisation sees the cases it is a party of. Hidden cases are seen by nobody but the
    parties that handle them: ``handles`` names the hidden nouns of the role, each
    with the side on which it does so. ``reads`` are hidden nouns that it reads wherever they are.
    """

    column: str
    organisation_id: int = 0
    low: str = ""
    high: str = ""
    handles: tuple[tuple[str, str], ...] = ()
    reads: tuple[str, ...] = ()

    @property
    def shape(self) -> "Scope":
        """The scope without its values: two of one shape are asked with the same statement."""
        return replace(self, organisation_id=min(self.organisation_id, 1), low="", high="")

    @property
    def _as_party(self) -> bool:
        return bool(self.organisation_id) and (
            bool(self.handles) or self.column not in ("", "none")
        )

    def condition(self) -> sa.ColumnElement[bool]:
        """The condition on one case, asked with `parameters`."""
        return sa.or_(sa.false(), *self.arms())

    def arms(self) -> list[sa.ColumnElement[bool]]:
        """The condition in parts that exclude each other, each of which an index can answer."""
        own, arms = self._own(), []
        if own is not None:
            arms.append(sa.and_(own, self._shown()))
        if self._as_party and self.column not in ("", "none"):
            assert own is not None
            shown = sa.and_(self._shown(), own.is_not(sa.true()))
            arms.append(sa.and_(TABLE.c.id.in_(_parties()), shown))
        if self._as_party and self.handles:
            arms.append(self._handled())
        if self.reads:
            kinds = TABLE.c.noun.in_([sa.literal_column(f"'{noun}'") for noun in self.reads])
            arms.append(sa.and_(TABLE.c.secrecy == word(Secrecy.hidden), kinds))
        return arms

    def _shown(self) -> sa.ColumnElement[bool]:
        """What is not kept from the organisation; what a unit has not been told yet is."""
        if self.column == _COLUMN[OrganisationKind.enterprise]:
            return _SECRECY.in_([word(Secrecy.open)])
        return _SECRECY.in_([word(Secrecy.open), word(Secrecy.unannounced)])

    def _handled(self) -> sa.ColumnElement[bool]:
        """The hidden cases that the role handles at its organisation."""
        kinds = [
            sa.and_(TABLE.c.noun == sa.literal_column(f"'{noun}'"), TABLE.c.id.in_(_parties(side)))
            for noun, side in self.handles
        ]
        return sa.and_(TABLE.c.secrecy == word(Secrecy.hidden), sa.or_(*kinds))

    def _own(self) -> sa.ColumnElement[bool] | None:
        if self.column == "none":
            return None
        if not self.column:
            return sa.true()
        if self.column == "place":
            return sa.and_(
                TABLE.c.place_code >= sa.bindparam("scope_low", type_=sa.Text),
                TABLE.c.place_code < sa.bindparam("scope_high", type_=sa.Text),
            )
        return TABLE.c[self.column] == sa.bindparam("scope_id", type_=sa.BigInteger)

    def parameters(self) -> Mapping[str, Any]:
        """What the condition has to be asked with."""
        given: dict[str, Any] = {}
        if self.column == "place":
            given |= {"scope_low": self.low, "scope_high": self.high}
        if self._as_party or self.column not in ("", "none", "place"):
            given["scope_id"] = self.organisation_id
        return given


def _parties(side: str = ANY) -> Any:
    """The cases of which the organisation is a party, on one side or on any."""
    theirs = sa.select(PARTIES.c.case_id).where(
        PARTIES.c.organisation_id == sa.bindparam("scope_id", type_=sa.BigInteger),
        PARTIES.c.until.is_(None),
    )
    return theirs if side == ANY else theirs.where(PARTIES.c.side == sa.literal_column(f"'{side}'"))


ALL = Scope("")
NONE = Scope("none")


def scope_of(role: Role, organisation_id: int, kind: OrganisationKind, place_code: str) -> Scope:
    """What a role at an organisation may see: refused unless allowed.

    Auditors read all. An enterprise sees its own, a department its own, a township what lies in
    it; a commission and a government see the cases of their place and of the places below. Who acts
    for a public body that has to remove hazards sees those, and not what the body supervises.
    """
    seat = Scope("none", organisation_id, handles=handled_by(role), reads=read_by(role))
    if role in _READERS:
        return replace(seat, column="")
    if role in _BLIND:
        return seat
    if SIDE.get(role) == UNIT and kind in ANSWERING:
        return replace(seat, column=_COLUMN[OrganisationKind.enterprise])
    if kind in _COLUMN:
        return replace(seat, column=_COLUMN[kind])
    if kind in _WIDE:
        return _of_place(seat, place_code)
    return seat


def handled_by(role: Role) -> tuple[tuple[str, str], ...]:
    """The hidden nouns of which a role makes a move, each with the side on which it does."""
    if role is Role.clock:  # it holds no post
        return ()
    found = {
        (noun.name, side)
        for noun in NOUNS.values()
        for move in noun.procedure.moves
        if noun.hidden and role in move.by
        for side in str(move.at.get(role, SIDE.get(role, ANY))).split("|")
    }
    return tuple(sorted(found))


def read_by(role: Role) -> tuple[str, ...]:
    """The hidden nouns that a role reads wherever they are, beside those it handles."""
    handled = {noun for noun, _ in handled_by(role)}
    found = {noun.name for noun in NOUNS.values() if role in noun.read_by}
    return tuple(sorted(found - handled))


def _of_place(seat: Scope, code: str) -> Scope:
    """The codes below a place: 341500 stands for 3415…, 000000 for every place (GB/T 2260)."""
    head = head_of(code)
    if not head:
        return replace(seat, column="")
    return replace(seat, column="place", low=head, high=str(int(head) + 1).zfill(len(head)))
