"""What two decide together about an account: one administrator asks, another answers on their own page."""

from datetime import timedelta
from types import SimpleNamespace as Shown
from typing import Any

from actions.act.administration import NeedsSecond, by_actor, check_person
from actions.people import together
from guapai.errors import BadInput, Conflict, Missing
from guapai.people import ROLE_TITLES, WATCHED, Role
from guapai.word import label_of
from portal.web.endpoint import show
from portal.web.may import only
from portal.web.page import Answer, Way, page, see
from portal.web.visit import Visit
from statemachines.noted import Administered
from storage.database.work import Work
from storage.people import asked
from storage.people import password as passwords
from storage.people import person as people
from storage.people.asked import LASTS, AskedState
from storage.people.person import Person

_NOT_THERE = "没有这个页面，或您无权查看"


@page(
    "/together",
    may=only(*WATCHED),
    template="account/together.html",
    way=Way(rank=8, icon="list-check", title="共同办理", short="会办"),
)
def show_questions(visit: Visit) -> Answer:
    """What waits for an answer of this post, and what this person has asked."""
    work = visit.work
    return {
        "waiting": [_shown(work, r) for r in to_answer(visit)],
        "mine": [_shown(work, r) for r in asked.of_asker(work, visit.actor.person_id or 0)],
        "days": LASTS // timedelta(days=1),
    }


def to_answer(visit: Visit) -> list[dict[str, Any]]:
    """The questions that this post may answer; of every other one nobody hears."""
    if visit.actor.role not in WATCHED:
        return []
    return together.answerable(visit.work, visit.actor)


def _shown(work: Work, row: dict[str, Any]) -> Shown:
    """A question: what, about whom, who asks, why, since when, and what can be done."""
    state, over = AskedState(row["state"]), asked.lapsed(row, work.now)
    found = Shown(**row)
    found.title = label_of(Administered, row["what"])
    found.role_title = ROLE_TITLES[Role(row["role"])]
    found.state_title = "已过期" if over else state.label
    found.open = state == AskedState.open and not over
    found.agreed = state == AskedState.agreed and not over
    found.until = (row["answered_at"] or row["asked_at"]) + LASTS
    kept = passwords.of_person(work, row["person_id"]) if found.agreed else None
    found.seen = mark(kept)
    return found


def mark(kept: passwords.Password | None) -> str:
    """Which password an administrator has seen, so that a page sent twice gives no second one."""
    return kept.changed_at.isoformat() if kept else ""


@page("/together/{asked_id:int}", may=only(*WATCHED), method="POST")
def answer(visit: Visit, asked_id: int) -> Answer:
    """Agree, decline, or take back what one has asked."""
    assert visit.form is not None
    said = visit.form.get("what")
    if said not in (*together.ANSWERS, Administered.withdraw):
        raise Missing(_NOT_THERE)
    with visit.writing() as work:
        if said == Administered.withdraw:
            together.withdraw(work, visit.actor, asked_id)
        else:
            together.answer(work, visit.actor, asked_id, Administered(said))
    return see(visit, "/together")


def ask_first(visit: Visit, person_id: int, what: Administered) -> Answer:
    """Go on to the page where another one is asked to decide as well."""
    return see(visit, f"/people/{person_id}/ask/{what}")


@page(
    "/people/{person_id:int}/ask/{what}", may=only(Role.system_admin), template="account/ask.html"
)
def show_ask(visit: Visit, person_id: int, what: str) -> Answer:
    """The form with which another one is asked."""
    person, meant = _meant(visit.work, person_id, what)
    try:
        check_person(visit.work, by_actor(visit.work, visit.actor), person_id)
    except NeedsSecond:
        return {"person": person, "what": meant, "said": "", "reason": ""}
    raise Conflict("这一事项无须共同办理，请直接办理")


@page("/people/{person_id:int}/ask/{what}", may=only(Role.system_admin), method="POST")
def ask(visit: Visit, person_id: int, what: str) -> Answer:
    """Ask; what was typed survives an error."""
    assert visit.form is not None
    reason = visit.form.get("reason")
    try:
        with visit.writing() as work:
            person, meant = _meant(work, person_id, what)
            together.ask(work, visit.actor, person, meant, reason)
    except BadInput as error:
        values = {"person": person, "what": meant, "said": error.said, "reason": reason}
        return show(visit, "account/ask.html", values, error.status)
    return see(visit, "/together")


def _meant(work: Work, person_id: int, what: str) -> tuple[Person, Administered]:
    person = people.get(work, person_id)
    if person is None or what not in together.TOGETHER:
        raise Missing(_NOT_THERE)
    return person, Administered(what)
