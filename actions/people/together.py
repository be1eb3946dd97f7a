"""Acts on accounts that two decide: one administrator asks, another answers where they are signed in."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from actions.act.administration import (
    REASON_MOST,
    STAFF,
    By,
    NeedsSecond,
    by_actor,
    check_person,
    check_standing,
    nobody_rules,
    note,
    paired,
    with_second,
    write,
)
from actions.people import account
from guapai.clock import Clock, local_date, local_time
from guapai.errors import BadInput, Conflict, GuapaiError, Missing
from guapai.people import CLOCK, Actor, Role
from guapai.text import Said, one_line
from guapai.word import label_of
from law.place import head_of
from statemachines.noted import Administered
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.people import asked, staffing
from storage.people import organisation as organisations
from storage.people import person as people
from storage.people import session as sessions
from storage.people.asked import LASTS, Asked, AskedState
from storage.people.person import Person

ACCOUNT: Mapping[Administered, Any] = {
    Administered.disable: account.disable,
    Administered.enable: account.enable,
    Administered.sign_out: account.sign_out,
}
"""What an administrator does about an account, by its word."""
TOGETHER = (Administered.password, *ACCOUNT)
"""What another one may be asked to decide."""
MOST_TOLD = 20
"""People who are written to about one question (own)."""
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
    _tell_who_may_answer(work, found)
    return found


def answerable(work: Work, actor: Actor) -> list[dict[str, Any]]:
    """The questions that wait, and for which somebody could be the second one.

    However many wait, the database is asked the same few things.
    """
    rows = asked.waiting(work)
    home = organisations.get(work, actor.organisation_id or 0) if rows else None
    if home is None:
        return []
    posts, watched = asked.standing_about(work), staffing.watched_today(work)
    other = By(actor, head_of(home.place_code))
    return [r for r in rows if _fits(r, other, posts.get(r["person_id"], []), watched)]


def _fits(
    row: Mapping[str, Any],
    other: By,
    held: list[dict[str, Any]],
    watched: list[tuple[int, str]],
) -> bool:
    """Whether somebody could be the second one for a question; as `_second`, of what is known."""
    asker, founding = _asker(row), nobody_rules(watched)
    if not founding and asker.role not in STAFF:
        return False
    head = "" if founding else head_of(row["place_code"])
    try:
        both = paired(By(asker, head, founding=founding), other)
        check_standing(both, row["person_id"], held, lambda: watched)
    except GuapaiError:
        return False
    return True


def _tell_who_may_answer(work: Work, asked_id: int) -> None:
    """Write to those who may be the second one, the nearest first, 20 at most."""
    row = next(r for r in asked.waiting(work) if r["id"] == asked_id)
    posts, watched = asked.standing_about(work), staffing.watched_today(work)
    told: dict[int, dict[str, Any]] = {}
    for seat in staffing.watched_near(work, row["place_code"]):
        who = Actor(
            seat["person_id"], Role(seat["role"]), seat["organisation_id"], seat["absent_id"]
        )
        other = By(who, head_of(seat["place_code"]))
        if _fits(row, other, posts.get(row["person_id"], []), watched):
            told.setdefault(seat["person_id"], seat)
    for seat in list(told.values())[:MOST_TOLD]:
        context = {**_said(row), "asker": row["asker_name"], "home": row["organisation"]}
        write(work, "together", seat["person_id"], seat["name"], seat["email"], context)


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a letter says of a question."""
    return {
        "what": label_of(Administered, row["what"]),
        "about": row["about_name"],
        "reason": row["reason"],
        "until": f"{local_time(row['asked_at'] + LASTS):%Y-%m-%d %H:%M}",
    }


def lapse(engine: Engine, clock: Clock) -> int:
    """Let the questions that have waited too long lapse, and tell who asked; how many, 100 at most."""
    with unit_of_work(engine, clock) as work:
        rows = asked.over(work)
        for row in rows:
            about, asker = people.get(work, row.person_id), people.get(work, row.asked_by)
            assert about is not None
            assert asker is not None
            asked.move(work, row, AskedState.lapsed)
            facts = {"what": row.what, "asked": row.id, "agreed": row.answered_at is not None}
            note(work, By(CLOCK), "person", row.person_id, Administered.lapse, facts)
            context = {
                **_said({**row.model_dump(), "about_name": about.name}),
                "agreed": row.answered_at is not None,
            }
            write(work, "together_lapsed", asker.id, asker.name, asker.email, context)
    return len(rows)


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
