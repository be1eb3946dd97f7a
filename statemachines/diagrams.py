"""The procedures and duties as pages for people: diagrams and tables, derived from the code."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from pydantic import BaseModel

from guapai.people import ROLE_TITLES, Role
from guapai.word import Word
from law.pack import Pack
from law.parameters import Number
from law.place import COUNTRY
from law.provisions import NEWEST, cited
from law.rung import Rung
from statemachines.duty import Cadence, DutyKind
from statemachines.nouns import DUTIES, KNOWN_DUTIES, NOUNS, PROCEDURES
from statemachines.procedure import Among, Move, Procedure

_NONE = "—"
_CARRIED = "随其他事项办理"
_KINDS = {"rule": "规定", "reference": "参照", "own": "自定"}
_EFFECTS = {
    "send": "提醒",
    "flag": "标记",
    "propose": "建议",
    "open": "布置",
    "move": "时钟办理",
}
_EVERY = {Cadence.month: "每月", Cadence.quarter: "每季度后首月"}
_READERS = {
    "owner": "责任人",
    "head": "责任人一方的负责人（本人即负责人的，上一级）",
    "office": "其安委办",
    "chair": "其安委会主任",
    "upper_office": "上级安委办",
    "upper_chair": "上级安委会主任",
}
_DUTY_WORDS = (
    ("meets", "完成"),
    ("opens", "产生"),
    ("may_open", "视情产生"),
    ("replaces", "替换"),
    ("suspends", "暂停"),
    ("resumes", "恢复"),
    ("cancels", "取消"),
)


def mermaid(procedure: Procedure, now: str | None = None) -> str:
    """The procedure as Mermaid text (stateDiagram-v2); `now` marks the state a row is in.

    One arrow per move and source state; the moves that leave a row where it is share one arrow
    per state, so that the picture stays readable. Raises ValueError for an unknown `now`.
    """
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{procedure.titles[s]}" as {s}' for s in procedure.states]
    lines += [
        f"    {start} --> {m.dest}: {_edge(m)}"
        for m in procedure.moves
        if m.dest is not None
        for start in m.source or ("[*]",)
    ]
    for state in procedure.states:
        if staying := [m for m in procedure.moves if m.dest is None and state in m.source]:
            lines.append(f"    {state} --> {state}: {'<br/>'.join(map(_edge, staying))}")
    lines += [f"    {s} --> [*]" for s in procedure.states if s in procedure.final]
    if now is not None:
        lines.append("    classDef present fill:#206bc4,color:#ffffff,stroke:#0b2948")
        lines.append(f"    class {procedure.states(now)} present")
    return "\n".join(lines) + "\n"


def reference(procedure: Procedure) -> str:
    """The procedure as a Markdown page: its diagram, its states, and every move in full."""
    title = NOUNS[procedure.noun].title
    states = [
        (f"`{s}`", procedure.titles[s], "是" if s in procedure.final else "")
        for s in procedure.states
    ]
    columns = ("事项", "从", "到", "谁办", "会签", "表单", "条件", "依据", "任务", "产出", "连带")
    return "\n".join(
        (
            *_head(f"{title}（`{procedure.noun}`）的流程"),
            "```mermaid",
            mermaid(procedure).rstrip(),
            "```",
            "",
            "## 状态",
            "",
            *_table(("代码", "名称", "终结"), states),
            "",
            "## 事项",
            "",
            "表单中带 * 的为必填项；“条件”为程序中的说明，不满足时系统以中文说明理由。",
            "",
            *_table(columns, [_row(procedure, m) for m in procedure.moves]),
            "",
        )
    )


def duty_reference(pack: Pack) -> str:
    """Every kind of duty under a rule pack, as a Markdown page: owner, term and ladder."""
    kinds = [
        (
            f"`{k.name}`<br>{k.title}",
            ROLE_TITLES[k.role],
            f"{NOUNS[k.noun].title}{_only(k)}",
            _term(k, pack),
            *_basis(k, pack),
        )
        for k in DUTIES.values()
    ]
    steps = ("时点", "作用", "对象", "内容", "依据", "性质")
    lines = [
        *_head(f"任务与提醒（{pack.title}）"),
        *_table(("任务", "责任岗位", "属于", "时限", "依据", "性质"), kinds),
        "",
        "## 提醒阶梯",
        "",
        "时点以到期日为准：负数在前，正数在后，百分数为期限的比例。未列出的任务用通用阶梯。",
        "逾期未办的，不论何种任务、由谁办理，一律另按逾期阶梯逐级提醒，直至办结。",
    ]
    lines += ["", "### 通用", ""]
    lines += _table(steps, [_step(r, pack) for r in pack.defaults.rungs or ()])
    lines += ["", "### 逾期", ""]
    lines += _table(steps, [_step(r, pack) for r in pack.climb])
    for kind in DUTIES.values():
        if kind.name in pack.duties and pack.duties[kind.name].rungs is not None:
            lines += ["", f"### {kind.title}（`{kind.name}`）", ""]
            own = pack.duties[kind.name].rungs or ()
            lines += _table(steps, [_step(r, pack) for r in own])
    return "\n".join(lines) + "\n"


def pages(pack: Pack) -> dict[str, str]:
    """Every page of the reference by its file name; what docs/reference must hold, and no more."""
    made = {"duties.md": duty_reference(pack)}
    for noun, procedure in PROCEDURES.items():
        made[f"{noun}.md"] = reference(procedure)
        made[f"{noun}.mmd"] = mermaid(procedure)
    return made


def _head(title: str) -> tuple[str, ...]:
    return (f"# {title}", "", "本页由程序生成，请勿手改；改动请改 `statemachines/` 或规则包。", "")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    body = [" | ".join(cell.replace("|", "\\|") or _NONE for cell in row) for row in rows]
    head = (" | ".join(columns), " | ".join("---" for _ in columns))
    return [f"| {line} |" for line in (*head, *body)]


def _edge(move: Move) -> str:
    return f"{move.title}（{_roles(move.by) or _CARRIED}{'，会签' if move.needs else ''}）"


def _roles(roles: Iterable[Role]) -> str:
    """Titles in the order of the offices; a title may hold a 、, so they are parted by a slash."""
    present = frozenset(roles)
    return " / ".join(ROLE_TITLES[r] for r in Role if r in present)


def _row(procedure: Procedure, move: Move) -> tuple[str, ...]:
    return (
        f"`{move.name}`<br>{move.title}",
        _states(procedure, move.source) or "（登记）",
        _states(procedure, (move.dest,)) if move.dest is not None else "不变",
        _who(move),
        _signatures(move),
        _fields(move.facts),
        "<br>".join((g.__doc__ or "").strip().splitlines()[0] for g in move.guards),
        cited(move.basis, COUNTRY, NEWEST),
        _duties(move),
        _products(move),
        _chain(move),
    )


def _states(procedure: Procedure, states: Iterable[Word]) -> str:
    return "<br>".join(procedure.titles[s] for s in states)


def _who(move: Move) -> str:
    if not move.by:
        return _CARRIED
    return "<br>".join(
        f"{ROLE_TITLES[r]}（`{move.at[r]}`）" if r in move.at else ROLE_TITLES[r]
        for r in Role
        if r in move.by
    )


def _signatures(move: Move) -> str:
    if move.needs is None:
        return ""
    there = "".join(f"<br>须有：{_kind(k)}" for k in move.needs.kinds)
    return f"{_number(move.needs.quorum)} 人：{_roles(move.needs.roles)}{there}"


def _kind(kind: Among) -> str:
    held = "持有效执法证件" if kind.certified else ""
    return f"{_number(kind.least)} 人{held}：{_roles(kind.roles)}"


def _number(said: int | str) -> str:
    return f"规则包 `{said}`" if isinstance(said, str) else str(said)


def _fields(facts: type[BaseModel]) -> str:
    return "<br>".join(
        f"{field.title or name}{' *' if field.is_required() else ''}（`{name}`）"
        for name, field in facts.model_fields.items()
    )


def _duties(move: Move) -> str:
    named = ((word, getattr(move, attribute)) for attribute, word in _DUTY_WORDS)
    return "<br>".join(
        f"{word}：{'、'.join(KNOWN_DUTIES[k].title for k in kinds)}"
        for word, kinds in named
        if kinds
    )


def _products(move: Move) -> str:
    papers = [f"文书 `{name}`" for name in move.papers]
    return "<br>".join(papers + [f"信件 `{name}`" for name in move.letters])


def _chain(move: Move) -> str:
    begun = [f"新建{NOUNS[noun].title}：`{name}`" for noun, name in move.starts]
    return "<br>".join(begun + [f"`{relation}`：`{name}`" for relation, name in move.then])


def _only(kind: DutyKind) -> str:
    if not kind.only_with:
        return ""
    noun, _, group = kind.only_with.partition(":")
    return f"（仅限{_states(NOUNS[noun].procedure, NOUNS[noun].relations[group])}的）"


def _term(kind: DutyKind, pack: Pack) -> str:
    said = []
    if kind.dated_by is not None:
        said.append("文书载明的日期")
    if kind.term_in is not None:
        said.append("文书载明的日数")
    if kind.every is not None:
        day = attrgetter(kind.every.day)(pack.parameters).value
        said.append(f"{_EVERY[kind.every.cadence]}{day}日")
    if kind.slots is not None:
        lengths = attrgetter(kind.slots)(pack.parameters).value
        said.append("、".join(length.label for length in lengths))
    if (within := pack.within(kind.name)) is not None:
        said.append(f"未载明的：{within.value.label}" if said else within.value.label)
    if kind.anchored_on is not None:
        said.append(f"自 `{kind.anchored_on}` 起算")
    return "；".join(said)


def _basis(kind: DutyKind, pack: Pack) -> tuple[str, str]:
    number: Number[Any] | None = pack.within(kind.name)
    if kind.slots is not None:
        number = attrgetter(kind.slots)(pack.parameters)
    elif kind.every is not None:
        number = attrgetter(kind.every.day)(pack.parameters)
    if number is None:
        return "", ""
    return cited(number.basis, pack.jurisdiction, NEWEST), _KINDS[number.kind]


def _step(rung: Rung, pack: Pack) -> tuple[str, ...]:
    return (
        f"{rung.at}" + (f"，此后每{rung.every.label}" if rung.every else ""),
        _effect(rung),
        "<br>".join(map(_reader, rung.to)),
        rung.say or (f"信件 `{rung.letter}`" if rung.letter else ""),
        cited(rung.basis, pack.jurisdiction, NEWEST),
        _KINDS[rung.kind],
    )


def _effect(rung: Rung) -> str:
    if rung.opens is not None:
        return f"{_EFFECTS[rung.effect]}：{DUTIES[rung.opens].title}"
    if rung.move is not None:
        titles = (m.title for p in PROCEDURES.values() for m in p.moves if m.name == rung.move)
        return f"{_EFFECTS[rung.effect]}：{next(titles)}"
    return _EFFECTS[rung.effect]


def _reader(reader: str) -> str:
    if reader in _READERS:
        return _READERS[reader]
    side, _, role = reader.partition(".")
    return f"{'上级' if side == 'upper' else ''}{ROLE_TITLES[Role(role)]}"
