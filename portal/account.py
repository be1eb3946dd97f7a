"""One's own account: the post one acts in, and the password."""

from actions import password
from guapai.clock import local_date
from guapai.errors import GuapaiError, Missing
from portal.endpoint import show
from portal.entrance import carried, within
from portal.may import SIGNED_IN
from portal.page import Answer, page, see
from portal.visit import Visit
from storage import session as sessions


@page("/post", may=SIGNED_IN, template="account/post.html")
def posts(visit: Visit) -> Answer:
    """The posts to choose from: one's own, and those of whom one stands in for today."""
    assert visit.entry is not None
    seats = sessions.seats(visit.work, visit.entry.person_id, local_date(visit.work.now))
    return {"seats": seats, "to": "", "next": "", "carried": []}


@page("/post", may=SIGNED_IN, method="POST")
def choose(visit: Visit) -> Answer:
    """Act in another post from now on."""
    entry, form = visit.entry, visit.form
    assert entry is not None
    assert form is not None
    wanted, to = form.get("seat"), within(form.get("to"))
    with visit.writing() as work:
        seats = sessions.seats(work, entry.person_id, local_date(work.now))
        found = [s for s in seats if seat_key(s) == wanted]
        if not found:
            raise Missing("没有这个岗位")
        sessions.choose(work, entry.hash, found[0])
    if not to:
        return see(visit, within(form.get("next")) or "/desk")
    with visit.reading() as work:
        visit.entry = sessions.entry(work, entry.hash)
    return show(visit, "entrance/go_on.html", {"to": to, "carried": carried(form)})


def seat_key(seat: sessions.Seat) -> str:
    """How a form names a post."""
    return f"{seat.role.value}.{seat.organisation_id}.{seat.behalf_of or 0}"


@page("/password", may=SIGNED_IN, template="account/password.html")
def change_password(visit: Visit) -> Answer:
    """The form for another password."""
    return {"said": ""}


@page("/password", may=SIGNED_IN, method="POST")
def keep_password(visit: Visit) -> Answer:
    """Change the password."""
    entry, form = visit.entry, visit.form
    assert entry is not None
    assert form is not None
    try:
        if form.get("new") != form.get("again"):
            raise GuapaiError("两次输入的新密码不一致，请重新输入")
        house, (old, new) = visit.house, (form.get("old"), form.get("new"))
        password.change(house.engine, house.clock, entry.person_id, old, new, entry.hash)
    except GuapaiError as error:
        return show(visit, "account/password.html", {"said": str(error)}, status=error.status)
    return see(visit, "/desk")
