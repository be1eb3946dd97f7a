"""The kinds of duty: who must do what; how long, and with which reminders, says the rule pack."""

from dataclasses import dataclass

from guapai.people import Role
from guapai.word import Word
from statemachines.hazard.states import HazardState


class DutyState(Word):
    """The life of a duty. Overdue is derived, never stored (design §3)."""

    open = "open", "在办"
    suspended = "suspended", "暂停"
    met = "met", "已办"
    cancelled = "cancelled", "已取消"
    replaced = "replaced", "已更替"


SIDE: dict[Role, str] = {
    Role.enterprise_head: "unit",
    Role.safety_officer: "unit",
    Role.union_chair: "unit",
    Role.worker_delegate: "unit",
    Role.inspector: "department",
    Role.division_chief: "department",
    Role.legal_reviewer: "department",
    Role.department_head: "department",
    Role.publisher: "department",
    Role.archivist: "department",
    Role.commission_office: "commission",
    Role.commission_chair: "commission",
    Role.government: "government",
    Role.township: "township",
    Role.expert: "any",
    Role.hotline_clerk: "any",
    Role.clock: "any",
}
"""To which organisation of the case a role belongs; an actor acts only on their own side."""


@dataclass(frozen=True, kw_only=True)
class DutyKind:
    """What must be done, by which role on which side.

    ``dated_by`` names the column of the hazard (a date written in a paper) that dates the duty
    instead of a term counted from the act. ``anchored_on`` names the column (an instant) that
    the term is counted from instead of the act. ``periodic`` kinds get a new slot each month
    while the hazard is in one of ``while_in``. ``listed_only`` kinds make sense for a listing only.
    """

    name: str
    title: str
    role: Role
    noun: str = "hazard"
    dated_by: str | None = None
    anchored_on: str | None = None
    term_in: str | None = None
    slots: str | None = None
    periodic: bool = False
    while_in: frozenset[str] = frozenset()
    listed_only: bool = False

    def states(self) -> tuple[HazardState, ...]:
        """The states of the hazard in which a periodic kind gets its next slot."""
        return tuple(HazardState(s) for s in sorted(self.while_in))

    @property
    def side(self) -> str:
        """The relation of the owner to the case."""
        return SIDE[self.role]


_KINDS = (
    DutyKind(name="verify_lead", title="核实线索", role=Role.inspector),
    DutyKind(name="grade", title="判定隐患等级", role=Role.division_chief),
    DutyKind(name="fix", title="完成一般隐患整改", role=Role.safety_officer, dated_by="deadline"),
    DutyKind(name="recheck", title="复查整改情况", role=Role.inspector),
    DutyKind(name="give_notice", title="首次报告重大隐患", role=Role.safety_officer),
    DutyKind(name="file_report", title="报送重大隐患报告", role=Role.enterprise_head),
    DutyKind(name="propose_listing", title="提出挂牌建议", role=Role.division_chief),
    DutyKind(name="decide_listing", title="作出挂牌决定", role=Role.commission_chair),
    DutyKind(name="designate", title="指定治理主体", role=Role.government),
    DutyKind(name="confirm_transfer", title="取得移送回执", role=Role.division_chief),
    DutyKind(name="serve_notice", title="送达挂牌督办通知书", role=Role.inspector),
    DutyKind(name="file_upward", title="报上级安委办备案", role=Role.commission_office),
    DutyKind(name="publish_listing", title="公示挂牌督办", role=Role.publisher),
    DutyKind(
        name="file_plan",
        title="报送治理方案",
        role=Role.enterprise_head,
        anchored_on="served_at",
        term_in="plan_days",
    ),
    DutyKind(name="review_plan", title="审查治理方案", role=Role.division_chief),
    DutyKind(
        name="report_progress",
        title="报送整改进展",
        role=Role.safety_officer,
        periodic=True,
        while_in=frozenset({"rectifying", "rework"}),
    ),
    DutyKind(name="visit", title="现场督查", role=Role.inspector),
    DutyKind(
        name="rectify", title="完成重大隐患治理", role=Role.enterprise_head, dated_by="deadline"
    ),
    DutyKind(name="accept", title="组织验收", role=Role.department_head),
    DutyKind(name="close", title="办理销号", role=Role.commission_office),
    DutyKind(name="publish_closure", title="公示销号", role=Role.publisher),
    DutyKind(name="look_back", title="回头看", role=Role.inspector, slots="closure.lookback"),
    DutyKind(name="decide_shutdown", title="决定是否关闭", role=Role.government),
    DutyKind(
        name="answer_deferral", title="答复延期申请", role=Role.commission_chair, noun="deferral"
    ),
    DutyKind(name="consider_interview", title="研究是否约谈", role=Role.department_head),
    DutyKind(
        name="consider_upgrade",
        title="研究是否提级督办",
        role=Role.commission_chair,
        listed_only=True,
    ),
    DutyKind(name="consider_exposure", title="研究是否公开曝光", role=Role.commission_chair),
    DutyKind(name="consider_shutdown", title="研究是否提请关闭", role=Role.department_head),
    DutyKind(name="mend_contact", title="更正失效的联系方式", role=Role.inspector, noun="letter"),
)

DUTIES: dict[str, DutyKind] = {k.name: k for k in _KINDS}
"""Every kind of duty, by name."""
