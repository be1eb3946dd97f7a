"""People and their accounts, as the system administrator of their place keeps them."""

from datetime import date

from actions.act.administration import NeedsSecond, by_actor
from actions.people import account, password, together
from guapai.clock import local_date
from guapai.errors import BadInput, Conflict, Missing, NotAllowed
from guapai.people import ROLE_TITLES, Role
from guapai.text import one_line
from portal.together import ask_first, mark
from portal.web.endpoint import show
from portal.web.may import only
from portal.web.page import Answer, Way, page, see
from portal.web.visit import Visit
from statemachines.noted import Administered
from storage.people import password as passwords
from storage.people import person as people
from storage.people import staffing
from storage.people.person import Person


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
    able = {person_id: at.isoformat() for person_id, at in given.items()}
    people_shown: dict[int, dict[str, object]] = {}
    for row in rows:
        one = people_shown.setdefault(row["person_id"], {**row, "posts": []})
        if row["post_id"] is not None:
            posts = one["posts"]
            assert isinstance(posts, list)
            posts.append((ROLE_TITLES[Role(row["role"])], row["organisation"]))
    following = rows[-1]["person_id"] if len(people_shown) == 200 else None
    today = local_date(visit.work.now)
    shown = {"people": people_shown.values(), "able": able, "following": following}
    return {**shown, "today": today}


@page("/people/{person_id:int}/password", may=only(Role.system_admin), method="POST")
def give_password(visit: Visit, person_id: int) -> Answer:
    """Give somebody a first password; it is shown once."""
    assert visit.form is not None
    given, fresh = password.make_first()
    try:
        person = _give(visit, person_id, fresh)
    except NeedsSecond:
        return ask_first(visit, person_id, Administered.password)
    return show(visit, "account/given.html", {"person": person, "given": given})


def _give(visit: Visit, person_id: int, fresh: str) -> Person:
    assert visit.form is not None
    with visit.writing() as work:
        person = people.get(work, person_id)
        if person is None:
            raise Missing("没有这个页面，或您无权查看")
        if not person.active or not person.email:
            raise Conflict("此人已停用，或没有登记邮箱")
        if person_id == visit.actor.person_id:
            raise NotAllowed("自己的密码请在右上角菜单中修改")
        kept = passwords.of_person(work, person_id)
        if visit.form.get("seen") != mark(kept):
            raise Conflict("此人的密码在您打开页面之后已经变动，没有再次发放；请回到人员页核对")
        by = together.joined_by(work, by_actor(work, visit.actor), person, Administered.password)
        account.give_password(work, by, person, fresh)
    return person


@page("/people/{person_id:int}/certificate", may=only(Role.system_admin), method="POST")
def keep_certificate(visit: Visit, person_id: int) -> Answer:
    """Register the certificate of somebody, and its last day."""
    assert visit.form is not None
    number = one_line(visit.form.get("certificate"))
    with visit.writing() as work:
        person = people.get(work, person_id)
        if person is None:
            raise Missing("没有这个页面，或您无权查看")
        last = _last_day(visit.form.get("until"))
        if (number, last) == (person.certificate_no, person.certificate_until) or not number:
            raise Conflict("证件号和有效期没有变化，或没有填写证件号")
        by = by_actor(work, visit.actor, reason=visit.form.get("reason"))
        account.change_person(work, by, person, certificate=number, certificate_until=last)
    return see(visit, "/people")


def _last_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise BadInput("请按 2026-03-05 的形式填写日期") from None


@page("/people/{person_id:int}/account", may=only(Role.system_admin), method="POST")
def keep_account(visit: Visit, person_id: int) -> Answer:
    """Shut somebody out, let them in again, or end their sessions."""
    assert visit.form is not None
    said = visit.form.get("what")
    if said not in together.ACCOUNT:
        raise Missing("没有这个页面，或您无权查看")
    what = Administered(said)
    try:
        _keep(visit, person_id, what)
    except NeedsSecond:
        return ask_first(visit, person_id, what)
    return see(visit, "/people")


def _keep(visit: Visit, person_id: int, what: Administered) -> None:
    assert visit.form is not None
    with visit.writing() as work:
        person = people.get(work, person_id)
        if person is None:
            raise Missing("没有这个页面，或您无权查看")
        if person.active is (what == Administered.enable):
            raise Conflict("此人的账号在您打开页面之后已经变动，请回到人员页核对")
        by = by_actor(work, visit.actor, reason=visit.form.get("reason"))
        together.ACCOUNT[what](work, together.joined_by(work, by, person, what), person)
