"""The life of a letter: queued, claimed, sending, and how it ended (design §6)."""

from pydantic import Field

from guapai.people import Role
from guapai.personal import Personal
from guapai.text import Line
from guapai.word import Word
from statemachines.duty import DutyKind
from statemachines.facts import Facts, Reasoned
from statemachines.noun import ANY, Noun
from statemachines.procedure import Move, Procedure


class LetterState(Word):
    """Delivery states; they are not folded."""

    queued = "queued", "待发送"
    claimed = "claimed", "已取件"
    sending = "sending", "正在投递"
    sent = "sent", "已送达对方服务器"
    failed = "failed", "发送失败"
    uncertain = "uncertain", "结果不明"
    suppressed = "suppressed", "未发送（无有效地址）"
    cancelled = "cancelled", "已取消"


class LetterCause(Word):
    """Why a letter ended without being sent."""

    bounced = "bounced", "地址无效"
    rejected = "rejected", "对方拒收"
    given_up = "given_up", "多日未能送达"
    poison = "poison", "多次使发送进程中断"
    unaddressed = "unaddressed", "没有可用的地址"
    stale = "stale", "提醒的事由已消失"


L = LetterState


class Resend(Reasoned):
    """Why a letter goes out again, and a better address for who never got it."""

    email: Personal[Line] | None = Field(
        default=None, title="新的邮箱", description="信件已封存的，仍按原地址重发。"
    )


class Delivery(Facts):
    """What the post knows; written by the post in bulk."""


_CLOCK = frozenset({Role.clock})
_PEOPLE = frozenset({Role.inspector, Role.commission_office})


def _post(name: str, title: str, source: tuple[LetterState, ...], dest: LetterState) -> Move:
    return Move(
        name=name,
        title=title,
        source=source,
        dest=dest,
        by=_CLOCK,
        facts=Delivery,
        basis="own_post",
        opens=("mend_contact",) if dest in (LetterState.failed, LetterState.suppressed) else (),
    )


MOVES = (
    Move(name="write", title="拟信", source=(), dest=L.queued, by=_CLOCK, basis="own_post"),
    _post("claim", "取件", (L.queued,), L.claimed),
    _post("release", "退回待发", (L.claimed, L.sending), L.queued),
    _post("hand_over", "投递", (L.claimed,), L.sending),
    _post("deliver", "对方服务器接收", (L.sending, L.uncertain), L.sent),
    _post("lose_sight", "失去应答", (L.sending,), L.uncertain),
    _post("refuse", "对方拒收", (L.claimed, L.sending, L.uncertain), L.failed),
    _post("give_up", "多次中断后停发", (L.claimed,), L.failed),
    _post("suppress", "无有效地址", (L.queued, L.claimed), L.suppressed),
    _post("withdraw", "事由消失不再发送", (L.claimed,), L.cancelled),
    _post("repeat", "法定文书重发一次", (L.uncertain,), L.queued),
    Move(
        name="resend",
        title="人工重发",
        source=(L.failed, L.uncertain, L.suppressed),
        dest=L.queued,
        by=_PEOPLE,
        facts=Resend,
        basis="own_post",
        meets=("mend_contact",),
    ),
    Move(
        name="cancel",
        title="取消发送",
        source=(L.queued, L.failed, L.uncertain, L.suppressed),
        dest=L.cancelled,
        by=_PEOPLE,
        facts=Reasoned,
        basis="own_post",
        meets=("mend_contact",),
    ),
)

LETTER = Noun(
    name="letter",
    title="信件",
    procedure=Procedure("letter", LetterState, MOVES, final=frozenset({L.sent, L.cancelled})),
    duties=(DutyKind(name="mend_contact", title="更正失效的联系方式", role=Role.inspector),),
    under=(ANY,),
    folded=False,
)
