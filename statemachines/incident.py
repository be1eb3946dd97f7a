"""The life of an incident of operation: something the system cannot do by itself, until it is over."""

from typing import Protocol

from pydantic import Field

from guapai.people import Role as R
from guapai.text import Line
from guapai.word import Word
from statemachines.duty import DutyKind
from statemachines.facts import Facts, Reasoned, RowId
from statemachines.letter import Readdress, Resend, Tell, told_in_the_past
from statemachines.noun import LetterKind, Noun
from statemachines.procedure import Move, Procedure
from statemachines.situation import Situation


class IncidentState(Word):
    """States of an incident."""

    open = "open", "待处理"
    settled = "settled", "已恢复"
    dismissed = "dismissed", "不再处理"


class Cause(Word):
    """What went wrong."""

    refused = "refused", "信件无法送达"
    lost = "lost", "信件结果不明"
    poison = "poison", "信件无法处理"
    period = "period", "定时任务失败"
    file = "file", "文件损坏"
    paper = "paper", "文书未能成文"


OF_LETTERS = frozenset({Cause.refused, Cause.lost, Cause.poison})
"""What concerns letters, which are sent again, readdressed or told."""
OF_WORK = frozenset({Cause.period, Cause.paper})
"""What concerns work that can be done again."""


class IncidentRow(Protocol):
    """What guards read of an incident."""

    cause: Cause


class Arise(Facts):
    """What the clock came upon. ``ground`` names what it is about: a person, a domain, a period."""

    title: Line = Field(title="标题")
    cause: Cause = Field(title="原因")
    ground: Line = Field(title="事由")


class Entrust(Facts):
    """Who operates the system now."""

    department_id: RowId = Field(title="运行单位")


_ONE = "只办理这一封信件"
_ONE_OF = "填写事件页面所列信件的编号；不填则办理本事件的全部信件。"


class ResendLetters(Resend):
    """Why the letters go out again."""

    letter: RowId | None = Field(default=None, title=_ONE, description=_ONE_OF)


class ReaddressLetters(Readdress):
    """Where the reader is reached from now on."""

    letter: RowId | None = Field(default=None, title=_ONE, description=_ONE_OF)


class TellLetters(Tell):
    """What was told instead."""

    letter: RowId | None = Field(default=None, title=_ONE, description=_ONE_OF)


def about_letters(s: Situation[IncidentRow, object, object]) -> str | None:
    """Only what concerns letters is sent or told."""
    return None if s.row.cause in OF_LETTERS else "这一事件不涉及信件"


def about_work(s: Situation[IncidentRow, object, object]) -> str | None:
    """Only what concerns a period or a paper is tried again."""
    return None if s.row.cause in OF_WORK else "这一事件没有可以重新办理的任务或文书"


_S = IncidentState
_OPEN = (_S.open,)
_ADMIN = frozenset({R.system_admin})
_CLOCK = frozenset({R.clock})
_BASIS = "own_operation"

MOVES = (
    Move(
        name="arise",
        title="发现运行事件",
        source=(),
        dest=_S.open,
        by=_CLOCK,
        facts=Arise,
        basis=_BASIS,
        opens=("settle_incident",),
        letters=("incident_opened",),
    ),
    Move(
        name="retry",
        title="重新办理",
        source=_OPEN,
        dest=None,
        by=_ADMIN,
        facts=Reasoned,
        guards=(about_work,),
        basis=_BASIS,
    ),
    Move(
        name="resend",
        title="重发信件",
        source=_OPEN,
        dest=None,
        by=_ADMIN,
        facts=ResendLetters,
        guards=(about_letters,),
        basis=_BASIS,
    ),
    Move(
        name="readdress",
        title="更正收件地址并重发",
        source=_OPEN,
        dest=None,
        by=_ADMIN,
        facts=ReaddressLetters,
        guards=(about_letters,),
        basis=_BASIS,
    ),
    Move(
        name="tell",
        title="登记已电话告知",
        source=_OPEN,
        dest=None,
        by=_ADMIN,
        facts=TellLetters,
        guards=(about_letters, told_in_the_past),
        basis=_BASIS,
    ),
    Move(
        name="dismiss",
        title="不再处理",
        source=_OPEN,
        dest=_S.dismissed,
        by=_ADMIN,
        facts=Reasoned,
        basis=_BASIS,
        meets=("settle_incident",),
    ),
    Move(
        name="clear",
        title="原因消除",
        source=_OPEN,
        dest=_S.settled,
        by=_CLOCK,
        basis=_BASIS,
        meets=("settle_incident",),
    ),
    Move(
        name="entrust",
        title="移交运行单位",
        source=_OPEN,
        dest=None,
        by=_CLOCK,
        facts=Entrust,
        basis=_BASIS,
        replaces=("settle_incident",),
        opens=("settle_incident",),
    ),
)

INCIDENT = Noun(
    name="incident",
    title="运行事件",
    procedure=Procedure(
        "incident", IncidentState, MOVES, final=frozenset({_S.settled, _S.dismissed})
    ),
    duties=(DutyKind(name="settle_incident", title="处理运行事件", role=R.system_admin),),
    letters=(LetterKind(name="incident_opened", to=(("department", R.system_admin),)),),
    lines=((_S.open, _S.settled),),
    root=True,
    hidden=True,
    mends=True,
    read_by=frozenset({R.audit_admin, R.auditor, R.discipline_supervisor}),
)
