"""The service of the notice: who handed it over, to whom, how, and when (domain.md 9.25)."""

from pydantic import AwareDatetime, Field

from guapai.text import Line, OptionalWords, Words
from statemachines.facts import Facts, Lines
from statemachines.hazard import guards as g
from statemachines.hazard.states import HEAD, INSPECTOR, OFFICE, S
from statemachines.procedure import Move


class ServeNotice(Facts):
    """The service of a paper (送达回证, domain.md 9.25)."""

    served_at: AwareDatetime = Field(title="送达时间")
    manner: Line = Field(title="送达方式", examples=["直接送达", "留置送达", "邮寄送达"])
    receiver: Line = Field(title="签收人")
    place: OptionalWords = Field(default="", title="送达地点")
    servers: Lines = Field(default=(), title="送达人")


class CorrectService(ServeNotice):
    """A corrected record of service, and why."""

    reason: Words = Field(title="更正理由")


SERVICE = (
    Move(
        name="serve_notice",
        title="登记送达",
        source=(S.plan_due,),
        dest=None,
        by=INSPECTOR | OFFICE,
        facts=ServeNotice,
        guards=(g.sealed_paper, g.not_served_yet, g.served_not_before_listing),
        basis="listing_notice_form",
        meets=("serve_notice",),
        opens=("file_plan",),
    ),
    Move(
        name="acknowledge_notice",
        title="签收通知书",
        source=(S.plan_due,),
        dest=None,
        by=HEAD,
        facts=ServeNotice,
        guards=(g.sealed_paper, g.not_served_yet, g.served_not_before_listing),
        basis="listing_notice_form",
        meets=("serve_notice",),
        opens=("file_plan",),
    ),
    Move(
        name="correct_service",
        title="更正送达",
        source=(S.plan_due,),
        dest=None,
        by=INSPECTOR,
        facts=CorrectService,
        guards=(g.served, g.served_not_before_listing),
        basis="listing_notice_form",
    ),
)
