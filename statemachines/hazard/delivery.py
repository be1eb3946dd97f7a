"""The service of the notice: who handed it over, to whom, how, and when (domain.md 9.25).

The unit's own acknowledgement carries no date: it counts from the moment in which it is made. Only
an officer records another day, or corrects one.
"""

from datetime import date, timedelta

from pydantic import AwareDatetime, Field

from guapai.clock import end_of_day, local_date
from guapai.people import Role
from guapai.text import Line, OptionalLine, OptionalWords, Said, Words
from guapai.word import Word
from law.deadlines import due
from statemachines.facts import Facts, Lines
from statemachines.hazard import guards as g
from statemachines.hazard.states import HEAD, INSPECTOR, OFFICE, SHUTTING, TREATED, S
from statemachines.procedure import Move
from statemachines.side import EXECUTING
from statemachines.situation import Situation


class Manner(Word):
    """In which way a notice was served (own: the dossier asks for the way and names none)."""

    direct = "direct", "直接送达"
    left = "left", "留置送达"
    mail = "mail", "邮寄送达"
    electronic = "electronic", "电子送达（受送达人同意）"
    entrusted = "entrusted", "委托送达"
    public = "public", "公告送达"


class ServeNotice(Facts):
    """The service of a paper (送达回证, domain.md 9.25)."""

    served_at: AwareDatetime = Field(title="送达时间")
    manner: Manner = Field(title="送达方式")
    receiver: Line = Field(title="签收人（留置、公告的，填写受送达人）")
    place: Line = Field(title="送达地点")
    servers: Lines = Field(min_length=1, title="送达人", description="直接送达、留置送达须两人。")
    witness: OptionalLine = Field(default="", title="见证人（留置送达）")
    refusal: OptionalLine = Field(default="", title="拒收事由（留置送达）")
    proof: OptionalLine = Field(
        default="",
        title="送达凭证",
        description="邮寄：邮件号；电子：受送达人同意的凭证；委托：受托机关和回执；公告：公告载体。",
    )
    announced_on: date | None = Field(default=None, title="公告日期（公告送达）")
    remark: OptionalWords = Field(default="", title="备注")


class CorrectService(ServeNotice):
    """A corrected record of service, and why."""

    reason: Words = Field(title="更正理由")


class AcknowledgeNotice(Facts):
    """The unit signs for its notice, now."""

    receiver: Line = Field(title="签收人")


_NEEDS = {
    Manner.left: (
        ("witness", Said("留置送达须写明见证人")),
        ("refusal", Said("留置送达须写明拒收事由")),
    ),
    Manner.mail: (("proof", Said("邮寄送达须填写邮件号")),),
    Manner.electronic: (("proof", Said("电子送达须填写受送达人同意的凭证")),),
    Manner.entrusted: (("proof", Said("委托送达须填写受托机关和回执")),),
    Manner.public: (
        ("proof", Said("公告送达须填写公告载体")),
        ("announced_on", Said("公告送达须填写公告日期")),
    ),
}
"""What each way of service needs besides, and the sentence that asks for it (own)."""


def served_as_its_manner_asks(s: Situation[object, object, ServeNotice]) -> str | None:
    """Each way of service has its own proof; two hand a notice over, or leave it (9.25)."""
    facts = s.facts
    for field, said in _NEEDS.get(facts.manner, ()):
        if not getattr(facts, field):
            return Said(said.text).beside(field)
    least = s.pack.parameters.delivery.servers_min.value
    if facts.manner in (Manner.direct, Manner.left) and len(set(facts.servers)) < least:
        return Said("直接送达、留置送达须有%(n)d名送达人", n=least).beside("servers")
    return None


def public_notice_has_run(s: Situation[object, object, ServeNotice]) -> str | None:
    """A public notice has served when its days are over, not before."""
    facts = s.facts
    if facts.manner != Manner.public or facts.announced_on is None:
        return None
    start = end_of_day(facts.announced_on - timedelta(days=1))
    day = due(start, s.pack.parameters.delivery.public_notice.value, s.calendar).day
    if local_date(facts.served_at) < day:
        said = Said("公告送达，自公告之日起满期才视为送达（%(day)s）", day=day.isoformat())
        return said.beside("served_at")
    return None


_RECORD = (
    g.listing_on,
    g.served_not_before_listing,
    served_as_its_manner_asks,
    public_notice_has_run,
)
_ALIVE = (*TREATED, S.accepted, *SHUTTING)
"""What was never served can be made up for as long as the case lives."""

SERVICE = (
    Move(
        name="serve_notice",
        title="登记送达",
        source=_ALIVE,
        dest=None,
        by=INSPECTOR | OFFICE,
        at={Role.commission_office: f"commission|{EXECUTING}"},
        facts=ServeNotice,
        guards=(g.sealed_paper, g.not_served_yet, *_RECORD),
        basis="listing_notice_form",
        meets=("serve_notice",),
        opens=("file_plan", "rectify"),
        replaces=("rectify",),
    ),
    Move(
        name="acknowledge_notice",
        title="签收通知书",
        source=_ALIVE,
        dest=None,
        by=HEAD,
        facts=AcknowledgeNotice,
        guards=(g.listing_on, g.sealed_paper, g.not_served_yet),
        basis="listing_notice_form",
        meets=("serve_notice",),
        opens=("file_plan", "rectify"),
        replaces=("rectify",),
    ),
    Move(
        name="correct_service",
        title="更正送达",
        source=_ALIVE,
        dest=None,
        by=INSPECTOR,
        facts=CorrectService,
        guards=(g.served, *_RECORD),
        basis="listing_notice_form",
    ),
)
