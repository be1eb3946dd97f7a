"""One's own account: the post one acts in, and the password."""

from starlette.responses import Response

from actions.people.entrance import fingerprint
from actions.people.password import TooManyTries
from actions.people.renewal import WrongPassword, renew_password
from guapai.errors import GuapaiError, Missing
from portal.entrance import carried, let_in, within
from portal.web.apology import passing
from portal.web.endpoint import again, seats, show
from portal.web.may import SIGNED_IN
from portal.web.page import Answer, page, see
from portal.web.visit import Visit
from storage.history.access import Access, Outcome
from storage.people import session as sessions


@page("/post", may=SIGNED_IN, template="account/post.html")
def posts(visit: Visit) -> Answer:
    """The posts to choose from: one's own, and those of whom one stands in for today."""
    return {"seats": seats(visit, visit.work), "to": "", "next": "", "carried": []}


@page("/post", may=SIGNED_IN, method="POST")
def choose(visit: Visit) -> Answer:
    """Act in another post from now on."""
    entry, form = visit.entry, visit.form
    assert entry is not None
    assert form is not None
    wanted, to = form.get("seat"), within(form.get("to"))
    with visit.writing() as work:
        found = [s for s in seats(visit, work) if seat_key(s) == wanted]
        if not found:
            raise Missing("没有这个岗位")
        sessions.choose(work, entry.hash, found[0])
    if not to:
        return see(visit, within(form.get("next")) or "/desk")
    return _go_on(visit, entry.hash, to, "已选择岗位")


def seat_key(seat: sessions.Seat) -> str:
    """How a form names a post."""
    return f"{seat.role.value}.{seat.organisation_id}.{seat.behalf_of or 0}"


@page("/password", may=SIGNED_IN, template="account/password.html")
def change_password(visit: Visit) -> Answer:
    """The form for another password."""
    return {"said": "", "to": "", "next": "", "carried": []}


@page("/password", may=SIGNED_IN, method="POST")
async def keep_password(visit: Visit) -> Answer:
    """Change the password; the session goes on under another reference."""
    entry, form, house = visit.entry, visit.form, visit.house
    assert entry is not None
    assert form is not None
    to = within(form.get("to"))
    try:
        if form.get("new") != form.get("again"):
            raise GuapaiError("两次输入的新密码不一致，请重新输入")
        asked = (house.engine, house.clock, entry.person_id, form.get("old"), form.get("new"))
        renewed = await house.pools.door.run(
            renew_password, *asked, entry.hash, address=visit.address
        )
    except Exception as error:
        told = passing(error)
        if told is None:
            raise
        if outcome := _OUTCOMES.get(type(told)):
            await visit.refused(outcome, Access.password)
        values = {"to": to, "next": "", "carried": carried(form), "said": told.said}
        return show(visit, "account/password.html", values, told.status, again(told))
    if not to:
        return let_in(visit, renewed, see(visit, "/desk"))
    session = fingerprint(renewed.reference)
    onward = await house.pools.reads.run(_go_on, visit, session, to, "密码已修改")
    return let_in(visit, renewed, onward)


_OUTCOMES: dict[type[GuapaiError], Outcome] = {
    WrongPassword: Outcome.failed,
    TooManyTries: Outcome.locked,
}


def _go_on(visit: Visit, session: str, to: str, done: str) -> Response:
    """What was about to be sent is sent now, in the session of that hash."""
    assert visit.form is not None
    with visit.reading() as work:
        visit.entry = sessions.entry(work, session)
    return show(
        visit, "entrance/go_on.html", {"to": to, "carried": carried(visit.form), "done": done}
    )
