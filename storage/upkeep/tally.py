"""What a run of a job comes to, by figures: English on a console, in the reader's language on a page."""

import json
from collections.abc import Mapping, Sequence
from typing import Self

from guapai.word import Word

_LONGEST = 300
"""Signs that are kept of a text (own): several fit where a run is written down."""


class Figure(Word):
    """What a job counts, or has to say: ``console`` is what a console shows, the label is for pages."""

    console: str

    def __new__(cls, value: str, label: str, console: str = "") -> Self:
        """A figure; on a console it is called by its word unless another is given."""
        word = str.__new__(cls, value)
        word._value_, word.label, word.console = value, label, console or value
        return word

    rungs = "rungs", "到期提醒"
    periods = "periods", "新设周期"
    digests = "digests", "汇总信件"
    contacts = "contacts", "待更正的联系方式"
    lapsed = "lapsed", "过期的提请", "questions lapsed"
    stuck = "stuck", "未能提醒的责任事项", "duties whose rung failed; see the log"
    papers = "papers", "制成文书", "papers sealed"
    sent = "sent", "已发出"
    later = "later", "稍后再发"
    failed = "failed", "未送达"
    uncertain = "uncertain", "结果不明"
    suppressed = "suppressed", "未发送"
    cancelled = "cancelled", "已撤销"
    held = "held", "投递已暂停", "HELD"
    resting = "resting", "邮件服务器暂不可用"
    way_out = "way_out", "邮件不能发出", "the way out for mail"
    opened = "opened", "新的运行事件", "incidents opened"
    joined = "joined", "并入已有事件"
    cleared = "cleared", "已恢复的事件"
    untended = "untended", "未能处理的事项", "things not looked after; see the log"
    keys = "keys", "清除的过期提交记录", "old keys forgotten"
    uploads = "uploads", "清除的未完成上传", "uploads given up"
    entries = "entries", "清除的过期日志", "entries dropped"
    swept = "swept", "清除的无主文件", "files swept"
    event = "event", "记录到事件编号", "up to event"
    behind = "behind", "数据库落后于最近一次记录", "the database is behind"
    pack = "pack", "备份包"
    megabytes = "megabytes", "大小（MB）", "MB"
    removed = "removed", "清除的旧备份", "old packs removed"
    untried = "untried", "未做恢复试验", "not restored beside"
    lost = "lost", "丢失或损坏的文件", "files lost or damaged"
    faults = "faults", "历史核验问题", "faults of the history"
    cases = "cases", "核验的案件"
    events = "events", "核验的事件"
    read = "read", "核验的文件", "files read"
    found = "found", "发现"
    troubles = "troubles", "异常"
    told = "told", "已告知管理员", "administrators told"
    untold = "untold", "未能告知", "could not be told"


class Tally(str):
    """The sentence of a console, and the figures it says: counts first, then texts."""

    figures: dict[Figure, int | str]

    def __new__(cls, figures: Mapping[Figure, int | str]) -> Self:
        """Counts are said whatever they are; texts that are empty are not."""
        kept = {f: v if isinstance(v, int) else v[:_LONGEST] for f, v in figures.items()}
        counts = [f"{v} {f.console}" for f, v in kept.items() if isinstance(v, int)]
        texts = [f"{f.console}: {v}" for f, v in kept.items() if v and isinstance(v, str)]
        said = "; ".join([", ".join(counts)] * bool(counts) + texts)
        made = super().__new__(cls, said or "nothing")
        made.figures = kept
        return made


def together(said: Sequence[str], between: str = ", ") -> str:
    """What several runs came to as one sentence: counts of one figure are added up."""
    tallies = [one for one in said if isinstance(one, Tally)]
    if len(tallies) != len(said) or not tallies:
        return between.join(said)
    figures: dict[Figure, int | str] = {}
    for figure, value in (pair for one in tallies for pair in one.figures.items()):
        before = figures.get(figure)
        if isinstance(value, int):
            figures[figure] = value + (before if isinstance(before, int) else 0)
        else:
            figures[figure] = f"{before}; {value}" if before and value else value or before or ""
    return Tally(figures)


def stored(said: str) -> str:
    """What is written down of a sentence, so that `read` gives it back."""
    if not isinstance(said, Tally):
        return said
    return json.dumps({f.value: v for f, v in said.figures.items()}, ensure_ascii=False)


def read(text: str) -> str:
    """The tally that was written down; any other text, as of an error, as it stands."""
    if not text.startswith("{"):
        return text
    try:
        return Tally({Figure[f]: v for f, v in json.loads(text).items()})
    except (ValueError, KeyError):
        return text
