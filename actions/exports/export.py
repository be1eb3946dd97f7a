"""Tables to hand out: their columns with Chinese titles, and what each word in them means."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import partial
from typing import Any

from guapai.clock import end_of_day, local_date
from guapai.errors import BadInput
from guapai.people import Role
from guapai.word import Word, label_of
from law.place import COUNTRY
from law.provisions import PROVISIONS, cited
from statemachines.duty import DutyState
from statemachines.facts import Level, Source, Stopped
from statemachines.hazard import HAZARD, HazardState
from statemachines.letter import LetterState
from statemachines.noted import Administered, Beside, Noted, Register, parked_as
from statemachines.nouns import KNOWN_DUTIES, NOUNS, PROCEDURES
from storage.database.engine import Engine
from storage.hazard import Grade
from storage.history.access import Access, Outcome
from storage.paper import PaperState
from storage.questions import export

Row = dict[str, Any]
Words = Callable[[Row, str], str]


@dataclass(frozen=True)
class Column:
    """A column: its key, its title, how its words read; ``personal`` ones are left out as a rule."""

    name: str
    title: str
    words: Words | None = None
    personal: bool = False


_NOUNS: dict[str, str] = {
    **{n.name: n.title for n in NOUNS.values()},
    **{word.value: word.label for word in (*Beside, *Register)},
}


def _by(words: type[Word]) -> Words:
    """Words of a fixed list; an unknown one is shown as it is."""
    return lambda row, word: label_of(words, word)


def _move(row: Row, word: str) -> str:
    done, name = parked_as(word)
    procedure = PROCEDURES.get(row["noun"])
    titles = {m.name: m.title for m in reversed(procedure.moves)} if procedure else {}
    words: type[Word] = Administered if row["noun"] in set(Register) else Noted
    title = titles.get(name) or label_of(words, name)
    return f"{done.label}：{title}" if done else title


def _event_state(row: Row, word: str) -> str:
    procedure = PROCEDURES.get(row["noun"])
    return label_of(procedure.states if procedure else PaperState, word)


def _noun(row: Row, word: str) -> str:
    return _NOUNS.get(word, word)


def _duty(row: Row, word: str) -> str:
    return KNOWN_DUTIES[word].title


def _basis(row: Row, word: str) -> str:
    """The ground as it stood at the place of the case when the row was written."""
    if word not in PROVISIONS:
        return word
    return cited(word, row["place_code"] or COUNTRY, local_date(row.get("at") or row["opened_at"]))


def _fact_title(name: str) -> str:
    """The title a column has in the form that fills it."""
    fields = (m.facts.model_fields.get(name) for m in HAZARD.procedure.moves)
    return next(f.title for f in fields if f is not None and f.title)


def _facts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(n, _fact_title(n)) for n in names)


_CASE = Column("number", "隐患编号")
COLUMNS: dict[str, tuple[Column, ...]] = {
    "hazards": (
        _CASE,
        *_facts("title"),
        Column("state", "状态", _by(HazardState)),
        Column("grade", "等级", _by(Grade)),
        Column("level", "挂牌级别", _by(Level)),
        *_facts("place_code", "address", "sector"),
        Column("source", _fact_title("source"), _by(Source)),
        *_facts("found_on"),
        Column("unit", _fact_title("unit_id")),
        Column("department", _fact_title("department_id")),
        Column("commission", "督办单位"),
        Column("deadline", "治理期限"),
        Column("first_deadline", "原定期限"),
        Column("deferrals_granted", "已延期次数"),
        Column("failed_acceptances", "验收不合格次数"),
        Column("failed_rechecks", "复查不合格次数"),
        *_facts("description", "part", "clauses", "potential_deaths"),
        Column("production_stopped", "停产范围", _by(Stopped)),
        *_facts("stop_number", "stop_until"),
        Column("real_danger", "存在现实危险"),
        Column("contact", _fact_title("contact"), personal=True),
        Column("created_at", "登记时间"),
        Column("listed_at", "挂牌时间"),
        Column("served_at", "送达时间"),
        Column("closed_at", "办结时间"),
    ),
    "duties": (
        _CASE,
        *_facts("title", "place_code"),
        Column("kind", "任务", _duty),
        Column("state", "状态", _by(DutyState)),
        Column("owner_role", "责任岗位", _by(Role)),
        Column("owner", "责任单位"),
        Column("due_on", "到期日"),
        Column("provisional", "暂定"),
        Column("basis", "依据", _basis),
        Column("opened_at", "产生时间"),
        Column("closed_at", "结束时间"),
    ),
    "letters": (
        Column("id", "信件号"),
        _CASE,
        Column("kind", "种类"),
        Column("subject", "主题"),
        Column("recipient_name", "收件人"),
        Column("recipient", "收件地址", personal=True),
        Column("statutory", "法定文书"),
        Column("state", "状态", _by(LetterState)),
        Column("created_at", "拟信时间"),
        Column("sealed_at", "封存时间"),
        Column("ended_at", "结束时间"),
        Column("attempts", "投递次数"),
        Column("answer_code", "应答代码"),
        Column("answer", "应答"),
        Column("maybe_twice", "可能重复"),
        Column("sha256", "原文SHA-256"),
    ),
    "events": (
        Column("id", "事件号"),
        _CASE,
        Column("noun", "对象", _noun),
        Column("row_id", "对象号"),
        Column("move", "事项", _move),
        Column("source", "原状态", _event_state),
        Column("dest", "新状态", _event_state),
        Column("person", "办理人"),
        Column("absent", "被代理人"),
        Column("role", "岗位", _by(Role)),
        Column("organisation", "单位"),
        Column("at", "时间"),
        Column("basis", "依据", _basis),
    ),
    "entries": (
        Column("id", "记录号"),
        Column("at", "时间"),
        Column("person", "人员"),
        Column("address", "来源地址", personal=True),
        Column("what", "事项", _by(Access)),
        Column("outcome", "结果", _by(Outcome)),
        Column("detail", "详情"),
        Column("request", "请求编号"),
        Column("more", "另有次数"),
    ),
}
"""The columns of each table, in their order."""

_STATES: dict[str, list[Word]] = {
    "hazards": list(HazardState),
    "duties": list(DutyState),
    "letters": list(LetterState),
    "events": [s for p in PROCEDURES.values() for s in p.states],
    "entries": list(Outcome),
}


@dataclass(frozen=True)
class Table:
    """A table about to be written: its columns, and its rows as they come from the database."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterator[Row]


def table(
    engine: Engine,
    name: str,
    *,
    place: str = "",
    state: str = "",
    since: date | None = None,
    contact: bool = False,
) -> Table:
    """A table with the rows of a place, in a state, begun on a legal day or later.

    ``state`` is a word or its Chinese title. Raises BadInput for a table, place or state that is
    not known.
    """
    if name not in COLUMNS:
        raise BadInput(f"there is no table {name!r} to export; there are: {', '.join(COLUMNS)}")
    if place and not (place.isascii() and place.isdecimal() and len(place) <= 12):
        raise BadInput(f"--place {place!r} is no place code such as 341502 (GB/T 2260)")
    from_at = datetime(1, 1, 1, tzinfo=UTC) if since is None else _beginning(since)
    find = partial(export.rows, engine, name, place=place, state=_word(name, state), since=from_at)
    columns = tuple(c for c in COLUMNS[name] if contact or not c.personal)
    return Table(name, columns, find())


def _beginning(day: date) -> datetime:
    """The instant at which a legal day begins."""
    return end_of_day(date.fromordinal(max(1, day.toordinal() - 1)))


def _word(name: str, state: str) -> str:
    if not state:
        return ""
    for word in _STATES[name]:
        if state in (word.value, word.label):
            return word.value
    known = ", ".join(f"{w} ({w.label})" for w in _STATES[name])
    raise BadInput(f"--state {state!r} is no state of {name}; there are: {known}")


def shown(column: Column, row: Row) -> Any:
    """A cell as people read it: words by their Chinese titles, yes and no in Chinese."""
    value = row[column.name]
    if value is None:
        return None
    if column.words is not None:
        return column.words(row, str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value) if isinstance(value, StrEnum) else value
