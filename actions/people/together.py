"""Acts on accounts that two decide: one administrator asks, another answers where they are signed in."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from actions.act.administration import (
    REASON_MOST,
    By,
    NeedsSecond,
    by_actor,
    check_person,
    note,
    with_second,
)
from actions.people import account
from guapai.clock import local_date
from guapai.errors import BadInput, Conflict, GuapaiError, Missing
from guapai.people import Actor, Role
from guapai.text import Said, one_line
from statemachines.noted import Administered
from storage.database.work import Work
from storage.people import asked
from storage.people import person as people
from storage.people import session as sessions
from storage.people.asked import Asked, AskedState
from storage.people.person import Person

ACCOUNT: Mapping[Administered, Any] = {
    Administered.disable: account.disable,
    Administered.enable: account.enable,
    Administered.sign_out: account.sign_out,
}
"""What an administrator does about an account, by its word."""
TOGETHER = (Administered.password, *ACCOUNT)
"""What another one may be asked to decide."""
ANSWERS = {Administered.agree: AskedState.agreed, Administered.decline: AskedState.declined}


def ask(work: Work, actor: Actor, person: Person, what: Administered, reason: str) -> int:
    """Ask for a second one to decide; the id of the question.

    Raises BadInput without a reason, Conflict where one waits already or none is needed.
    """
    reason = one_line(reason)
    if not reason:
        raise BadInput(Said("请填写理由，供共同办理的人核对").beside("reason"))
    if len(reason) > REASON_MOST:
        raise BadInput(Said("理由超过%(n)d字，请缩短", n=REASON_MOST).beside("reason"))
    by = by_actor(work, actor, reason=reason)
    try:
        check_person(work, by, person.id)
    except NeedsSecond:
        pass
    else:
        raise Conflict("这一事项无须共同办理，请直接办理")
    if asked.alive(work, person.id, actor.person_id or 0, what):
        raise Conflict("您已提请共同办理，请等待答复，或先撤回")
    found = asked.ask(
        work,
        {
            **{"person_id": person.id, "what": str(what), "reason": reason},
            **{"asked_by": actor.person_id, "behalf_of": actor.on_behalf_of},
            **{"role": str(actor.role), "organisation_id": actor.organisation_id},
        },
    )
    note(work, by, "person", person.id, Administered.ask, {"what": str(what), "asked": found})
    return found


def may_answer(work: Work, actor: Actor, row: Mapping[str, Any]) -> bool:
    """Whether somebody could be the second one for a question."""
    try:
        _second(work, _asker(row), actor, row["person_id"], row["reason"])
    except GuapaiError:
        return False
    return True


def answer(work: Work, actor: Actor, asked_id: int, said: Administered) -> None:
    """Agree or decline. Raises Missing, Conflict when it is over, NotAllowed for who cannot."""
    row = _there(work, asked_id)
    if row.state != AskedState.open or asked.lapsed(row.model_dump(), work.now):
        raise Conflict("这一提请已有结果，或已过期")
    by = _second(work, _asker(row.model_dump()), actor, row.person_id, row.reason)
    whose = {"answered_by": actor.person_id, "answered_behalf_of": actor.on_behalf_of}
    more = {"answered_role": str(actor.role), "answered_at": work.now}
    asked.move(work, row, ANSWERS[said], **whose, **more)
    facts = {"what": row.what, "asked": row.id, "asked_by": row.asked_by}
    note(work, _alone(by, actor), "person", row.person_id, said, facts)


def withdraw(work: Work, actor: Actor, asked_id: int) -> None:
    """Take a question back. Raises Missing for one of somebody else, Conflict when it is over."""
    row = _there(work, asked_id)
    if row.asked_by != actor.person_id:
        raise Missing("没有这个页面，或您无权查看")
    if row.state not in (AskedState.open, AskedState.agreed):
        raise Conflict("这一提请已有结果，或已过期")
    asked.move(work, row, AskedState.withdrawn)
    facts = {"what": row.what, "asked": row.id}
    note(work, by_actor(work, actor), "person", row.person_id, Administered.withdraw, facts)


def joined_by(work: Work, by: By, person: Person, what: Administered) -> By:
    """Who acts, with the second one who has agreed to that act, if somebody has; the question is done.

    The post of who agreed is looked at anew: they may hold it no more.
    """
    actor = by.actor
    row = asked.alive(work, person.id, actor.person_id or 0, what) if actor else None
    if row is None or row.state != AskedState.agreed or row.answered_by is None:
        return by
    other = people.get(work, row.answered_by)
    if other is None or not other.active:
        return by
    second = next(
        (
            replace(seat, name=other.name)
            for seat in _seats(work, row.answered_by)
            if seat.role == row.answered_role and seat.on_behalf_of == row.answered_behalf_of
        ),
        None,
    )
    if second is None:
        return by
    asked.move(work, row, AskedState.done)
    return with_second(work, replace(by, reason=by.reason or row.reason), second)


def _seats(work: Work, person_id: int) -> list[Actor]:
    found = sessions.seats(work, person_id, local_date(work.now))
    return [Actor(person_id, s.role, s.organisation_id, s.behalf_of) for s in found]


def _there(work: Work, asked_id: int) -> Asked:
    row = asked.get(work, asked_id)
    if row is None:
        raise Missing("没有这个页面，或您无权查看")
    return row


def _asker(row: Mapping[str, Any]) -> Actor:
    return Actor(row["asked_by"], Role(row["role"]), row["organisation_id"], row["behalf_of"])


def _second(work: Work, asker: Actor, actor: Actor, person_id: int, reason: str) -> By:
    """Both together. Raises NotAllowed for somebody who cannot be the second one."""
    by = with_second(work, by_actor(work, asker, reason=reason), actor)
    check_person(work, by, person_id)
    return by


def _alone(by: By, actor: Actor) -> By:
    """The act of the second one, for its entry in history."""
    return By(actor, by.head, by.reason)
