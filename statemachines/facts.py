"""What facts have in common: the words, files and amounts that people hand in."""

from collections.abc import Callable, Sized
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic_core import PydanticKnownError

from guapai.text import Line, OptionalLine, OptionalWords, Words
from guapai.word import Word

MOST_LINES = 50
"""So many lines or clauses a fact may list (own: ten times what cases have; a page shows them all)."""
MOST_OFFICERS = 10
"""So many officers a fact may name (own: five times what the law asks for)."""
MOST_FILES = 60
"""So many files may come with one act (own: 60 × 7 fields fit those a form may have)."""


@dataclass(frozen=True, slots=True)
class Control:
    """How a form asks for values of a type, where the shape of the type does not tell."""

    kind: str


def at_most(most: int) -> Callable[[object], object]:
    """Refuses a collection by its size, before anybody looks at what is in it."""

    def count(value: object) -> object:
        if isinstance(value, Sized) and len(value) > most:
            known = {"field_type": "Tuple", "max_length": most, "actual_length": len(value)}
            raise PydanticKnownError("too_long", known)
        return value

    return count


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64)]
Fen = Annotated[int, Field(ge=0, le=10**15), Control("yuan")]
PlaceCode = Annotated[
    str, Field(pattern=r"^[0-9]{6}([0-9]{3}|[0-9]{6})?$", max_length=12), Control("place")
]
Period = Annotated[
    str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", max_length=7), Control("month")
]
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
UnitId = Annotated[RowId, Control("unit")]
DepartmentId = Annotated[RowId, Control("department")]
CommissionId = Annotated[RowId, Control("commission")]
OfficialId = Annotated[RowId, Control("official")]
"""A leader, by the id of the natural person, who has a post on the side that supervises."""
CaseId = Annotated[RowId, Control("case")]
Officers = Annotated[
    tuple[RowId, ...],
    Field(max_length=MOST_OFFICERS),
    BeforeValidator(at_most(MOST_OFFICERS)),
    Control("officers"),
]
"""Officers of the acting department, by the ids of the natural persons."""
Sector = Annotated[Line, Control("sector")]
Where = Annotated[OptionalWords, Control("line")]
"""A place or part in words: it may be long, but is asked for on one line."""
Lines = Annotated[
    tuple[Line, ...], Field(max_length=MOST_LINES), BeforeValidator(at_most(MOST_LINES))
]
Places = Annotated[
    tuple[PlaceCode, ...], Field(max_length=10), BeforeValidator(at_most(10)), Control("lines")
]
"""Places beside that of the case (own: more counties than share one hazard)."""
Clauses = Annotated[Lines, Control("clauses")]


class Source(Word):
    """Where a lead comes from (domain.md §10.2, 1)."""

    self_report = "self_report", "企业自报"
    inspection = "inspection", "执法检查"
    tip_off = "tip_off", "举报"
    transfer = "transfer", "移送"
    assignment = "assignment", "上级交办"
    monitoring = "monitoring", "监测预警"
    ledger = "ledger", "台账导入"


class Level(Word):
    """Which level supervises a listing (domain.md §4.1)."""

    county = "county", "县（区）级"
    city = "city", "市级"
    province = "province", "省级"
    state = "state", "国家级"


class Stopped(Word):
    """How far production stands still."""

    none = "none", "无"
    part = "part", "部分停产"
    all = "all", "全部停产"


class EvidenceKind(Word):
    """What a file shows."""

    before = "before", "整改前"
    after = "after", "整改后"
    document = "document", "材料"


class Evidence(BaseModel):
    """A stored file and what it shows; the file itself is known by its SHA-256.

    ``point`` names the place of the hazard, so that before and after stand side by side.
    ``task`` names the task or item that it is about.
    ``supersedes`` is the evidence of the same case that this one improves on; both stay.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    file: Sha256
    kind: EvidenceKind = EvidenceKind.document
    caption: OptionalWords = ""
    taken_on: date | None = None
    point: OptionalLine = ""
    task: OptionalLine = ""
    supersedes: RowId | None = None


Files = Annotated[
    tuple[Evidence, ...], Field(max_length=MOST_FILES), BeforeValidator(at_most(MOST_FILES))
]

BEFORE: JsonDict = {"photos": EvidenceKind.before.value}
"""Of a field of evidence: a photo handed in here shows the hazard, unless it is said otherwise."""
AFTER: JsonDict = {"photos": EvidenceKind.after.value}
"""Of a field of evidence: a photo handed in here shows what was put right, unless said otherwise."""


class Facts(BaseModel):
    """The base of all facts: frozen, nothing unknown is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Reasoned(Facts):
    """A decision and why."""

    reason: Words = Field(title="理由", description="写明事实和依据，将进入案卷。")


class Opinion(Facts):
    """A re-inspection or review opinion."""

    opinion: Words = Field(title="意见")
    evidence: Files = Field(default=(), title="附件")


class Answered(Reasoned):
    """The answer to something the clock proposed."""

    agreed: bool = Field(title="同意")
