"""What history notes beside the moves of the tables: the names of such entries, and their titles."""

from guapai.word import Word


class Noted(Word):
    """What the clock, the post or a person at the desk notes, and no table of moves names."""

    rung = "rung", "提醒"
    period = "period", "新的报告月份"
    recount = "recount", "重新计算期限"
    seal = "seal", "文书成文"
    unreached = "unreached", "信件未送达"
    claim = "claim", "认领事项"
    release = "release", "释放事项"
    repack = "repack", "移用新版规则包"
