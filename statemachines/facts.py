"""What facts have in common: the words, files and amounts that people hand in."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from guapai.text import OptionalLine, OptionalWords, Words

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Fen = Annotated[int, Field(ge=0, le=10**15)]
PlaceCode = Annotated[str, Field(pattern=r"^\d{6}(\d{3}|\d{6})?$")]
Period = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class Source(StrEnum):
    """Where a lead comes from (domain.md §10.2, 1)."""

    self_report = "self_report"
    inspection = "inspection"
    tip_off = "tip_off"
    transfer = "transfer"
    assignment = "assignment"
    monitoring = "monitoring"
    ledger = "ledger"


class Level(StrEnum):
    """Which level supervises a listing (domain.md §4.1)."""

    county = "county"
    city = "city"
    province = "province"
    state = "state"


class Stopped(StrEnum):
    """How far production stands still."""

    none = "none"
    part = "part"
    all = "all"


class EvidenceKind(StrEnum):
    """What a file shows."""

    before = "before"
    after = "after"
    document = "document"


class Evidence(BaseModel):
    """A stored file and what it shows; the file itself is known by its SHA-256.

    ``point`` names the place of the hazard, so that before and after stand side by side.
    ``supersedes`` is the evidence of the same case that this one improves on; both stay.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    file: Sha256
    kind: EvidenceKind = EvidenceKind.document
    caption: OptionalWords = ""
    taken_on: date | None = None
    point: OptionalLine = ""
    supersedes: int | None = None


BEFORE: JsonDict = {"photos": EvidenceKind.before.value}
"""Of a field of evidence: a photo handed in here shows the hazard, unless it is said otherwise."""
AFTER: JsonDict = {"photos": EvidenceKind.after.value}
"""Of a field of evidence: a photo handed in here shows what was put right, unless said otherwise."""


class Facts(BaseModel):
    """The base of all facts: frozen, nothing unknown is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reasoned(Facts):
    """A decision and why."""

    reason: Words = Field(title="理由", description="写明事实和依据，将进入案卷。")


class Opinion(Facts):
    """A re-inspection or review opinion."""

    opinion: Words = Field(title="意见")
    evidence: tuple[Evidence, ...] = Field(default=(), title="附件")


class Answered(Reasoned):
    """The answer to something the clock proposed."""

    agreed: bool = Field(title="同意")


LEVEL_TITLES = {
    Level.county: "县（区）级",
    Level.city: "市级",
    Level.province: "省级",
    Level.state: "国家级",
}
