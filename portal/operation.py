"""The page of those who operate the system (运行): what is wrong, what waits, what ran."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from types import SimpleNamespace as Shown
from typing import Any

from actions.act.administration import by_actor
from actions.post.hold import RELEASERS, release
from actions.upkeep.timekeeping import confirm, held
from guapai.clock import local_date
from guapai.errors import Missing
from guapai.people import Role
from guapai.text import Said, joined
from portal.casefile import TONES
from portal.web.may import only
from portal.web.page import Answer, Way, page, see
from portal.web.visit import Visit
from portal.words.wording import countdown, due_words
from statemachines.incident import INCIDENT, Cause, IncidentState, about_letters, about_work
from statemachines.letter import LetterState
from statemachines.procedure import Move
from storage.people import person as people
from storage.questions import operation
from storage.questions.mishap import SOURCES
from storage.questions.operation import Rows
from storage.upkeep import heartbeat, hold, lease
from storage.upkeep.heartbeat import Heartbeat
from storage.upkeep.tally import Tally

LOOKERS = (Role.system_admin, Role.audit_admin)
_BY_CAUSE = (about_letters, about_work)
"""The guards that look at nothing but the cause."""


@page(
    "/operation",
    may=only(*LOOKERS),
    template="operation/operation.html",
    way=Way(rank=6, icon="heartbeat", title="运行"),
)
def show_operation(visit: Visit) -> Answer:
    """Open incidents first, then what is held, the queue of the post, and the runs of jobs."""
    opened, ended, count = operation.incidents(visit.work, visit.scope)
    return {
        "incidents": [_incident(visit, row) for row in opened],
        "ended": [_incident(visit, row) for row in ended],
        "count": count,
        "clocks": held(visit.work),
        "holds": [_hold(visit, row) for row in hold.standing(visit.work)],
        "queue": _queue(operation.queue(visit.work)),
        "jobs": list(_jobs(visit)),
    }


@page("/operation/release", may=only(*LOOKERS), method="POST")
def let_go(visit: Visit) -> Answer:
    """Let go of what is held; after a restore somebody else has to do so too."""
    assert visit.form is not None
    what = visit.form.get("what")
    if what not in set(hold.Held):
        raise Missing("没有这个页面，或您无权查看")
    with visit.writing() as work:
        release(work, hold.Held(what), visit.actor.person_id or 0)
    return see(visit, "/operation")


@page("/operation/clock", may=only(*LOOKERS), method="POST")
def confirm_clock(visit: Visit) -> Answer:
    """Say that the clocks which are not believed show the right time."""
    assert visit.form is not None
    with visit.writing() as work:
        reason = visit.form.get("reason")
        confirm(work, by_actor(work, visit.actor, reason=reason, roles=RELEASERS))
    return see(visit, "/operation")


def _jobs(visit: Visit) -> Iterator[Shown]:
    """The jobs of the timetable: when each last did well, and the periods it has not done.

    A job that is done by place is shown at those where it is not well; else once, as it is where
    it last was longest ago.
    """
    left: dict[str, list[Shown]] = {}
    for run in lease.latest(visit.work):
        if run.state != lease.RunState.done:
            failed = run.state == lease.RunState.failed
            one = Shown(period=run.period, state=run.state.label, n=run.attempts, failed=failed)
            left.setdefault(run.job, []).append(one)
    by_job: dict[str, list[Shown]] = {}
    for beat in heartbeat.every(visit.work):
        by_job.setdefault(beat.job, []).append(_job(visit, beat, left.get(beat.job, ())))
    for shown in by_job.values():
        unwell = [job for job in shown if job.bad]
        for job in unwell or [min(shown, key=lambda j: j.known_at)]:
            yield Shown(**{**vars(job), "shard": job.shard if unwell else ""})


def _job(visit: Visit, beat: Heartbeat, left: Sequence[Shown]) -> Shown:
    late = beat.known_at is None or visit.work.now - beat.known_at > timedelta(
        seconds=beat.patience
    )
    state = "从未运行" if beat.begun_at is None else "未按时运行" if late else "正常"
    return Shown(
        title=beat.title,
        shard=beat.shard,
        known_at=beat.known_at,
        ok_at=beat.ok_at,
        state="有失败" if beat.failures and not late else state,
        bad=late or beat.failures > 0,
        told=_said(beat.told),
        left=left,
    )


def _said(told: str) -> str:
    """What a run came to: the figures that are not nothing; an error as it stands."""
    if not isinstance(told, Tally):
        return told
    parts = [
        Said("%(what)s：%(value)s", what=Said(figure.label), value=value)
        for figure, value in told.figures.items()
        if value
    ]
    return joined("%(before)s；%(next)s", parts) if parts else Said("没有需要办理的事项")


def _incident(visit: Visit, row: Any) -> Shown:
    """One incident: what, since when, whose, when it climbs next, and what can be done."""
    found = Shown(**row)
    late = found.due_at is not None and found.due_at <= visit.work.now
    days = (found.due_on - local_date(visit.work.now)).days if found.due_on else 0
    tone, left = countdown(days, late=late)
    found.cause, found.state = Cause(found.cause), IncidentState(found.state)
    found.due = due_words(found) if found.due_at else ""
    found.tone, found.left = tone, left
    found.moves = moves_of(found.cause, visit.actor.role) if found.closed_at is None else ()
    return found


@cache
def moves_of(cause: Cause, role: Role) -> tuple[Move, ...]:
    """What a role can do about an incident of a cause while it is open."""
    row: Any = Shown(row=Shown(cause=cause))
    return tuple(
        move
        for move in INCIDENT.procedure.open_to(role, IncidentState.open)
        if not any(guard(row) for guard in move.guards if guard in _BY_CAUSE)
    )


def _hold(visit: Visit, row: hold.Hold) -> Shown:
    by = people.get(visit.work, row.released_by_1) if row.released_by_1 else None
    return Shown(
        id=row.what,
        mine=row.released_by_1 == visit.actor.person_id,
        what=row.what.label,
        reason=row.reason.label,
        note=row.note,
        since=row.since,
        by=by.name if by else "",
        missing=hold.missing(row),
    )


def _queue(rows: Rows) -> list[Shown]:
    return [
        Shown(
            state=LetterState(row["state"]).label,
            count=row["n"],
            oldest=row["oldest"],
            tone=TONES.get(LetterState(row["state"]), ""),
        )
        for row in rows
    ]


NO_ITEMS: dict[str, Any] = {"items": [], "item_count": 0}
"""Of a case that is no incident."""


def items_of(visit: Visit, case_id: int) -> dict[str, Any]:
    """What an incident is about, for its page: nothing of what letters say of cases."""
    rows, count = operation.items(visit.work, case_id)
    return {"items": [_item(row) for row in rows], "item_count": count}


_CALLED = {source.noun: source.title for source in SOURCES}
"""What kinds of things an incident can be about, as those say who watch them."""


def _item(row: Any) -> Shown:
    noun, is_letter = row["noun"], row["noun"] == "letter"
    key = row["number"] if noun == "paper" else row["key"]
    state = LetterState(row["state"]) if row["state"] else None
    said = f"{row['answer_code'] or ''} {row['answer'] or ''}".strip()
    return Shown(
        title=Said("%(what)s：%(value)s", what=Said(_CALLED[noun]), value=key),
        to=row["recipient_name"] if is_letter else "",
        state=state.label if state else "",
        tone=TONES.get(state, "") if state else "",
        since=row["since"],
        said=said or row["fault"] or "",
    )
