"""One act: key → lock → permission → guards → fire → facts → duties → event → letters (design §4)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from actions import nouns
from actions.act.move import move_row, new_row, reads
from actions.act.permission import check_any, check_permission
from actions.act.signature import check_opposite, parked_decision, parked_facts, sign
from actions.hand.case import NOT_THERE, Case, Row, open_case, unborn
from actions.hand.facts import Facts, Subject, hash_facts, read_facts
from actions.hand.record import Record
from guapai.clock import local_time
from guapai.errors import BadInput, KeyReused, Missing, Overtaken, Refused
from guapai.people import ROLE_TITLES, Actor, Role
from guapai.text import Said
from statemachines.noted import parked_as
from statemachines.nouns import NOUNS, PROCEDURES
from statemachines.procedure import Move, Procedure, refusal
from statemachines.secrecy import Secrecy
from statemachines.side import LED
from storage import case as cases
from storage.database import gram as grams
from storage.database.statement import Question
from storage.database.work import Work
from storage.history import act as acts
from storage.history import event as events
from storage.people import person as people
from storage.questions.situation import Asked


@dataclass(frozen=True, kw_only=True)
class Done:
    """What an act did. ``missing`` signatures: the decision waits for that many more."""

    act_id: int
    event_id: int
    case_id: int
    row_id: int
    state: str
    version: int
    missing: int = 0
    replayed: bool = False


def perform(
    work: Work,
    subject: Subject,
    name: str,
    facts: Facts,
    actor: Actor,
    *,
    seen_version: int | None = None,
    seen_parked: int | None = None,
    key: str | None = None,
    duty_step: Any = None,
    stated: datetime | None = None,
) -> Done:
    """Make one move in the transaction of ``work``, all of it or nothing.

    ``facts`` None signs the decision that waits; ``seen_parked`` is the id of the one that the
    signer has read, as ``seen_version`` is the version of the row. ``key`` makes a repeated call
    answer as the first one did. ``duty_step`` is the ladder's: a function that adds to the event
    what a rung changes, and ``stated`` the moment that it states. Raises Missing, NotAllowed,
    BadInput, WrongState, Refused, Overtaken or KeyReused.
    """
    procedure, is_root = PROCEDURES[subject.noun], NOUNS[subject.noun].root
    given = read_facts(procedure, name, facts)
    fingerprint = hash_facts(subject, name, given)
    first = key_of(work, subject, name, actor, key, fingerprint)
    if is_root and subject.row_id is None:
        taken = work.records(first[0], **first[1])
        if not taken:
            return replay(work, first[1], fingerprint)
        return _bear(work, procedure, name, given, actor, taken[0]["id"])
    case_id = subject.row_id if is_root else subject.case_id
    if case_id is None:
        raise Missing(NOT_THERE)
    taken, case = _take_in_hand(work, actor, case_id, subject, procedure.named(name), first)
    if not taken:
        return replay(work, first[1], fingerprint)
    case.stated = stated
    row, move = find_row(case, procedure, subject, name, actor, seen_version, signs=given is None)
    check_permission(case, move, actor, row)
    if given is None:
        parked = parked_decision(case, move, row, seen_parked)
        given, fingerprint = parked_facts(move, parked), parked.facts_hash
    return _carry_out(case, taken[0]["id"], procedure, row, move, given, fingerprint, duty_step)


def _take_in_hand(
    work: Work,
    actor: Actor,
    case_id: int,
    subject: Subject,
    moves: tuple[Move, ...],
    first: Asked,
) -> tuple[list[dict[str, Any]], Case]:
    """Lock the case of an act, and with it in ascending order those that its move touches.

    What a case is about is read before the lock and again behind it: raises Overtaken if it has
    changed in between.
    """
    given: Any = {
        "related": reads(subject.noun, moves[0].name),
        "people": any(m.letters or m.papers for m in moves),
    }
    if not any(m.touches for m in moves):
        return open_case(
            work, actor, case_id, subject.noun, subject.row_id or 0, first=first, **given
        )
    linked = cases.about(work, case_id)
    taken: list[dict[str, Any]] = []
    found: dict[int, Case] = {}
    for nth, other in enumerate(sorted({case_id, *linked})):
        if other == case_id:
            answer, found[other] = open_case(
                work,
                actor,
                other,
                subject.noun,
                subject.row_id or 0,
                first=None if nth else first,
                **given,
            )
        else:
            answer, found[other] = open_case(
                work, actor, other, first=None if nth else first, people=True
            )
        taken = taken or answer
    case = found[case_id]
    if cases.about(work, case_id) != linked:
        raise Overtaken("涉及的案件刚刚有变化，请刷新后再办")
    case.linked = [found[i] for i in linked]
    return taken, case


def key_of(
    work: Work, subject: Subject, name: str, actor: Actor, key: str | None, fingerprint: str
) -> tuple[Question, Mapping[str, Any]]:
    """The first statement of an act: its key, scoped by person and move."""
    return acts.take(work), {
        "person_id": actor.person_id or 0,
        "move": f"{subject.noun}.{name}",
        "key": key or secrets.token_hex(16),
        "facts_hash": fingerprint,
        "at": work.now,
    }


def find_row(
    case: Case,
    procedure: Procedure,
    subject: Subject,
    name: str,
    actor: Actor,
    seen: int | None,
    *,
    signs: bool = False,
) -> tuple[Row, Move]:
    """The row an act is about, and the move of that name open in its state.

    Raises Missing, NotAllowed, WrongState; Overtaken when the row was moved since it was ``seen``,
    and with it lapsed what waited for signatures (``signs``).
    """
    known = procedure.named(name)
    if subject.row_id is None:
        row = new_row(case, subject.noun)
        check_any(case, known, actor, row)
        return row, procedure.birth(name)
    if NOUNS[subject.noun].root:
        row = case.root
        check_any(case, known, actor, row)
    else:
        found = [r for r in case.related.get(subject.noun, ()) if r.id == subject.row_id]
        check_any(case, known, actor, found[0] if found else None)
        if not found:
            raise Missing("没有这一记录，或您无权查看")
        row = found[0]
    if seen is not None and seen != row.version:
        first = who_was_first(case.work, subject.noun, row.id)
        if signs:
            raise Overtaken(Said("%(first)s，原等待签署的内容已失效，请重新填写内容", first=first))
        raise Overtaken(Said("%(first)s；您填写的内容已保留，请核对后再提交", first=first))
    return row, procedure.move(name, row.state)


def who_was_first(work: Work, noun: str, row_id: int) -> str:
    """Who moved a row last, when, and how, as a sentence."""
    event = events.last(work, noun, row_id)
    if event is None:
        return Said("这一事项刚刚由他人办理")
    person = people.get(work, event.person_id) if event.person_id else None
    who = person.name if person else Said(ROLE_TITLES[Role(event.role)])
    titles = {m.name: m.title for m in reversed(PROCEDURES[noun].moves)}
    when = f"{local_time(event.at):%m-%d %H:%M}"
    done, name = parked_as(event.move)
    return Said(
        "%(who)s已于%(when)s办理“%(what)s”",
        who=who,
        when=when,
        what=Said(done.label if done else titles.get(name, "签署")),
    )


def _bear(
    work: Work, procedure: Procedure, name: str, facts: Any, actor: Actor, act_id: int
) -> Done:
    move = procedure.birth(name)
    if facts is None:
        raise BadInput("请填写内容")
    row, words = nouns.conceive(procedure.noun, work, actor, facts)
    row.noun = procedure.noun
    if NOUNS[procedure.noun].hidden:
        row.secrecy = Secrecy.hidden
    for field in set(type(facts).model_fields) & set(LED.values()):
        setattr(row, field, getattr(facts, field) or getattr(row, field))
    case = unborn(work, actor, procedure.noun, row)
    check_permission(case, move, actor, row)
    record = move_row(case, act_id, procedure, row, move, facts)
    grams.index(work, row.id, row.title, words)
    return done_with(record, row)


def _carry_out(
    case: Case,
    act_id: int,
    procedure: Procedure,
    row: Row,
    move: Move,
    facts: BaseModel,
    fingerprint: str,
    duty_step: Any,
) -> Done:
    check_opposite(case, procedure, move, row)
    if move.needs is None:
        return done_with(move_row(case, act_id, procedure, row, move, facts, before=duty_step), row)
    if reason := refusal(move, case.situation(procedure.noun, row, facts)):
        raise Refused(reason)
    signing = Record(
        case=case,
        act_id=act_id,
        event_id=case.work.take_id(),
        noun=procedure.noun,
        row_id=row.id,
        move=f"sign:{move.name}",
        basis=move.basis,
        source=row.state,
        dest=row.state,
    )
    missing = sign(case, signing, move, row, facts, fingerprint)
    signing.write({"facts_hash": fingerprint})
    if missing:
        return done_with(signing, row, missing)
    return done_with(move_row(case, act_id, procedure, row, move, facts), row)


def done_with(record: Record, row: Row, missing: int = 0) -> Done:
    """What an act answers that wrote this event about the row."""
    return Done(
        act_id=record.act_id,
        event_id=record.event_id,
        case_id=record.case.id,
        row_id=row.id,
        state=str(row.state),
        version=row.version,
        missing=missing,
    )


def replay(work: Work, asked: Mapping[str, Any], fingerprint: str) -> Done:
    """What an act answered the first time; raises KeyReused if its key came with other content."""
    before = acts.find(work, asked["person_id"], asked["move"], asked["key"])
    written = events.of_act(work, before.id) if before else []
    if before is None or not written:
        raise KeyReused("此表单正在提交，请稍后查看结果")
    if before.facts_hash != fingerprint:
        raise KeyReused("此表单已提交过，内容不同；请刷新页面后重新填写")
    event = written[-1] if written[0].move.startswith("sign:") else written[0]
    return Done(
        act_id=before.id,
        event_id=event.id,
        case_id=event.case_id or event.row_id,
        row_id=event.row_id,
        state=event.dest or "",
        version=0,
        replayed=True,
    )
