"""People who can sign in: the system administrator hands out first passwords."""

from datetime import datetime

from actions.people import password
from guapai.errors import Conflict, Missing, NotAllowed
from guapai.people import ROLE_TITLES, Role
from portal.web.endpoint import show
from portal.web.may import only
from portal.web.page import Answer, page
from portal.web.visit import Visit
from storage.people import password as passwords
from storage.people import person as people
from storage.people import staffing


@page("/people", may=only(Role.system_admin), template="account/people.html")
def show_people(visit: Visit) -> Answer:
    """Everybody with their posts, 200 at a time, and whether they can sign in."""
    after = visit.query("after")
    begin = int(after) if after.isdecimal() and len(after) < 19 else 0
    rows = staffing.everybody(visit.work, begin)
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
        if person is None or not person.active or not person.email:
            raise Missing("没有这个人员，或没有登记邮箱")
        if person_id == visit.actor.person_id:
            raise NotAllowed("自己的密码请在右上角菜单中修改")
        kept = passwords.of_person(work, person_id)
        if visit.form.get("seen") != _mark(kept.changed_at if kept else None):
            raise Conflict("此人的密码在您打开页面之后已经变动，没有再次发放；请回到人员页核对")
        password.give_first(work, person_id, fresh)
    return show(visit, "account/given.html", {"person": person, "given": given})
