"""People and their accounts, as the system administrator of their place keeps them."""

from datetime import datetime

from actions.act.administration import by_actor
from actions.people import account, password
from guapai.errors import Conflict, Missing, NotAllowed
from guapai.people import ROLE_TITLES, Role
from portal.web.endpoint import show
from portal.web.may import only
from portal.web.page import Answer, Way, page, see
from portal.web.visit import Visit
from storage.people import password as passwords
from storage.people import person as people
from storage.people import staffing


@page(
    "/people",
    may=only(Role.system_admin),
    template="account/people.html",
    way=Way(rank=7, icon="users", title="人员", tabs=False),
)
def show_people(visit: Visit) -> Answer:
    """Who has a post in the administrator's places, or none, 200 at a time; can they sign in?"""
    after = visit.query("after")
    begin = int(after) if after.isdecimal() and len(after) < 19 else 0
    head = by_actor(visit.work, visit.actor).head
    rows = staffing.everybody(visit.work, begin, head)
    given = passwords.given(visit.work, begin, rows[-1]["person_id"]) if rows else {}
    able = {person_id: _mark(at) for person_id, at in given.items()}
    people_shown: dict[int, dict[str, object]] = {}
    for row in rows:
        one = people_shown.setdefault(row["person_id"], {**row, "posts": []})
        if row["post_id"] is not None:
            posts = one["posts"]
            assert isinstance(posts, list)
            posts.append((ROLE_TITLES[Role(row["role"])], row["organisation"]))
    following = rows[-1]["person_id"] if len(people_shown) == 200 else None
    return {"people": people_shown.values(), "able": able, "following": following}


def _mark(changed_at: datetime | None) -> str:
    """Which password an administrator has seen, so that a page sent twice gives no second one."""
    return changed_at.isoformat() if changed_at else ""


@page("/people/{person_id:int}/password", may=only(Role.system_admin), method="POST")
def give_password(visit: Visit, person_id: int) -> Answer:
    """Give somebody a first password; it is shown once."""
    assert visit.form is not None
    given, fresh = password.make_first()
    with visit.writing() as work:
        person = people.get(work, person_id)
        if person is None:
            raise Missing("没有这个页面，或您无权查看")
        if not person.active or not person.email:
            raise Conflict("此人已停用，或没有登记邮箱")
        if person_id == visit.actor.person_id:
            raise NotAllowed("自己的密码请在右上角菜单中修改")
        kept = passwords.of_person(work, person_id)
        if visit.form.get("seen") != _mark(kept.changed_at if kept else None):
            raise Conflict("此人的密码在您打开页面之后已经变动，没有再次发放；请回到人员页核对")
        account.give_password(work, by_actor(work, visit.actor), person, fresh)
    return show(visit, "account/given.html", {"person": person, "given": given})


_DONE = {
    "disable": account.disable,
    "enable": account.enable,
    "sign_out": account.sign_out,
}
"""What an administrator does about an account, by the button."""


@page("/people/{person_id:int}/account", may=only(Role.system_admin), method="POST")
def keep_account(visit: Visit, person_id: int) -> Answer:
    """Shut somebody out, let them in again, or end their sessions."""
    assert visit.form is not None
    done = _DONE.get(visit.form.get("what"))
    with visit.writing() as work:
        person = people.get(work, person_id)
        if person is None or done is None:
            raise Missing("没有这个页面，或您无权查看")
        if person.active is (visit.form.get("what") == "enable"):
            raise Conflict("此人的账号在您打开页面之后已经变动，请回到人员页核对")
        by = by_actor(work, visit.actor, reason=visit.form.get("reason"))
        done(work, by, person)
    return see(visit, "/people")
