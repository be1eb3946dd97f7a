"""A sample noun: a parley about several hazards of several units, with a promise of each."""

from datetime import date
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from guapai.people import Role as R
from guapai.text import Line, OptionalLine, Words
from guapai.word import Word
from statemachines.duty import Cadence, DutyKind, Every
from statemachines.facts import Facts, Files, PlaceCode, Reasoned, RowId
from statemachines.noun import LetterKind, Noun
from statemachines.procedure import Each, Move, Procedure
from statemachines.situation import Situation

HIDDEN = False
"""The second variant is hidden from everybody but those who handle it."""


class ParleyState(Word):
    """States of a parley."""

    called = "called", "已召集"
    held = "held", "已会商"
    kept = "kept", "承诺已兑现"
    dropped = "dropped", "已取消"


class Call(Facts):
    """What it is about, and whom it concerns."""

    title: Line = Field(title="会商事由")
    place_code: PlaceCode = Field(title="所在地")
    about: tuple[RowId, ...] = Field(title="涉及的隐患", max_length=20)


class OpenQuarter(Facts):
    """The clock's own parley of a department with itself, once a quarter."""

    title: Line = Field(title="会商事由")
    place_code: PlaceCode = Field(title="所在地")
    organisation_id: RowId = Field(title="单位")
    period: Line = Field(title="季度")


class Promise(BaseModel):
    """What one unit promises, by when."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: Line
    organisation_id: RowId
    text: Words
    due_on: date


class Hold(Facts):
    """The minutes, and what was promised."""

    minutes: Words = Field(title="会商纪要")
    promises: tuple[Promise, ...] = Field(default=(), title="承诺事项", max_length=20)


class Keep(Facts):
    """How a promise was kept."""

    promise: OptionalLine = Field(default="", title="承诺事项编号", max_length=200)
    done: Words = Field(title="兑现情况")
    evidence: Files = Field(default=(), title="附件")


class Report(Facts):
    """What a quarter brought."""

    period: Line = Field(title="季度")


def own_promise(s: Situation[object, object, Keep]) -> str | None:
    """Nobody keeps the promise of another."""
    ours = ("keep_promise", s.facts.promise, s.actor.organisation_id)
    return None if ours in s.owed else "没有本单位的这一承诺事项"


def all_kept(s: Situation[object, object, object]) -> str | None:
    """A parley ends when every promise is kept."""
    return "还有未兑现的承诺" if s.owed else None


_S = ParleyState
_CHIEF = frozenset({R.division_chief})
_LEADER = frozenset({R.department_head})

MOVES = (
    Move(
        name="call",
        title="召集会商",
        source=(),
        dest=_S.called,
        by=_CHIEF,
        facts=Call,
        basis="own_ladder",
        letters=("parley_called",),
    ),
    Move(
        name="open_quarter",
        title="季度会商",
        source=(),
        dest=_S.called,
        by=frozenset({R.clock}),
        facts=OpenQuarter,
        basis="own_ladder",
    ),
    Move(
        name="hold",
        title="登记会商",
        source=(_S.called,),
        dest=_S.held,
        by=_CHIEF,
        facts=Hold,
        basis="own_ladder",
        opens=("report_parley",),
        opens_each=(
            Each(
                kind="keep_promise",
                items="promises",
                key="key",
                day="due_on",
                owner="organisation_id",
            ),
        ),
        touches=True,
        then=(("about:hazard", "change_supervision"),),
    ),
    Move(
        name="keep",
        title="兑现承诺",
        source=(_S.held,),
        dest=None,
        by=frozenset({R.enterprise_head}),
        facts=Keep,
        guards=(own_promise,),
        basis="own_ladder",
        meets=("keep_promise",),
    ),
    Move(
        name="report",
        title="报告会商进展",
        source=(_S.held,),
        dest=None,
        by=frozenset({R.inspector}),
        facts=Report,
        basis="own_ladder",
        meets=("report_parley",),
    ),
    Move(
        name="close",
        title="结束会商",
        source=(_S.held,),
        dest=_S.kept,
        by=_LEADER,
        guards=(all_kept,),
        basis="own_ladder",
    ),
    Move(
        name="drop",
        title="取消会商",
        source=(_S.called,),
        dest=_S.dropped,
        by=_LEADER,
        facts=Reasoned,
        basis="own_ladder",
    ),
)


class Titled(Protocol):
    """What the heading reads of a parley."""

    title: str


def heading(row: Titled) -> str:
    """What a parley is called on a page."""
    return row.title


PARLEY = Noun(
    name="parley",
    title="会商",
    procedure=Procedure("parley", ParleyState, MOVES, final=frozenset({_S.kept, _S.dropped})),
    duties=(
        DutyKind(name="keep_promise", title="兑现会商承诺", role=R.enterprise_head, item="promise"),
        DutyKind(
            name="report_parley",
            title="报告会商进展",
            role=R.inspector,
            every=Every(cadence=Cadence.quarter, day="progress.day"),
            while_in=(_S.held,),
        ),
    ),
    letters=(LetterKind(name="parley_called", to=(("unit", R.enterprise_head),)),),
    heading=heading,
    root=True,
    hidden=HIDDEN,
)
