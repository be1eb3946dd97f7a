"""Who supervises from now on: carried by what the upper commission decides (25, domain.md §15.4)."""

from datetime import date

from statemachines.facts import Facts, Level, RowId
from statemachines.hazard.states import S
from statemachines.procedure import Move


class Supervisors(Facts):
    """Who supervises from now on."""

    commission_id: RowId
    upper_id: RowId | None


class Supervision(Supervisors):
    """A new level with who supervises, and a new term if one is set."""

    level: Level
    lister_id: RowId
    deadline: date | None = None


_NEW_NOTICE = {"served_at": None}
"""The notice of who supervised before is not the one in force any more: the new one is served, and
the plan that is not filed yet is due after that."""
_NOTICE_DUTIES = ("serve_notice", "file_upward", "publish_listing")

SUPERVISION = (
    Move(
        name="change_supervision",
        title="督办级别变更",
        source=(S.plan_due, S.plan_review, S.rectifying, S.rework),
        dest=None,
        facts=Supervision,
        basis="gf2010_23",
        sets=_NEW_NOTICE,
        opens=_NOTICE_DUTIES,
        replaces=_NOTICE_DUTIES,
        cancels=("file_plan",),
    ),
    Move(
        name="change_supervision",
        title="督办级别变更（待验收）",
        source=(S.acceptance_requested,),
        dest=S.rectifying,
        facts=Supervision,
        basis="gf2010_23",
        sets=_NEW_NOTICE,
        opens=(*_NOTICE_DUTIES, "rectify", "report_progress"),
        replaces=(*_NOTICE_DUTIES, "rectify"),
        cancels=("accept", "file_plan"),
    ),
    Move(
        name="hand_up",
        title="挂牌建议由上级接管",
        source=(S.reported,),
        dest=None,
        facts=Supervisors,
        basis="own_matrix",
    ),
)
