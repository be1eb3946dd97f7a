"""How pages word instants, amounts, duties, and the facts of an event."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import AwareDatetime, BaseModel

from guapai.clock import local_time
from guapai.text import Said, joined
from statemachines.facts import LEVEL_TITLES
from statemachines.nouns import DUTIES, PROCEDURES
from storage.event import Event

CLOSE = 3
"""Days before the last one from which on a duty is due soon (own)."""
_WORDS = {
    **{level.value: title for level, title in LEVEL_TITLES.items()},
    "self_report": "企业自报",
    "inspection": "监督检查",
    "tip_off": "举报",
    "transfer": "移送",
    "assignment": "上级交办",
    "monitoring": "监测预警",
    "ledger": "台账导入",
    "none": "无",
    "part": "部分停产",
    "all": "全部停产",
    "untrue": "情况不实",
    "wrong_grading": "判定有误",
    "duplicate": "重复登记",
    "general": "一般隐患",
    "major": "重大隐患",
}
_CHOICES = ("level", "source", "stop_needed", "production_stopped", "ground")
"""The facts whose value is a word of ours and not of the person."""
_CLOCK_TITLES = {
    "not_made": "未办理的原因",
    "period": "报告月份",
    "old": "原期限",
    "new": "现期限",
    "why": "原因",
}
"""What the facts of the clock's own entries are called; the others speak in the entry's title."""


def wall(at: datetime | None) -> str:
    """An instant as the wall clock shows it."""
    return f"{local_time(at):%Y-%m-%d %H:%M}" if at else ""


def due_words(row: Any) -> str:
    """When a duty is due: a day, or where its term counts hours the hour."""
    return wall(row.due_at) if row.term.endswith("h") else str(row.due_on)


@lru_cache(4096)
def countdown(days: int, *, late: bool) -> tuple[str, Said]:
    """How a countdown looks (``bad``, ``warn`` or nothing), and what it says.

    ``days`` are left until the last one, or have passed since if negative; what is due by the hour
    may be late on its last day.
    """
    if late:
        return "bad", Said("逾期%(days)d日", days=-days) if days < 0 else Said("已逾期")
    if days == 0:
        return "warn", Said("今日到期")
    return "warn" if days <= CLOSE else "", Said("还有%(days)d日", days=days)


def yuan(fen: int | None) -> str:
    """An amount in yuan."""
    return "" if fen is None else f"{fen // 100:,}.{fen % 100:02d}"


def duty_title(kind: str, slot: str) -> str:
    """What a duty is called; a periodic one with its month."""
    title = Said(DUTIES[kind].title)
    if DUTIES[kind].every is None:
        return title
    return Said("%(duty)s（%(month)s）", duty=title, month=slot[:7])


def word(value: str) -> str:
    """One of our words in Chinese."""
    return _WORDS.get(value, value)


def facts_in_words(row: Event, facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Label and value of everything an event says; what was left empty is left out."""
    return facts_said(_model(row), facts)


def facts_said(model: type[BaseModel] | None, facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Label and value of facts by the titles of their model; the clock's own without one."""
    fields = model.model_fields if model else {}
    titles = {n: f.title or n for n, f in fields.items()} if fields else _CLOCK_TITLES
    instants = {n for n, f in fields.items() if f.annotation in (datetime, AwareDatetime)} | {
        "old",
        "new",
    }
    out = []
    for name, title in titles.items():
        value = facts.get(name)
        if value in (None, "", []):
            continue
        if name.endswith("_fen"):
            title, value = title.replace("（分）", "（元）"), yuan(value)
        elif name in instants:
            value = wall(datetime.fromisoformat(value))
        if not fields or (name in _CHOICES and value in _WORDS):
            value = Said(word(str(value)))
        out.append((title, value if isinstance(value, Said) else _shown(value)))
    return out


def said_of(name: str, title: str, value: Any) -> tuple[str, Any]:
    """Label and value of one column, as pages show it; it has the title of the fact that fills it."""
    if name.endswith("_fen"):
        return title.replace("（分）", "（元）"), yuan(value)
    if isinstance(value, datetime):
        return title, wall(value)
    if name in _CHOICES and str(value) in _WORDS:
        return title, Said(word(str(value)))
    return title, Said("是" if value else "否") if isinstance(value, bool) else value


def _model(row: Event) -> type[BaseModel] | None:
    procedure = PROCEDURES.get(row.noun)
    moves = [m for m in procedure.moves if m.name == row.move] if procedure else []
    exact = [m for m in moves if row.source in m.source]
    return next((m.facts for m in exact + moves), None)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return joined("%(before)s；%(next)s", map(_shown, value))
    if isinstance(value, dict) and "file" in value:
        caption = value.get("caption") or Said("文件")
        return Said("%(caption)s（SHA-256 %(hash)s…）", caption=caption, hash=value["file"][:12])
    if isinstance(value, dict):
        return Said("（个人信息，此处不显示）")
    return Said("是" if value else "否") if isinstance(value, bool) else str(value)
