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


class Beside(Word):
    """What the clock, the post and people note such entries of, beside the rows of nouns."""

    duty = "duty", "任务"
    paper = "paper", "文书"


class Administered(Word):
    """What administrators do to people, posts, organisations, rules and the installation, in no case."""

    enter = "enter", "登记"
    change = "change", "更改登记"
    appoint = "appoint", "任命岗位"
    end = "end", "结束岗位"
    substitute = "substitute", "指定代理"
    password = "password", "发放初始密码"
    disable = "disable", "停用账号"
    enable = "enable", "恢复账号"
    sign_out = "sign_out", "结束全部登录"
    publish = "publish", "发布规则包"
    take_on = "take_on", "确认承担依据"
    confirm = "confirm", "确认日历年度"
    ask = "ask", "提请共同办理"
    agree = "agree", "同意共同办理"
    decline = "decline", "不同意共同办理"
    withdraw = "withdraw", "撤回提请"
    lapse = "lapse", "提请过期"
    believe = "believe", "确认系统时钟"
    restore = "restore", "从备份恢复数据库"
    adopt = "adopt", "沿用较早的数据库"


class Register(Word):
    """What such an entry of history is about; it belongs to no case."""

    person = "person", "人员"
    organisation = "organisation", "机构"
    pack = "pack", "规则包"
    calendar = "calendar", "工作日历"
    clock = "clock", "系统时钟"
    database = "database", "数据库"
    provision = "provision", "依据条款"
