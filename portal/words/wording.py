"""How pages word instants, amounts, duties, and the facts of an event."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from guapai.clock import local_time
from guapai.text import Said, joined
from guapai.word import label_of
from portal.words.field import control_of, item_of, words_of
from statemachines.facts import MOST_FILES, MOST_LINES, Reasoned
from statemachines.noted import Parked, parked_as
from statemachines.nouns import KNOWN_DUTIES, PROCEDURES
from storage.history.event import Event

CLOSE = 3
"""Days before the last one from which on a duty is due soon (own)."""
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


MOST_SHOWN = max(MOST_FILES, MOST_LINES)
"""So many items of one fact are shown: all that can be handed in, if not all that ever was."""
LONGEST = 200
"""So much is shown of what is said about a file; the rest stands beside the file."""


def several(pattern: str, items: Sequence[Any], say: Callable[[Any], str] = str) -> str:
    """Items in a row; of very many the first, and how many there are."""
    some = joined(pattern, map(say, items[:MOST_SHOWN]))
    if len(items) <= MOST_SHOWN:
        return some
    return Said("%(some)s等%(n)d项", some=some, n=len(items))


def yuan(fen: int | None) -> str:
    """An amount in yuan."""
    return "" if fen is None else f"{fen // 100:,}.{fen % 100:02d}"


def duty_title(kind: str, slot: str) -> str:
    """What a duty is called; a periodic one with its month."""
    known = KNOWN_DUTIES[kind]
    title = Said(known.title)
    if known.item:
        return Said("%(duty)s（%(item)s）", duty=title, item=slot.rpartition("/v")[0])
    if known.every is None:
        return title
    return Said("%(duty)s（%(month)s）", duty=title, month=slot[:7])


def facts_in_words(row: Event, facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Label and value of everything an event says; what was left empty is left out."""
    return facts_said(_model(row), facts)


_RETIRED = {"lead_department": "牵头督办部门", "lead_official": "责任领导"}
"""Titles of what older forms asked for, and their entries still say."""


def facts_said(model: type[BaseModel] | None, facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Label and value of facts by the titles of their model; the clock's own without one."""
    fields = model.model_fields if model else {}
    titles = {n: f.title or n for n, f in fields.items()} if fields else _CLOCK_TITLES
    titles = titles | {n: title for n, title in _RETIRED.items() if n in facts}
    instants = {n for n, f in fields.items() if f.annotation in (datetime, AwareDatetime)} | {
        "old",
        "new",
    }
    out = []
    for name, title in titles.items():
        value = facts.get(name)
        if value in (None, "", []):
            continue
        if name in fields and control_of(fields[name]) == "yuan":
            title, value = title.replace("（分）", "（元）"), yuan(value)
        elif name in fields and (item := item_of(fields[name])) and isinstance(value, list):
            value = several("%(before)s；%(next)s", value, partial(_item_said, item))
        elif name in instants:
            value = wall(datetime.fromisoformat(value))
        elif name in fields and (words := words_of(fields[name])):
            value = Said(label_of(words, value))
        out.append((title, value if isinstance(value, Said) else _shown(value)))
    return out


def _item_said(model: type[BaseModel], item: Any) -> str:
    """One of several: what it is, then the parts of it that say something, by their titles."""
    if not isinstance(item, dict):
        return _shown(item)
    (_, first), *rest = facts_said(model, item) or [("", "")]
    parts = [Said("%(what)s %(said)s", what=Said(k), said=v) for k, v in rest]
    return joined("%(before)s，%(next)s", [first, *parts])


def said_of(name: str, field: FieldInfo, value: Any) -> tuple[str, Any]:
    """Label and value of one column, as pages show it; ``field`` is the fact that fills it."""
    title = field.title or name
    if control_of(field) == "yuan":
        return title.replace("（分）", "（元）"), yuan(value)
    if isinstance(value, datetime):
        return title, wall(value)
    if words := words_of(field):
        return title, Said(label_of(words, str(value)))
    return title, Said("是" if value else "否") if isinstance(value, bool) else value


def _model(row: Event) -> type[BaseModel] | None:
    if parked_as(row.move)[0] in (Parked.withdraw, Parked.refuse):
        return Reasoned
    procedure = PROCEDURES.get(row.noun)
    moves = [m for m in procedure.moves if m.name == row.move] if procedure else []
    exact = [m for m in moves if row.source in m.source]
    return next((m.facts for m in exact + moves), None)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return several("%(before)s；%(next)s", value, _shown)
    if isinstance(value, dict) and "file" in value:
        caption = str(value.get("caption") or "")
        if len(caption) > LONGEST:
            caption = f"{caption[:LONGEST]}…"
        caption = caption or Said("文件")
        return Said("%(caption)s（SHA-256 %(hash)s…）", caption=caption, hash=value["file"][:12])
    if isinstance(value, dict) and "sha256" in value:
        return Said("（个人信息，此处不显示）")
    if isinstance(value, dict):
        return several("%(before)s，%(next)s", [v for v in value.values() if v], _shown)
    return Said("是" if value else "否") if isinstance(value, bool) else str(value)
