"""The doctor's looks at the database: who we are to it, its revision, its guards, its rules."""

from datetime import date

from actions import ground
from actions.upkeep.guard import seen_fault, way_out
from actions.upkeep.installation import Check, Installation
from guapai.clock import local_date
from guapai.errors import Unready
from law.pack import read_packs, shipped_texts
from statemachines.vocabulary import VOCABULARY
from storage.database.work import unit_of_work
from storage.questions.verification import trigger_faults
from storage.schema import health
from storage.schema.schema import kept_back, newest_revision, require_known_revision, revision
from storage.upkeep import pack as rules


def damage(i: Installation) -> Check:
    """Nothing that was there is missing. Raises Unready with the way out."""
    if found := seen_fault(i.settings, i.clock):
        raise Unready(f"{found}; {way_out(i.settings)}")
    return Check("damage", "ok", "nothing that was there is missing")


def database(i: Installation) -> Check:
    """The database answers, and we are nobody who could rewrite history."""
    session = health.session(i.engine)
    found = f"{session.server} at {health.masked(i.settings.database_url)}"
    if session.mighty:
        return Check(
            "database",
            "fault",
            f"{found}, as {session.user}, who owns the tables or is a superuser",
            "serve as a login that cannot rewrite history: "
            f"CREATE ROLE guapai_login LOGIN PASSWORD '…' IN ROLE {session.role}; "
            "keep the owner for: guapai migrate",
        )
    return Check("database", "ok", found + (f", as {session.user}" if session.user else ""))


def migrations(i: Installation) -> Check:
    """The database is at the revision the program needs."""
    there, needed = revision(i.engine), newest_revision()
    require_known_revision(there)
    if there != needed:
        found = f"the database is at revision {there}, this program needs {needed}"
        return Check("migrations", "fault", found, "back up, then run: guapai migrate")
    return Check("migrations", "ok", f"at the newest revision, {there}")


def triggers(i: Installation) -> Check:
    """History is guarded."""
    with unit_of_work(i.engine, i.clock, write=False) as work:
        faults = trigger_faults(work)
    if faults:
        found = f"history is unguarded: {'; '.join(f'{name} {what}' for name, what in faults)}"
        mend = "run: guapai migrate, then: guapai verify"
        return Check("triggers", "fault", found, mend)
    return Check("triggers", "ok", "history is guarded")


def calendar(i: Installation) -> Check:
    """This year's and next year's holidays are confirmed."""
    with unit_of_work(i.engine, i.clock, write=False) as work:
        confirmed = rules.calendar(work).confirmed
    today = local_date(i.clock())
    mend = "import the State Council's notice: guapai calendar import NOTICE.csv"
    if today.year not in confirmed:
        return Check("calendar", "fault", f"{today.year} is provisional (暂定)", mend)
    if today.year + 1 in confirmed:
        return Check("calendar", "ok", f"{today.year} and {today.year + 1} are confirmed")
    found = f"{today.year} is confirmed, {today.year + 1} is provisional (暂定)"
    if today >= date(today.year, 12, 1):
        return Check("calendar", "warning", found, mend)
    return Check("calendar", "ok", found)


def packs(i: Installation) -> Check:
    """The shipped rule packs are published."""
    shipped = read_packs(shipped_texts(), VOCABULARY)
    with unit_of_work(i.engine, i.clock, write=False) as work:
        published = rules.published(work)
        back = kept_back(work, shipped)
        unanswered = ground.unanswered(work)
    known = {p.fingerprint for p in published}
    other = [n for n, p in shipped.items() if n not in back and p.fingerprint not in known]
    if other:
        return Check(
            "packs", "warning", f"not published: {', '.join(other)}", "run: guapai pack publish"
        )
    if unanswered:
        found = f"nobody has taken on {', '.join(r.key for r in unanswered)}: no paper is issued"
        return Check("packs", "warning", found, "run: guapai pack take-on luan --as EMAIL")
    own = f"; of your own in place of ours: {', '.join(back)}" if back else ""
    return Check("packs", "ok", f"{', '.join(shipped)} are published as shipped{own}")
