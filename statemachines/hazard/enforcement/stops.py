"""Stops of production: decided or ordered on the spot, prolonged, and lifted on application (令16号 art. 18, 23).

Nobody toggles: what stands still goes on when the unit has applied and the department has looked, or
when the decision itself is revoked by two. All of it is a fact of the hazard until coercive measures
are rows of their own.
"""

from datetime import date

from pydantic import Field

from guapai.text import Line, OptionalWords, Words
from guapai.word import Word
from statemachines.facts import Facts, Files, Reasoned, Stopped
from statemachines.hazard import guards as g
from statemachines.hazard.enforcement import stopping as s
from statemachines.hazard.enforcement.review import REVIEWED
from statemachines.hazard.states import HEAD, INSPECTOR, LEADER, LEGAL, LIVE
from statemachines.procedure import Move, Signatures
from statemachines.secrecy import Secrecy


class StopGround(Word):
    """Why production has to stand still (domain.md §3.2, art. 65; R7)."""

    unsafe = "unsafe", "隐患排除前或者排除过程中无法保证安全"
    danger = "danger", "存在现实危险"
    unrectified = "unrectified", "隐患整改不到位"


class Evaluator(Word):
    """Who evaluated before production is resumed (总局令16号 art. 18)."""

    own = "own", "本单位技术人员和专家"
    agency = "agency", "具备资质的安全评价机构"


class Stop(Reasoned):
    """What stands still, how far, and on which ground."""

    production_stopped: Stopped = Field(title="停产范围")
    stop_scope: Words = Field(
        title="停产停业、停止使用的场所、设施、设备", examples=["一号打磨车间及2号除尘系统"]
    )
    stop_ground: StopGround = Field(title="停产情形")
    evidence: Files = Field(default=(), title="附件")


class StopProduction(Stop):
    """A decision of the department: with its number, its end, and whether people were withdrawn."""

    stop_number: Line = Field(title="停产决定文号")
    stop_until: date = Field(title="停产截止日期")
    evacuated: bool = Field(default=False, title="已撤出危险区域人员")


class StopOnTheSpot(Stop):
    """What two officers order at once, where waiting would be dangerous."""

    evacuated: bool = Field(title="已撤出危险区域人员")


class ConfirmStop(Reasoned):
    """What the head adds to a stop that was ordered on the spot."""

    stop_number: Line = Field(title="停产决定文号")
    stop_until: date = Field(title="停产截止日期")


class ProlongStop(Reasoned):
    """A later end, and what makes the usual longest stop too short."""

    stop_until: date = Field(title="延长后的停产截止日期")
    beyond_usual: OptionalWords = Field(
        default="", title="超过通常最长停产期限的特别理由", description="超过的必须填写。"
    )


class RequestResumption(Facts):
    """The unit's application: what was treated, and who evaluated it (总局令16号 art. 18)."""

    treated: Words = Field(title="治理方案的内容、项目和完成情况")
    evaluator: Evaluator = Field(title="评价方式")
    evaluator_name: Line = Field(title="评价人员或者机构")
    evaluation: Words = Field(title="安全评价结论")
    evidence: Files = Field(min_length=1, title="评价报告等材料")


class AnswerResumption(Reasoned):
    """What the department saw on site, and what follows from it."""

    review: Words = Field(title="现场审查情况")
    evidence: Files = Field(default=(), title="附件")


_RUNNING = {
    "production_stopped": Stopped.none,
    "stop_scope": "",
    "stop_number": "",
    "stop_since": None,
    "stop_until": None,
    "stop_to_confirm": False,
    "resumption_asked_at": None,
    "evacuated": False,
}
"""The columns of a hazard whose unit produces."""
_STOP_DUTIES = ("confirm_stop", "review_stop", "review_resumption")

STOPS = (
    Move(
        name="stop_production",
        title="停产决定",
        source=LIVE,
        dest=None,
        by=LEADER,
        facts=StopProduction,
        guards=(g.stops_something, s.end_of_stop_ahead, s.within_usual_stop),
        sets={"secrecy": Secrecy.open, "stop_to_confirm": False},
        basis="aqscf_65",
        meets=("consider_stop", "confirm_stop"),
        opens=("review_stop",),
        replaces=("review_stop",),
        letters=("production_stopped",),
    ),
    Move(
        name="stop_on_the_spot",
        title="当场责令停产",
        source=LIVE,
        dest=None,
        by=INSPECTOR,
        facts=StopOnTheSpot,
        guards=(g.stops_something, s.nothing_stands_still),
        needs=Signatures(roles=INSPECTOR, quorum="acceptance.officers_min"),
        sets={"secrecy": Secrecy.open, "stop_to_confirm": True},
        basis="aqscf_65",
        opens=("confirm_stop",),
        letters=("stopped_on_the_spot",),
    ),
    Move(
        name="confirm_stop",
        title="确认当场停产",
        source=LIVE,
        dest=None,
        by=LEADER,
        facts=ConfirmStop,
        guards=(s.waits_for_confirmation, s.end_of_stop_ahead, s.within_usual_stop),
        sets={"stop_to_confirm": False},
        basis="aqscf_65",
        meets=("confirm_stop", "consider_stop"),
        opens=("review_stop",),
        replaces=("review_stop",),
        letters=("stop_confirmed",),
    ),
    Move(
        name="lift_stop",
        title="不予确认，解除当场停产",
        source=LIVE,
        dest=None,
        by=LEADER,
        facts=Reasoned,
        guards=(s.waits_for_confirmation,),
        sets=_RUNNING,
        basis="aqscf_65",
        meets=("confirm_stop",),
        cancels=("review_resumption",),
        letters=("stop_lifted",),
    ),
    Move(
        name="prolong_stop",
        title="延长停产期限",
        source=LIVE,
        dest=None,
        by=LEADER,
        facts=ProlongStop,
        guards=(
            g.production_stands_still,
            s.stop_is_confirmed,
            s.end_of_stop_ahead,
            s.ends_later,
            s.beyond_usual_says_why,
        ),
        basis="ajl15_temporary_stop",
        meets=("review_stop",),
        opens=("review_stop",),
        letters=("stop_prolonged",),
    ),
    Move(
        name="request_resumption",
        title="申请恢复生产",
        source=LIVE,
        dest=None,
        by=HEAD,
        facts=RequestResumption,
        guards=(g.production_stands_still, s.no_application_yet),
        basis="ajl16_18",
        opens=("review_resumption",),
        letters=("resumption_requested",),
    ),
    Move(
        name="resume_production",
        title="同意恢复生产",
        source=LIVE,
        dest=None,
        by=LEADER,
        facts=AnswerResumption,
        guards=(g.production_stands_still, s.applied_for, g.danger_over),
        sets=_RUNNING,
        basis="ajl16_23",
        meets=("review_resumption",),
        cancels=("review_stop", "confirm_stop"),
        letters=("production_resumed",),
    ),
    Move(
        name="refuse_resumption",
        title="不同意恢复生产",
        source=LIVE,
        dest=None,
        by=LEADER,
        facts=AnswerResumption,
        guards=(g.production_stands_still, s.applied_for),
        sets={"resumption_asked_at": None},
        basis="ajl16_23",
        meets=("review_resumption",),
        letters=("resumption_refused",),
    ),
    Move(
        name="revoke_stop",
        title="撤销停产决定",
        source=LIVE,
        dest=None,
        by=LEADER | LEGAL,
        facts=Reasoned,
        guards=(g.production_stands_still, g.danger_over),
        needs=REVIEWED,
        sets=_RUNNING,
        basis="own_stop",
        cancels=_STOP_DUTIES,
        letters=("stop_lifted",),
    ),
)
