"""What belongs to another department: handed over, received, sent back, or decided by the office (4)."""

from pydantic import Field

from guapai.people import Role as R
from guapai.text import Line, OptionalLine, Words
from statemachines.facts import DepartmentId, Facts, Files, Reasoned
from statemachines.hazard import guards as g
from statemachines.hazard.states import CHIEF, OFFICE, S
from statemachines.procedure import Move

_HERE = (S.lead, S.grading)
_EITHER = {R.division_chief: "department|receiver"}
"""The chief of the department that hands over, or of the one it is handed to."""


class TransferOut(Reasoned):
    """Why another department is competent, which, and what it is given (9.15)."""

    receiver: Line = Field(title="接收部门名称")
    receiver_id: DepartmentId | None = Field(
        default=None, title="接收部门", description="在本系统内的请选择，由其直接接收或者退回。"
    )
    handed_over: OptionalLine = Field(default="", title="移送材料清单")


class ConfirmReceipt(Facts):
    """The other department's receipt."""

    receipt: Line = Field(title="回执文号")


class ReturnTransfer(Reasoned):
    """Why the other department does not take it, and its paper."""

    document_no: OptionalLine = Field(default="", title="退回文号")
    evidence: Files = Field(default=(), title="附件")


class SettleDispute(Facts):
    """Whose it is, says the office of the commission."""

    ruling: Words = Field(title="协调意见", description="写明依据的职责分工。")


class SettleForOther(TransferOut):
    """The other department has to take it, says the office of the commission."""


TRANSFER = (
    Move(
        name="transfer_out",
        title="移送其他部门",
        source=_HERE,
        dest=S.transferred_out,
        by=CHIEF,
        facts=TransferOut,
        guards=(g.stop_lifted,),
        basis="ajl16_6",
        meets=("verify_lead", "grade"),
        opens=("confirm_transfer",),
        letters=("hazard_transferred",),
    ),
    Move(
        name="confirm_transfer",
        title="登记移送回执",
        source=(S.transferred_out,),
        dest=None,
        by=CHIEF,
        at=_EITHER,
        facts=ConfirmReceipt,
        basis="ajl16_6",
        meets=("confirm_transfer",),
    ),
    Move(
        name="return_transfer",
        title="接收部门退回",
        source=(S.transferred_out,),
        dest=S.lead,
        by=CHIEF,
        at=_EITHER,
        facts=ReturnTransfer,
        basis="own_transfer",
        opens=("verify_lead",),
        cancels=("confirm_transfer",),
        letters=("transfer_returned",),
    ),
    Move(
        name="dispute_transfer",
        title="提请安委办协调管辖",
        source=_HERE,
        dest=None,
        by=CHIEF,
        facts=Reasoned,
        basis="own_transfer",
        opens=("settle_dispute",),
        letters=("transfer_disputed",),
    ),
    Move(
        name="settle_for_us",
        title="协调由本部门办理",
        source=_HERE,
        dest=None,
        by=OFFICE,
        facts=SettleDispute,
        basis="own_transfer",
        meets=("settle_dispute",),
        letters=("dispute_settled",),
    ),
    Move(
        name="settle_for_other",
        title="协调由其他部门办理",
        source=_HERE,
        dest=S.transferred_out,
        by=OFFICE,
        facts=SettleForOther,
        guards=(g.stop_lifted,),
        basis="own_transfer",
        meets=("settle_dispute",),
        cancels=("verify_lead", "grade"),
        opens=("confirm_transfer",),
        letters=("hazard_transferred",),
    ),
)
