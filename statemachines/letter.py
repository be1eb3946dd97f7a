"""The life of a letter: queued, claimed, sending, and how it ended (design §6)."""

from pydantic import AwareDatetime, Field

from guapai.people import Role
from guapai.personal import Personal
from guapai.text import Line, Said, Words
from guapai.word import Word
from statemachines.duty import DutyKind
from statemachines.facts import Facts, Reasoned
from statemachines.noun import ANY, Noun
from statemachines.procedure import Move, Procedure
from statemachines.side import ANY as ANYWHERE
from statemachines.situation import Situation


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
    readdressed = "readdressed", "已改址另发"
    told = "told", "已电话告知"


class LetterCause(Word):
    """Why a letter ended without being sent."""

    bounced = "bounced", "地址无效"
    rejected = "rejected", "对方拒收"
    given_up = "given_up", "多日未能送达"
    poison = "poison", "多次使发送进程中断"
    unaddressed = "unaddressed", "没有可用的地址"
    stale = "stale", "提醒的事由已消失"


L = LetterState
OVER = (L.sent, L.cancelled, L.readdressed, L.told)
"""How a letter ends for good."""


class Resend(Reasoned):
    """Why a letter goes out again as it is."""


class Readdress(Reasoned):
    """Where its reader is reached from now on; there the letter goes, as a letter of its own."""

    email: Personal[Line] = Field(title="新的邮箱")


class Tell(Facts):
    """Who was told by telephone, when and what."""

    whom: Line = Field(title="告知对象")
    told_at: AwareDatetime = Field(title="告知时间")
    said: Words = Field(title="告知内容", description="写明告知的事项，将进入案卷和送达记录。")


def told_in_the_past(s: Situation[object, object, Tell]) -> str | None:
    """What was told, was told before it is written down."""
    return Said("告知时间不能在将来").beside("told_at") if s.facts.told_at > s.now else None


class Delivery(Facts):
    """What the post knows; written by the post in bulk."""


_CLOCK = frozenset({Role.clock})
_PEOPLE = frozenset({Role.inspector, Role.commission_office, Role.system_admin})
_AT = {Role.system_admin: ANYWHERE}
"""Who operates the system belongs to no case; scope shows them none but their own incidents."""
_ENDED_ILL = (L.failed, L.uncertain, L.suppressed)


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
        name="readdress",
        title="更正联系方式",
        source=_ENDED_ILL,
        dest=L.readdressed,
        by=_PEOPLE,
        at=_AT,
        facts=Readdress,
        basis="own_post",
        meets=("mend_contact",),
    ),
    Move(
        name="resend",
        title="人工重发",
        source=_ENDED_ILL,
        dest=L.queued,
        by=_PEOPLE,
        at=_AT,
        facts=Resend,
        basis="own_post",
        meets=("mend_contact",),
    ),
    Move(
        name="tell",
        title="登记电话告知",
        source=_ENDED_ILL,
        dest=L.told,
        by=_PEOPLE,
        at=_AT,
        facts=Tell,
        guards=(told_in_the_past,),
        basis="own_post",
        meets=("mend_contact",),
    ),
    Move(
        name="cancel",
        title="取消发送",
        source=(L.queued, *_ENDED_ILL),
        dest=L.cancelled,
        by=_PEOPLE,
        at=_AT,
        facts=Reasoned,
        basis="own_post",
        meets=("mend_contact",),
    ),
)

LETTER = Noun(
    name="letter",
    title="信件",
    procedure=Procedure("letter", LetterState, MOVES, final=frozenset(OVER)),
    duties=(DutyKind(name="mend_contact", title="更正失效的联系方式", role=Role.inspector),),
    under=(ANY,),
    folded=False,
)
