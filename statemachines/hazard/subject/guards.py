"""Why somebody cannot be made to remove the hazard, or be relieved of it (domain.md §4.7, §15.7)."""

from typing import Protocol

from guapai.text import Said, isolated
from guapai.word import Word
from law.place import head_of
from statemachines.hazard.row import HazardRow
from statemachines.situation import Body, CaseRow, Situation


class Named(Protocol):
    """A decision that names who has to remove the hazard."""

    @property
    def unit_id(self) -> int: ...


class Chosen(Named, Protocol):
    """A decision that chooses somebody, and perhaps says why."""

    @property
    def reason(self) -> str: ...


class Paying(Protocol):
    """Money that comes with a decision, and how much of it has been paid."""

    @property
    def fund_fen(self) -> int: ...

    @property
    def paid_fen(self) -> int: ...


class Paid(Protocol):
    """How much has been paid by now."""

    @property
    def paid_fen(self) -> int: ...


class Relieving(Protocol):
    """A decision to relieve a unit, and the ground."""

    @property
    def ground(self) -> Word: ...


DAMS = frozenset({"水利"})
"""Trades whose hazards go to a township or to the bureau of the trade (§15.7: a reservoir)."""


def another_unit(s: Situation[object, CaseRow, Named]) -> str | None:
    """Who answers already is not named once more."""
    if s.facts.unit_id == s.case.unit_id:
        return Said("该单位已是本案的责任单位").beside("unit_id")
    return None


def fit_subject(s: Situation[object, HazardRow, Chosen]) -> str | None:
    """A township or bureau of the place, or a firm of the trade; where no rule says, with a reason."""
    body = s.known.body(s.facts.unit_id)
    if body is None:
        return Said("治理主体不存在，请重新选择").beside("unit_id")
    place, sector = s.case.place_code, s.case.sector
    if why := _unfit(body, place, sector):
        return Said(why).beside("unit_id")
    if not _is_usual(body, place, sector) and not s.facts.reason:
        return Said(
            "%(name)s不是所在地的乡镇（街道）、该行业的主管部门或者该行业的企业，请写明指定理由",
            name=isolated(body.name),
        ).beside("reason")
    return None


def _unfit(body: Body, place: str, sector: str) -> str | None:
    if body.kind == "enterprise":
        if not body.sector or body.sector == sector:
            return None
        return Said("%(name)s与隐患不属同一行业，不能指定为治理主体", name=isolated(body.name))
    near = place.startswith(head_of(body.place_code))
    if near or (body.kind == "township" and body.place_code[:6] == place[:6]):
        return None
    return Said("%(name)s不管辖隐患所在地，不能指定为治理主体", name=isolated(body.name))


def _is_usual(body: Body, place: str, sector: str) -> bool:
    if body.kind == "enterprise":
        return bool(body.sector) and sector not in DAMS
    if body.kind == "township":
        return body.place_code[:9].startswith(place[:9])
    return body.kind == "department" and body.sector == sector


def funds_above_zero(s: Situation[object, object, Paying]) -> str | None:
    """Who is designated gets money for it (§15.7)."""
    return None if s.facts.fund_fen > 0 else Said("配套资金必须大于零").beside("fund_fen")


def paid_within_fund(s: Situation[object, object, Paying]) -> str | None:
    """No more is paid than there is."""
    if s.facts.paid_fen > s.facts.fund_fen:
        return Said("已拨付资金不能多于配套资金").beside("paid_fen")
    return None


def may_be_relieved(s: Situation[object, HazardRow, Relieving]) -> str | None:
    """A unit that answers in law is not relieved for being unable; one that was designated may be."""
    if s.facts.ground == "unable" and not s.case.designation_no:
        return Said("责任单位不是政府指定的，应当由其自行治理，不能以不能履行为由改定").beside(
            "ground"
        )
    return None


def followed(s: Situation[object, CaseRow, object]) -> str | None:
    """Only where somebody answers can another one follow."""
    return None if s.case.unit_id is not None else "尚无责任单位，请使用“明确责任单位”"


def money_designated(s: Situation[object, HazardRow, object]) -> str | None:
    """Money is paid out of what a designation brought."""
    return None if s.case.fund_fen else "本案没有随指定落实的配套资金"


def paid_within_what_there_is(s: Situation[object, HazardRow, Paid]) -> str | None:
    """No more is paid than there is."""
    if s.facts.paid_fen > (s.case.fund_fen or 0):
        return Said("已拨付资金不能多于配套资金").beside("paid_fen")
    return None
