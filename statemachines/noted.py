"""What history notes beside the moves of the tables: the names of such entries, and their titles."""

from guapai.word import Word


class Parked(Word):
    """What people do with a decision that waits for signatures; history calls it ``sign:list``."""

    sign = "sign", "签署"
    withdraw = "withdraw", "撤回"
    refuse = "refuse", "退回"


def parked_as(move: str) -> tuple[Parked | None, str]:
    """What an entry of history did to a decision that waited, if it did, and the move it is about."""
    done, _, name = move.partition(":")
    return (Parked(done), name) if name and done in set(Parked) else (None, move)


class Noted(Word):
    """What the clock, the post or a person at the desk notes, and no table of moves names."""

    rung = "rung", "提醒"
    period = "period", "新的报告月份"
    recount = "recount", "重新计算期限"
    seal = "seal", "文书成文"
    unreached = "unreached", "信件未送达"
    joined = "joined", "增加同类问题"
    claim = "claim", "认领事项"
    release = "release", "释放事项"
    repack = "repack", "移用新版规则包"
